// Both passes, computed here: a flat program (the row of each node, its parents, where its uses begin), as lesson.live gives it.

class Refused extends Error {}

let programs = []; // one for each graph of the lesson

function findPrograms() {
  programs = lesson.graphs.map(({ nodes }, graph) => {
    const place = new Map(nodes.map((id, i) => [id, i]));
    const parents = nodes.map((id) => (operandsOf[id] ?? []).map((parent) => place.get(parent)));
    const start = new Int32Array(nodes.length + 1);
    parents.forEach((own, i) => { start[i + 1] = start[i] + own.length; });
    return { graph, nodes, place, rows: lesson.live.graphs[graph].rows, parents: Int32Array.from(parents.flat()), start, free: nodes.map((id) => kindOf[id] !== "constant") };
  });
}

// The forward pass: V holds the leaves, and gets the rest; D gets the local derivatives.
function forward({ rows, parents, start }, V, D) {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] < 0) continue;
    try {
      V[i] = computeRow(rows[i], parents, start[i], V, D);
    } catch (error) {
      throw new Refused(refusal(error, lesson.live.rows[rows[i]], Array.from(parents.slice(start[i], start[i + 1]), (parent) => V[parent])));
    }
  }
}

function refusal(error, { call, brackets, outside, together, large }, operands) {
  const read = (mark) => (mark === "largest" ? operands.reduce(xp.maximum) : operands[Number(mark)]);
  const written = (x) => (brackets && x < 0 ? `(${exactly(x)})` : exactly(x));
  const said = error instanceof TooLarge ? large : !(error instanceof Outside) ? null : error.operand < 0 ? together : outside[error.operand];
  if (said === null) throw error;
  return fillIn(said, read, exactly).replace(CALL, () => fillIn(call, read, written));
}

// The backward pass: G gets the gradients, `before` and `after` what a use finds in its parent's and leaves there.
function backward({ rows, parents, start, free }, D, G, before, after) {
  G.fill(NaN);
  const seen = new Uint8Array(rows.length);
  const root = rows.length - 1;
  G[root] = 1;
  seen[root] = 1;
  for (let i = root; i >= 0; i--) {
    for (let use = start[i]; use < start[i + 1]; use++) {
      const parent = parents[use];
      if (!free[parent]) continue;
      before[use] = seen[parent] ? G[parent] : 0;
      G[parent] = after[use] = before[use] + G[i] * D[use];
      seen[parent] = 1;
    }
  }
}

function bothPasses(program, leaves) {
  const uses = program.parents.length;
  const run = { program, V: Float64Array.from(leaves), D: new Float64Array(uses), G: new Float64Array(program.rows.length), before: new Float64Array(uses), after: new Float64Array(uses), updated: new Map() };
  forward(program, run.V, run.D);
  backward(program, run.D, run.G, run.before, run.after);
  return run;
}

// What a mark of a template stands for: v3, g3, u3; l3.1, b3.1, a3.1.
function reader(run) {
  return computed((mark) => {
    const [node, operand] = mark.slice(1).split(".").map(Number);
    if (mark[0] === "v") return run.V[node];
    if (mark[0] === "g") return run.G[node];
    if (mark[0] === "u") return run.updated.get(node);
    return { l: run.D, b: run.before, a: run.after }[mark[0]][run.program.start[node] + operand];
  });
}
