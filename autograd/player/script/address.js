// The address: the part behind # holds what is seen, never a name or an answer; the browser's Back and Forward go through it.

let lastWritten = 0;
let waiting = null;

function hashOf() {
  const { k, text } = currentStop();
  const nth = text === null ? 0 : stops.slice(0, stops.indexOf(currentStop()) + 1).filter((stop) => stop.k === k && stop.text !== null).length;
  const said = { step: k, text: nth, level: view.level, node: view.chosen, drawer: openDrawer, quiz: quiz && !lesson.quiz ? 1 : 0, whole: view.whole ? 1 : 0 };
  for (const more of addressParts) Object.assign(said, more.write());
  const parts = Object.entries(said).filter(([key, x]) => key === "step" || x);
  return `#${parts.map(([key, x]) => `${key}=${encodeURIComponent(x)}`).join("&")}`;
}

const addressParts = []; // what else is in the address: {write: () => ({key: text}), read: (parameters) => …}

// Write the address, one entry for each place one has been; a browser does not like more than some in a second.
function remember() {
  clearTimeout(waiting);
  const since = performance.now() - lastWritten;
  if (since < 120) {
    waiting = setTimeout(remember, 130 - since);
    return;
  }
  lastWritten = performance.now();
  keepPlace();
  if (location.hash === hashOf()) return;
  try {
    history[timer === null ? "pushState" : "replaceState"](null, "", hashOf());
  } catch {
    // a sandboxed frame has no history of its own
  }
}

// In a site the page leads home, and the start page leads back to where one was, as far as the browser keeps it.
function keepPlace() {
  const path = $("home")?.dataset.path;
  if (!path) return;
  try {
    localStorage.setItem("chalkgrad.place", JSON.stringify({ path: path + hashOf(), title: lesson.title }));
  } catch {
    // this browser keeps nothing
  }
}

// Go where the address says; false if it says nothing.
function followAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  const k = /^-?\d+$/.test(said.get("step") ?? "") ? Number(said.get("step")) : null;
  if (k === null) return false;
  view.level = LEVELS.includes(said.get("level")) ? said.get("level") : null;
  view.whole = said.get("whole") === "1";
  openDrawer = said.get("drawer") in DRAWERS ? said.get("drawer") : "";
  if (said.has("quiz")) quiz = said.get("quiz") === "1";
  for (const more of addressParts) more.read(said);
  goTo(k, Number(said.get("text") ?? 0), false);
  view.chosen = said.get("node") in nameOf ? said.get("node") : null;
  show();
  return true;
}

// For those who embed the page: window.chalkgrad, and the same by postMessage, which answers with the state.
function stateForOthers() {
  const state = stateAt(position.k, isOpen(position.k));
  const { nodes } = lesson.graphs[state.graph];
  const byName = (known) => Object.fromEntries(nodes.filter((id) => known[id] !== undefined).map((id) => [nameOf[id], known[id]]));
  return { event: position.k, values: byName(state.values), gradients: byName(state.gradients), root: nameOf[nodes.at(-1)] };
}

const followers = new Set(); // windows that asked to hear of each change
const tellFollowers = () => followers.forEach((window) => window.postMessage({ chalkgrad: stateForOthers() }, "*"));
const chalkgrad = { goto: (k) => { stop(); goTo(k); }, state: stateForOthers };

function listenToOthers(event) {
  const asked = event.data?.chalkgrad;
  if (!asked || typeof asked !== "object") return;
  if (asked.follow && event.source) followers.add(event.source);
  for (const [name, argument] of Object.entries(asked)) if (Object.hasOwn(chalkgrad, name)) chalkgrad[name](argument);
  event.source?.postMessage({ chalkgrad: stateForOthers() }, "*");
}
