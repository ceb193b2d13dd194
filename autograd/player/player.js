"use strict";
// Shows what it was told, and computes nothing: every number here came as text. What an event changes is in `shows`;
// the state at an event is what all events of its scene up to there have changed.

const told = JSON.parse(document.getElementById("told").textContent);
const { steps, scenes } = told;
const $ = (id) => document.getElementById(id);
const LAST = steps.length - 1;
const COLUMNS = ["event", "phase", "what", "formula", "upstream", "local", "contribution", "result"];
const FIRST_NUMBER = 4; // of the columns
const NOT_YET = "?";
const WIDE = 2.2; // times as wide as high: such a graph stands above the text, not beside it
const CROWDED = 16; // arrows: on paper, more leave no room for their local derivatives
const LEGIBLE = 0.54; // of its own size: a picture is not made smaller, but scrolled; and not made larger than twice that
const DUST = 1e-12; // what rounding leaves of a zero
const LEVELS = ["op", "neuron", "layer"];

let at = -1; // the event that has just happened
let level = "op";
let chosen = null; // the node whose why was asked for; null: follow the event
let quiz = false;
let whole = false; // the whole graph in the window, however small
let timer = null;
const answered = new Set();
const hinted = new Map(); // for each event, how many of its hints have been given

// ---- making elements: text goes in as text, never as markup

function make(tag, text = "", classes = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (classes) element.className = classes;
  return element;
}

