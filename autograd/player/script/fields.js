// The Numbers drawer: every leaf with a field and a slider, the loss over the leaf touched last, the loss over what was changed.

const REACH = 100; // positions of a slider to either side
let fieldsOf = null; // the graph whose leaves have their fields in the drawer

function showNumbers(state) {
  const { nodes } = lesson.graphs[state.graph];
  const leaves = nodes.filter(isLeaf);
  if (fieldsOf !== nodes) {
    fieldsOf = nodes;
    fill($("fields"), leaves.map(fieldRow));
  }
  for (const row of $("fields").children) {
    const x = numberNow(row.dataset.leaf);
    const [field, slider] = row.querySelectorAll("input");
    row.classList.toggle("changed", changed.has(sameLeaf(row.dataset.leaf)));
    if (document.activeElement !== field) field.value = number(x);
    if (document.activeElement !== slider) slider.value = String(Math.round(((x - originalOf(row.dataset.leaf)) / unitOf(row.dataset.leaf))));
  }
  showTrail();
}

const originalOf = (id) => numberIn(id)[1];
const unitOf = (id) => Math.max(2, Math.abs(originalOf(id))) / REACH;

function fieldRow(id) {
  const row = make("div", "", "field");
  row.dataset.leaf = id;
  const field = make("input");
  Object.assign(field, { type: "text", inputMode: "decimal", spellcheck: false, autocomplete: "off" });
  field.setAttribute("aria-label", nameOf[id]);
  const slider = make("input");
  Object.assign(slider, { type: "range", min: -REACH, max: REACH, step: 1 });
  slider.setAttribute("aria-label", `Move ${nameOf[id]}`);
  field.addEventListener("change", () => { stop(); if (typed(id, field.value)) field.blur(); });
  let moving = false;
  slider.addEventListener("input", () => { stop(); moving = change({ [id]: Number((originalOf(id) + Number(slider.value) * unitOf(id)).toPrecision(12)) }, moving) || moving; });
  slider.addEventListener("change", () => { moving = false; });
  for (const input of [field, slider]) input.disabled = !canLive();
  row.append(make("b", nameOf[id]), field, slider);
  return row;
}

// The loss after each change that undo would take back, and now.
function showTrail() {
  const run = runs[graphAt(position.k)];
  const losses = run ? [...past.map(({ loss }) => loss), run.V.at(-1)].filter(Number.isFinite) : [];
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const shown = losses.length >= 2 && Number.isFinite(high - low);
  $("trail").toggleAttribute("hidden", !shown);
  if (!shown) return;
  const points = losses.map((loss, i) => [4 + ((WIDE - 8) * i) / (losses.length - 1), HIGH - 6 - (HIGH - 12) * ((loss - low) / (high - low || 1))]);
  const path = drawn("path", { class: "loss", d: `M${points.map((point) => point.map((x) => x.toFixed(1)).join(" ")).join("L")}` });
  const [x, y] = points.at(-1);
  $("trail").replaceChildren(path, drawn("circle", { cx: x, cy: y, r: 4 }));
  $("trail").setAttribute("aria-label", `${nameOf[run.program.nodes.at(-1)]} over your ${losses.length - 1} changes: from ${number(losses[0])} to ${number(losses.at(-1))}`);
}
