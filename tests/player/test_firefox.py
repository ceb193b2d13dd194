"""The page in Firefox: a lesson from its first event to its last, and a number changed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autograd import play
from autograd.__main__ import LESSONS
from autograd.classroom.variants import with_numbers
from autograd.explain.events import Event
from autograd.graph import topological_order

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
NODE = shutil.which("node")
PUPPETEER = Path(os.environ.get("PUPPETEER_CORE", Path(__file__).parents[2] / "node_modules/puppeteer-core"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox on this machine: apt-get install firefox-esr"),
    pytest.mark.skipif(
        NODE is None or not PUPPETEER.exists(),
        reason="no puppeteer-core: npm install --no-save puppeteer-core, or set PUPPETEER_CORE to its folder",
    ),
]


def entry() -> str:
    """Where a module of Node's begins."""
    exports = json.loads((PUPPETEER / "package.json").read_text(encoding="utf-8"))["exports"]["."]
    while isinstance(exports, dict):
        exports = exports.get("import") or exports.get("default") or next(iter(exports.values()))
    return (PUPPETEER / exports).as_uri()


def test_a_lesson_is_played_in_firefox(tmp_path):
    lesson = LESSONS["tiny-network"]
    page = play(lesson).save(tmp_path / "lesson.html").as_uri()
    script = Path(__file__).with_name("firefox.mjs")
    done = subprocess.run(
        [NODE, str(script), entry(), FIREFOX, page], capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["complaints"] == []
    assert not any(place["scrolls"] for place in seen["told"])
    events = [item for item in lesson.story() if isinstance(item, Event)]
    told = [(place["words"], place["lines"]) for place in seen["told"]]
    assert [told.index((event.words, event.lines)) for event in events] == sorted(
        told.index((event.words, event.lines)) for event in events
    )
    root = with_numbers(lesson.build(), {"w": 3.5})
    for node in topological_order(root):
        if node.label:
            assert seen["state"]["values"][node.label] == node.data
