// Examples of many inputs, one beside the other, as images where their inputs fill a square; and the weights of the first units.

function showGallery() {
  const answers = answersOrNone(learner.data.slice(0, MOST_SHOWN).map(({ inputs }) => inputs));
  if ($("gallery").childElementCount !== answers.length) fill($("gallery"), learner.data.slice(0, MOST_SHOWN).map(exampleButton));
  [...$("gallery").children].forEach((button, k) => {
    const right = plane.classes ? classOf(answers[k]) === targetOf(learner.data[k]) : null;
    const said = plane.classes ? `${targetOf(learner.data[k])}${right ? "" : `→${classOf(answers[k])}`}` : short(answers[k][0]);
    button.lastChild.textContent = said;
    button.setAttribute("aria-label", `Example ${k + 1}: ${said}`);
    button.classList.toggle("wrong", right === false);
    button.setAttribute("aria-pressed", String(k === plane.chosen));
  });
  showUnits();
  $("gallery-said").hidden = !plane.classes || plane.chosen === null;
  if (plane.classes && plane.chosen !== null) sayAnswer(answers[plane.chosen], plane.chosen);
}

// What the network answers for one example: the three likeliest classes.
function sayAnswer(outputs, k) {
  const best = outputs.map((x, i) => [x, i]).sort(([x], [y]) => y - x).slice(0, 3);
  $("gallery-said").textContent = `Example ${k + 1} is a ${targetOf(learner.data[k])}; the answers: ${best.map(([x, i]) => `${i} with ${short(Number(x.toFixed(3)))}`).join(", ")}.`;
}

const isImage = (count) => count > 9 && Number.isInteger(Math.sqrt(count));

function exampleButton(one, k) {
  const button = make("button");
  button.type = "button";
  const side = Math.sqrt(one.inputs.length);
  if (isImage(one.inputs.length)) button.append(imageOf(one.inputs, side));
  button.append(make("span"));
  button.addEventListener("click", () => chooseExample(k));
  return button;
}

function imageOf(pixels, side) {
  const image = drawn("svg", { viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true" });
  const largest = Math.max(...pixels.map(Math.abs)) || 1;
  pixels.forEach((x, i) => { if (x) image.append(drawn("rect", { x: i % side, y: Math.floor(i / side), width: 1, height: 1, "fill-opacity": (Math.abs(x) / largest).toFixed(2) })); });
  return image;
}

// ---- what the first units look for: a square for each input, as large as its weight; below 0 it is hollow

let units = []; // of each unit that takes all inputs: the place of each input's weight among the parameters

function findUnits({ inputs, parents, weights, parameters, varying }) {
  const place = new Map(parameters.map((node, k) => [node, k]));
  const weightsOf = (node) => inputs.map((input) => place.get(weights[`${node}.${parents[node].findLastIndex((parent) => parent === input)}`]));
  units = varying.map(weightsOf).filter((found) => found.every((k) => k !== undefined));
  const side = Math.sqrt(inputs.length);
  const shown = plane.kind === "gallery" && units.length > 0 && isImage(inputs.length);
  $("units").hidden = $("units-said").hidden = !shown;
  if (shown) fill($("units"), units.map((found) => squares(found.length, side)));
  else units = [];
}

function squares(count, side) {
  const image = drawn("svg", { viewBox: `0 0 ${side} ${side}` });
  image.append(...Array.from({ length: count }, () => drawn("rect", {})));
  return image;
}

function showUnits() {
  units.forEach((found, k) => {
    const image = $("units").children[k];
    const numbers = found.map((place) => learner.W[place]);
    const largest = Math.max(...numbers.map(Math.abs), 1e-9);
    const side = Math.sqrt(numbers.length);
    numbers.forEach((w, i) => {
      const size = 0.92 * Math.sqrt(Math.abs(w) / largest);
      for (const [key, x] of Object.entries({ x: (i % side) + (1 - size) / 2, y: Math.floor(i / side) + (1 - size) / 2, width: size, height: size })) image.children[i].setAttribute(key, x.toFixed(2));
      image.children[i].setAttribute("class", w < 0 ? "below" : "above");
    });
  });
}
