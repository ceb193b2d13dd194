// The network that is trained, on the stage: its graph on one example of the data, with the numbers of now. A lesson has a graph
// of its own too, and one goes back to it; the network of one's own model is the only graph there is.

const THICKEST = 7;
const LEAST_LETTERS = 4; // pixels
let story = null; // the lesson as it was given
let lastSent = null; // the leaves as they were put on the stage last

const isOwn = () => story.network === undefined; // a model of one's own
const onStage = () => Boolean(learner) && (isOwn() || original === story.network);
const canShow = () => learner && (isOwn() || story.network) && !(isOwn() ? story : story.network).live.refused;

function prepareNetwork() {
  $("to-lesson").addEventListener("click", () => { stopTraining(); putOnStage(story); goTo(-1); });
}

// Show another graph in the place of the lesson's, or the lesson again.
function putOnStage(given) {
  original = given;
  setLesson(given);
  runs = [];
  changed = new Map();
  past.length = future.length = 0;
  touched = predicted = null;
  refusedNow = "";
  answered.clear();
  hinted.clear();
  Object.assign(view, { level: null, whole: false });
  position.k = -1;
  if (canLive()) findPrograms();
  $("columns").replaceChildren();
  $("rows").replaceChildren();
  prepare();
  showLiveBar();
}

// Send the chosen example through the graph on the stage, and show it; false where it cannot be shown.
function sendExample() {
  if (!canShow()) return false;
  if (!onStage()) putOnStage(story.network);
  if (position.k < 0 || position.k > LAST()) Object.assign(position, { k: LAST(), text: 0 }); // all numbers are there
  if (view.level === null) showNeurons();
  const { nodes, values } = original.graphs[0];
  const { inputs, targets } = learner.data[plane.chosen ?? 0];
  const numbers = [[learner.parameters, learner.W], [learner.inputs, inputs], [learner.targets, targets]].flatMap(([at, xs]) => Array.from(at, (i, k) => [i, xs[k]]));
  const leaves = new Map(numbers.filter(([i, x]) => i < nodes.length && x !== asNumber(values[i])).map(([i, x]) => [nodes[i], x]));
  try {
    runs = computeAll(leaves);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trainNote = error.message;
    return false;
  }
  answered.clear();
  setLeaves(leaves);
  lastSent = leaves;
  show();
  if (trainTimer === null) remember();
  return true;
}

// At this level each line is a weight; a network that is too large for it is shown as any other graph.
function showNeurons() {
  const picture = pictureOf(0, "neuron");
  if (picture && scaleOf(picture) * LETTERS >= LEAST_LETTERS) Object.assign(view, { level: "neuron", whole: true });
}

// Parameters that were changed on the stage are trained from there.
function takeFromStage() {
  if (!onStage() || !changed.size || changed === lastSent) return;
  const { nodes, values } = lesson.graphs[0];
  learner.parameters.forEach((i, k) => { if (i < nodes.length) learner.W[k] = asNumber(values[i]); });
}

// An edge along which a parameter is multiplied: as thick as the parameter is large; dotted where it is below 0.
function showWeights(state) {
  $("to-lesson").hidden = !learner || isOwn() || !onStage();
  if (!onStage()) return;
  const picture = pictureOf(state.graph, levelFor(state.graph));
  if (!picture) return;
  const { nodes } = lesson.graphs[state.graph];
  const weightOf = (use) => state.values[nodes[learner.told.weights[use.slice(1)]]];
  const found = picture.lines.map(({ uses }) => (uses.length === 1 ? weightOf(uses[0]) : undefined));
  const largest = Math.max(...found.filter((x) => x !== undefined).map(Math.abs), 1e-9);
  picture.lines.forEach(({ element }, i) => {
    const weight = found[i];
    element.classList.toggle("weighted", weight !== undefined);
    element.classList.toggle("above", weight > 0);
    element.classList.toggle("below", weight < 0);
    if (weight !== undefined) element.style.setProperty("--weight", (0.8 + ((THICKEST - 0.8) * Math.abs(weight)) / largest).toFixed(2));
  });
}

// Which example is on the stage is in the address, too; it comes first, since the leaves there are this graph's.
addressParts.unshift({
  write: () => ({ example: onStage() && (plane.chosen !== null || !isOwn()) ? (plane.chosen ?? 0) + 1 : 0 }),
  read: (said) => {
    const k = Number(said.get("example") ?? 0) - 1;
    if (!canShow()) return;
    if (learner.data[k]) { plane.chosen = k; if (!onStage()) putOnStage(story.network); }
    else if (onStage() && !isOwn()) putOnStage(story);
  },
});
