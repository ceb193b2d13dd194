"use strict";
// The answers of a section as text, copied or downloaded. Nothing here computes or judges.
const textOf = (section) => [
  section.dataset.head,
  ...[...section.querySelectorAll("input")].map((box) => [box.dataset.question, box.value.replace(/\s+/g, " ").trim()])
    .filter(([, answer]) => answer).map(([place, answer]) => `${place}: ${answer}`),
].join("\n") + "\n";

const say = (section, words) => { section.querySelector("[role=status]").textContent = words; };

const byHand = (section, text) => {
  const area = document.createElement("textarea");
  area.value = text;
  area.rows = 6;
  area.setAttribute("aria-label", "The answers as text");
  section.append(area);
  area.focus();
  area.select();
  const copied = document.execCommand("copy");
  if (copied) area.remove();
  say(section, copied ? "Copied." : "Copy the text below.");
};

const actions = {
  copy: (section) => {
    const text = textOf(section);
    if (!navigator.clipboard) return byHand(section, text);
    navigator.clipboard.writeText(text).then(() => say(section, "Copied."), () => byHand(section, text));
  },
  download: (section) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([textOf(section)], { type: "text/plain" }));
    link.download = section.dataset.file;
    link.click();
    say(section, `Downloaded as ${section.dataset.file}.`);
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) actions[button.dataset.do](button.closest("section"));
});
