// Changing a leaf: typed, dragged sideways, or with the arrow keys while it has the focus; undo, redo, reset.
// A number that a row refuses changes nothing, and what is wrong is said.

const FAR = 5; // pixels: a shorter drag is a click
const past = [];
const future = [];
let touched = null; // the leaf changed last
let refusedNow = ""; // what was refused last, until something is changed

const numberNow = (id) => {
  const graph = lesson.graphs[graphAt(position.k)];
  return asNumber(graph.values[graph.nodes.indexOf(id)]);
};
const isLeaf = (id) => kindOf[id] === "leaf" || kindOf[id] === "parameter";

// Put numbers into leaves by their ids; `joins` keeps the steps of one drag one step of undo.
function change(numbers, joins = false) {
  if (!canLive()) {
    refuse(original.live.refused);
    return false;
  }
  const next = new Map(changed);
  for (const [id, x] of Object.entries(numbers)) next.set(sameLeaf(id), x);
  const lossWas = rootNow();
  return put(next, () => {
    if (!joins) past.push(nowAs(lossWas));
    future.length = 0;
    if (touched === null || Object.keys(numbers).length === 1) [touched] = Object.keys(numbers);
  });
}

// What undo goes back to: the leaves, and the loss that they gave.
const nowAs = (loss) => ({ leaves: changed, loss });

function rootNow() {
  if (!runs.length) runs = computeAll(changed);
  return runs[graphAt(position.k)].V.at(-1);
}

// `writes` the address, unless it is the address that says so.
function put(next, before, writes = true) {
  const oldRuns = runs.length ? runs : computeAll(changed);
  try {
    runs = computeAll(next);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refuse(error.message);
    return false;
  }
  refusedNow = "";
  before?.();
  compareWith(oldRuns);
  setLeaves(next);
  answered.clear(); // a question about other numbers is another question
  show();
  if (writes) remember();
  tellFollowers();
  return true;
}

function refuse(sentence) {
  refusedNow = sentence;
  showLiveBar();
  fitGraph();
}

function undo() {
  if (!past.length) return;
  const loss = rootNow();
  put(past.pop().leaves, () => future.push(nowAs(loss)));
}

function redo() {
  if (!future.length) return;
  const loss = rootNow();
  put(future.pop().leaves, () => past.push(nowAs(loss)));
}

function reset() {
  const loss = changed.size ? rootNow() : 0;
  if (changed.size) put(new Map(), () => { past.push(nowAs(loss)); future.length = 0; });
}

// One step of gradient descent for every parameter of the graph that is shown, with the gradients that its whole backward pass gives.
function descend(rate) {
  if (!canLive()) {
    refuse(original.live.refused);
    return false;
  }
  if (!runs.length) runs = computeAll(changed);
  const { program, V, G } = runs[graphAt(position.k)];
  const moving = program.nodes.map((id, i) => [id, V[i] - rate * G[i]]).filter(([id, x]) => kindOf[id] === "parameter" && !Number.isNaN(x));
  return moving.length > 0 && change(Object.fromEntries(moving));
}

function showLiveBar() {
  const wanted = openDrawer === "numbers";
  $("live").hidden = !wanted && (openDrawer === "train" || !changed.size) && !refusedNow;
  $("change").setAttribute("aria-pressed", String(wanted));
  $("live-note").textContent = refusedNow || (changed.size ? "Your numbers" : "Choose a leaf, and type or drag");
  $("live-note").classList.toggle("refused", Boolean(refusedNow));
  $("undo").setAttribute("aria-disabled", String(!past.length));
  $("redo").setAttribute("aria-disabled", String(!future.length));
  $("reset").setAttribute("aria-disabled", String(!changed.size));
  showCurve();
  $("graph").style.bottom = $("live").hidden ? "" : `${$("live").offsetHeight + 8}px`;
}

// ---- by hand

const leafOf = (box) => {
  if (!box || box.classList.contains("box")) return null;
  const nodes = box.dataset.nodes.split(" ");
  const id = nodes.length === 1 ? lesson.graphs[graphAt(position.k)].nodes[placeOf(nodes[0])] : null;
  return id !== null && isLeaf(id) ? id : null;
};

// A number a few steps away: steps are a tenth, or a hundredth of the size of large numbers; fine ones a tenth of that.
function nudged(x, steps, fine) {
  const unit = 10 ** Math.max(-1, Math.floor(Math.log10(Math.max(Math.abs(x), 1e-9))) - 1) * (fine ? 0.1 : 1);
  return Number((Math.round(x / unit) * unit + steps * unit).toPrecision(12));
}

const ARROWS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

