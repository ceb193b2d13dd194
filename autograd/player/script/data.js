// What the page was given: `lesson`, as page_data.py describes it, and a few ways to look things up in it.

const $ = (id) => document.getElementById(id);

let lesson = null; // set once, before anything is shown
let steps = []; // the events of the published stream
let nameOf = {}; // each node's name, by its id
let kindOf = {}; // leaf, parameter, constant or result
let operandsOf = {}; // each result's parents, in order
let stops = []; // where one can stand: before the first event and after each, and at each text of the story

async function loadLesson() {
  const element = $("data");
  if (element.type === "application/json") return JSON.parse(element.textContent);
  return JSON.parse(await unpackedText(element.textContent.trim()));
}

// A text that page.py has packed.
async function unpackedText(letters) {
  const bytes = Uint8Array.from(atob(letters), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

function setLesson(given) {
  lesson = given;
  ({ steps } = given.stream);
  nameOf = Object.fromEntries(given.stream.nodes.map((node) => [node.id, node.name]));
  kindOf = Object.fromEntries(given.stream.nodes.map((node) => [node.id, node.kind]));
  operandsOf = {};
  for (const edge of given.stream.edges) (operandsOf[edge.to] ??= [])[edge.operand] = edge.from;
  stops = [-1, ...steps.keys()].flatMap((k) => [
    { k, text: null },
    ...(k < 0 ? given.intro : given.steps[k].notes).map((text) => ({ k, text })),
  ]);
}

const LAST = () => steps.length - 1;
const graphAt = (k) => (k < 0 ? 0 : lesson.steps[k].graph);
const roundAt = (k) => (steps.length ? steps[Math.max(k, 0)].round : 0);

// The nodes that an event does something to, and the uses it goes along, as "n5.1": node n5, operand 1.
function usesOf(step) {
  if (step.type === "chain") return [`${step.node}.${step.operand}`];
  return step.type === "compute" ? operandsOf[step.node].map((_, operand) => `${step.node}.${operand}`) : [];
}

function nodesOf(step) {
  if (step.type === "chain") return [step.node, step.parent];
  return step.type === "compute" ? [step.node, ...operandsOf[step.node]] : [step.node];
}
