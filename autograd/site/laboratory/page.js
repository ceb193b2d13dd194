// The laboratory: the editor, the worker that runs Python, what a program shows, and the address that keeps the program.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const byId = (id) => document.getElementById(id);
  const [bench, editor, numbers, output, state, example, check] =
    ["bench", "program", "numbers", "output", "state", "example", "check"].map(byId);

  // --- elements ---

  function element(name, attributes = {}, ...inside) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  }

  function shown(...elements) {
    output.append(...elements);
  }

  // --- the editor ---

  function numberLines(wrong = 0) {
    const count = editor.value.split("\n").length;
    numbers.replaceChildren(...Array.from({ length: count }, (_, k) =>
      element("span", k + 1 === wrong ? { class: "wrong" } : {}, String(k + 1))));
    numbers.scrollTop = editor.scrollTop;
  }

  function write(text) {
    editor.value = text;
    numberLines();
  }

  // As if typed, so that the browser can undo it.
  function type(text) {
    if (!document.execCommand("insertText", false, text)) editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
  }

  function selectLine(line) {
    const before = editor.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
    const end = editor.value.indexOf("\n", before);
    editor.focus();
    editor.setSelectionRange(before, end < 0 ? editor.value.length : end);
  }

  function lineStart() {
    return editor.value.lastIndexOf("\n", editor.selectionStart - 1) + 1;
  }

  function indent() {
    const start = lineStart(), end = editor.selectionEnd;
    if (editor.selectionStart === end) return type(" ".repeat(4 - (end - start) % 4));
    changeLines(start, end, (line) => line && `    ${line}`);
  }

  function changeLines(start, end, change) {
    editor.setSelectionRange(start, end);
    const changed = editor.value.slice(start, end).split("\n").map(change).join("\n");
    type(changed);
    editor.setSelectionRange(start, start + changed.length);
  }

  function dedent() {
    const start = lineStart(), next = editor.value.indexOf("\n", editor.selectionEnd);
    changeLines(start, next < 0 ? editor.value.length : next, (line) => line.replace(/^ {1,4}/, ""));
  }

  function newLine() {
    const line = editor.value.slice(lineStart(), editor.selectionStart);
    type(`\n${line.match(/^ */)[0]}${/:\s*$/.test(line) ? "    " : ""}`);
  }

  let tabLeaves = false;
  editor.addEventListener("keydown", (event) => {
    const leaving = tabLeaves;
    tabLeaves = event.key === "Escape" || (leaving && event.key === "Shift");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    else if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey) (event.shiftKey ? dedent : indent)();
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) newLine();
    else return;
    event.preventDefault();
  });
  editor.addEventListener("scroll", () => { numbers.scrollTop = editor.scrollTop; });

  // --- the address ---

  const letters = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

  async function through(stream, bytes) {
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
  }

  const pack = async (text) => letters(await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text)));
  const unpack = async (text) => new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytesOf(text)));

  let address = "", keeping = 0;
  async function keep() {
    clearTimeout(keeping);
    const kept = new URLSearchParams({ ...(assignment && { assignment: assignment.slug }), program: await pack(editor.value) });
    address = `#${kept}`;
    history.replaceState(null, "", address);
  }

  editor.addEventListener("input", () => {
    numberLines();
    clearTimeout(keeping);
    keeping = setTimeout(keep, 400);
  });

  // --- what there is to open ---

  const lessons = new Map(EXAMPLES.chapters.flatMap(({ lessons }) => lessons.map((lesson) => [lesson.slug, lesson])));
  const assignments = new Map(EXAMPLES.assignments.map((one) => [one.slug, one]));
  let assignment = null;

  function offer() {
    const options = (key, many) => many.map((one) => element("option", { value: `${key}=${one.slug}` }, one.title));
    const groups = EXAMPLES.chapters.map(({ title, lessons }) => element("optgroup", { label: title }, ...options("lesson", lessons)));
    example.append(element("option", { value: "" }, "One neuron, to begin with"), ...groups,
      element("optgroup", { label: "Write it yourself" }, ...options("assignment", EXAMPLES.assignments)));
  }

  // Return whether there was anything to open under these names.
  function open(asked) {
    const lesson = lessons.get(asked.get("lesson"));
    assignment = assignments.get(asked.get("assignment")) ?? null;
    check.hidden = !assignment;
    example.value = assignment ? `assignment=${assignment.slug}` : lesson ? `lesson=${lesson.slug}` : "";
    output.replaceChildren();
    write((assignment ?? lesson)?.program ?? EXAMPLES.first);
    if (assignment) stages();
    return Boolean(assignment ?? lesson);
  }

  function stages() {
    shown(element("p", {}, `${assignment.title}, in ${assignment.stages.length} stages. Check says which are passed, and names the first mistake.`),
      element("ol", {}, ...assignment.stages.map((title) => element("li", {}, title))));
  }

  async function openAddress() {
    if (address && location.hash === address) return;
    address = location.hash;
    const asked = new URLSearchParams(location.hash.slice(1));
    const name = asked.get("lesson") ?? asked.get("assignment");
    if (!open(asked) && name) shown(element("p", { class: "error" }, `There is no ${name} in this folder. Choose one above, under Open.`));
    if (!asked.has("program")) return;
    try {
      write(await unpack(asked.get("program")));
    } catch {
      shown(element("p", { class: "error" }, "The program in this address is not whole: a part of it was lost on the way. Copy all of the address."));
    }
  }

  example.addEventListener("change", async () => {
    const chosen = example.value;
    await keep(); // the way back leads to what was written here
    address = `#${chosen}`;
    history.pushState(null, "", address);
    open(new URLSearchParams(chosen));
  });
  addEventListener("hashchange", openAddress);

  // --- Python ---

  let python = null, ready = false, running = false, waiting = "", began = 0;

  function tell(words) {
    state.textContent = words;
  }

  // The worker's script as a blob: so the policy of this page holds for Python too.
  let blob = "";
  async function workerAddress() {
    if (!blob) blob = URL.createObjectURL(new Blob([await (await fetch("laboratory/worker.js")).text()], { type: "text/javascript" }));
    return blob;
  }

  async function start(words = "Python is being loaded …") {
    if (!bench.dataset.pyodide) return tell("There is no Python in this folder.");
    if (location.protocol === "file:") return tell("A page that was opened from a file cannot start Python: python3 -m autograd serve FOLDER serves this folder.");
    python?.terminate();
    [python, ready, running] = [null, false, false];
    tell(words);
    let worker;
    try {
      worker = new Worker(await workerAddress(), { type: "module" });
    } catch (error) {
      return answer.unstarted({ text: error.message });
    }
    python?.terminate(); // of two starts at once the later one counts
    python = worker;
    worker.addEventListener("message", ({ data }) => { if (worker === python) answer[data.kind](data); });
    worker.addEventListener("error", ({ message }) => { if (worker === python) answer.unstarted({ text: message || "the page may start no worker here." }); });
    const whole = (path) => new URL(path, location.href).href;
    worker.postMessage({ job: "start", pyodide: whole(bench.dataset.pyodide), packages: whole("laboratory/chalkgrad.zip") });
  }

  function ask(job) {
    if (running) return tell("It is running already: Stop ends it.");
    keep();
    if (!ready) {
      waiting = job;
      return python ? tell("Python is being loaded, and will then run this …") : start();
    }
    output.replaceChildren();
    numberLines();
    [running, began] = [true, performance.now()];
    tell("Running …");
    python.postMessage({ job, program: editor.value, assignment: assignment?.slug });
  }

  const run = () => ask("run");
  byId("run").addEventListener("click", run);
  check.addEventListener("click", () => ask("check"));
  byId("stop").addEventListener("click", () => {
    waiting = "";
    start(!running ? "Python starts afresh …" : "Stopped. Python starts afresh …");
  });

  // --- what comes back ---

  const answer = {
    ready({ version }) {
      ready = true;
      tell(`Python ${version} is ready.`);
      if (waiting) ask(waiting);
      waiting = "";
    },
    unstarted({ text }) {
      tell(`Python cannot be started: ${text}`);
      python = null;
    },
    done() {
      running = false;
      tell(`Done in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
      if (!output.childElementCount) shown(element("p", { class: "quiet" }, "It printed nothing, and no line shows anything. Write draw(L) or print(L) at its end, say."));
    },
    broken() {
      shown(element("p", { class: "error" }, "Python itself has broken off: the program went deeper than a browser lets it, or took more memory than there is."));
      start("Python starts afresh …");
    },
    text({ text }) {
      const last = output.lastElementChild;
      if (last?.matches("pre.printed")) last.append(text);
      else shown(element("pre", { class: "printed" }, text));
    },
    picture({ svg, dark, title }) {
      const address = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
      shown(element("picture", {}, element("source", { media: "(prefers-color-scheme: dark)", srcset: address(dark) }),
        element("img", { src: address(svg), alt: title })));
    },
    page({ html, title }) {
      const frame = element("iframe", { sandbox: "allow-scripts", src: "laboratory/frame.html", title });
      addEventListener("message", function given({ source, data }) {
        if (source !== frame.contentWindow || data !== "ready") return;
        frame.contentWindow.postMessage(html, "*");
        removeEventListener("message", given);
      });
      shown(frame);
    },
    error({ name, sentence, lines, trace }) {
      const line = lines.at(-1);
      const told = element("div", { class: "error" });
      if (line) {
        const at = element("button", { type: "button" }, `Line ${line}`);
        at.addEventListener("click", () => selectLine(line));
        told.append(element("p", {}, at, " ", element("code", {}, editor.value.split("\n")[line - 1]?.trim() ?? "")));
        numberLines(line);
      }
      told.append(element("p", {}, element("b", {}, name), sentence ? `: ${sentence}` : ""));
      if (lines.length > 1) told.append(element("p", { class: "quiet" }, `Called from line ${[...new Set(lines.slice(0, -1).reverse())].join(", from line ")}.`));
      told.append(element("details", {}, element("summary", {}, "All that Python says"), element("pre", {}, trace)));
      shown(told);
    },
    report({ text, stage, hints }) {
      shown(element("pre", { class: "report" }, text), ...hints.map((hint, k) =>
        element("details", {}, element("summary", {}, `Stage ${stage}: hint ${k + 1}`), element("p", {}, hint))));
    },
  };

  offer();
  openAddress();
  start();
});
