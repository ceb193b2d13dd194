// Why a gradient is zero, with the numbers of now: the twin of reason_for_zero in autograd/explain/why.py, in its words.

const told = (words, ...parts) => parts.reduce((text, part) => text.replace("{}", () => part), words);
const signed = (x) => (number(x).startsWith("−") ? number(x) : `+${number(x)}`);

// The uses of each node of a run, in the order in which they add: {node, operand, at}, where `at` is the use's place in D.
function usesByParent({ program: { rows, parents, start } }) {
  const found = rows.map(() => []);
  for (let node = rows.length - 1; node >= 0; node--) {
    for (let at = start[node]; at < start[node + 1]; at++) found[parents[at]].push({ node, operand: at - start[node], at });
  }
  return found;
}

function reasonForZero(run, uses, byParent) {
  const { zero, cancels, upstream } = original.live.zeros;
  const contributions = uses.map(({ node, at }) => run.G[node] * run.D[at]);
  if (contributions.some((x) => x !== 0)) return told(zero, told(cancels, contributions.sort((x, y) => y - x).map(signed).join(" ")));
  const blocks = [...new Set(blocking(run, uses, byParent).map((use) => blockedAt(run, use)))];
  return told(zero, blocks.join("; ") || upstream);
}

// The uses on the way to the root whose local derivative is 0 although a gradient did arrive there.
function blocking(run, uses, byParent) {
  const waiting = [...uses];
  const seen = new Set(uses);
  const found = [];
  while (waiting.length) {
    const use = waiting.pop();
    if (run.G[use.node] !== 0 && run.D[use.at] === 0) found.push(use);
    if (run.G[use.node] !== 0) continue;
    const further = byParent[use.node].filter((above) => !seen.has(above));
    for (const above of further) seen.add(above);
    waiting.push(...further);
  }
  return found;
}

function blockedAt(run, { node, operand }) {
  const { rows, parents, start, nodes } = run.program;
  const { name, kinked, partners } = original.live.rows[rows[node]];
  const own = Array.from(parents.slice(start[node], start[node + 1]));
  const zeros = own.filter((parent, i) => i !== operand && run.V[parent] === 0);
  const partner = zeros.filter((parent) => parent === own[partners[operand]]);
  const causes = kinked || !zeros.length ? [own[operand]] : partner.length ? partner : zeros;
  const numbers = [...new Map(causes.map((cause) => [nameOf[nodes[cause]], number(run.V[cause])]))].filter(([label, x]) => label !== x);
  const listed = numbers.map(([label, x]) => `${label} = ${x}`).join(", ");
  return told(original.live.zeros.blocked, name, nameOf[nodes[node]]) + (listed && ` (${listed})`);
}
