// THE SEAM. All that is shown is read off one object, which `stateAt` makes of the lesson's data; nothing else looks at events.
//
//   graph                       which graph of the lesson
//   values, gradients           numbers by node id; one that is missing is not computed
//   locals                      local derivatives by use, "n5.1": node n5, operand 1
//   phase                       "", forward, loss, backward or update
//   nodes, uses                 what stands out: sets of ids and of uses
//   about                       the node that the event does something to
//   product                     what the active edge carries, or what the active parameter does: "−16 · 2 = −32"
//   words, lines, skipped       the texts of the event, as Python told them
//   ask                         its question, if it is open
//
// A page that computes puts other numbers and texts here, and all else follows: `tellers` are asked in turn, and the first
// that returns something is believed. A teller gets (k, open) and returns a state or null.

const PHASE_NAMES = { forward: "forward", loss: "forward", backward: "backward", update: "update" };
const tellers = [];

function stateAt(k, open = false) {
  for (const teller of tellers) {
    const state = teller(k, open);
    if (state) return state;
  }
  return recorded(k, open);
}

// The state that the stream tells: what all changes and events of this graph have made, up to event k.
function recorded(k, open) {
  const graph = graphAt(k);
  const state = before(graph);
  for (const i of lesson.steps.keys()) {
    if (i > k) break;
    if (lesson.steps[i].graph !== graph) continue;
    for (const change of lesson.steps[i].unseen) apply(state, change);
    if (i < k || !open) happen(state, steps[i]);
  }
  return Object.assign(state, k < 0 ? opening() : texts(k, open));
}

function before(graph) {
  const { nodes, values } = lesson.graphs[graph];
  const given = nodes.map((id, i) => [id, asNumber(values[i])]).filter(([id]) => kindOf[id] !== "result");
  return { graph, values: Object.fromEntries(given), gradients: {}, locals: {} };
}

function happen(state, step) {
  if (step.type === "compute") state.values[step.node] = asNumber(step.value);
  else if (step.type === "seed") Object.assign(state, { gradients: { [step.node]: 1 }, locals: {} });
  else if (step.type === "chain") {
    state.gradients[step.parent] = asNumber(step.after);
    state.locals[`${step.node}.${step.operand}`] = asNumber(step.local);
  } else if (step.type === "update") state.values[step.node] = asNumber(step.after);
}

function apply(state, [what, key, x]) {
  if (what === "reset") Object.assign(state, before(state.graph));
  else if (what === "unknown") for (const id of Object.keys(operandsOf)) delete state.values[id];
  else state[{ value: "values", grad: "gradients", local: "locals" }[what]][key] = asNumber(x);
}

function texts(k, open) {
  const step = steps[k];
  const { ask, skipped } = lesson.steps[k];
  return {
    phase: step.phase,
    nodes: new Set(nodesOf(step)),
    uses: new Set(usesOf(step)),
    about: step.parent ?? step.node,
    product: open ? "" : productOf(step),
    words: open ? ask.question : step.words,
    lines: open ? [] : step.lines,
    skipped,
    ask: open ? ask : null,
  };
}

function opening() {
  const words = lesson.question || "Nothing has been computed yet: only the leaves have their numbers.";
  const lines = lesson.question ? ["Guess first. Then go on with Next, or the → key."] : [];
  return { phase: "", nodes: new Set(), uses: new Set(), about: null, product: "", words, lines, skipped: "", ask: null };
}

// The twin of snapshot.product.
function productOf(step) {
  if (step.type === "update") return `${short(asNumber(step.before))} → ${short(asNumber(step.after))}`;
  if (step.type !== "chain") return "";
  const [upstream, local, contribution] = [step.upstream, step.local, step.contribution].map((x) => short(asNumber(x)));
  return `${upstream} · ${bracketed(local)} = ${contribution}`;
}