function pressedOnLeaf(event, pressable) {
  const id = canLive() && pressable?.classList.contains("node") ? leafOf(pressable) : null;
  if (id === null) return false;
  if (event.key in ARROWS) change({ [id]: nudged(numberNow(id), ARROWS[event.key], event.shiftKey) });
  else if (event.key === "Enter") openField(pressable, id);
  else if (/^[-−.0-9]$/.test(event.key)) openField(pressable, id, event.key);
  else if (event.key === "Escape") pressable.blur();
  else return false;
  event.preventDefault();
  return true;
}

// A field over the leaf, to type its number.
function openField(box, id, text = null) {
  const field = $("leaf");
  const [outer, inner] = [$("pane").getBoundingClientRect(), box.getBoundingClientRect()];
  field.hidden = false;
  field.value = text ?? minus(String(numberNow(id)));
  field.setAttribute("aria-label", `A number for ${nameOf[id]}`);
  field.style.left = `${Math.max(4, inner.left - outer.left + inner.width / 2 - 56)}px`;
  field.style.top = `${Math.max(4, inner.top - outer.top + inner.height / 2 - 18)}px`;
  field.focus({ preventScroll: true });
  if (text === null) field.select();
  field.onkeydown = (event) => {
    if (event.key === "Enter") { if (typed(id, field.value)) closeField(box); }
    else if (event.key === "Escape") closeField(box);
    else return;
    event.stopPropagation();
    event.preventDefault();
  };
  const opened = field.value;
  field.onblur = () => { // what was typed counts, unless Escape took it back
    const left = !field.hidden && (text !== null || field.value !== opened);
    field.hidden = true;
    if (left) typed(id, field.value);
  };
}

function closeField(box) {
  $("leaf").hidden = true;
  box.focus({ preventScroll: true });
}

function typed(id, text) {
  const answer = reading(text);
  if (answer && Number.isFinite(answer.number)) return change({ [id]: answer.number });
  refuse(`${minus(text.trim()) || "Nothing"} is not a number. Write it as 45, −0.33, 3.5e-4 or 1/3.`);
  return false;
}

function listenForLeaves() {
  let drag = null;
  const graph = $("graph");
  graph.addEventListener("pointerdown", (event) => {
    const box = event.target.closest(".node");
    const id = leafOf(box);
    if (id !== null && canLive() && event.button === 0) drag = { box, id, from: event.clientX, x: numberNow(id), moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag || (!drag.moved && Math.abs(event.clientX - drag.from) < FAR)) return;
    stop();
    const x = nudged(drag.x, Math.round((event.clientX - drag.from) / 8), event.shiftKey);
    if (x !== numberNow(drag.id) && change({ [drag.id]: x }, drag.moved)) drag.moved = true;
  });
  window.addEventListener("pointerup", () => {
    const ended = drag;
    drag = null;
    if (ended?.moved) graph.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
  });
  graph.addEventListener("touchmove", (event) => { if (drag) event.preventDefault(); }, { passive: false }); // it does not scroll
  window.addEventListener("pointercancel", () => { drag = null; });
  graph.addEventListener("click", (event) => { // after what a click on any node does: it is chosen
    const box = event.target.closest(".node");
    const id = leafOf(box);
    if (id !== null && canLive()) openField(box, id);
  });
  Object.assign(chalkgrad, { set: setByName, step: (rate) => descend(Number(rate)), refused: () => refusedNow });
  for (const [id, act] of Object.entries({ undo, redo, reset })) $(id).addEventListener("click", act);
  $("change").addEventListener("click", () => {
    toggleDrawer("numbers");
    refusedNow = openDrawer === "numbers" ? original.live.refused : "";
    showLiveBar();
    fitGraph();
  });
  $("descend").addEventListener("click", () => { stop(); descend(Number($("rate").value)); });
}

// Leaves by their names: {w: 4}.
function setByName(numbers) {
  const { nodes } = lesson.graphs[graphAt(position.k)];
  const ids = Object.entries(numbers).map(([name, x]) => [nodes.find((id) => nameOf[id] === name && isLeaf(id)), x]);
  const wrong = ids.findIndex(([id, x]) => id === undefined || typeof x !== "number" || !Number.isFinite(x));
  if (wrong < 0) return change(Object.fromEntries(ids));
  refuse(`${Object.keys(numbers)[wrong]} is not a leaf of this graph, or its number is not one.`);
  return false;
}

// ---- in the address: which leaves, and their bits

addressParts.push({
  write: () => ({ leaves: [...changed].map(([id, x]) => `${id}${packed(x)}`).join(".") }),
  read: (said) => {
    const found = [...(said.get("leaves") ?? "").matchAll(/(n\d+)~([\w-]{11})/g)].map(([, id, bits]) => [id, unpacked(bits)]);
    const leaves = new Map(found.filter(([id, x]) => isLeaf(id) && Number.isFinite(x)));
    if (!canLive() || (leaves.size === 0 && changed.size === 0)) return;
    put(leaves, null, false);
  },
});

function packed(x) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const letters = btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
  return `~${letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  return new DataView(bytes.buffer).getFloat64(0);
}
