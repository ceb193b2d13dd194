// The graph: one picture for each level, painted with the numbers of a state, as large as the window allows.

const LEVELS = ["op", "neuron", "layer", "model"];
const LETTERS = 19; // the size of a number in a picture
const LEGIBLE = 14; // pixels: a picture with smaller numbers is not shown as a whole unless one asks for it
const LARGEST = 1.7; // times its own size
const ROOM = 84; // for one number
const SVG = "http://www.w3.org/2000/svg";

const pictures = new Map(); // "0-op" → its parts, found once
const view = { level: null, whole: false, chosen: null, digits: false }; // level null: as it fits

function findPictures() {
  const parser = new DOMParser();
  for (const text of [...(lesson.pictures ?? []), ...(lesson.network?.pictures ?? [])]) {
    const parsed = parser.parseFromString(text.replace("<svg ", `<svg xmlns="${SVG}" `), "image/svg+xml");
    $("graph").append(document.importNode(parsed.documentElement, true));
  }
  for (const svg of document.querySelectorAll("#graph > svg")) pictures.set(svg.dataset.graph, partsOf(svg));
}

function partsOf(svg) {
  const words = (text) => (text ? text.split(" ") : []);
  const marks = [...svg.querySelectorAll(".node")].map((element) => ({
    element,
    nodes: words(element.dataset.nodes),
    use: element.dataset.use ?? null,
    product: words(element.dataset.product).map(Number),
    slots: [...element.querySelectorAll("text.data, text.in, text.out, text.grad")].map((slot) => ({
      slot,
      role: slot.classList[0],
      of: words(slot.dataset.of ?? element.dataset.nodes),
    })),
  }));
  const lines = [...svg.querySelectorAll(".line")].map((element) => ({
    element,
    uses: words(element.dataset.uses),
    product: words(element.dataset.product).map(Number),
    label: element.querySelector(".local"),
    route: element.querySelector(".route"),
  }));
  const size = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
  return { svg, marks, lines, size, seen: new Set(lines.flatMap((line) => line.uses)) };
}

const placeOf = (local) => Number(local.slice(1)); // "n3" of a picture is node 3 of whichever graph it shows

const levelsOf = (graph) => LEVELS.filter((level) => pictures.has(`${lesson.graphs[graph].picture}-${level}`));
const pictureOf = (graph, level) => pictures.get(`${lesson.graphs[graph].picture}-${level}`);

function scaleOf(picture) {
  const pane = $("graph");
  return Math.min((pane.clientWidth - 12) / picture.size[0], (pane.clientHeight - 12) / picture.size[1]);
}

// The level that was asked for, or the first at which the whole graph can be read, or else the one with the largest numbers.
function levelFor(graph) {
  const levels = levelsOf(graph);
  if (levels.includes(view.level)) return view.level;
  const scales = levels.map((level) => scaleOf(pictureOf(graph, level)));
  const readable = scales.findIndex((scale) => scale * LETTERS >= LEGIBLE);
  return levels[readable < 0 ? scales.indexOf(Math.max(...scales)) : readable];
}

// Whether an event can be seen at a level: there each box is one thing, and what happens within it is not told.
function isSeen(k, level) {
  const step = steps[k];
  const picture = pictureOf(graphAt(k), level);
  if (level === "op" || !picture || ["seed", "update"].includes(step.type)) return true;
  const ids = lesson.graphs[graphAt(k)].nodes;
  if (step.type === "chain") return picture.seen.has(`n${ids.indexOf(step.node)}.${step.operand}`);
  const place = `n${ids.indexOf(step.node)}`;
  return picture.marks.some((mark) => mark.slots.some((slot) => slot.role !== "grad" && slot.role !== "in" && slot.of.includes(place)));
}

function showGraph(state) {
  const levels = levelsOf(state.graph);
  const level = levelFor(state.graph);
  const picture = pictureOf(state.graph, level);
  for (const { svg } of pictures.values()) svg.toggleAttribute("hidden", svg !== picture?.svg);
  $("no-graph").hidden = Boolean(picture);
  $("level").hidden = levels.length < 2;
  fill($("level"), levels.map((name) => { const option = make("option", name); option.value = name; option.selected = name === level; return option; }));
  if (!picture) return;
  const fits = setSize(picture);
  paint(picture, state);
  listGraph(picture, state);
  if (fits) return;
  bringIntoView($("graph"), picture.svg.querySelector(".node.about, .node.active"));
  bringIntoView($("graph"), picture.svg.querySelector(".product"), true);
}

function setSize(picture) {
  const scale = scaleOf(picture);
  const fits = view.whole || scale * LETTERS >= LEGIBLE;
  const used = fits ? Math.min(scale, LARGEST) : LEGIBLE / LETTERS;
  picture.svg.style.width = `${Math.floor(picture.size[0] * used)}px`;
  picture.svg.style.height = `${Math.floor(picture.size[1] * used)}px`;
  $("graph").classList.toggle("fits", fits);
  $("whole").setAttribute("aria-pressed", String(view.whole));
  return fits;
}

// An element goes into the middle, or, `nearest`, only as far as it must.
function bringIntoView(pane, element, nearest = false) {
  if (!element) return;
  const [outer, inner] = [pane.getBoundingClientRect(), element.getBoundingClientRect()];
  if (nearest) {
    pane.scrollLeft += Math.max(0, inner.right + 8 - outer.right) || Math.min(0, inner.left - 8 - outer.left);
    pane.scrollTop += Math.max(0, inner.bottom + 8 - outer.bottom) || Math.min(0, inner.top - 8 - outer.top);
    return;
  }
  if (inner.left < outer.left || inner.right > outer.right) pane.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  if (inner.top < outer.top || inner.bottom > outer.bottom) pane.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
}

