"""The stream as JSON: valid, complete, and every number in it that a player needs."""

import itertools
import json
import math
import random
from pathlib import Path

import pytest
from hypothesis import given

import autograd.classroom
import nn.lessons
from autograd import Value, phases, steps
from autograd.explain.event_json import VERSION, stream
from autograd.explain.events import Event
from autograd.explain.schema import schema_text
from autograd.explain.stepper import Chain, Compute, Ready, updates
from nn import MLP, SGD, mse_loss
from nn.lessons.tiny_network import LESSON, network
from tests.strategies import as_values, programs


def strictly(told):
    """Go through text as JSON has it: no NaN, no Infinity."""

    def refuse(token):
        raise AssertionError(f"{token} is no JSON")

    return json.loads(json.dumps(told, allow_nan=False), parse_constant=refuse)


@given(programs())
def test_the_stream_is_json_and_complete(program):
    root = as_values(program)[-1]
    root.label = "L"
    events = steps(root)
    told = strictly(stream(events, "a lesson", "its source"))
    assert list(told) == ["version", "lesson", "source", "nodes", "edges", "steps"]
    assert (told["version"], told["lesson"], told["source"]) == (VERSION, "a lesson", "its source")
    nodes = {node["id"]: node for node in told["nodes"]}
    assert len(nodes) == len(told["nodes"]) == len(events[0].names)
    assert len({node["name"] for node in nodes.values() if node["kind"] != "constant"}) == len(nodes)
    for edge in told["edges"]:
        assert {edge["from"], edge["to"]} <= set(nodes)
    for node in nodes.values():
        operands = [edge["operand"] for edge in told["edges"] if edge["to"] == node["id"]]
        assert operands == list(range(len(operands)))
        assert bool(operands) == bool(node["op"]) == (node["kind"] == "result")
    gradients = {}
    assert len(told["steps"]) == len(events)
    for step, event in zip(told["steps"], events, strict=True):
        assert step["type"] == type(event).__name__.lower()
        assert nodes[step["node"]]["name"] == event.name
        assert step["lines"] == event.lines
        match event:
            case Compute(node, formula, value):
                assert (step["value"], step["formula"]) == (value, formula.text)
                assert formula.tex in step["tex"]
                assert nodes[step["node"]]["data"] == value
            case Chain(_, operand, parent, _, upstream, local, contribution, before, after):
                edge = next(e for e in told["edges"] if (e["to"], e["operand"]) == (step["node"], operand))
                assert (edge["from"], edge["local"]) == (step["parent"], local)
                assert nodes[step["parent"]]["name"] == event.names[parent].label
                assert step["after"] == after == step["before"] + step["upstream"] * step["local"]
                assert step["contribution"] == contribution
                assert gradients[step["node"]] == step["upstream"] == upstream
                assert step["before"] == before
            case Ready(_, grad):
                gradients[step["node"]] = grad
                assert step["grad"] == grad


def test_numbers_that_json_does_not_know_are_texts():
    x = Value(math.inf, "x")
    y = x - x + Value(0.0).sqrt() + x.exp() * -1
    told = strictly(stream(steps(y)))
    texts = (
        {step.get("value") for step in told["steps"]}
        | {edge["local"] for edge in told["edges"]}
        | {n["data"] for n in told["nodes"]}
    )
    assert {"nan", "inf", "-inf"} <= texts


def test_a_lesson_streams_both_graphs_and_the_updates():
    told = strictly(stream(LESSON.events(), LESSON.slug, "source"))
    kinds = [step["type"] for step in told["steps"]]
    assert kinds.count("update") == 2
    assert kinds.count("seed") == 1
    assert len({node["id"] for node in told["nodes"]}) == len(told["nodes"]) > 8
    assert all(step["lines"] and all(step["lines"]) for step in told["steps"])


def valid(told):
    """Whether the published schema accepts a stream."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((Path(autograd.__file__).parent / "explain" / "schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema).is_valid(told)


def training():
    """Two training steps of a small network, as events."""
    model = MLP(2, [2, 1], rng=random.Random(0))
    optimizer = SGD(model.parameters(), lr=0.1)
    return list(phases(model, mse_loss, ([[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0]), optimizer, rounds=2))


@pytest.mark.parametrize("lesson", nn.lessons.COURSE.lessons.values(), ids=lambda lesson: lesson.slug)
@pytest.mark.slow
def test_the_stream_of_every_lesson_is_as_the_schema_says(lesson):
    assert valid(strictly(stream(lesson.events(), lesson.slug, "source")))


def test_the_schema_knows_the_phases_of_each_kind_of_event():
    told = strictly(stream(training()))
    assert valid(told)
    found = {(step["type"], step["phase"]) for step in told["steps"]}
    assert found == {
        ("compute", "forward"), ("compute", "loss"), ("seed", "backward"), ("chain", "backward"), ("ready", "backward"),
        ("update", "update"),
    }  # fmt: skip
    for kind, phase in itertools.product({kind for kind, _ in found}, {phase for _, phase in found}):
        steps_of_kind = [step | {"phase": phase} for step in told["steps"] if step["type"] == kind]
        assert valid(told | {"steps": steps_of_kind}) is ((kind, phase) in found), (kind, phase)


def test_an_update_has_its_numbers():
    loss = network()
    (w,) = [node for node in steps(loss)[0].names if node.label == "w"]
    (step,) = strictly(stream(updates(loss, [w], 0.01)))["steps"]
    assert {k: step[k] for k in ("before", "gradient", "after", "lr")} == {
        "before": 3.0, "gradient": -32.0, "after": 3.32, "lr": 0.01,
    }  # fmt: skip


def test_a_stream_of_nothing():
    assert stream([])["steps"] == []


def test_the_published_schema_is_made_from_the_events():
    published = Path(autograd.__file__).parent / "explain" / "schema.json"
    assert published.read_text(encoding="utf-8") == schema_text()


def test_the_schema_has_an_entry_for_each_kind_of_event_and_for_no_other():
    entries = schema_text()
    kinds = {kind.__name__.lower() for kind in Event.__subclasses__()}
    steps_of = json.loads(entries)["$defs"]["step"]["oneOf"]
    assert {step["$ref"].rpartition("/")[2] for step in steps_of} == kinds
