// The drawer beside the graph: notes, why, all events, the code, keys, sharing. One of them is open, or none.

const COLUMNS = ["event", "phase", "what", "formula", "upstream", "local", "contribution", "result"];
const FIRST_NUMBER = 4; // of the columns
const LONGEST_FORMULA = 48;
let openDrawer = "";

// What fills each drawer, given a state; a part that adds one puts its own in here, and a section in the template.
const DRAWERS = { notes: showNotes, why: showWhy, numbers: showNumbers, train: showTrain, events: showEvents, plot: showPlot, code: () => {}, keys: () => {}, share: showShare };

function toggleDrawer(name) {
  openDrawer = name === openDrawer ? "" : name;
  show();
  remember();
}

function showDrawer(state) {
  $("main").classList.toggle("open", Boolean(openDrawer));
  $("drawer").hidden = !openDrawer;
  $("more").setAttribute("aria-expanded", String(Boolean(openDrawer)));
  for (const tab of $("tabs").children) tab.setAttribute("aria-pressed", String(tab.value === openDrawer));
  for (const section of $("drawer").querySelectorAll("section")) section.hidden = section.id !== openDrawer;
  if (openDrawer) DRAWERS[openDrawer](state);
}

// ---- notes: the texts of the story so far

function showNotes() {
  const here = stops.indexOf(currentStop());
  const told = stops.slice(0, here + 1).filter((stop) => stop.text !== null);
  fill($("story"), told.flatMap(({ text }) => (lesson.formulas?.[text] ? formula(lesson.formulas[text]) : make(text.includes("\n") ? "pre" : "p", text))));
  if (!told.length) fill($("story"), [make("p", "Nothing has been noted yet.", "quiet")]);
  for (const pre of $("story").querySelectorAll("pre")) pre.tabIndex = 0;
}

// ---- why: where a gradient came from

function showWhy(state) {
  const { ledgers, nodes } = lesson.graphs[state.graph];
  const node = view.chosen ?? state.about;
  const asked = view.chosen !== null && !quiz; // who asks gets all of it; who follows, or is in a quiz, what has come so far
  const now = state.ask ? position.k - 1 : position.k;
  const ledger = node === null ? null : ledgers[node];
  const options = nodes.map((id) => { const option = make("option", nameOf[id]); option.value = id; return option; });
  const none = make("option", "no node");
  none.value = "";
  fill($("chosen"), [none, ...options]);
  $("chosen").value = node ?? "";
  const complete = Boolean(ledger) && (asked || ledger.ready === null || ledger.ready <= now);
  $("head").textContent = complete ? ledger.head : "";
  $("reason").textContent = complete ? ledger.reason : "";
  const rows = ledger ? ledger.rows.map((row) => ledgerRow(row, asked, now)) : [];
  if (complete && rows.length) rows.push(totalRow(ledger.sum));
  fill($("uses"), rows);
  $("ledger").hidden = rows.length === 0;
  if (!node) $("head").textContent = "Choose a node, here or in the graph, to see where its gradient comes from.";
  else if (!ledger) $("head").textContent = "No backward pass over this graph is told.";
  else if (!complete && !rows.length) $("head").textContent = "Its gradient is not computed yet.";
}

function ledgerRow([k, use, upstream, local, contribution], asked, now) {
  const come = asked || k <= now;
  const row = tableRow(come ? [use, upstream, local, contribution] : [use, "not yet", "", ""], (i) => i === 1 || i === 3);
  row.classList.toggle("later", !come);
  return row;
}

function totalRow(sum) {
  const row = tableRow(["sum", "", "", sum], (i) => i === 1 || i === 3);
  row.className = "total";
  return row;
}

// ---- the lesson's plot: an image, so that nothing in it can run

async function showPlot() {
  $("plot-note").textContent = changed.size ? ORIGINALS.trim() : "";
  if ($("plot").querySelector("img")) return;
  const image = make("img");
  image.alt = `A plot: ${lesson.title}`;
  const zoom = make("button", "", "zoom"); // pressed, it lies over the graph
  zoom.type = "button";
  zoom.setAttribute("aria-pressed", "false");
  zoom.addEventListener("click", () => zoom.setAttribute("aria-pressed", String(zoom.getAttribute("aria-pressed") === "false")));
  zoom.append(image);
  $("plot").append(zoom);
  image.src = `data:image/svg+xml,${encodeURIComponent(await unpackedText(lesson.plot))}`;
}

// ---- all events as a table

function cells(k) {
  const step = steps[k];
  const told = (x) => (x === undefined ? "" : number(asNumber(x)));
  const what = { chain: () => `${nameOf[step.node]} → ${nameOf[step.parent]}`, ready: () => `${nameOf[step.node]} complete`, update: () => `${nameOf[step.node]} moves` }[step.type];
  const formula = step.formula && step.formula.length <= LONGEST_FORMULA ? step.formula : "";
  const result = step.value ?? step.after ?? step.grad;
  return [String(k), step.phase, what ? what() : nameOf[step.node], formula, told(step.upstream), told(step.local), told(step.contribution), told(result)];
}

const columnHeads = () => tableRow(COLUMNS, (i) => i === 0 || i >= FIRST_NUMBER, "th");

function buildTable() {
  $("columns").append(columnHeads());
  const rows = steps.map((_, k) => {
    const row = tableRow(cells(k), (i) => i === 0 || i >= FIRST_NUMBER);
    const link = make("a", String(k));
    link.href = `#step=${k}`;
    row.firstChild.replaceChildren(link);
    return row;
  });
  $("rows").append(...rows);
}

function showEvents() {
  if (!$("rows").childElementCount) buildTable();
  const open = firstOpen();
  [...$("rows").children].forEach((row, k) => {
    row.hidden = k >= open;
    if (k === position.k) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  });
  const row = $("rows").children[position.k];
  if (row && !row.hidden) row.scrollIntoView({ block: "nearest" });
}

// ---- sharing

function showShare() {
  const address = location.href.split("#")[0];
  const link = /^https?:/.test(address) ? `${address}${hashOf()}` : hashOf() || "#step=-1";
  $("link").value = link;
  $("link-help").textContent = /^https?:/.test(address) ? "Whoever opens it sees what you see." : "This page is a file. Send the file, and this part to put behind its name in the address line.";
  const source = /^https?:/.test(address) ? link : `lesson.html${hashOf()}`;
  $("snippet").value = `<iframe src="${source}" width="100%" height="600" style="border:0"></iframe>`;
}
