// The lesson as it is with other numbers. Whatever shows the lesson reads `lesson` and `steps`: here they are made anew, from
// those that Python gave and from what both passes compute. Until something is changed, the page shows Python's own.

let original = null; // the lesson as it was given
let runs = []; // the passes over each graph, with the numbers of now
let changed = new Map(); // leaves by their id: the number that was put there

const canLive = () => !original.live.refused;
const ORIGINALS = "With the original numbers: ";

// A parameter that a later graph makes anew under its name, with its number, is the same parameter.
const sameLeaves = new WeakMap(); // by lesson: what has been found

function sameLeaf(id) {
  if (!sameLeaves.has(original)) sameLeaves.set(original, new Map());
  const known = sameLeaves.get(original);
  if (!known.has(id)) known.set(id, foundLeaf(id));
  return known.get(id);
}

function foundLeaf(id) {
  const [graph, x] = numberIn(id);
  if (kindOf[id] !== "parameter") return id;
  for (let earlier = 0; earlier < graph; earlier++) {
    const { nodes, values } = original.graphs[earlier];
    const same = nodes.findIndex((other, i) => nameOf[other] === nameOf[id] && kindOf[other] === "parameter" && [asNumber(values[i]), movedTo(earlier, other)].includes(x));
    if (same >= 0) return nodes[same];
  }
  return id;
}

function numberIn(id) {
  const graph = original.graphs.findIndex(({ nodes }) => nodes.includes(id));
  return [graph, asNumber(original.graphs[graph].values[original.graphs[graph].nodes.indexOf(id)])];
}

function movedTo(graph, id) {
  const k = original.stream.steps.findLastIndex((step, i) => step.type === "update" && step.node === id && original.steps[i].graph === graph);
  return k < 0 ? undefined : asNumber(original.stream.steps[k].after);
}

// Both passes over all graphs, one after the other: what an update does in one, the next begins with.
function computeAll(leaves) {
  const now = new Map(leaves);
  return programs.map((program, g) => {
    const given = original.graphs[g].values.map(asNumber);
    const run = bothPasses(program, program.nodes.map((id, i) => now.get(sameLeaf(id)) ?? given[i]));
    original.stream.steps.forEach((step, k) => {
      if (step.type !== "update" || original.steps[k].graph !== g) return;
      const i = program.place.get(step.node);
      const moved = run.V[i] - step.lr * run.G[i];
      run.updated.set(i, moved);
      now.set(sameLeaf(step.node), moved);
    });
    return run;
  });
}

// Show the numbers that `runs` were computed with.
function setLeaves(leaves) {
  changed = leaves;
  setLesson(leaves.size ? lessonNow() : original);
  $("columns").replaceChildren();
  $("rows").replaceChildren();
}

function lessonNow() {
  const moved = original.graphs.map((_, g) => new Map(runs[g].updated.size ? afterUpdates(g) : []));
  return {
    ...original,
    intro: original.intro.map(asOriginal),
    graphs: original.graphs.map((graph, g) => ({ ...graph, values: [...runs[g].V], ledgers: ledgersNow(graph, runs[g]) })),
    stream: { ...original.stream, steps: original.stream.steps.map(stepNow) },
    steps: original.steps.map((step, k) => ({ ...step, notes: step.notes.map(asOriginal), unseen: unseenNow(k, moved), ...askNow(k) })),
  };
}

const asOriginal = (text) => (text.includes("\n") ? `${ORIGINALS.trim()}\n${text}` : ORIGINALS + text);

// An event with the numbers of now; its texts are filled when they are asked for.
function stepNow(step, k) {
  const run = runs[original.steps[k].graph];
  const template = original.live.events[k];
  const read = reader(run);
  const at = run.program.place.get(step.node);
  const use = run.program.start[at] + step.operand;
  const numbers = {
    compute: () => ({ value: run.V[at] }),
    seed: () => ({}),
    chain: () => ({ upstream: run.G[at], local: run.D[use], contribution: run.G[at] * run.D[use], before: run.before[use], after: run.after[use] }),
    ready: () => ({ grad: run.G[at] }),
    update: () => ({ before: run.V[at], gradient: run.G[at], after: run.updated.get(at) }),
  }[step.type]();
  const told = { ...step, ...numbers };
  const chosen = step.type === "chain" && !told.before && template.first ? template.first : template;
  Object.defineProperty(told, "words", { get: () => fillIn(wordsOf(told, chosen), read) });
  Object.defineProperty(told, "lines", { get: () => linesOf(step, run, at, chosen.lines, read) });
  return told;
}

function wordsOf({ type, before, gradient, after }, template) {
  if (type !== "update") return template.words;
  if (!gradient && after === before) return template.stays;
  return (after - before) * gradient < 0 ? template.words : template.along;
}

function linesOf(step, run, at, lines, read) {
  const local = step.type === "chain" ? [localLine(run, `${at}.${step.operand}`)] : [];
  return [...local, ...lines.map((line) => equation(fillIn(line, read)))];
}