function fill(parent, children) {
  parent.replaceChildren(...children);
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

// ---- state

const sceneOf = (k) => (k < 0 ? 0 : steps[k].scene);

function stateAt(k, scene) {
  const state = { data: { ...scenes[scene].given }, grad: {}, local: {}, neuron: {}, layer: {} }; // the last two: ranges in boxes
  for (let i = 0; i <= k; i++) {
    const step = steps[i];
    if (step.scene !== scene) continue;
    if (step.type === "seed") Object.assign(state, { grad: {}, neuron: {}, layer: {} });
    for (const [what, [key, text]] of Object.entries(step.shows)) state[what][key] = text;
  }
  return state;
}

const isOpen = (k) => quiz && k >= 0 && Boolean(steps[k].ask) && !answered.has(k);

function firstOpen() {
  const k = steps.findIndex((_, i) => isOpen(i));
  return k < 0 ? steps.length : k;
}

// ---- the graph

const svgs = [...document.querySelectorAll("#graph > .graph")];
const svgFor = (scene, name) => svgs.find((svg) => svg.dataset.graph === `${scenes[scene].graph}-${name}`);
const levelsOf = (scene) => LEVELS.filter((name) => svgFor(scene, name));

function paint(svg, state, step) {
  const inForward = !step || step.phase === "forward" || step.phase === "loss";
  for (const group of svg.querySelectorAll(".node")) {
    const members = group.dataset.nodes.split(" ");
    const has = (id) => Boolean(id) && members.includes(id);
    for (const what of ["data", "grad"]) {
      const slot = group.querySelector(`.${what}`);
      const from = group.classList.contains("module") ? svg.dataset.graph.split("-")[1] : what;
      if (slot) slot.textContent = state[from][members[0]] ?? NOT_YET;
    }
    const known = inForward ? state.data : state.grad;
    group.classList.toggle("waiting", !members.some((id) => id in known) && !group.classList.contains("constant"));
    group.classList.toggle("active", Boolean(step) && has(step.node));
    group.classList.toggle("near", Boolean(step) && step.uses.some((use) => has(use.split("-")[0])) && !has(step.node));
    group.classList.toggle("chosen", has(chosen));
  }
  for (const edge of svg.querySelectorAll(".edge")) {
    const uses = edge.dataset.uses.split(" ");
    edge.classList.toggle("active", Boolean(step) && step.uses.some((use) => uses.includes(use)));
    edge.querySelector(".local").textContent = uses.length === 1 ? (state.local[uses[0]] ?? "") : "";
  }
}

function showGraph(state, step) {
  const scene = sceneOf(at);
  const levels = levelsOf(scene);
  if (!levels.includes(level)) level = levels[0] ?? "op";
  const shown = svgFor(scene, level);
  for (const svg of svgs) svg.toggleAttribute("hidden", svg !== shown);
  $("no-graph").hidden = Boolean(shown);
  $("levels").hidden = levels.length < 2;
  for (const button of $("levels").children) {
    button.hidden = !levels.includes(button.value);
    button.setAttribute("aria-pressed", String(button.value === level));
  }
  if (!shown) return;
  size(shown);
  paint(shown, state, step);
  const active = shown.querySelector(".node.active");
  if (active) bringIntoView($("graph"), active);
}

function size(svg) {
  $("main").classList.toggle("wide", svg.getAttribute("width") > WIDE * svg.getAttribute("height"));
  const width = Number(svg.getAttribute("width")) / 18; // in units of the page's letters, so that a projector's are larger
  $("graph").classList.toggle("whole", whole);
  $("whole").setAttribute("aria-pressed", String(whole));
  svg.style.minWidth = whole ? "0" : `${width * LEGIBLE}rem`;
  svg.style.maxWidth = `${width * LEGIBLE * 2}rem`;
}

function bringIntoView(box, element) {
  const outer = box.getBoundingClientRect();
  const inner = element.getBoundingClientRect();
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }
  if (inner.left < outer.left || inner.right > outer.right) {
    box.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
}

// ---- the event, its notes, its question

function showEvent(step, open) {
  const sentence = open ? step.ask.question : step ? step.words : "Nothing has been computed yet: only the leaves have their numbers.";
  $("where").textContent = step ? `Event ${at} · ${step.phase}` : "Before the first event";
  $("words").textContent = sentence;
  fill($("lines"), open || !step ? [] : step.lines.map((line) => make("p", line)));
  const notes = open ? [] : step ? step.notes : told.intro;
  fill($("notes"), notes.map((text) => make(text.includes("\n") ? "pre" : "p", text)));
  for (const pre of $("notes").querySelectorAll("pre")) pre.tabIndex = 0;
  $("ask").hidden = !open;
  showHints(open ? step.ask.hints : []);
  $("typed").value = "";
  showVerdict([], false);
}

function showHints(hints) {
  const given = hinted.get(at) ?? 0;
  fill($("hints"), hints.slice(0, given).map((hint) => make("li", hint)));
  $("hint").textContent = given < hints.length ? `Hint ${given + 1} of ${hints.length}` : "No more hints";
  $("hint").setAttribute("aria-disabled", String(given >= hints.length));
}

function hint() {
  const { hints } = steps[at].ask;
  hinted.set(at, Math.min((hinted.get(at) ?? 0) + 1, hints.length));
  showHints(hints);
  $("typed").value = "";
  $("typed").focus({ preventScroll: true });
  $("ask").scrollIntoView({ block: "nearest" });
}

function showVerdict(sentences, right) {
  $("verdict").classList.toggle("right", right);
  fill($("verdict"), sentences.map((sentence) => make("p", sentence)));
}

// The rule of autograd/quiz.py, and a test that they agree: an answer stands for everything that rounds to it at its own digits;
// a fraction is exact, and so are 0 and the answer as printed. Where it stands for the truth and for a mistake, the nearer one counts, so that a coarse answer hides none.
function reading(typed) {
  const text = typed.trim().replaceAll("−", "-");
  const fraction = /^([+-]?\d+)\s*\/\s*(\d+)$/.exec(text);
  if (fraction && Number(fraction[2]) !== 0) {
    const exact = Number(fraction[1]) / Number(fraction[2]);
    return { number: exact, within: 1e-9 * Math.abs(exact) || DUST, coarse: false };
  }
  const decimal = /^[+-]?(\d+\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?$/i.exec(text);
  if (!decimal) return null;
  const places = (decimal[2] ?? decimal[3] ?? "").length;
  const significant = decimal[1].replace(".", "").replace(/^0+/, "").length;
  return { number: Number(text), within: (Number(text) ? 0.5 * 10 ** (Number(decimal[4] ?? 0) - places) : DUST) * (1 + 1e-9), coarse: significant < 2 };
}

function check() {
  const typed = $("typed").value;
  if (["", "h"].includes(typed.trim())) {
    hint();
    return;
  }
  const shown = typed.trim().replaceAll("-", "−");
  const answer = reading(typed);
  const { truth, wrong, answer: printed } = steps[at].ask;
  if (!answer) {
    showVerdict([`${shown} is no number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3.`], false);
  } else {
    const off = (x) => Math.abs(x - answer.number);
    const right = off(truth) <= answer.within;
    const nearer = wrong.filter(([x]) => off(x) <= answer.within && off(x) < off(truth));
    if (right && !nearer.length && (!answer.coarse || off(truth) <= 1e-9 * Math.abs(truth) || off(truth) <= DUST || shown === printed)) {
      settle([`${shown} is right.`], true);
      return;
    }
    showVerdict(right && !nearer.length ? [`${shown} is right as far as it goes. Give one digit more.`] : named(shown, nearer), false);
  }
  $("typed").select();
  $("verdict").scrollIntoView({ block: "nearest" });
}

function named(shown, nearer) {
  const verdicts = [...new Set(nearer.map(([, place]) => place))].map((place) => told.mistakes[place]);
  if (!verdicts.length) return [`${shown} is not right, and none of the known mistakes gives it.`];
  return verdicts.flatMap(({ name, words, why }) => [`${shown} ${words}`, `${name}: ${why}`]);
}

function settle(sentences, right) {
  answered.add(at);
  show();
  showVerdict(sentences, right);
  $("next").focus();
}

// ---- why

function showWhy(step, open) {
  const scene = scenes[sceneOf(at)];
  const following = step && step.type === "chain" ? step.parent : step ? step.node : null;
  const node = chosen ?? following;
  const asked = chosen !== null && !quiz; // who asks gets all of it; who follows, or is in a quiz, what has been paid so far
  const now = open ? at - 1 : at;
  const ledger = node === null ? null : scene.ledgers[node];
  $("chosen").value = node ?? "";
  const complete = Boolean(ledger) && (asked || ledger.ready === null || ledger.ready <= now);
  $("head").textContent = complete ? ledger.head : "";
  $("reason").textContent = complete ? ledger.reason : "";
  const rows = ledger ? ledger.rows.map((row) => ledgerRow(row, asked, now)) : [];
  if (complete && rows.length) rows.push(totalRow(ledger.sum));
  fill($("uses"), rows);
  $("ledger").hidden = rows.length === 0;
  if (!node) $("head").textContent = "Choose a node, here or in the graph, to see where its gradient comes from.";
  else if (!ledger) $("head").textContent = "No backward pass has come to this graph: there are no gradients in it.";
  else if (!complete && !rows.length) $("head").textContent = "Its gradient is not computed yet.";
}

function ledgerRow([k, use, upstream, local, contribution], asked, now) {
  const paid = asked || k <= now;
  const row = tableRow(paid ? [use, upstream, local, contribution] : [use, "not yet", "", ""], (i) => i === 1 || i === 3);
  row.classList.toggle("later", !paid);
  return row;
}

function totalRow(sum) {
  const row = tableRow(["sum", "", "", sum], (i) => i === 1 || i === 3);
  row.className = "total";
  return row;
}

function listNodes(scene) {
  const options = Object.entries(scenes[scene].names).map(([id, name]) => {
    const option = make("option", name);
    option.value = id;
    return option;
  });
  const none = make("option", "no node");
  none.value = "";
  fill($("chosen"), [none, ...options]);
}

function choose(id) {
  chosen = id || null;
  show();
}

// ---- the table and the handout

const cells = (k) => [String(k), steps[k].phase, ...steps[k].row];
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

function showTable() {
  const open = firstOpen();
  [...$("rows").children].forEach((row, k) => {
    row.hidden = k >= open;
    if (k === at) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  });
  const row = $("rows").children[at];
  if (row && !row.hidden) bringRowIntoView(row);
}

function bringRowIntoView(row) {
  const box = $("events");
  const headHeight = $("columns").offsetHeight;
  if (row.offsetTop - headHeight < box.scrollTop || row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight) {
    box.scrollTop = row.offsetTop - headHeight - box.clientHeight / 3;
  }
}

function handout(round) {
  const own = steps.map((_, k) => k).filter((k) => steps[k].round === round && steps[k].type !== "ready");
  const scene = steps[own[0]].scene;
  const passes = steps.findLastIndex((step) => step.scene === scene && step.type !== "update");
  const solved = sheet(own, scene, stateAt(passes, scene), false);
  const blank = sheet(own, scene, { data: scenes[scene].given, grad: {}, local: {} }, true);
  fill($("handout"), [solved, blank]);
}

function sheet(own, scene, state, blank) {
  const article = make("article");
  const head = make("h1", told.title);
  if (blank) head.append(make("span", "Name: ______________________", "name-line"));
  article.append(head);
  if (told.question) article.append(make("p", told.question));
  const svg = svgFor(scene, levelsOf(scene)[0]);
  if (svg) {
    const copy = svg.cloneNode(true);
    copy.removeAttribute("hidden");
    copy.removeAttribute("aria-labelledby");
    copy.removeAttribute("style"); // its size in the window
    for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
    paint(copy, state, null);
    for (const group of copy.querySelectorAll(".waiting, .chosen")) group.classList.remove("waiting", "chosen");
    if (blank) for (const slot of copy.querySelectorAll(".data, .grad")) if (slot.textContent === NOT_YET) slot.textContent = "";
    const locals = [...copy.querySelectorAll(".local")];
    if (locals.length > CROWDED) for (const local of locals) local.remove();
    article.append(copy);
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

// ---- moving

let shownScene = null;
let shownRound = null;

function show() {
  const step = at < 0 ? null : { uses: [], ...steps[at] };
  if (step && step.type === "chain") step.uses = [step.shows.local[0]];
  if (step && step.type === "compute") step.uses = step.takes;
  const open = isOpen(at);
  const scene = sceneOf(at);
  const round = at < 0 ? steps[0].round : steps[at].round;
  if (scene !== shownScene) listNodes((shownScene = scene));
  if (round !== shownRound) handout((shownRound = round));
  showGraph(stateAt(open ? at - 1 : at, scene), step);
  showEvent(step, open);
  showWhy(step, open);
  showTable();
  for (const item of $("phases").children) {
    if (step && item.textContent === step.phase) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  $("slider").value = String(at);
  $("slider").setAttribute("aria-valuetext", at < 0 ? "before the first event" : `event ${at}, ${step.phase}`);
  $("at").textContent = at < 0 ? `start / ${LAST}` : `${at} / ${LAST}`;
  $("round").value = String(round);
  $("round-at").textContent = `${round + 1} / ${steps[LAST].round + 1}`;
  for (const id of ["first", "back"]) $(id).setAttribute("aria-disabled", String(at < 0));
  for (const id of ["next", "last"]) $(id).setAttribute("aria-disabled", String(at >= LAST));
  $("quiz").setAttribute("aria-pressed", String(quiz));
  if (open && document.activeElement !== $("typed") && timer === null) $("typed").focus({ preventScroll: true });
}

function go(k) {
  const wanted = Math.max(-1, Math.min(LAST, k));
  const wall = firstOpen();
  chosen = null;
  at = Math.min(wanted, wall);
  if (wanted > wall || at === LAST) stop();
  show();
  if (wanted > wall) showVerdict(["Answer this one first, or reveal it."], false);
  remember();
}

function remember() {
  try {
    history.replaceState(null, "", `#step=${at}`);
  } catch {
    // a sandboxed frame has no address of its own
  }
}

function addressed() {
  const found = /^#step=(-?\d+)$/.exec(location.hash);
  return found ? Number(found[1]) : null;
}

function start() {
  if (at >= LAST) go(-1);
  $("live").setAttribute("aria-live", "off");
  $("play").textContent = "Pause";
  $("play").setAttribute("aria-pressed", "true");
  timer = setInterval(() => go(at + 1), Number($("speed").value));
}

function stop() {
  clearInterval(timer);
  timer = null;
  $("live").setAttribute("aria-live", "polite");
  $("play").textContent = "Play";
  $("play").setAttribute("aria-pressed", "false");
}

function toRound(wanted) {
  const here = at < 0 ? 0 : at - steps.findIndex((step) => step.round === steps[at].round); // the same place in its step
  const first = steps.findIndex((step) => step.round === wanted);
  const last = steps.findLastIndex((step) => step.round === wanted);
  go(Math.min(first + here, last));
}

const KEYS = {
  ArrowRight: () => go(at + 1),
  ArrowLeft: () => go(at - 1),
  Home: () => go(-1),
  End: () => go(LAST),
  " ": () => (timer === null ? start() : stop()),
};

function pressed(event) {
  const own = event.target.closest("input, select, textarea");
  const pressable = event.target.closest("button, summary, a");
  if (own || event.altKey || event.ctrlKey || event.metaKey || !(event.key in KEYS) || (event.key === " " && pressable)) return;
  event.preventDefault();
  if (event.key !== " ") stop();
  KEYS[event.key]();
}

function closer(box) {
  const levels = levelsOf(sceneOf(at));
  level = levels[Math.max(0, levels.indexOf(level) - 1)];
  chosen = box.dataset.nodes.split(" ").length === 1 ? box.dataset.nodes : null;
  show();
}

function prepare() {
  $("title").textContent = told.title;
  $("question").textContent = told.question;
  $("question").hidden = !told.question;
  fill($("phases"), told.phases.map((phase) => make("li", phase)));
  fill($("levels"), LEVELS.map((name) => {
    const button = make("button", name);
    button.type = "button";
    button.value = name;
    button.addEventListener("click", () => { level = name; show(); });
    return button;
  }));
  $("slider").max = String(LAST);
  $("round").max = String(steps[LAST].round);
  $("rounds").hidden = steps[LAST].round === 0;
  $("source").hidden = !told.source;
  $("code").textContent = told.source;
  quiz = told.quiz;
  buildTable();
}

function listen() {
  const onClick = { first: () => go(-1), back: () => go(at - 1), next: () => go(at + 1), last: () => go(LAST) };
  for (const [id, act] of Object.entries(onClick)) $(id).addEventListener("click", () => { stop(); act(); });
  $("play").addEventListener("click", () => (timer === null ? start() : stop()));
  $("speed").addEventListener("change", () => { if (timer !== null) { stop(); start(); } });
  $("slider").addEventListener("input", () => { stop(); go(Number($("slider").value)); });
  $("round").addEventListener("input", () => { stop(); toRound(Number($("round").value)); });
  $("quiz").addEventListener("click", () => { quiz = !quiz; go(at); });
  $("whole").addEventListener("click", () => { whole = !whole; show(); });
  $("print").addEventListener("click", () => window.print());
  $("ask").addEventListener("submit", (event) => { event.preventDefault(); check(); });
  $("hint").addEventListener("click", hint);
  $("reveal").addEventListener("click", () => settle([`It is ${steps[at].ask.answer}.`], true));
  $("chosen").addEventListener("change", () => choose($("chosen").value));
  $("graph").addEventListener("click", (event) => {
    const box = event.target.closest(".node");
    if (box && box.classList.contains("module")) closer(box);
    else if (box) choose(box.dataset.nodes);
  });
  document.addEventListener("keydown", pressed);
  window.addEventListener("hashchange", () => { const k = addressed(); if (k !== null && k !== at) { stop(); go(k); } });
}

prepare();
listen();
go(addressed() ?? -1);
