"use strict";
// Sorting the table, and marks: a row a bundle, read from the fields of the page and written to marks.csv.
const WHO = ["bundle", "student_id", "author"];
const DRAFT = "labkit marks " + location.pathname;
const status = document.getElementById("status");
const bundles = [...document.querySelectorAll("details.bundle")];
let elsewhere = []; // rows of bundles that are not on this page: they are kept
let handle = null; // of the file that was saved to
let unsaved = false;

const fieldsOf = (bundle) => [...bundle.querySelectorAll("[data-column]")];
const rowOf = (bundle) => {
  const row = JSON.parse(bundle.dataset.row);
  for (const field of fieldsOf(bundle)) row[field.dataset.column] = field.value;
  return row;
};
const rows = () => [...bundles.map(rowOf), ...elsewhere];

function fill(given) {
  const byName = new Map(bundles.map((bundle) => [JSON.parse(bundle.dataset.row).bundle, bundle]));
  elsewhere = given.filter((row) => !byName.has(row.bundle));
  for (const row of given) {
    const bundle = byName.get(row.bundle);
    if (bundle) for (const field of fieldsOf(bundle)) field.value = row[field.dataset.column] ?? "";
  }
  bundles.forEach(showMark);
}

function showMark(bundle) {
  const row = rowOf(bundle);
  const given = fieldsOf(bundle).filter((f) => f.dataset.column.endsWith(" mark") && f.value.trim() !== "");
  const numbers = given.map((field) => Number(field.value.replace(",", ".")));
  const sum = numbers.reduce((a, b) => a + b, 0);
  const told = numbers.length && !Number.isNaN(sum) ? `answers: ${+sum.toFixed(4)}` : "";
  bundle.querySelector(".sum").textContent = told;
  for (const cell of document.querySelectorAll("td[data-mark]"))
    if (cell.dataset.mark === row.bundle) cell.textContent = row.mark || told;
}

// CSV, as labreport/mark/marks.py reads it. A cell that a spreadsheet would run as a formula has a ' in front.
const isFormula = (text) => /^[=+\-@\t\r|%']/.test(text.normalize("NFKC").replace(/^[ \u200b\ufeff]+/, ""));
const harmless = (text) => (isFormula(text) ? "'" + text : text);
const asWritten = (text) => (text.startsWith("'") && isFormula(text.slice(1)) ? text.slice(1) : text);
const quoted = (text) => (/[",;\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);

function toCsv(all) {
  const columns = [...new Set([...WHO, "mark", "comment", ...all.flatMap(Object.keys)])];
  const lines = [columns, ...all.map((row) => columns.map((name) => harmless(row[name] ?? "")))];
  return "\ufeff" + lines.map((line) => line.map(quoted).join(",") + "\n").join("");
}

function fromCsv(text) {
  text = text.replace(/^\ufeff/, "");
  const separator = text.startsWith("bundle;") ? ";" : ",";
  const lines = [[""]];
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    const line = lines[lines.length - 1];
    if (inside) {
      if (char !== '"') line[line.length - 1] += char;
      else if (text[i + 1] === '"') line[line.length - 1] += text[++i];
      else inside = false;
    } else if (char === '"') inside = true;
    else if (char === separator) line.push("");
    else if (char === "\n") lines.push([""]);
    else if (char !== "\r") line[line.length - 1] += char;
  }
  const [head, ...rest] = lines.filter((line) => line.length > 1 || line[0] !== "");
  if (!head || !["bundle", "mark", "comment"].every((name) => head.includes(name))) return null;
  return rest.map((line) => Object.fromEntries(head.map((name, i) => [name, asWritten(line[i] ?? "")])));
}

async function save() {
  const text = toCsv(rows());
  try {
    if (window.showSaveFilePicker) {
      handle ??= await window.showSaveFilePicker({ suggestedName: "marks.csv" });
      const file = await handle.createWritable();
      await file.write(text);
      await file.close();
    } else {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      link.download = "marks.csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
  } catch (error) {
    handle = null;
    status.textContent = error.name === "AbortError" ? "Not saved." : `Not saved: ${error.message}`;
    return;
  }
  unsaved = false;
  forget();
  status.textContent = `Saved ${bundles.length} rows; marks.csv belongs beside this page.`;
}

async function load(file) {
  const given = fromCsv(await file.text());
  if (!given) {
    status.textContent = `${file.name} is no marks.csv: it has no columns bundle, mark and comment.`;
    return;
  }
  fill(given);
  changed();
  const others = elsewhere.length ? ` ${elsewhere.length} are of bundles that are not here; they are kept.` : "";
  status.textContent = `Loaded ${given.length} rows.${others}`;
}

// What is typed is kept by the browser until it is saved, where the browser allows it.
function changed() {
  unsaved = true;
  try {
    localStorage.setItem(DRAFT, JSON.stringify(rows()));
  } catch {}
}
function forget() {
  try {
    localStorage.removeItem(DRAFT);
  } catch {}
}
function draft() {
  try {
    return JSON.parse(localStorage.getItem(DRAFT));
  } catch {
    return null;
  }
}

fill(JSON.parse(document.getElementById("given").textContent));
const typed = draft();
if (typed) {
  fill(typed);
  unsaved = true;
  status.textContent = "Marks that were typed here before, and not saved, are filled in.";
}
for (const bundle of bundles)
  bundle.addEventListener("input", () => {
    showMark(bundle);
    changed();
    status.textContent = "Not saved yet.";
  });
document.getElementById("save").addEventListener("click", save);
const chooser = document.getElementById("file");
document.getElementById("load").addEventListener("click", () => chooser.click());
chooser.addEventListener("change", () => {
  if (chooser.files.length) load(chooser.files[0]);
  chooser.value = "";
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

function open() {
  const bundle = document.getElementById(location.hash.slice(1));
  if (!bundle?.matches("details.bundle")) return;
  bundle.open = true;
  bundle.querySelector("summary").focus();
}
window.addEventListener("hashchange", open);
open();

const body = document.querySelector("#class tbody");
const heads = [...document.querySelectorAll("#class thead th")];
heads.forEach((head, column) => {
  head.querySelector("button").addEventListener("click", () => {
    const upward = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", upward ? "ascending" : "descending");
    const text = (row) => row.cells[column].textContent.trim();
    const order = (a, b) => text(a).localeCompare(text(b), undefined, { numeric: true });
    const sorted = [...body.rows].sort((a, b) => (upward ? order(a, b) : order(b, a)));
    body.append(...sorted);
  });
});
