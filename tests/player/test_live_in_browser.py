"""A page whose numbers are changed, in a browser: what it shows is what Python computes for the same numbers."""

import random

import pytest

from autograd import DomainError, Parameter, Value, play, steps
from autograd.__main__ import LESSONS
from autograd.explain.events import Chain, Update
from autograd.graph import topological_order
from autograd.player import played
from autograd.player.page_data import graphs_of
from tests.player.test_in_browser import browser, text, visit  # noqa: F401 (fixtures)
from tests.player.test_live import shaken

NOW = "() => chalkgrad.state()"
TOLD = """() => [document.getElementById("words").textContent, ...[...document.querySelectorAll("#lines p")].map((line) => line.textContent)]"""


def neuron() -> Value:
    """A loss of 16: (2·3 + 1 − 11)²."""
    w, x, b = Parameter(2.0, "w"), Value(3.0, "x"), Parameter(1.0, "b")
    loss = (w * x + b - 11) ** 2
    loss.label = "L"
    return loss


def logarithm() -> Value:
    """ln x."""
    y = Value(2.0, "x").log()
    y.label = "y"
    return y


def leaf(page, name):
    return page.locator("#graph > .graph:not([hidden]) .node", has=page.locator(f".name:text-is('{name}')"))


def near(x: float, y: float) -> bool:
    return abs(x - y) <= 1e-9 * max(1.0, abs(x), abs(y))


@pytest.mark.parametrize(
    "slug", ["guessing-game", "layer", "losses", "derivations", "vectors", "attention", "three-layers"]
)
def test_what_the_page_shows_is_what_python_computes(visit, slug):  # noqa: F811
    events = played(LESSONS[slug])[1]
    (graph,) = graphs_of(events)
    page = visit(play(LESSONS[slug]))
    rng = random.Random(slug)
    for seed in range(3):
        shaken(graph.root, random.Random(seed))
        order = topological_order(graph.root)
        leaves = {graph.names[node].label: node.data for node in order if node.op is None and node.kind != "constant"}
        assert page.evaluate("(leaves) => chalkgrad.set(leaves)", leaves)
        now = {(type(event), event.key, getattr(event, "operand", None)): event for event in steps(graph.root)}
        gradients = {graph.names[graph.root].label: {1.0}}  # of each node: all that its gradient is on its way
        for chain in now.values():
            if isinstance(chain, Chain):
                gradients.setdefault(graph.names[chain.parent].label, set()).add(chain.after)
        for k in sorted(rng.sample(range(len(events)), 8)):
            page.evaluate("(k) => chalkgrad.goto(k)", k)
            event = events[k]
            right = now[type(event), event.key, getattr(event, "operand", None)]
            assert page.evaluate(TOLD) == [right.words, *right.lines]
            state = page.evaluate(NOW)
            for node in order:
                name = graph.names[node].label
                if name in state["values"]:
                    assert near(state["values"][name], node.data), name
        if not isinstance(events[-1], (Chain, Update)):
            page.evaluate("(k) => chalkgrad.goto(k)", len(events) - 1)
            for name, grad in page.evaluate(NOW)["gradients"].items():
                assert any(near(grad, x) for x in gradients[name]), name


def test_a_leaf_is_changed_by_hand(visit):  # noqa: F811
    page = visit(play(neuron()))
    page.evaluate("() => chalkgrad.goto(999)")
    w = leaf(page, "w")
    w.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(NOW)["values"]["w"] == 2.1
    page.keyboard.press("Shift+ArrowUp")
    assert page.evaluate(NOW)["values"]["w"] == 2.11
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    assert page.evaluate(NOW)["values"] | {"v1": 0} == page.evaluate(NOW)["values"] | {"v1": 0, "w": 4, "L": 4}
    assert page.evaluate(NOW)["gradients"]["w"] == 12
    page.locator("#undo").click()
    assert page.evaluate(NOW)["values"]["w"] == 2.11
    page.locator("#redo").click()
    assert page.evaluate(NOW)["values"]["L"] == 4
    page.locator("#reset").click()
    assert page.evaluate(NOW)["values"]["L"] == 16
    leaf(page, "x").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")  # moves among the events again
    assert page.evaluate(NOW)["values"]["x"] == 3
    assert page.evaluate(NOW)["event"] < len(steps(neuron())) - 1


