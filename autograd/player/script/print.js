// On paper: the handout, which stands in the page. Where there is none, or the numbers have been changed, the graph and the table of
// this training step: blank first, then solved; with one's own numbers as they are now, and without solutions.

const CROWDED = 24; // arrows: more leave no room for their local derivatives

function preparePrint() {
  fill($("sheet"), choosePaper() ? [] : sheets(changed.size > 0));
}

// Which of the page's two styles the paper gets; true if the handout is printed.
function choosePaper() {
  const handedOut = changed.size === 0 && $("handout").childElementCount > 0;
  const [look, paper] = document.querySelectorAll("style");
  look.media = handedOut ? "screen" : "all";
  paper.media = handedOut ? "print" : "not all";
  return handedOut;
}

function sheets(ownNumbers) {
  const round = roundAt(position.k);
  const own = [...steps.keys()].filter((k) => steps[k].round === round && steps[k].type !== "ready");
  if (!own.length) return [];
  const graph = graphAt(own[0]);
  const end = [...steps.keys()].findLast((k) => graphAt(k) === graph && steps[k].type !== "update") ?? LAST();
  return ownNumbers ? [sheet(own, stateAt(end), false)] : [sheet(own, before(graph), true), sheet(own, stateAt(end), false)];
}

// What has been changed, in a sentence.
function changesNow() {
  const told = [...changed].map(([id, x]) => `${nameOf[id]} is ${number(x)} in place of ${number(numberIn(id)[1])}`);
  return `With other numbers than the page was made with: ${told.join(", ")}.`;
}

function sheet(own, state, blank) {
  const article = make("article");
  const head = make("h1", lesson.title);
  if (blank) head.append(make("span", "Name: ______________________", "name-line"));
  article.append(head);
  if (changed.size) article.append(make("p", changesNow()));
  else if (lesson.question) article.append(make("p", lesson.question));
  const picture = pictureOf(state.graph, levelsOf(state.graph)[0]);
  if (picture) {
    const copy = partsOf(picture.svg.cloneNode(true));
    copy.svg.removeAttribute("hidden");
    copy.svg.removeAttribute("style");
    const calm = { phase: "", nodes: new Set(), uses: new Set(), about: null, product: "", ...state, locals: blank || copy.lines.length > CROWDED ? {} : state.locals };
    paint(copy, { ...calm, phase: "", nodes: new Set(), uses: new Set(), about: null, product: "" }, short, "____");
    for (const part of copy.svg.querySelectorAll(".waiting, .chosen")) part.classList.remove("waiting", "chosen");
    article.append(copy.svg);
  }
  const table = make("table");
  const headRow = make("thead");
  headRow.append(columnHeads());
  const body = make("tbody");
  for (const k of own) body.append(sheetRow(k, blank));
  table.append(headRow, body);
  article.append(table);
  return article;
}

function sheetRow(k, blank) {
  const row = tableRow(cells(k), (i) => i === 0 || i >= FIRST_NUMBER);
  if (!blank) return row;
  [...row.children].forEach((cell, i) => {
    if (i >= FIRST_NUMBER && cell.textContent) {
      cell.textContent = "";
      cell.classList.add("open");
    }
  });
  return row;
}
