// The graph as text, in reading order: a list that is heard and not seen, and describes each node.

const ROLES = { data: "value", in: "takes", out: "gives", grad: "gradient" };

// The marks of a picture as they are read: what a node is made from comes before it.
const inOrder = (picture) => picture.ordered ??= picture.marks.map((mark) => [Math.max(...mark.nodes.map(placeOf)), mark]).sort(([x], [y]) => x - y).map(([, mark]) => mark);

function listGraph(picture, state) {
  const list = $("listed");
  const marks = inOrder(picture);
  if (list.dataset.graph !== picture.svg.dataset.graph) {
    list.dataset.graph = picture.svg.dataset.graph;
    fill(list, marks.map(() => make("li")));
    marks.forEach((mark, i) => {
      mark.said = "";
      list.children[i].id = `listed-${i}`;
      mark.element.setAttribute("aria-describedby", `listed-${i}`);
    });
  }
  marks.forEach((mark, i) => {
    const said = inWords(mark, lesson.graphs[state.graph].nodes);
    if (said === mark.said) return;
    mark.said = list.children[i].textContent = said;
  });
}

function inWords({ element, nodes, slots }, ids) {
  const own = nodes.map((local) => ids[placeOf(local)]);
  const head = own.length === 1 ? describe(own[0]) : `${element.querySelector(".name")?.textContent ?? "nodes"}, ${own.length} nodes`;
  const numbers = slots.map(({ slot, role }) => `${ROLES[role]} ${slot.classList.contains("unknown") ? "not computed" : slot.textContent}`);
  const now = element.classList.contains("active") ? ", now" : "";
  return `${head}${now}: ${numbers.join(", ")}`;
}

function describe(id) {
  const operands = [...new Set((operandsOf[id] ?? []).map((operand) => nameOf[operand]))];
  return operands.length ? `${nameOf[id]}, from ${operands.join(" and ")}` : `${nameOf[id]}, ${kindOf[id]}`;
}
