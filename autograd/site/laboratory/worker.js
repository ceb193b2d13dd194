// Python, in a worker: it is started once, then given programs; what they do comes back as JSON texts.
// The page makes this worker of a blob, so that the page's policy holds for it too.
"use strict";

let laboratory = null;

const jobs = {
  async start({ pyodide, packages }) {
    const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
    const python = await loadPyodide({ indexURL: pyodide });
    const archive = await fetch(packages);
    if (!archive.ok) throw new Error(`${packages}: ${archive.status}`);
    python.unpackArchive(await archive.arrayBuffer(), "zip", { extractDir: "/chalkgrad" });
    python.runPython('import sys; sys.path.insert(0, "/chalkgrad")');
    laboratory = python.pyimport("autograd.site.laboratory_program");
    laboratory.notice_deep_graphs();
    return { kind: "ready", version: python.runPython("sys.version.split()[0]") };
  },
  run({ program }) {
    laboratory.run_program(program, say);
    return { kind: "done" };
  },
  check({ assignment, program }) {
    laboratory.check_program(assignment, program, say);
    return { kind: "done" };
  },
};

function say(text) {
  postMessage(JSON.parse(text));
}

addEventListener("message", async ({ data }) => {
  try {
    postMessage(await jobs[data.job](data));
  } catch (error) {
    postMessage({ kind: data.job === "start" ? "unstarted" : "broken", text: String(error.message ?? error) });
  }
});
