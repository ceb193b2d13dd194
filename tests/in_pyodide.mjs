// Runs tests in Pyodide, which is CPython for browsers: node tests/in_pyodide.mjs PYODIDE PACKAGES [pytest's arguments]
// PYODIDE is the folder of the npm package; PACKAGES is a folder with pytest, hypothesis and mpmath as they are for Pyodide.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, packages, ...asked] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(folder, "pyodide.mjs")));
const python = await loadPyodide({ env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" } });
for (const [place, from] of [["/checkout", resolve(import.meta.dirname, "..")], ["/packages", resolve(packages)]]) {
  python.FS.mkdirTree(place);
  python.mountNodeFS(place, from);
}
python.FS.chdir("/checkout");
python.globals.set("asked", python.toPy(asked));
process.exitCode = python.runPython(`
import sys
sys.path[:0] = ["/checkout", "/packages"]
from tests import in_pyodide
in_pyodide.run(asked)
`);
