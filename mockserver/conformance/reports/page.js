"use strict";
const findings = [...document.querySelectorAll(".finding")];
const filters = document.querySelector(".filters");
const search = document.querySelector("#search");
const check = document.querySelector("#check");
const shown = document.querySelector("#shown");

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const levels = new Set([...document.querySelectorAll("[name=level]:checked")].map((box) => box.value));
  let count = 0;
  for (const finding of findings) {
    const text = finding.textContent.toLowerCase();
    const fits = levels.has(finding.dataset.level) && (!check.value || finding.dataset.check === check.value)
      && words.every((word) => text.includes(word));
    finding.hidden = !fits;
    count += fits;
  }
  shown.textContent = count === findings.length ? `${count}` : `${count} of ${findings.length}`;
}

if (filters) {
  filters.hidden = false;
  filters.addEventListener("input", filter);
  document.querySelector("#unfold").addEventListener("click", () => {
    const seen = findings.filter((finding) => !finding.hidden);
    const open = seen.some((finding) => !finding.open);
    for (const finding of seen) finding.open = open;
  });
  filter();
}

document.addEventListener("click", (event) => {
  if (!event.target.matches(".copy")) return;
  const text = event.target.nextElementSibling.textContent;
  const said = () => { event.target.textContent = "copied"; setTimeout(() => { event.target.textContent = "copy"; }, 1500); };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(said);
  else { // a page opened as a file has no clipboard of its own
    const range = document.createRange();
    range.selectNodeContents(event.target.nextElementSibling);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
    said();
  }
});

function unfoldTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.matches("details")) { target.open = true; target.scrollIntoView(); }
}
addEventListener("hashchange", unfoldTarget);
unfoldTarget();
