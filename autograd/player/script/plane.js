// The data of the Train drawer, with what the network answers: over two inputs a plane, over one a curve; of more, see gallery.js.
// Without inputs, as in a race of optimizers, the plane is that of two parameters, with the loss and the way down.

const [PLANE_WIDE, PLANE_HIGH] = [320, 184];
const [ACROSS, DOWN] = [40, 23]; // cells of the plane
const CURVE_POINTS = 120;
const MOST_SHOWN = 40; // examples in a row, and steps of a way
const KINDS = ["descent", "curve", "plane"]; // by the number of inputs
const plane = { kind: "", x: [0, 1], y: [0, 1], cells: [], chosen: null, added: 0 };

function preparePlane({ data, inputs, outputs, parameters, starts }) {
  plane.kind = KINDS[inputs.length] ?? "gallery";
  if (plane.kind === "descent" && parameters.length !== 2) plane.kind = "";
  plane.classes = outputs.length > 1 ? outputs.length : 0;
  const targets = data.map(([, target]) => target[0] ?? 0);
  [plane.low, plane.high] = [Math.min(...targets), Math.max(...targets)];
  plane.two = new Set(targets).size === 2; // classes that one output tells apart
  if (plane.kind === "descent") [plane.x, plane.y] = around(starts[0]);
  else if (inputs.length) [plane.x, plane.y] = [spread(data.map(([x]) => x[0])), spread(plane.kind === "curve" ? targets : data.map(([x]) => x[1] ?? 0))];
  $("plane").toggleAttribute("hidden", !KINDS.includes(plane.kind));
  $("gallery").hidden = plane.kind !== "gallery";
  findUnits(learner.told);
  $("plane-adds").hidden = plane.kind !== "plane";
  const values = plane.classes ? Array.from({ length: plane.classes }, (_, k) => k) : [plane.low, plane.high];
  fillSelect("plane-class", values.map((x) => [x, number(x)]), values.at(-1));
  plane.cells = ["descent", "plane"].includes(plane.kind) ? cellsOf($("plane-ground")) : [];
  $("plane-axes").replaceChildren(...axisNames(learner.told.axes));
  $("plane").addEventListener("click", clickedPlane);
  $("plane").addEventListener("keydown", pressedPlane);
  $("plane-clear").addEventListener("click", () => { learner.data.length -= plane.added; plane.added = 0; plane.chosen = null; showTrain(); });
}

function axisNames(names) {
  const places = [{ x: PLANE_WIDE - 6, y: PLANE_HIGH - 6, "text-anchor": "end" }, { x: 6, y: 15 }];
  return names.map((name, i) => { const label = drawn("text", places[i]); label.textContent = i ? `↑ ${name}` : `${name} →`; return label; });
}

// From the least to the greatest, and a little more.
function spread(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const more = 0.18 * (high - low) || 1;
  return [low - more, high + more];
}

function around(numbers) {
  const largest = Math.max(...numbers.map(Math.abs), 1e-9);
  return numbers.map((x) => { const reach = 1.25 * Math.max(Math.abs(x), 0.3 * largest); return [-reach, reach]; });
}

const planeX = (x) => (PLANE_WIDE * (x - plane.x[0])) / (plane.x[1] - plane.x[0]);
const planeY = (y) => PLANE_HIGH * (1 - (y - plane.y[0]) / (plane.y[1] - plane.y[0]));

function cellsOf(ground) {
  const [wide, high] = [PLANE_WIDE / ACROSS, PLANE_HIGH / DOWN];
  const cells = Array.from({ length: ACROSS * DOWN }, (_, i) => drawn("rect", { x: (i % ACROSS) * wide, y: Math.floor(i / ACROSS) * high, width: wide, height: high }));
  ground.replaceChildren(...cells);
  return cells;
}

// The points in the middle of the cells, in their order.
function middles() {
  const at = ([low, high], part) => low + (high - low) * part;
  return plane.cells.map((_, i) => [at(plane.x, ((i % ACROSS) + 0.5) / ACROSS), at(plane.y, 1 - (Math.floor(i / ACROSS) + 0.5) / DOWN)]);
}