def test_a_leaf_is_dragged(visit):  # noqa: F811
    page = visit(play(neuron()))
    box = leaf(page, "b").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 44, y)
    page.mouse.move(x + 80, y)
    page.mouse.up()
    assert page.evaluate(NOW)["values"]["b"] == 2
    page.locator("#undo").click()
    assert page.evaluate(NOW)["values"]["b"] == 1, "one drag is one step of undo"


def test_a_refusal_says_what_python_says_and_keeps_the_numbers(visit):  # noqa: F811
    page = visit(play(logarithm()))
    assert page.evaluate("() => chalkgrad.set({x: 4})")
    assert not page.evaluate("() => chalkgrad.set({x: -1})")
    with pytest.raises(DomainError) as refused:
        Value(-1.0, "x").log()
    assert text(page, "#live-note") == str(refused.value)
    page.evaluate("() => chalkgrad.goto(0)")
    assert page.evaluate(NOW)["values"]["x"] == 4


def decided() -> Value:
    """A graph that Python chooses by a number."""
    x = Value(2.0, "x")
    return x * 2 if x > 1 else x * 3


def test_a_graph_that_python_decided_says_so_and_where(visit):  # noqa: F811
    page = visit(play(decided))
    assert not page.evaluate("() => chalkgrad.set({x: 4})")
    assert "test_live_in_browser.py, line" in text(page, "#live-note")
    assert "return x * 2 if x > 1 else x * 3" in text(page, "#live-note")
    page.evaluate("() => chalkgrad.goto(0)")
    assert page.evaluate(NOW)["values"]["x"] == 2


def test_the_address_holds_the_changed_leaves(visit):  # noqa: F811
    page = visit(play(neuron()))
    page.evaluate("() => { chalkgrad.goto(3); chalkgrad.set({w: 0.1 + 0.2, b: -7.25}); }")
    page.wait_for_timeout(300)  # the address is written a moment later
    again = visit(play(neuron()), at=page.evaluate("() => location.hash"))
    assert again.evaluate(NOW) == page.evaluate(NOW)
    assert again.evaluate(NOW)["values"]["w"] == 0.1 + 0.2


def test_a_step_of_gradient_descent_is_pythons(visit):  # noqa: F811
    page = visit(play(neuron()))
    loss = neuron()
    loss.backward()
    expected = {
        node.label: node.data - 0.05 * node.grad for node in topological_order(loss) if isinstance(node, Parameter)
    }
    assert page.evaluate("() => chalkgrad.step(0.05)")
    values = page.evaluate(NOW)["values"]
    assert {name: values[name] for name in expected} == expected


def test_a_page_is_driven_by_messages(visit):  # noqa: F811
    page = visit(play(neuron()))
    answer = page.evaluate("""() => new Promise((done) => {
      window.addEventListener("message", (event) => { if (event.data.chalkgrad?.values) done(event.data.chalkgrad); });
      window.postMessage({chalkgrad: {set: {w: 4}, goto: 999}}, "*");
    })""")
    assert answer["values"]["L"] == 4


def test_notes_are_marked_as_the_originals(visit):  # noqa: F811
    page = visit(play(LESSONS["tiny-network"]))
    note = "() => lesson.steps.flatMap((step) => step.notes).filter((note) => note.startsWith('With the original numbers'))"
    assert page.evaluate(note) == []
    assert page.evaluate("() => chalkgrad.set({w: 4})")
    marked = page.evaluate(note)
    assert len(marked) == page.evaluate("() => original.steps.flatMap((step) => step.notes).length") > 0
