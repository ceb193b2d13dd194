"""The page that computes: its number twin, its templates and its passes, in Node against Python."""

import json
import math
import random
import struct
import sys

import pytest

from autograd import Value, steps
from autograd.explain.events import Chain, Ready, Seed, Update
from autograd.graph import number
from autograd.pictures.texts import short
from autograd.player import played
from autograd.player.live import alive
from autograd.player.page_data import graphs_of
from autograd.value import evaluate
from nn.lessons import COURSE
from tests.lessons import SOME
from tests.player.test_javascript import in_node, needs_node, script

pytestmark = needs_node


DOUBLES = """
const view = new DataView(new ArrayBuffer(8));
const read = (bits) => { view.setBigUint64(0, BigInt("0x" + bits)); return view.getFloat64(0); };
const given = require("fs").readFileSync(0, "utf8").trim().split("\\n").map(read);
console.log(given.map((x) => [number(x), exactly(x), Number.isFinite(x) ? short(x) : ""].join(" ")).join("\\n"));
"""


def doubles(rng: random.Random, n: int) -> list[float]:
    """Numbers of all sizes, ties in the sixth and third digit, powers of ten, and their neighbours."""
    found = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, sys.float_info.max]
    for k in range(-20, 20):
        ten = 10.0**k
        found += [ten, -ten, math.nextafter(ten, 0), math.nextafter(ten, math.inf), 999999.5 * ten, 99.95 * ten]
    while len(found) < n:
        digits = rng.choice((99999, 999999, 999))
        tie = (rng.randint(1, digits) + 0.5) * 2.0 ** rng.randint(0, 3) * rng.choice((1, -1))
        found += [tie, tie / 8, tie * 10.0 ** rng.randint(-9, 9), rng.uniform(-1, 1) * 10.0 ** rng.randint(-12, 17)]
        found += [
            struct.unpack(">d", rng.randbytes(8))[0],
            float(rng.randint(-(10**16), 10**16)),
            rng.randint(1, 9999) / 64,
        ]
    return found[:n]


def check_doubles(given: list[float]) -> None:
    source = script("numbers") + script("fill") + DOUBLES
    for begin in range(0, len(given), 50_000):
        part = given[begin : begin + 50_000]
        answers = in_node(source, "\n".join(struct.pack(">d", x).hex() for x in part)).rstrip("\n").split("\n")
        for x, answer in zip(part, answers, strict=True):
            right = [number(x), repr(x), short(x)] if math.isfinite(x) else [number(x), repr(x), ""]
            assert answer.split(" ") == right, x


def test_numbers_are_written_as_python_writes_them():
    check_doubles(doubles(random.Random(1), 30_000))


@pytest.mark.slow
def test_800_000_numbers_are_written_as_python_writes_them():
    check_doubles(doubles(random.Random(2), 800_000))


# --- templates: filled with Python's own numbers, they are Python's texts ---

FILL = """
const told = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(told.map(({ words, lines, known }) => {
  const read = computed((mark) => known[mark]);
  return [fillIn(words, read), ...lines.map((line) => equation(fillIn(line, read)))];
})));
"""


def shaken(root: Value, rng: random.Random) -> None:
    """Put random numbers into the leaves of a graph and compute it again, as it stands; a refusal leaves it as it was."""
    from autograd.graph import topological_order

    order = topological_order(root)
    before = {node: node.data for node in order}
    for node in order:
        if node.op is None and node.kind != "constant":
            node.data = rng.choice(
                (node.data, float(rng.randint(-3, 3)), rng.uniform(-2, 2), round(rng.uniform(-2, 2), 1))
            )
    try:
        for node in order:
            if node.op:
                value, slopes = evaluate(node.op, tuple(p.data for p in node.parents))
                node.data = value
                node.remember(node.op, node.parents, slopes)
    except ArithmeticError:
        for node, x in before.items():
            node.data = x


def numbers_of(events: list, place: dict[Value, int]) -> dict[str, float]:
    """All that marks stand for, read off Python's own events."""
    known = {f"v{place[node]}": expr.data for node, expr in events[0].names.items()}
    for event in events:
        match event:
            case Seed():
                known[f"g{place[event.node]}"] = 1.0
            case Ready():
                known[f"g{place[event.node]}"] = event.grad
            case Chain():
                use = f"{place[event.node]}.{event.operand}"
                known |= {f"l{use}": event.local, f"b{use}": event.before, f"a{use}": event.after}
            case Update():
                known |= {f"u{place[event.node]}": event.after}
    return known


def chosen(event, template: dict, line: str) -> dict:
    """The template of an event under its numbers."""
    if isinstance(event, Chain):
        own = template if event.before or "first" not in template else template["first"]
        return {"words": own["words"], "lines": [line, *own["lines"]]}
    if isinstance(event, Update):
        still = not event.gradient and event.after == event.before
        against = (event.after - event.before) * event.gradient < 0
        return {"words": template["stays" if still else "words" if against else "along"], "lines": template["lines"]}
    return template


@SOME
def test_templates_filled_with_pythons_numbers_are_pythons_texts(lesson):
    """A template is made at one setting, and filled at others."""
    events = played(COURSE.lessons[lesson.slug])[1]  # told afresh: its graphs are changed here
    asked, expected = [], []
    for graph in graphs_of(events):
        live, _ = alive(list(graph.events.values()))
        whole, _ = alive(graph.whole())
        assert live["refused"] == whole["refused"] == ""
        place = {node: i for i, node in enumerate(graph.names)}
        tellings = [(graph.whole(), whole, list(graph.events.values()), live)]
        for seed in range(6):
            shaken(graph.root, random.Random(seed))
            now = steps(graph.root)
            tellings.append((now, whole, now, whole))
        for all_of_it, _, told, made in tellings:
            known = {**numbers_of(told, place), **numbers_of(all_of_it, place)}
            known |= {mark: x for mark, x in numbers_of(told, place).items() if mark[0] == "u"}
            for event, template in zip(told, made["events"], strict=True):
                line = (
                    made["graphs"][0]["locals"][f"{place[event.node]}.{event.operand}"]
                    if isinstance(event, Chain)
                    else ""
                )
                texts = chosen(event, template, line)
                marks = {mark for mark in known if any(mark in text for text in (texts["words"], *texts["lines"]))}
                if all(math.isfinite(known[mark]) for mark in marks):
                    asked.append(
                        {
                            "words": texts["words"],
                            "lines": texts["lines"],
                            "known": {mark: known[mark] for mark in marks},
                        }
                    )
                    expected.append([event.words, *event.lines])
    answers = json.loads(in_node(script("numbers") + script("fill") + FILL, json.dumps(asked)))
    assert len(expected) > 40
    for right, answer in zip(expected, answers, strict=True):
        assert answer == right