function showPlane() {
  $("plane-clear").hidden = plane.added === 0;
  ({ plane: showAnswers, curve: showAnswerCurve, descent: showDescent, gallery: showGallery })[plane.kind]?.();
}

// How near an answer is to one target or the other, from −1 to 1.
const leaning = (answer) => Math.max(-1, Math.min(1, (2 * answer - plane.low - plane.high) / (plane.high - plane.low || 1)));
const classOf = (outputs) => outputs.indexOf(Math.max(...outputs));
const sideOf = (x) => (2 * x > plane.low + plane.high ? 1 : 0);

function paintCell(cell, group, opacity) {
  cell.setAttribute("class", `c${group % 6}`);
  cell.setAttribute("fill-opacity", Number.isFinite(opacity) ? opacity.toFixed(3) : "0");
}

function showAnswers() {
  const answers = answersOrNone(middles());
  plane.cells.forEach((cell, i) => {
    const outputs = answers[i];
    if (plane.classes) paintCell(cell, classOf(outputs), 0.34);
    else paintCell(cell, sideOf(outputs[0]), 0.06 + 0.44 * Math.abs(leaning(outputs[0])));
  });
  $("plane-lines").replaceChildren(...(plane.classes ? [] : [drawn("path", { class: "boundary", d: contour(answers.map(([x]) => x), (plane.low + plane.high) / 2) })]));
  showPoints((one) => [planeX(one.inputs[0]), planeY(one.inputs[1])]);
}

// Where the answer crosses a height: a piece of line through each square of four cells' middles that it goes through.
function contour(heights, height) {
  const [wide, high] = [PLANE_WIDE / ACROSS, PLANE_HIGH / DOWN];
  const pieces = [];
  for (let row = 0; row < DOWN - 1; row++) {
    for (let column = 0; column < ACROSS - 1; column++) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([right, down]) => [column + right, row + down, heights[(row + down) * ACROSS + column + right] - height]);
      const crossings = corners.flatMap(([x, y, here], i) => {
        const [nextX, nextY, there] = corners[(i + 1) % 4];
        if (here > 0 === there > 0) return [];
        const part = here / (here - there);
        return [[(x + part * (nextX - x) + 0.5) * wide, (y + part * (nextY - y) + 0.5) * high]];
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) pieces.push(`M${crossings[i].map((x) => x.toFixed(1))}L${crossings[i + 1].map((x) => x.toFixed(1))}`);
    }
  }
  return pieces.join("");
}

function showAnswerCurve() {
  const xs = Array.from({ length: CURVE_POINTS + 1 }, (_, k) => plane.x[0] + ((plane.x[1] - plane.x[0]) * k) / CURVE_POINTS);
  const answers = answersOrNone(xs.map((x) => [x]));
  const path = xs.map((x, k) => `${k ? "L" : "M"}${planeX(x).toFixed(1)} ${planeY(Math.max(-1e6, Math.min(1e6, answers[k][0]))).toFixed(1)}`).join("");
  $("plane-lines").replaceChildren(drawn("path", { class: "curve", d: path.includes("NaN") ? "" : path }));
  showPoints((one) => [planeX(one.inputs[0]), planeY(one.targets[0])]);
}

function answersOrNone(all) {
  try {
    return learner.answers(all);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return all.map(() => learner.told.outputs.map(() => NaN));
  }
}

// The loss over two parameters, darker where it is higher, and the way of the steps.
function showDescent() {
  const here = learner.W;
  if (!plane.painted) {
    const losses = middles().map((w) => { learner.W = Float64Array.from(w); return Math.log(Math.max(lossNow(), 1e-9)); });
    learner.W = here;
    const [low, high] = [Math.min(...losses), Math.max(...losses)];
    plane.cells.forEach((cell, i) => paintCell(cell, 0, (0.65 * (losses[i] - low)) / (high - low || 1)));
    plane.painted = true;
  }
  const way = learner.trail.slice(-MOST_SHOWN * 10);
  const path = way.map(([x, y], i) => `${i ? "L" : "M"}${planeX(x).toFixed(1)} ${planeY(y).toFixed(1)}`).join("");
  const dots = way.slice(-MOST_SHOWN).map(([x, y]) => drawn("circle", { class: "step", cx: planeX(x), cy: planeY(y), r: 2 }));
  $("plane-lines").replaceChildren(drawn("path", { class: "way", d: path }), ...dots, drawn("circle", { class: "here", cx: planeX(here[0]), cy: planeY(here[1]), r: 6 }));
}

