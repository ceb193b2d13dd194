"use strict";
// Shows one slide at a time: arrow keys, Page Up and Down, the space bar, Home, End; N shows the notes. The address keeps the place.
const slides = [...document.querySelectorAll("section")];
const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity };
let place = 0;

function show(wanted) {
  place = Math.max(0, Math.min(slides.length - 1, wanted));
  slides.forEach((slide, i) => slide.classList.toggle("shown", i === place));
}

function fromAddress() {
  show((parseInt(location.hash.slice(2), 10) || 1) - 1);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "n" || event.key === "N") document.body.classList.toggle("speaking");
  if (!(event.key in steps)) return;
  event.preventDefault();
  show(place + steps[event.key]);
  history.replaceState(null, "", `#s${place + 1}`);
});
addEventListener("hashchange", fromAddress);
document.body.classList.add("moving");
fromAddress();
