"""The laboratory: each wrong algorithm gives the number it is known for, and is silent where it does no harm."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

import autograd
from autograd import DataError, GraphError, Parameter, RangeError, Value, diagnose, steps
from autograd.explain import mistakes
from autograd.explain.events import Chain
from autograd.explain.mistakes import MISTAKES
from autograd.graph import topological_order
from tests.strategies import as_values, examples, programs


def cube():
    """x³ at 3 as (x · x) · x: the truth is 27."""
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    root = y * x
    root.label = "L"
    return x, y, root


def test_the_known_numbers():
    x, _, root = cube()
    assert mistakes.stale_gradients(root).gradients[x] == 45.0
    assert mistakes.stale_leaves_too(root).gradients[x] == 72.0
    assert mistakes.forgot_zero_grad(root).gradients[x] == 54.0
    assert mistakes.assigned_not_added(root).gradients[x] == 9.0
    assert mistakes.wrong_sign(root).gradients[x] == -27.0
    assert mistakes.with_a_half(root).gradients[x] == 13.5
    assert mistakes.without_the_half(root).gradients[x] == 54.0
    assert mistakes.parents_in_a_set(root).gradients[x] == 18.0


def test_without_a_topological_order_a_diamond_goes_wrong():
    x = Value(1.0, "x")
    y = x * 2
    z = y * 3
    root = y + z  # y is met through the first use, and has handed on 1 · 2 before z pays in 3
    assert mistakes.without_topological_order(root).gradients[x] == 2.0
    root.backward()
    assert x.grad == 8.0


def visited_again(graph):
    """The sketch itself, on tuples: each node is [gradient, [(parent, local), …]]."""

    def backward(node, gradient):
        node[0] += gradient
        for parent, local in node[1]:
            backward(parent, local * node[0])  # `local * gradient` would be right

    backward(graph, 1.0)


def test_a_recursion_without_a_visited_set_gives_14_for_8():
    x = Value(5.0, "x")
    y = 2 * x
    tripled = y * 3
    root = tripled + y
    sketch_x = [0.0, []]
    sketch_y = [0.0, [(sketch_x, 2.0)]]
    sketch_tripled = [0.0, [(sketch_y, 3.0)]]
    visited_again([0.0, [(sketch_tripled, 1.0), (sketch_y, 1.0)]])
    wrong = mistakes.without_visited_set(root)
    assert wrong.gradients[x] == sketch_x[0] == 14.0
    assert wrong.first.lines[-1].endswith("3 · 2 = 6")  # y goes on with 3, before the other use has paid 1
    root.backward()
    assert x.grad == 8.0
    assert [m.name for m in diagnose(root, x, "14").mistakes] == ["no visited set"]


def test_visits_that_would_double_for_ever_are_refused_and_left_out_of_a_diagnosis():
    x = Value(1.0, "x")
    y = x
    for _ in range(100):
        y = y + y
    with pytest.raises(RangeError, match="smaller graph"):
        mistakes.without_visited_set(y)
    assert not diagnose(y, x, "5").right
    assert autograd.play(y).html


def test_updating_too_early_gives_the_misprint_of_a_well_known_walkthrough():
    """The output weight is updated from 0.4, and the hidden gradient goes through the new one."""
    w, h = Parameter(0.4, "w"), Value(0.6, "h")
    root = (w * h - 1) ** 2
    wrong = mistakes.updated_too_early(root, lr=0.5)
    slope = 2 * (0.4 * 0.6 - 1)
    assert wrong.gradients[w] == pytest.approx(slope * 0.6, rel=1e-15)
    assert wrong.gradients[h] == pytest.approx(slope * (0.4 - 0.5 * slope * 0.6), rel=1e-15)


@examples(100)
@given(programs(longest=10))
def test_a_mistake_diverges_exactly_where_its_numbers_do(program):
    root = as_values(program)[-1]
    root.backward()
    truth = {n: n.grad for n in topological_order(root)}
    for wrong in mistakes.runnable(root, 0.5):
        assert wrong.why
        differs = any(wrong.gradients.get(n, 0.0) != g for n, g in truth.items())
        assert (wrong.first is not None) == differs, (wrong.name, program)


@pytest.mark.parametrize("run", MISTAKES)
def test_the_laboratory_touches_nothing_and_refuses_what_is_no_value(run):
    x, y, root = cube()
    run(root)
    assert [(n.data, n.grad) for n in (x, y, root)] == [(3.0, None), (9.0, None), (27.0, None)]
    with pytest.raises(GraphError):
        run(3.0)


def test_diagnosis_names_the_mistake():
    x, _, root = cube()
    assert diagnose(root, x, "27").right
    assert diagnose(root, x, 27).right
    assert (
        diagnose(root, x, "45").words == "45 is what you get when a second backward pass starts from stale gradients."
    )
    assert [m.name for m in diagnose(root, x, "18").mistakes][::2] == ["one use left out", "parents in a set"]
    assert "none of the known mistakes" in diagnose(root, x, "1000").words
    assert "The first wrong line" in diagnose(root, x, "45").text


@pytest.mark.parametrize(
    ("answer", "right"),
    [("0.3", False), ("0.33", True), ("0.34", False), ("0.3333", True), ("1/3", True), ("2/6", True), ("33/100", False), ("3.3e-1", True),
     (Fraction(1, 3), True), (0.333, True), (1 / 3, True), ("−0.33", False), ("0", False), ("0.0", False), (0, False), ("1", False)],
)  # fmt: skip
def test_answers_are_compared_by_their_printed_digits(answer, right):
    x = Value(1.0, "x")
    assert diagnose(x / 3, x, answer).right is right


@pytest.mark.parametrize("answer", ["0", "0.00", 0, 0.0, "-0", "0/5", "0e-3"])
@pytest.mark.parametrize(("slope", "right"), [(0.0, True), (1e-17, True), (0.4, False), (0.001, False), (-2e-9, False)])
def test_a_zero_is_right_only_where_the_gradient_is_0(answer, slope, right):
    x = Value(1.0, "x")
    told = diagnose(x * slope, x, answer)
    assert told.right is right
    assert ("0.004 or 4e-3" in told.words) is not right


def test_a_mistake_that_gives_0_is_still_named():
    x, y = Value(3.0, "x"), Value(0.0, "y")
    names = [m.name for m in diagnose(x * y + x * 2, x, "0").mistakes]
    assert names == ["one use left out", "one use only", "= in the place of +="]


@pytest.mark.parametrize("answer", ["", "abc", "1/0", "nan", "inf", "1/2/3", None, "12,5"])
def test_what_is_no_number_is_refused(answer):
    x, _, root = cube()
    with pytest.raises(DataError, match="not a number"):
        diagnose(root, x, answer)


def test_a_foreign_node_is_refused():
    _, _, root = cube()
    with pytest.raises(GraphError, match="not in this graph"):
        diagnose(root, Value(1.0), "1")


@pytest.mark.parametrize("name", ["stream", "ledger", "paths", "change", "diagnosis"])
def test_what_is_told_as_json_is_as_the_schema_says(name):
    jsonschema = pytest.importorskip("jsonschema")
    from autograd.explain.event_json import plain, stream

    schema = json.loads((Path(autograd.__file__).parent / "explain" / "schema.json").read_text(encoding="utf-8"))
    x, _, root = cube()
    inf = Value(float("inf"), "i")
    for told in {
        "stream": [stream(autograd.steps(root), "a", "b"), stream(autograd.steps(inf * 2)), stream([])],
        "ledger": [autograd.why(root, x).json, autograd.why(root, Value(1.0)).json],
        "paths": [autograd.paths(root, x).json],
        "change": [autograd.what_if(root, x, 4.0).json],
        "diagnosis": [diagnose(root, x, answer).json for answer in ("27", "45", "1000")],
    }[name]:
        jsonschema.validate(plain(told), schema | {"$ref": f"#/$defs/{name}"})
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(plain(told) | {"unknown": 1}, schema | {"$ref": f"#/$defs/{name}"})


def mazur(parameter):
    """The 2-2-2 network that thousands have copied: its weights, and its error as a function of them."""
    start = {"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5, "w8": 0.55}
    w = {name: parameter(x, name) for name, x in start.items()}
    h1 = (w["w1"] * 0.05 + w["w2"] * 0.1 + 0.35).sigmoid()
    h2 = (w["w3"] * 0.05 + w["w4"] * 0.1 + 0.35).sigmoid()
    o1 = (w["w5"] * h1 + w["w6"] * h2 + 0.6).sigmoid()
    o2 = (w["w7"] * h1 + w["w8"] * h2 + 0.6).sigmoid()
    return w, (o1 - 0.01) ** 2 * 0.5 + (o2 - 0.99) ** 2 * 0.5


def after(w, gradients):
    """The error after one step with learning rate 0.5."""
    moved = iter([p.data - 0.5 * gradients[p] for p in w.values()])
    return mazur(lambda _, name: Parameter(next(moved), name))[1].data


def test_the_figure_of_the_most_copied_walkthrough_comes_from_updating_too_early():
    w, error = mazur(Parameter)
    error.backward()
    assert error.data == pytest.approx(0.298371109, abs=5e-10)
    assert after(w, {p: p.grad for p in w.values()}) == pytest.approx(0.29102777369359933, rel=1e-14)
    wrong = mistakes.updated_too_early(error, lr=0.5)
    assert after(w, wrong.gradients) == pytest.approx(0.291027924, abs=5e-10)
    assert wrong.first.lines[0].count(" = ") == 2  # ∂…/∂… = its name = its number: no false equation


def test_an_early_update_that_leaves_a_domain_is_left_out_of_the_diagnosis():
    p, q = Parameter(0.3, "p"), Parameter(2.0, "q")
    assert not diagnose((p**q) * 30, p, "1000").right
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert not diagnose(autograd.max([b, a]), a, "5").right


def test_at_the_root_1_is_right():
    _, _, root = cube()
    assert diagnose(root, root, "1").right
    assert [m.name for m in diagnose(root, root, "-1").mistakes] == ["the sign"]  # there is no delta


def test_no_first_event_where_no_harm_is_done():
    x = Value(2.0, "x")
    left, right = x * 3, x * x
    assert mistakes.without_topological_order(left + right).first is None


def test_a_recursion_over_all_paths_is_tried_up_to_its_limit(monkeypatch):
    assert mistakes.MOST_VISITS == 10_000
    x = Value(3.0, "x")
    y = x + x
    z = y + y  # z is visited once, y twice, x four times
    monkeypatch.setattr(mistakes, "MOST_VISITS", 7)
    assert mistakes.without_visited_set(z).gradients[x] > 4
    monkeypatch.setattr(mistakes, "MOST_VISITS", 6)
    with pytest.raises(RangeError, match="takes 7 visits, and 6 are the most"):
        mistakes.without_visited_set(z)


@given(programs(longest=10))
def test_a_mistake_has_a_first_wrong_event_where_it_makes_a_difference_and_only_there(program):
    root = as_values(program)[-1]
    right = {root: 1.0} | {e.parent: e.after for e in steps(root) if isinstance(e, Chain)}
    for mistake in mistakes.runnable(root):
        same = {n: repr(g) for n, g in mistake.gradients.items()} == {n: repr(g) for n, g in right.items()}
        assert mistake.first is None if same else True
        if mistake.first is None and all(map(math.isfinite, right.values())):
            assert mistake.gradients == right


def test_the_root_has_a_gradient_of_1_but_where_the_mistake_is_about_it():
    x = Value(3.0, "x")
    root = (x * 2 - 1) ** 2
    at_root = {mistake.name: mistake.gradients[root] for mistake in mistakes.runnable(root)}
    others = {"sign of the delta": -1.0, "½(t − o)² for (t − o)²": 0.5, "(t − o)² for ½(t − o)²": 2.0}
    assert at_root == dict.fromkeys(at_root, 1.0) | others


def test_what_explains_is_shown_short():
    x = Value(3.0, "x")
    root = x * x + x
    for thing in (
        mistakes.assigned_not_added(root),
        autograd.why(root, x),
        autograd.paths(root, x),
        autograd.paths(root, x)[0],
    ):
        assert len(repr(thing)) < 1200
        assert "Expr" not in repr(thing)
        assert "gradients=" not in repr(thing)


def test_without_parameters_all_leaves_are_updated_too_early():
    x, v, w = Value(1.0, "x"), Value(2.0, "v"), Value(3.0, "w")
    hidden = v * x
    mistake = mistakes.updated_too_early(w * hidden, lr=0.1)
    assert mistake.gradients[v] == pytest.approx(2.8)  # through w = 3 − 0.1·2, and not 3
