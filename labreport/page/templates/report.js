
const words = JSON.parse(document.body.dataset.words);
const all = (selector) => [...document.querySelectorAll(selector)];

function make(tag, properties, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

// One button opens or closes all code.
const fold = document.getElementById("fold");
const code = all("details.code");
function label() {
  fold.textContent = code.some((one) => !one.open) ? words.show_code : words.hide_code;
}
fold.addEventListener("click", () => {
  const open = code.some((one) => !one.open);
  code.forEach((one) => (one.open = open));
  label();
});
code.forEach((one) => one.addEventListener("toggle", label));
label();

// Code can be copied.
async function copy(button, pre) {
  try {
    await navigator.clipboard.writeText(pre.textContent);
  } catch {
    getSelection().selectAllChildren(pre); // where it is not allowed, the reader has one key to press
    return;
  }
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = words.copy), 2000);
}
for (const pre of all("main pre:has(> code)")) {
  const button = make("button", { type: "button", className: "copy", textContent: words.copy });
  button.addEventListener("click", () => copy(button, pre));
  pre.after(button);
}

// Headings have an address.
for (const heading of all("main :is(h2, h3, h4, h5, h6)[id]")) {
  const link = make("a", { className: "permalink", href: `#${heading.id}`, textContent: "#" });
  link.setAttribute("aria-label", words.permalink);
  heading.append(" ", link);
}

// A figure opens in the size of the window.
const larger = make("dialog", { className: "larger" });
const close = make("button", { type: "button", textContent: words.close });
close.addEventListener("click", () => larger.close());
larger.addEventListener("click", (event) => event.target === larger && larger.close());
larger.addEventListener("close", () => larger.replaceChildren());
document.body.append(larger);
function enlarge(picture) {
  const copied = make("div", { className: "picture", tabIndex: 0 }, picture.cloneNode(true));
  larger.setAttribute("aria-label", words.enlarge);
  larger.replaceChildren(close, copied);
  larger.showModal();
}
for (const frame of all("figure > .picture")) {
  const picture = frame.firstElementChild;
  const button = make("button", { type: "button", className: "enlarge", textContent: words.enlarge });
  button.setAttribute("aria-label", `${words.enlarge}: ${frame.parentElement.querySelector("figcaption b").textContent}`);
  button.addEventListener("click", () => enlarge(picture));
  if (matchMedia("(pointer: coarse)").matches) picture.addEventListener("click", () => enlarge(picture));
  frame.append(button);
}

// What is cut at the right edge says so, until its end is reached.
function mark_cut(element, hint) {
  const hidden = element.scrollWidth - element.clientWidth;
  hint.hidden = hidden < 4;
  const cut = hidden - element.scrollLeft >= 4;
  element.classList.toggle("cut", cut);
  hint.classList.toggle("seen", !cut);
}
for (const element of all(".table, .equation math")) {
  const hint = make("span", { className: "more", textContent: words.more, hidden: true });
  (element.closest(".equation") ?? element).before(hint);
  const check = () => mark_cut(element, hint);
  element.addEventListener("scroll", check, { passive: true });
  new ResizeObserver(check).observe(element);
}

// On a phone the contents start folded, and fold again once a section is chosen.
const nav = document.querySelector("nav.contents");
const contents = nav?.querySelector("details"); // a page without headings has none
const beside = matchMedia("(min-width: 64rem)");
if (contents && !beside.matches) {
  contents.open = false;
  contents.addEventListener("click", (event) => event.target.closest("a") && (contents.open = false));
}

// The contents follow the reader: the section that is read is marked, and only its chapter is open.
const links = new Map(all("nav.contents a").map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
let current = null;
function follow() {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
  const link = links.get((passed.at(-1) ?? headings[0]).id);
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  for (const item of nav.querySelectorAll("li")) item.classList.toggle("open", item.contains(link));
  if (beside.matches) link.scrollIntoView({ block: "nearest" });
  current = link;
}
if (headings.length) {
  nav.classList.add("follows");
  addEventListener("scroll", follow, { passive: true });
  follow();
}
