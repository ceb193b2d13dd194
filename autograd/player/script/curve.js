// The loss over the leaf that was touched last, with its tangent; what the gradient predicted for the last change, and what came.

const WIDE = 190;
const HIGH = 84;
const POINTS = 80;
let predicted = null; // {change, came}: of the root of the graph that is shown

// Compare what the gradients promised with what the numbers of now give.
function compareWith(old) {
  const g = graphAt(position.k);
  const [was, is] = [old[g], runs[g]];
  const root = is.V.length - 1;
  const promised = was.program.nodes.reduce((sum, id, i) => (isLeaf(id) && was.V[i] !== is.V[i] ? sum + was.G[i] * (is.V[i] - was.V[i]) : sum), 0);
  predicted = { promised, came: is.V[root] - was.V[root] };
}

function lossAt(program, V, i, x) {
  const now = Float64Array.from(V);
  now[i] = x;
  try {
    forward(program, now, new Float64Array(program.parents.length));
    return now[now.length - 1];
  } catch (error) {
    if (error instanceof Refused) return NaN; // there is no curve there
    throw error;
  }
}

function showCurve() {
  const run = runs[graphAt(position.k)];
  const i = run?.program.place.get(touched) ?? run?.program.nodes.findIndex((id) => sameLeaf(id) === touched);
  const shown = changed.size > 0 && i >= 0 && run !== undefined && openDrawer === "numbers";
  $("curve").toggleAttribute("hidden", !shown);
  $("curve-note").textContent = shown ? "" : changed.size ? "" : "Change a number: type it, move its slider, or drag it in the graph.";
  $("what-if").textContent = predicted && changed.size ? `Δ${nameOf[run.program.nodes.at(-1)]}: predicted ${short(predicted.promised)}, true ${short(predicted.came)}` : "";
  if (shown) drawCurve(run, i);
}

function drawCurve({ program, V, G }, i) {
  const x = V[i];
  const loss = V[V.length - 1];
  const reach = Math.max(2, Math.abs(x));
  const xs = Array.from({ length: POINTS + 1 }, (_, k) => x + reach * ((2 * k) / POINTS - 1));
  const ys = xs.map((at) => lossAt(program, V, i, at));
  const known = ys.filter(Number.isFinite);
  const [low, high] = [Math.min(loss, ...known), Math.max(loss, ...known)];
  const across = (at) => 4 + ((WIDE - 8) * (at - x + reach)) / (2 * reach);
  if (![loss, 4 * reach, high - low, G[i] * reach].every(Number.isFinite)) { // numbers that no picture can hold
    $("curve").toggleAttribute("hidden", true);
    return;
  }
  const up = (y) => HIGH - 6 - (HIGH - 12) * ((y - low) / (high - low || 1));
  let pen = "M";
  const path = xs.map((at, k) => {
    if (!Number.isFinite(ys[k])) { pen = "M"; return ""; }
    const piece = `${pen}${across(at).toFixed(1)} ${up(ys[k]).toFixed(1)}`;
    pen = "L";
    return piece;
  }).join("");
  const tangent = `M${across(x - reach)} ${up(loss - G[i] * reach)}L${across(x + reach)} ${up(loss + G[i] * reach)}`;
  const svg = $("curve");
  svg.replaceChildren(drawn("path", { d: path, class: "loss" }), drawn("path", { d: tangent, class: "tangent" }), drawn("circle", { cx: across(x), cy: up(loss), r: 4 }));
  $("curve-note").textContent = `${nameOf[program.nodes.at(-1)]} over ${nameOf[program.nodes[i]]}: the slope where it stands is ${short(G[i])}.`;
  svg.setAttribute("aria-label", `${nameOf[program.nodes.at(-1)]} over ${nameOf[program.nodes[i]]}: here ${number(loss)}, with the slope ${number(G[i])}`);
}

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, x] of Object.entries(attributes)) element.setAttribute(name, x);
  return element;
}
