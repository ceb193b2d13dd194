// Making elements: text goes in as text, never as markup.

function make(tag, text = "", classes = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

function fill(element, children) {
  element.replaceChildren(...children);
}

function tableRow(cells, isNumber, tag = "td") {
  const row = make("tr");
  cells.forEach((cell, i) => {
    const made = make(tag, cell, isNumber(i) ? "n" : "");
    if (tag === "th") made.scope = "col";
    row.append(made);
  });
  return row;
}

// A sentence with its numbers marked; the text stays what it is.
function marked(text) {
  const parts = text.split(/((?<![\w.])[(]?−?\d+(?:\.\d+)?(?:e[−+]?\d+)?[)]?(?!\w))/u);
  return parts.filter(Boolean).map((part) => (/^[(]?−?\d/.test(part) ? make("b", part) : document.createTextNode(part)));
}