const localLine = (run, use) => equation(fillIn(original.live.graphs[run.program.graph].locals[use], reader(run)));

// What happened untold before event k.
function unseenNow(k, moved) {
  const { graph, unseen } = original.steps[k];
  const run = runs[graph];
  const { place, start } = run.program;
  const told = unseen.map(([what, key, x], i) => {
    if (what === "value") return [what, key, run.V[place.get(key)]];
    const use = what === "local" ? key : unseen[i + 1]?.[0] === "local" ? unseen[i + 1][1] : null;
    if (!use || !["local", "grad"].includes(what)) return [what, key, x];
    const [node, operand] = use.split(".");
    const at = start[place.get(node)] + Number(operand);
    return [what, key, what === "local" ? run.D[at] : run.after[at]];
  });
  return original.stream.steps[k].type === "update" ? [...told, ...(moved[graph].get(k) ?? [])] : told;
}

// For each update of a graph: the values that its operations give from then on.
function afterUpdates(g) {
  const { program, V, D, updated } = runs[g];
  const now = Float64Array.from(V);
  return original.stream.steps.flatMap((step, k) => {
    if (step.type !== "update" || original.steps[k].graph !== g) return [];
    const i = program.place.get(step.node);
    now[i] = updated.get(i);
    try {
      forward(program, now, Float64Array.from(D));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return [[k, [["unknown", "", 0]]]];
    }
    return [[k, program.nodes.map((id, n) => ["value", id, now[n]]).filter((_, n) => program.rows[n] >= 0)]];
  });
}

// Where each gradient comes from, with the numbers of now.
// Each is told when it is asked for: one is shown, of all those that a change changes.
function ledgersNow(graph, run) {
  const byParent = usesByParent(run);
  const ledgers = {};
  for (const [id, told] of Object.entries(graph.ledgers)) Object.defineProperty(ledgers, id, { enumerable: true, get: () => ledgerNow(told, run, run.program.place.get(id), byParent) });
  return ledgers;
}

function ledgerNow(told, run, at, byParent) {
  const uses = byParent[at];
  const contributions = told.rows.map((_, i) => run.G[uses[i].node] * run.D[uses[i].at]);
  const gradient = told.rows.length ? run.G[at] : asNumber(told.rows.length === 0 && at === run.program.rows.length - 1 ? 1 : 0);
  const terms = contributions.map((x, i) => (i ? bracketed(number(x)) : number(x))).join(" + ");
  return {
    ...told,
    head: equation([told.head.split(" = ")[0], terms, number(gradient)].join(" = ")),
    rows: told.rows.map(([k, use], i) => [k, use, number(run.G[uses[i].node]), localLine(run, `${uses[i].node}.${uses[i].operand}`), number(contributions[i])]),
    sum: number(gradient),
    reason: gradient ? "" : told.rows.length ? reasonForZero(run, uses, byParent) : told.reason,
  };
}

// The question at an event: its truth, its hints, and what the slips of one step give; other mistakes are known for the original numbers.
function askNow(k) {
  const { ask, graph } = original.steps[k];
  if (!ask) return {};
  const step = original.stream.steps[k];
  const run = runs[graph];
  const at = run.program.place.get(step.node);
  const truth = run.G[at] * run.D[run.program.start[at] + step.operand];
  if (!Number.isFinite(truth)) return { ask: undefined };
  const filled = { ...ask, truth, answer: number(truth) };
  Object.defineProperty(filled, "wrong", { get: () => slipsNow(run, at, step.operand, truth) });
  const local = () => localLine(run, `${at}.${step.operand}`).split(/\s+/).join(" ");
  Object.defineProperty(filled, "hints", { get: () => original.live.events[k].hints.map((hint) => fillIn(hint, reader(run)).replace(LOCAL, local)) });
  return { ask: filled };
}

// The wrong answers at a use that differ from the right one as printed, each with its verdict: the twin of wrong_answers in questions.py.
function slipsNow({ program: { rows, parents, start, nodes }, G, D, after }, node, operand, truth) {
  const known = { g: G[node], l: D[start[node] + operand], a: after[start[node] + operand] };
  const [swapped] = original.live.slips.slice(-1);
  const found = original.live.slips.slice(0, -1).map((slip) => [slip.number.split("+").map((mark) => known[mark]).reduce((x, y) => x + y), slip]);
  const other = original.live.rows[rows[node]].partners[operand];
  if (other >= 0) {
    const [here, there] = [operand, other].map((i) => nameOf[nodes[parents[start[node] + i]]]);
    found.push([G[node] * D[start[node] + other], { ...swapped, words: told(swapped.words, here, there) }]);
  }
  return found.filter(([x]) => Number.isFinite(x) && number(x) !== number(truth)).map(([x, slip]) => [Number(x.toPrecision(12)), slip]);
}
