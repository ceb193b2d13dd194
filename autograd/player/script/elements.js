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

// A formula, a line each: MathML that was made with the page. It is read in a document of its own, where nothing runs.
function formula(lines) {
  return lines.map((line) => {
    const made = make("span", "", "formula");
    made.append(new DOMParser().parseFromString(line, "text/html").body.firstChild);
    return made;
  });
}

// A sentence with its numbers marked; the text stays what it is.
function marked(text) {
  const parts = text.split(/((?<![\w.])[(]?−?\d+(?:\.\d+)?(?:e[−+]?\d+)?[)]?(?!\w))/u);
  return parts.filter(Boolean).map((part) => (/^[(]?−?\d/.test(part) ? make("b", part) : document.createTextNode(part)));
}
