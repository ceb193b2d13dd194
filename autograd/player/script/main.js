// Moving about: where one stands, keys and buttons, and the order in which things are shown.

const position = { k: -1, text: 0 }; // the event that has just happened, and which text after it; 0: the event itself
let timer = null;
const COVERED = matchMedia("(max-width: 44rem)"); // there a drawer covers the graph

function currentStop() {
  const here = stops.filter((stop) => stop.k === position.k);
  return here[Math.min(position.text, here.length - 1)];
}

function show() {
  const stop = currentStop();
  const state = stateAt(position.k, isOpen(position.k));
  document.body.dataset.phase = PHASE_NAMES[state.phase] ?? "";
  for (const item of $("phases").children) {
    if (item.dataset.phase === PHASE_NAMES[state.phase]) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  showDrawer(state);
  showLiveBar();
  showBar(state);
  showStrip(state, stop);
  showGraph(state);
  showWeights(state);
}

function fitGraph() {
  if (lesson) showGraph(stateAt(position.k, isOpen(position.k)));
}

function showBar(state) {
  const { k } = position;
  $("slider").value = String(k);
  $("slider").setAttribute("aria-valuetext", k < 0 ? "before the first event" : `event ${k}, ${state.phase}`);
  $("at").textContent = k < 0 ? `start / ${LAST()}` : `${k} / ${LAST()}`;
  $("round").value = String(roundAt(k));
  $("round-at").textContent = `${roundAt(k) + 1} / ${roundAt(LAST()) + 1}`;
  $("back").setAttribute("aria-disabled", String(stops.indexOf(currentStop()) === 0));
  $("next").setAttribute("aria-disabled", String(stops.indexOf(currentStop()) === stops.length - 1));
  $("quiz").setAttribute("aria-pressed", String(quiz));
  if (state.ask && document.activeElement !== $("typed") && timer === null) setTimeout(() => $("typed").focus({ preventScroll: true }));
}

// Go to an event, or to a text after it; an open question is a wall.
function goTo(k, text = 0, write = true) {
  const wanted = Math.max(-1, Math.min(LAST(), Math.trunc(k)));
  const wall = firstOpen();
  view.chosen = null;
  Object.assign(position, { k: Math.min(wanted, wall), text: wanted > wall || isOpen(wanted) ? 0 : text });
  position.text = Math.max(0, Math.min(position.text, stops.filter((stop) => stop.k === position.k).length - 1));
  if (wanted > wall || stops.indexOf(currentStop()) === stops.length - 1) stop();
  show();
  if (wanted > wall) showVerdict(["Answer this one first, or reveal it."], false);
  if (write) remember();
}

// Go to the next or the last place that can be seen at this level.
function move(by) {
  let i = stops.indexOf(currentStop()) + by;
  const level = levelFor(graphAt(position.k));
  while (stops[i] && stops[i].k >= 0 && stops[i].text === null && !isSeen(stops[i].k, level)) i += by;
  const there = stops[i];
  if (!there) {
    if (by > 0) stop();
    return;
  }
  if (by > 0 && isOpen(position.k)) goTo(position.k + 1);
  else goTo(there.k, stops.slice(0, i + 1).filter((one) => one.k === there.k).length - 1);
  if (by > 0) sendToken(stateAt(position.k));
}

function start() {
  if (stops.indexOf(currentStop()) === stops.length - 1) goTo(-1);
  $("strip").setAttribute("aria-live", "off");
  $("play").textContent = "Pause";
  $("play").setAttribute("aria-pressed", "true");
  timer = setInterval(() => move(1), Number($("speed").value));
}

function stop() {
  clearInterval(timer);
  timer = null;
  $("strip").setAttribute("aria-live", "polite");
  $("play").textContent = "Play";
  $("play").setAttribute("aria-pressed", "false");
}

function toRound(wanted) {
  const first = (round) => steps.findIndex((step) => step.round === round);
  const here = position.k < 0 ? 0 : position.k - first(roundAt(position.k)); // the same place in its step
  goTo(Math.min(first(wanted) + here, steps.findLastIndex((step) => step.round === wanted)));
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

const KEYS = {
  ArrowRight: () => move(1), PageDown: () => move(1), n: () => move(1),
  ArrowLeft: () => move(-1), PageUp: () => move(-1), b: () => move(-1),
  Home: () => goTo(-1),
  End: () => goTo(LAST(), Infinity),
  w: () => toggleDrawer("why"),
  d: () => { view.digits = !view.digits; show(); },
  f: fullScreen,
  "?": () => toggleDrawer("keys"),
  Escape: () => openDrawer && toggleDrawer(openDrawer),
  " ": () => (timer === null ? start() : stop()),
};

function pressed(event) {
  const own = event.target.closest?.("input, select, textarea");
  const pressable = event.target.closest?.("button, summary, a, .node");
  const typing = own && own.type !== "range";
  if ((own && !(own.id === "slider" && event.key === "Escape") && !(typing && event.key.startsWith("Page"))) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (pressedOnLeaf(event, pressable)) return;
  if (pressable?.classList.contains("node") && ["Enter", " "].includes(event.key)) {
    event.preventDefault();
    pressedNode(pressable);
    return;
  }
  if (!(event.key in KEYS) || (event.key === " " && pressable)) return;
  event.preventDefault();
  if (event.key !== " ") stop();
  KEYS[event.key]();
}

// A box is opened; a node is asked about.
function pressedNode(element) {
  const graph = graphAt(position.k);
  const levels = levelsOf(graph);
  const [, level] = element.closest("svg").dataset.graph.split("-");
  const nodes = element.dataset.nodes.split(" ");
  if (nodes.length > 1) {
    view.level = levels[Math.max(0, levels.indexOf(level) - 1)];
    show();
    remember();
    return;
  }
  choose(lesson.graphs[graph].nodes[placeOf(nodes[0])]);
}

function choose(id) {
  view.chosen = id || null;
  if (!COVERED.matches || !isLeaf(id)) openDrawer = openDrawer === "numbers" && isLeaf(id) ? "numbers" : "why";
  show();
  remember();
}

// Copy a text, and say so; where the browser forbids it, the text is selected.
function copied(button, text) {
  const words = button.textContent;
  navigator.clipboard?.writeText(text).then(() => {
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = words; }, 1500);
  }, () => {});
}

function prepare() {
  document.title = lesson.title;
  $("title").textContent = lesson.title;
  const phases = [...new Set(steps.map((step) => PHASE_NAMES[step.phase]))];
  fill($("phases"), phases.map((name) => { const item = make("li", name === "backward" ? "← backward" : name); item.dataset.phase = name; return item; }));
  $("slider").max = String(LAST());
  $("slider").style.setProperty("--track", track());
  $("round").max = String(roundAt(LAST()));
  $("rounds").hidden = roundAt(LAST()) === 0;
  $("code-tab").hidden = !lesson.stream.source;
  $("plot-tab").hidden = !lesson.plot;
  $("source").textContent = lesson.stream.source;
  quiz = lesson.quiz;
  for (const { marks } of pictures.values()) {
    for (const { element } of marks) {
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "button");
    }
  }
}