// Paint a picture with the numbers of a state.
function paint(picture, state, write = view.digits ? number : short, unknown = "?") {
  const ids = lesson.graphs[state.graph].nodes;
  const useOf = (use) => { const [node, operand] = use.split("."); return `${ids[placeOf(node)]}.${operand}`; };
  const reverse = ["backward", "update"].includes(state.phase);
  const known = reverse ? state.gradients : state.values;
  const canWait = (id) => (reverse ? kindOf[id] !== "constant" : kindOf[id] === "result");
  const waits = (nodes) => nodes.some(canWait) && nodes.filter(canWait).every((id) => known[id] === undefined);
  for (const mark of picture.marks) {
    const nodes = mark.nodes.map((local) => ids[placeOf(local)]);
    const here = !mark.use || state.uses.size === 0 || state.uses.has(useOf(mark.use));
    const active = here && nodes.some((id) => state.nodes.has(id));
    const { classList } = mark.element;
    classList.toggle("active", active);
    classList.toggle("about", active && nodes.includes(state.about));
    classList.toggle("waiting", !active && waits(nodes));
    classList.toggle("chosen", nodes.includes(view.chosen));
    for (const slot of mark.slots) write_(slot, slot.of.map((local) => ids[placeOf(local)]), state, write, unknown);
    mark.waits = waits(nodes);
  }
  const ends = new Map(picture.marks.flatMap((mark) => mark.nodes.map((place) => [place, mark])));
  for (const line of picture.lines) {
    const uses = line.uses.map(useOf);
    const active = uses.some((use) => state.uses.has(use));
    const head = ends.get(line.uses[0].split(".")[0]);
    line.element.classList.toggle("active", active);
    line.element.classList.toggle("reverse", active && reverse);
    line.element.classList.toggle("waiting", !active && (reverse ? uses.every((use) => !(use in state.locals)) : Boolean(head?.waits)));
    if (line.label) line.label.textContent = uses.length === 1 && uses[0] in state.locals && !(active && state.product) ? write(state.locals[uses[0]]) : "";
  }
  showProduct(picture, state);
}

let pen = null; // measures texts without laying out the picture

function widthOf(text, slot) {
  if (!pen) {
    pen = document.createElement("canvas").getContext("2d");
    pen.font = `${LETTERS}px ${getComputedStyle(slot).fontFamily}`;
  }
  return pen.measureText(text).width;
}

function write_({ slot, role }, nodes, state, write, unknown) {
  const known = role === "grad" ? state.gradients : state.values;
  const special = nodes.length > 1 && role !== "in" && nodes.find((id) => id === state.about && known[id] !== undefined);
  const told = special ? `${nameOf[special]}: ${write(known[special])}` : span(nodes.map((id) => known[id]), write);
  if (slot.textContent === (told || unknown)) return;
  slot.textContent = told || unknown;
  slot.classList.toggle("unknown", !told);
  const room = nodes.length > 1 || role === "in" || role === "out" ? 2 * ROOM : ROOM;
  if (slot.style.fontSize) slot.style.fontSize = "";
  if (told.length > 7) {
    const wide = widthOf(told, slot);
    if (wide > room) slot.style.fontSize = `${Math.floor((10 * LETTERS * room) / wide) / 10}px`;
  }
}

// What the active edge carries, or what the active parameter does, on a plate of its own.
function showProduct({ svg, marks, lines }, state) {
  let plate = svg.querySelector(".product");
  plate?.remove();
  if (!state.product) return;
  const spot = (lines.find((line) => line.element.classList.contains("active")) ?? marks.find((mark) => mark.element.classList.contains("active")))?.product;
  if (!spot?.length) return;
  plate = document.createElementNS(SVG, "g");
  plate.setAttribute("class", "product");
  const [box, text] = ["rect", "text"].map((tag) => plate.appendChild(document.createElementNS(SVG, tag)));
  text.textContent = state.product;
  text.setAttribute("text-anchor", "middle");
  text.setAttribute("x", spot[0]);
  text.setAttribute("y", spot[1] + 6.5);
  svg.append(plate);
  const wide = Math.max(80, (text.getComputedTextLength?.() || 11 * state.product.length) + 24);
  for (const [key, x] of Object.entries({ x: spot[0] - wide / 2, y: spot[1] - 16, width: wide, height: 32, rx: 16 })) box.setAttribute(key, x);
}

// A token travels along the active edge, the way the numbers go; not for those who asked for less motion.
function sendToken(state) {
  const picture = pictureOf(state.graph, levelFor(state.graph));
  const line = picture?.lines.find(({ element }) => element.classList.contains("active"));
  if (!line || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const token = document.createElementNS(SVG, "circle");
  token.setAttribute("class", "token");
  token.setAttribute("r", 8);
  picture.svg.append(token);
  const length = line.route.getTotalLength();
  const reverse = line.element.classList.contains("reverse");
  const start = performance.now();
  const move = (now) => {
    const part = Math.min(1, (now - start) / 450);
    const { x, y } = line.route.getPointAtLength(length * (reverse ? 1 - part : part));
    token.setAttribute("cx", x);
    token.setAttribute("cy", y);
    if (part < 1) requestAnimationFrame(move);
    else token.remove();
  };
  requestAnimationFrame(move);
}