// ---- the examples

const targetOf = ({ targets }) => (plane.classes ? classOf(targets) : targets[0]);

function toldOf(one, k) {
  const names = one.inputs.map((x, i) => `${one.inputs.length > 1 ? `x${i + 1}` : "x"} = ${short(x)}`);
  return `Example ${k + 1}: ${names.join(", ")}; target ${number(targetOf(one))}`;
}

// A point is a circle or a square by its target: not by its colour alone.
function showPoints(placeOfExample) {
  const { children } = $("plane-points");
  while (children.length > learner.data.length) children[children.length - 1].remove();
  for (let k = children.length; k < learner.data.length; k++) $("plane-points").append(pointOf(learner.data[k], k, placeOfExample(learner.data[k])));
  [...children].forEach((point, k) => {
    point.setAttribute("tabindex", k === (plane.chosen ?? 0) ? "0" : "-1");
    point.setAttribute("aria-pressed", String(k === plane.chosen));
  });
  $("plane").setAttribute("aria-label", `The data and the answers: ${learner.data.length} examples`);
}

function pointOf(one, k, [x, y]) {
  const group = plane.classes ? classOf(one.targets) : plane.kind === "curve" ? 0 : sideOf(one.targets[0]);
  const point = drawn("g", { class: `point c${group % 6}`, role: "button", "data-example": k, "aria-label": toldOf(one, k) });
  const r = learner.data.length > 60 && plane.classes < 3 ? 4 : 6;
  point.append(drawn("circle", { class: "reach", cx: x, cy: y, r: 14 }), group % 2 ? drawn("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r }) : drawn("circle", { cx: x, cy: y, r }));
  if (plane.classes > 2) {
    const label = drawn("text", { x, y: y + 3.5, "text-anchor": "middle" });
    label.textContent = String(group);
    point.append(label);
  }
  return point;
}

function clickedPlane(event) {
  const point = event.target.closest(".point");
  if (point) { chooseExample(Number(point.dataset.example)); return; }
  const { left, top, width, height } = $("plane").getBoundingClientRect();
  const x = plane.x[0] + ((plane.x[1] - plane.x[0]) * (event.clientX - left)) / width;
  const y = plane.y[1] - ((plane.y[1] - plane.y[0]) * (event.clientY - top)) / height;
  const [a, b] = [x, y].map((at) => Number(at.toPrecision(3)));
  if (plane.kind === "descent") { stopTraining(); learner.begin([a, b]); showTrain(); return; }
  const target = Number($("plane-class").value);
  const targets = plane.kind === "curve" ? [b] : plane.classes ? Array.from({ length: plane.classes }, (_, k) => Number(k === target)) : [target];
  learner.data.push({ inputs: plane.kind === "curve" ? [a] : [a, b], targets });
  plane.added += 1;
  chooseExample(learner.data.length - 1);
}

function pressedPlane(event) {
  if (!event.target.closest(".point")) return;
  const n = learner.data.length;
  const at = Number(event.target.dataset.example);
  if (event.key in ARROWS) { chooseExample((at + ARROWS[event.key] + n) % n); $("plane-points").children[plane.chosen].focus(); }
  else if (["Enter", " "].includes(event.key)) chooseExample(at);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function chooseExample(k) {
  plane.chosen = k;
  showTrained();
}

// How many examples are right, where there are classes.
function shareRight() {
  if (!learner.data.length || !(plane.classes || plane.two)) return "";
  const answers = answersOrNone(learner.data.map(({ inputs }) => inputs));
  const right = learner.data.filter((one, k) => (plane.classes ? classOf(answers[k]) === targetOf(one) : sideOf(answers[k][0]) === sideOf(one.targets[0])));
  return `, ${right.length} of ${learner.data.length} right`;
}
