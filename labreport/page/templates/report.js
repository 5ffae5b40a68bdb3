
const button = document.getElementById("fold");
const code = [...document.querySelectorAll("details.code")];
const contents = document.querySelector("nav.contents details");

function label() {
  button.textContent = code.some((one) => !one.open) ? button.dataset.show : button.dataset.hide;
}
button.addEventListener("click", () => {
  const open = code.some((one) => !one.open);
  code.forEach((one) => (one.open = open));
  label();
});
code.forEach((one) => one.addEventListener("toggle", label));
label();

// On a phone the contents start folded, and fold again once a section is chosen.
if (contents && innerWidth < 1024) {
  contents.open = false;
  contents.addEventListener("click", (event) => event.target.closest("a") && (contents.open = false));
}

// Mark the section that is being read.
const links = new Map([...document.querySelectorAll("nav.contents a")].map((a) => [a.hash.slice(1), a]));
const headings = [...links.keys()].map((id) => document.getElementById(decodeURIComponent(id))).filter(Boolean);
function mark() {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
  const current = passed.at(-1) ?? headings[0];
  for (const [id, a] of links) {
    if (current && decodeURIComponent(id) === current.id) a.setAttribute("aria-current", "true");
    else a.removeAttribute("aria-current");
  }
}
if (headings.length) {
  addEventListener("scroll", mark, { passive: true });
  mark();
}
