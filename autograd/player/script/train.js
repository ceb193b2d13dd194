// The Train drawer: steps of an optimizer on the network's data, and the loss over steps.

const AT_ONCE = 10; // steps of a run between two pictures
const SHARE_OF_GRAPH = 0.25; // of a run's time: the graph on the stage is shown anew no more often
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 100];
const MOST_DOTS = 300; // of the loss curve
const OWN_START = "own"; // of a lesson, or of a model that was given
let learner = null;
let trainTimer = null;
let trainNote = ""; // what stopped the training

function prepareTraining(told) {
  $("train-tab").hidden = !told;
  $("trainer").hidden = Boolean(told?.refused);
  $("train-refused").hidden = !told?.refused;
  $("train-refused").textContent = told?.refused ?? "";
  if (!told || told.refused) return;
  learner = new Learner(told);
  preparePlane(told);
  prepareNetwork();
  fillSelect("train-optimizer", told.optimizers.map(({ name }, i) => [i, name]), told.optimizer);
  fillSelect("train-batch", [...[...new Set([...BATCHES, told.batch])].sort((a, b) => a - b).filter((n) => n > 0 && n < told.data.length).map((n) => [n, String(n)]), [0, `all ${told.data.length}`]], told.batch);
  fillSelect("train-seed", told.starts.map((_, i) => [i, i ? String(i) : OWN_START]), 0);
  $("train-rate").value = String(told.lr);
  $("train-batch").disabled = told.data.length < 2;
  for (const button of document.querySelectorAll("[data-steps]")) button.addEventListener("click", () => trainFromDrawer(Number(button.dataset.steps)));
  Object.assign(chalkgrad, { train: trainFromDrawer, training: trainingForOthers });
  $("train-run").addEventListener("click", () => (trainTimer === null ? runTraining() : stopTraining()));
  $("train-optimizer").addEventListener("change", () => learner.choose(Number($("train-optimizer").value)));
  $("train-seed").addEventListener("change", newStart);
  $("train-anew").addEventListener("click", () => { $("train-seed").value = String((Number($("train-seed").value) + 1) % told.starts.length); newStart(); });
}

// For those who embed the page: chalkgrad.train(100), and chalkgrad.training() for what came of it.
function trainingForOthers() {
  return learner && { steps: learner.losses.length, loss: lossNow(), parameters: [...learner.W], losses: [...learner.losses] };
}

function fillSelect(id, options, chosen) {
  fill($(id), options.map(([value, text]) => { const option = make("option", text); option.value = value; return option; }));
  $(id).value = String(chosen);
}

// So many steps; false if one was refused, which changes nothing.
function train(steps) {
  const rate = reading($("train-rate").value)?.number;
  trainNote = "";
  takeFromStage();
  try {
    if (!(rate > 0)) throw new Refused("The rate is a number above 0: 0.1, say.");
    for (let k = 0; k < steps; k++) learner.step(rate, Number($("train-batch").value));
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trainNote = error.message;
    return false;
  }
}

function trainFromDrawer(steps) {
  stopTraining();
  const done = train(steps);
  showTrained();
  return done;
}

// Show what came of it: on the stage, where the network can stand there, and in the drawer.
function showTrained() {
  if (!sendExample()) showTrain();
}

function runTraining() {
  $("train-run").textContent = "Pause";
  $("train-run").setAttribute("aria-pressed", "true");
  $("train-said").setAttribute("aria-live", "off");
  const pause = matchMedia("(prefers-reduced-motion: reduce)").matches ? 250 : 0;
  let [shown, sent, cost] = [0, 0, 0]; // when the drawer was shown, when the graph, and how long that took
  const turn = () => {
    trainTimer = requestAnimationFrame(turn);
    if (!train(AT_ONCE) || openDrawer !== "train") stopTraining();
    const now = performance.now();
    if (trainTimer !== null && now - shown < pause) return;
    shown = now;
    if (trainTimer !== null && now - sent < cost / SHARE_OF_GRAPH) showTrain();
    else {
      showTrained();
      [sent, cost] = [performance.now(), performance.now() - now];
    }
  };
  trainTimer = requestAnimationFrame(turn);
}

function stopTraining() {
  if (trainTimer !== null) cancelAnimationFrame(trainTimer);
  trainTimer = null;
  $("train-run").textContent = "Run";
  $("train-run").setAttribute("aria-pressed", "false");
  $("train-said").setAttribute("aria-live", "polite");
}

function newStart() {
  stopTraining();
  trainNote = "";
  learner.begin(learner.told.starts[Number($("train-seed").value)]);
  showTrained();
}

function showTrain() {
  if (!learner) return;
  $("train-said").textContent = trainNote || `${learner.losses.length} ${learner.losses.length === 1 ? "step" : "steps"}: loss ${short(lossNow())}${shareRight()}`;
  $("train-said").classList.toggle("refused", Boolean(trainNote));
  showPlane();
  drawLosses($("losses"), learner.losses);
}

function lossNow() {
  try {
    return learner.loss();
  } catch (error) {
    if (error instanceof Refused) return NaN;
    throw error;
  }
}

// The loss over steps, from 0 up.
function drawLosses(svg, losses) {
  const [wide, high] = [320, 76];
  const every = Math.max(1, Math.ceil(losses.length / MOST_DOTS));
  const shown = losses.map((loss, k) => [k, loss]).filter(([k]) => k % every === 0 || k === losses.length - 1);
  const top = Math.max(...shown.map(([, loss]) => loss), 0) || 1;
  const low = Math.min(...shown.map(([, loss]) => loss), 0);
  const across = (k) => 40 + ((wide - 48) * k) / Math.max(1, losses.length - 1);
  const up = (loss) => high - 18 - ((high - 28) * (loss - low)) / (top - low);
  const path = shown.map(([k, loss], i) => `${i ? "L" : "M"}${across(k).toFixed(1)} ${up(loss).toFixed(1)}`).join("");
  const told = (x, y, text, anchor) => { const label = drawn("text", { x, y, "text-anchor": anchor }); label.textContent = text; return label; };
  svg.replaceChildren(drawn("path", { class: "axis", d: `M40 6V${high - 18}H${wide - 8}` }), told(36, 14, short(top), "end"), told(36, high - 14, short(low), "end"), told(wide - 8, high - 3, `${losses.length} steps`, "end"));
  if (path) svg.append(drawn("path", { class: "curve", d: path }), drawn("circle", { cx: across(losses.length - 1), cy: up(losses.at(-1)), r: 3.5 }));
  svg.setAttribute("aria-label", losses.length ? `The loss over ${losses.length} steps: from ${number(losses[0])} to ${number(losses.at(-1))}` : "The loss over steps: none yet");
}