// The slider's ground: each phase in its colour.
function track() {
  const colours = { forward: "var(--forward)", backward: "var(--backward)", update: "var(--update)" };
  const parts = steps.map((step, k) => {
    const colour = colours[PHASE_NAMES[step.phase]];
    return k && PHASE_NAMES[steps[k - 1].phase] === PHASE_NAMES[step.phase] ? [] : [[colour, (100 * k) / steps.length]];
  }).flat();
  return `linear-gradient(90deg, ${parts.map(([colour, from], i) => `${colour} ${from}% ${parts[i + 1]?.[1] ?? 100}%`).join(", ")})`;
}

function listen() {
  const onClick = {
    back: () => move(-1), next: () => move(1), quiz: () => { quiz = !quiz; goTo(position.k); }, hint,
    whole: () => { view.whole = !view.whole; show(); remember(); }, full: fullScreen, print: () => window.print(),
    more: () => toggleDrawer(openDrawer || "notes"), reveal: () => settle([`It is ${lesson.steps[position.k].ask.answer}.`], true),
  };
  for (const [id, act] of Object.entries(onClick)) $(id).addEventListener("click", () => { if (id !== "hint") stop(); act(); });
  for (const tab of $("tabs").children) tab.addEventListener("click", () => toggleDrawer(tab.value));
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.addEventListener("click", () => { const from = $(button.dataset.copies); from.select(); copied(button, from.value); });
  }
  $("play").addEventListener("click", () => (timer === null ? start() : stop()));
  $("speed").addEventListener("change", () => { if (timer !== null) { stop(); start(); } });
  $("slider").addEventListener("input", () => { stop(); goTo(Number($("slider").value)); });
  $("round").addEventListener("input", () => { stop(); toRound(Number($("round").value)); });
  $("level").addEventListener("change", () => { view.level = $("level").value; show(); remember(); });
  $("ask").addEventListener("submit", (event) => { event.preventDefault(); check(); });
  $("chosen").addEventListener("change", () => choose($("chosen").value));
  $("graph").addEventListener("click", (event) => { const box = event.target.closest(".node"); if (box) pressedNode(box); });
  document.addEventListener("keydown", pressed);
  window.addEventListener("popstate", followAddress);
  window.addEventListener("resize", show);
  window.addEventListener("beforeprint", preparePrint);
  window.addEventListener("message", listenToOthers);
  window.chalkgrad = chalkgrad;
  listenForLeaves();
}

loadLesson().then(async (given) => {
  if (given.network) given.network = JSON.parse(await unpackedText(given.network));
  setLesson(given);
  original = story = given;
  if (canLive()) findPrograms();
  findPictures();
  prepare();
  listen();
  choosePaper();
  prepareTraining(given.training);
  if (!followAddress()) goTo(-1, 0, false);
});
