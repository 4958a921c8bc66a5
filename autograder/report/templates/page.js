
"use strict";
// A click on a heading sorts its table. Without this script the tables stand as they were written.
const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();

function compare(one, other) {
  if (one === other) return 0;
  if (one === "" || one === "–") return 1;
  if (other === "" || other === "–") return -1;
  const difference = Number(one) - Number(other);
  return Number.isNaN(difference) ? one.localeCompare(other, undefined, { numeric: true }) : difference;
}

function sort(table, column) {
  const heads = [...table.tHead.rows[0].cells];
  const up = heads[column].getAttribute("aria-sort") !== "ascending";
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => (up ? 1 : -1) * compare(valueOf(a, column), valueOf(b, column)));
  table.tBodies[0].append(...rows);
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column));
    head.append(button);
  });
}

// A link to something that is folded unfolds it.
function reveal(id) {
  const target = document.getElementById(decodeURIComponent(id));
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", () => reveal(location.hash.slice(1)));
addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) reveal(link.getAttribute("href").slice(1));
});
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details.part")) part.open = true;
});
if (location.hash) reveal(location.hash.slice(1));
