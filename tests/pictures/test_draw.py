"""Pictures: golden DOT text, hostile labels, every level of zoom, every event, and what happens without Graphviz."""

import itertools
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd
from autograd import (
    GraphError,
    Parameter,
    PictureError,
    PositionError,
    RenderError,
    Stepper,
    Value,
    draw,
    phases,
    scope,
    steps,
)
from autograd.__main__ import main
from autograd.explain.events import Chain
from autograd.graph import names, number, topological_order
from autograd.pictures import LEVELS, dot, graphviz
from autograd.pictures.arrangement import LOCAL, LONGEST_NAME, arrange
from autograd.pictures.levels import Grouping, bundled, places
from autograd.pictures.scene import scene
from autograd.pictures.spots import around, overlap
from autograd.pictures.texts import LONGEST, markup, shown
from nn import MLP
from nn.lessons import COURSE
from tests.strategies import examples

NAMES = ("tiny-network", "one-neuron", "layer", "xor-by-hand", "guessing-game", "mistakes", "published")
LESSONS = [COURSE.lessons[slug] for slug in NAMES]
SVG = "{http://www.w3.org/2000/svg}"


def can_render() -> bool:
    try:
        return bool(graphviz.render("digraph { a }", "svg", 20))
    except RenderError:
        return False


rendered = pytest.mark.skipif(not can_render(), reason="no Graphviz on this machine")


class ScopedMLP(MLP):
    """An MLP that names its parts, in the way of the paths MLP/layer0/neuron2."""

    def __call__(self, inputs):
        with scope("MLP"):
            for i, layer in enumerate(self.layers):
                with scope(f"layer{i}"):
                    outputs = []
                    for j, neuron in enumerate(layer.neurons):
                        with scope(f"neuron{j}"):
                            outputs.append(neuron(inputs))
                inputs = outputs
        return inputs


def tiny():
    loss = LESSONS[0].build()
    loss.backward()
    return loss


def network(sizes=(3, 2, 1), expand=False, samples=1):
    model = ScopedMLP(2, list(sizes), rng=random.Random(0), expand=expand)
    errors = []
    for k in range(samples):
        (out,) = model([Value(0.5 + k, f"x{k}a"), Value(-1.0, f"x{k}b")])
        errors.append((out - 1) ** 2)
    loss = autograd.mean(errors)
    loss.label = "L"
    loss.backward()
    return loss


def recurrence(length, scoped=False):
    w, h = Parameter(0.5, "w"), Value(1.0, "h0")
    for i in range(length):
        if scoped:
            with scope(f"RNN/step{i}"):
                h = (w * h).tanh()
        else:
            h = (w * h).tanh()
    return h


def nodes_of(source):
    """Return each drawn node's attributes, by its id."""
    return dict(re.findall(r"^\s*(n\d+) \[(.*)\]$", source, re.M))


def edges_of(source):
    """Return each drawn edge: tail, head, attributes."""
    edges = re.findall(r"^\s*(n\d+) -> (n\d+)(?: \[(.*)\])?$", source, re.M)
    return [edge for edge in edges if "style=invis" not in edge[2]]


# --- golden DOT text


def test_golden_graph_with_gradients():
    x, w = Value(2.0, "x"), Parameter(3.0, "w")
    y = (w * x - 1).relu()
    y.label = "y"
    y.backward()
    assert draw(y, layout="dot").source.splitlines()[5:-1] == [
        '\tn0 [label=<w = 3<br/><font color="#B84A00">grad 2</font>> margin="0.04,0.02" shape=octagon]',
        '\tn1 [label=<x = 2<br/><font color="#B84A00">grad 3</font>> shape=box]',
        "\tn2 [label=<1> shape=plaintext]",
        '\tn3 [label=<<font point-size="15"><b>×</b></font><br/>v1 = 6<br/><font color="#B84A00">grad 1</font>> margin="0.06,0.03" shape=ellipse]',
        '\tn4 [label=<<font point-size="15"><b>−</b></font><br/>v2 = 5<br/><font color="#B84A00">grad 1</font>> margin="0.06,0.03" shape=ellipse]',
        '\tn5 [label=<<font point-size="15"><b>ReLU</b></font><br/>y = 5<br/><font color="#B84A00">grad 1</font>> margin="0.06,0.03" shape=ellipse]',
        "\tn0 -> n3 [label=<2>]",
        "\tn1 -> n3 [label=<3>]",
        "\tn3 -> n4 [label=<1>]",
        "\tn2 -> n4 [label=<−1>]",
        "\tn4 -> n5 [label=<1>]",
    ]


def test_golden_chain_event():
    x, w = Value(2.0, "x"), Parameter(3.0, "w")
    y = w * x
    y.label = "y"
    assert draw(y, at=3, layout="dot").source.splitlines()[4:-1] == [
        '\tlabel=<<font point-size="6"> </font><br/>y has the gradient 1 and hands 1 · 2 = 2 to w.> labelloc=b',
        '\tn0 [label=<w = 3<br/><font color="#B84A00">grad 2</font>> fillcolor="#FFF6CC" margin="0.04,0.02" penwidth=3 shape=octagon style=filled]',
        '\tn1 [label=<<font color="#767676">x = 2</font><br/><font color="#767676">grad not computed</font>> color="#767676" shape=box style=dashed]',
        '\tn2 [label=<<font point-size="15"><b>×</b></font><br/>y = 6<br/><font color="#B84A00">grad 1</font>> '
        'fillcolor="#FFF6CC" margin="0.06,0.03" penwidth=3 shape=ellipse style=filled]',
        '\tn0 -> n2 [label=<2> color="#B84A00" dir=back penwidth=3]',
        '\tn1 -> n2 [label=<3> color="#767676" fontcolor="#767676" style=dashed]',
    ]


def test_golden_outline_at_level_neuron():
    x, w = Value(2.0, "x"), Parameter(3.0, "w")
    with scope("MLP"), scope("layer0"), scope("neuron0"):
        a = (w * x).relu()
    loss = a**2
    loss.label = "L"
    loss.backward()
    assert draw(loss, "neuron").text().splitlines() == [
        "Computation graph, level neuron: 3 nodes, 2 edges.",
        "result; x²; L = 36; grad 1",
        "  box; neuron0; 3 nodes, 1 parameter; in 2; out 6; grad 24, 12, 12",
        "    leaf; x = 2; grad 36",
    ]


# --- what a picture says


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_edges_carry_the_local_derivatives(lesson):
    root = lesson.build()
    order = topological_order(root)
    drawn = [(int(tail[1:]), int(head[1:]), text) for tail, head, text in edges_of(draw(root).source)]
    place = {node: i for i, node in enumerate(order)}
    assert drawn == [
        (place[parent], place[node], f"label=<{number(local)}>")
        for node in order
        for parent, local in zip(node.parents, node.partials, strict=True)
    ]
    assert all(text == "" for *_, text in edges_of(draw(root, locals=False).source))


def test_not_computed_is_not_zero():
    x = Value(-1.0, "x")
    y = x.relu()
    assert "grad not computed" in nodes_of(draw(y).source)["n0"]
    y.backward()
    assert "grad 0" in nodes_of(draw(y).source)["n0"]
    assert "grad" not in "".join(nodes_of(draw(y, gradients=False).source).values())


def test_each_kind_has_a_shape_of_its_own():
    root = Parameter(1.0, "w") * Value(1.0, "x") + 1
    shapes = {
        node.kind: re.search(r"shape=(\w+)", nodes_of(draw(root).source)[f"n{i}"])[1]
        for i, node in enumerate(topological_order(root))
    }
    assert sorted(shapes) == ["constant", "leaf", "parameter", "result"]
    assert len(set(shapes.values())) == 4


def test_a_node_used_twice_by_one_has_two_edges():
    x = Value(3.0)
    assert len(edges_of(draw(x * x).source)) == 2


def test_a_picture_changes_nothing_and_stays_as_it_was():
    loss = LESSONS[0].build()
    picture = draw(loss, at=5)
    text = picture.text()
    assert {node.grad for node in topological_order(loss)} == {None}
    loss.backward()
    topological_order(loss)[0].data = 99.0
    assert picture.text() == text
    assert "99" not in picture.source


# --- at an event


LARGE = ("layer", "mistakes", "published")


@pytest.mark.parametrize(
    "lesson",
    [pytest.param(one, id=one.slug, marks=[pytest.mark.slow] * (one.slug in LARGE)) for one in LESSONS],
)
def test_every_event(lesson):
    root = lesson.build()
    order, stepper = topological_order(root), Stepper(root)
    for k, event in enumerate(steps(root)):
        stepper.goto(k)
        source = draw(root, at=k).source
        drawn = nodes_of(source)
        assert event.words in source
        assert k % 10 or source == draw(root, at=event).source
        active = [edge for edge in edges_of(source) if "penwidth=3" in edge[2]]
        for i, node in enumerate(order):
            told = re.search(r"grad ([^<]*)", drawn[f"n{i}"])
            grad = stepper.grad_of(node)
            assert (told[1] if told else None) == (
                None if node.kind == "constant" else "not computed" if grad is None else number(grad)
            )
        if isinstance(event, Chain):
            ((tail, head, style),) = active
            assert (tail, head) == (f"n{order.index(event.parent)}", f"n{order.index(event.node)}")
            assert "dir=back" in style
            assert {i for i, attributes in drawn.items() if "penwidth=3" in attributes} == {tail, head}


def test_waiting_nodes_are_pale_until_the_pass_comes_to_them():
    root = LESSONS[0].build()
    waiting = [
        sum("style=dashed" in node for node in nodes_of(draw(root, at=k).source).values())
        for k in range(-1, len(steps(root)))
    ]
    assert waiting[0] == 4  # the results
    assert waiting[4] == 0  # the forward pass is done
    assert waiting[5] == 7  # the backward pass begins at the root
    assert waiting[-1] == 0


def test_the_end_looks_like_the_graph_after_backward():
    root = LESSONS[0].build()
    end = re.findall(r"grad [^<]*", draw(root, at=len(steps(root)) - 1).source)
    assert end == re.findall(r"grad [^<]*", draw(tiny()).source)


def test_training_events_show_the_numbers_of_their_moment():
    w = Parameter(3.0, "w")

    class Descent:
        lr, parameters = 0.01, (w,)

        def zero_grad(self):
            w.grad = None

        def step(self):
            w.data -= self.lr * w.grad

    events = list(phases(lambda x: w * x, lambda outputs, ys: (outputs[0] - ys[0]) ** 2, ([2.0], [10.0]), Descent(), 2))
    for event in events:
        *_, root = event.names
        source = draw(root, at=event).source
        assert event.words in source
        assert f"w = {'3' if event.round == 0 else number(3.16)}" in source


def test_events_that_are_not_of_the_graph():
    root = LESSONS[0].build()
    with pytest.raises(GraphError, match="another graph"):
        draw(root, at=steps(LESSONS[0].build())[0])
    for k in (-2, 10_000):
        with pytest.raises(PositionError):
            draw(root, at=k)


# --- zoom


@pytest.mark.parametrize("level", LEVELS)
def test_every_node_is_in_one_group(level):
    order = topological_order(network(samples=5))
    groups = set(bundled(order, places(order), level).values())
    assert sorted(id(node) for group in groups for node in group.members) == sorted(map(id, order))


def test_levels_of_an_mlp():
    loss = network((3, 2, 1))
    boxes = {level: re.findall(r"<b>((?:neuron|layer|MLP)\d*)</b>", draw(loss, level).source) for level in LEVELS}
    assert boxes["op"] == []
    assert sorted(boxes["neuron"]) == ["neuron0", "neuron0", "neuron0", "neuron1", "neuron1", "neuron2"]
    assert sorted(boxes["layer"]) == ["layer0", "layer1", "layer2"]
    assert boxes["model"] == ["MLP"]
    clusters = {level: re.findall(r"label=<(\w+)> labeljust", draw(loss, level).source) for level in LEVELS}
    assert sorted(clusters["op"]) == sorted(["MLP", *boxes["layer"], *boxes["neuron"]])
    assert sorted(clusters["neuron"]) == sorted(["MLP", *boxes["layer"]])
    assert clusters["layer"] == ["MLP"]
    assert clusters["model"] == []


def test_a_box_says_what_goes_in_what_comes_out_and_the_range_of_its_gradients():
    loss = network((3, 1))
    order = topological_order(loss)
    layer1 = [node for node in order if node.scope.startswith("MLP/layer1") or node.label in ("w1", "w2", "w3", "b")]
    (box,) = [text for text in nodes_of(draw(loss, "layer").source).values() if "layer1" in text]
    z = next(node for node in order if node.scope == "MLP/layer1/neuron0" and node.op.name == "dot")
    grads = [node.grad for node in (z, *z.parents) if node.kind == "parameter" or node.scope == z.scope]
    assert f"in {', '.join(number(a.data) for a in z.parents[3:6])}" in box
    assert f"out {number(z.data)}" in box
    assert f"grad {number(min(grads))} … {number(max(grads))}" in box
    assert layer1


def test_what_is_alike_outside_the_boxes_is_stacked():
    text = draw(network(samples=20), "layer").text()
    assert text.count("\n") < 10
    assert "stack; x²; 20 nodes" in text
    chained = Value(0.0)
    for x in topological_order(network(samples=20))[-1].parents:
        chained = chained + x
    assert "stack; +; 19 nodes" in draw(chained, "layer").text()


def test_cells_that_use_one_another_can_be_drawn():
    h = Value(1.0, "h")
    for _ in range(5):
        with scope("cell"):
            h = h.tanh()
        h = h * 2
    assert "cell" in draw(h, "model").text()


def test_shared_leaves_are_drawn_once_per_use():
    root = recurrence(10)
    source = draw(root).source
    copies = re.findall(r"use (\d+) of 10", source)
    assert sorted(map(int, copies)) == list(range(1, 11))
    tails = [tail for tail, *_ in edges_of(source)]
    assert len(tails) == len(set(tails))
    assert "use" not in draw(root, most_uses=10).source
    assert len(re.findall(r"use \d+ of 10", draw(recurrence(10, scoped=True), "neuron").source)) == 10


def test_the_inputs_of_wide_layers_are_drawn_once_at_level_neuron():
    assert "use" not in draw(network((8, 1)), "neuron").source
    assert "use" not in draw(network((8, 8, 1), expand=True), "neuron").source


def test_only_the_copy_on_the_active_edge_stands_out():
    root = recurrence(10)
    chain = next(event for event in steps(root) if isinstance(event, Chain) and event.parent.label == "w")
    assert sum("penwidth=3" in node and "use" in node for node in nodes_of(draw(root, at=chain).source).values()) == 1
    ready = next(event for event in reversed(steps(root)) if event.node.label == "w")
    assert sum("penwidth=3" in node and "use" in node for node in nodes_of(draw(root, at=ready).source).values()) == 10


def test_what_is_too_large_is_drawn_at_the_next_level_up():
    picture = draw(network((3, 2, 1)), most_nodes=12)
    assert picture.level == "neuron"
    assert "more than 12 cannot be read: this is level neuron." in picture.source
    assert "more than 12 cannot be read: this is level neuron." in picture.text()
    assert "Name the parts with autograd.scope" in draw(recurrence(10), most_nodes=12).text()


def test_long_chains_need_no_recursion():
    x = Value(1.0, "x")
    for _ in range(1200):
        x = -x
    assert draw(x).source.count("->") == 1200
    assert draw(x).text().count("\n") == 1201


# --- hostile labels

HOSTILE = [
    r"\N \G \E \L", "<script>alert(1)</script>", "a:b:c", "&lt; &amp; &#0;", '"', "]]> <!-- -->", "\x00\x1b\x85", "\ud800", "\uffff",
    "x" * 20_000, "<b>", "\\", "a\\", "a\nb", "{|}", "%s", "\u202eabc", "javascript:0", 'n0" URL="http://x', "n1 -> n2", "<", ">", "  ",
    "💩", "\u0301", "'", "\\\\n", "<TABLE>", "&nbsp;", "/", "a/b", "\ufeff",
]  # fmt: skip
ANYTHING = st.text(st.characters(exclude_categories=()), min_size=1)


def picture_of(labels):
    """Return a graph in which labels name nodes, and a scope."""
    total = Value(0.0)
    for label in labels:
        with scope(label):
            total = total + Value(1.0, label).tanh()
    return total


@pytest.mark.slow
@rendered
@examples(15)
@example(HOSTILE)
@given(st.lists(ANYTHING, min_size=1, max_size=12))
def test_any_label_is_shown_and_does_nothing(labels):
    root = picture_of(labels)
    for picture in (draw(root), draw(root, "neuron", at=0)):  # the caption of event 0 has the first label
        svg = ET.fromstring(picture.svg())
        tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
        assert tags <= {"svg", "g", "title", "desc", "text", "polygon", "polyline", "path", "ellipse"}
        attributes = {key for element in svg.iter() for key in element.attrib}
        assert not {key for key in attributes if key.startswith("on") or "href" in key}
        texts = {element.text for element in svg.iter(f"{SVG}text")}
        assert {shown(shown(label), LONGEST_NAME) for label in labels} <= texts or picture.level == "neuron"


@pytest.mark.parametrize("label", HOSTILE)
def test_a_caption_is_as_safe_as_a_label(label):
    x = Value(1.0, label)
    source = draw(-x, at=0).source
    source.encode()
    assert source.count("\n") == 1 + source.rstrip().count("\n")
    assert markup(shown(label)[:50]) in source.split("labelloc=b")[0] or not label.strip()


@given(ANYTHING)
def test_what_can_be_shown_is_shown_as_it_is(label):
    harmless = label.isprintable() and label == " ".join(label.split()) and len(label) <= LONGEST
    if harmless:
        assert shown(label) == label
    assert 1 <= len(shown(label)) <= LONGEST
    shown(label).encode()


@given(ANYTHING)
def test_ids_are_ours(label):
    source = draw(picture_of([label])).source
    source.encode()
    assert set(nodes_of(source)) == {f"n{i}" for i in range(len(nodes_of(source)))}
    assert set(itertools.chain(*((tail, head) for tail, head, _ in edges_of(source)))) <= set(nodes_of(source))


# --- rendering


@rendered
def test_formats(tmp_path):
    picture = draw(tiny())
    svg = ET.fromstring(picture.svg())
    assert svg.find(f"{SVG}title").text == picture.summary == "Computation graph, level op: 8 nodes, 7 edges."
    assert svg.find(f"{SVG}desc").text == picture.text()
    assert svg.get("role") == "img"
    assert picture.png().startswith(b"\x89PNG")
    assert picture.pdf().startswith(b"%PDF")
    for suffix in (".svg", ".png", ".pdf", ".dot", ".gv", ".txt", ".SVG"):
        assert picture.save(tmp_path / f"a{suffix}").stat().st_size > 100
    assert ET.parse(tmp_path / "a.svg").getroot().tag == f"{SVG}svg"
    assert picture._repr_svg_() == picture._repr_mimebundle_()["image/svg+xml"] == picture.svg()


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_neurons_stand_in_their_order(direction):
    root = network((5, 5, 1))
    placed = arrange(
        scene(names(topological_order(root)), Grouping(order := topological_order(root), places(order), "neuron")),
        direction,
    )
    neurons = [box for mark, box in placed.boxes.items() if mark.name.startswith("neuron")]
    across = [box[direction in ("LR", "RL")] for box in neurons]
    assert across[:5] == sorted(across[:5])
    assert across[5:10] == sorted(across[5:10])
    along = [box[direction not in ("LR", "RL")] * (1 if direction in ("LR", "TB") else -1) for box in neurons]
    assert max(along[:5]) < min(along[5:10])


def places_in(source):
    """The place and size of each mark, in inches, from DOT text."""
    found = {}
    for identity, attributes in nodes_of(source).items():
        x, y = map(float, re.search(r'pos="([^"!]*)!"', attributes)[1].split(","))
        found[identity] = (
            x,
            y,
            *(float(re.search(rf"\b{side}=([\d.]+)", attributes)[1]) for side in ("width", "height")),
        )
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_svg_page_and_dot_text_have_the_same_places(lesson):
    root = lesson.build()
    picture = draw(root)
    in_svg = re.findall(r'<g class="node [^>]*transform="translate\((\d+) (\d+)\)"', picture.svg())
    in_page = re.findall(r'transform="translate\((\d+) (\d+)\)"', autograd.play(root).html.split("-neuron")[0])
    assert in_svg == in_page[: len(in_svg)]
    height = float(re.search(r'data-graph="\S+"\s+viewBox="0 0 \d+ (\d+)"', autograd.play(root).html)[1])
    pinned = places_in(picture.source).values()
    corners = sorted((round(100 * (x - w / 2)), round(height - 100 * (y + h / 2))) for x, y, w, h in pinned)
    for (x, y), (u, v) in zip(corners, sorted((int(x), int(y)) for x, y in in_svg), strict=True):
        assert abs(x - u) <= 1
        assert abs(y - v) <= 1


@rendered
def test_graphviz_draws_at_our_places():
    source = draw(tiny()).source
    drawn = ET.fromstring(graphviz.render(source, "svg", 20, "neato"))
    ours = places_in(source)
    assert len({(x, y) for x, y, *_ in ours.values()}) == len(ours) == 8
    centres = {}
    for group in drawn.iter(f"{SVG}g"):
        if group.get("class") == "node":
            points = [float(text.get("x")) for text in group.iter(f"{SVG}text")]
            centres[group.find(f"{SVG}title").text] = sum(points) / len(points)
    shift = {round(centres[i] / 72 - x, 1) for i, (x, *_) in ours.items()}
    assert len(shift) <= 2  # rounded


@rendered
def test_plain_dot_still_draws_the_source():
    drawn = ET.fromstring(graphviz.render(draw(tiny()).source, "svg", 20))
    assert sum(group.get("class") == "node" for group in drawn.iter(f"{SVG}g")) == 8


def test_golden_place():
    x = Value(2.0, "x")
    y = x.tanh()
    assert [line.split("] ")[-1] for line in draw(y).source.splitlines() if "n0 [" in line] == [
        '\tn0 [label=<x = 2<br/><font color="#595959">grad not computed</font>> fixedsize=true height=0.680 margin=0 '
        'pos="0.834,0.480!" shape=box width=1.389]'
    ]


def test_no_two_marks_and_no_texts_of_edges_lie_upon_each_other():
    for root in (tiny(), network((3, 2, 1)), recurrence(8), network((4, 4, 1), expand=True)):
        order = topological_order(root)
        placed = arrange(scene(names(order), Grouping(order, places(order), "op")))
        rectangles = list(placed.boxes.values())
        rectangles += [around(spot, LOCAL) for spot in placed.labels if spot]
        for a, b in itertools.combinations(rectangles, 2):
            assert not overlap(a, b)


def test_without_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(graphviz, "installed", lambda package: False)
    picture = draw(tiny())
    assert ET.fromstring(picture.svg()).tag == f"{SVG}svg"
    with pytest.raises(RenderError, match="pygraphviz"):
        picture.png()
    picture = draw(tiny(), layout="dot")
    with pytest.raises(RenderError, match="pygraphviz"):
        picture.svg()
    assert picture.source
    assert picture._repr_svg_() is None
    shown_instead = picture._repr_mimebundle_()
    assert set(shown_instead) == {"text/plain"}
    assert picture.text() in shown_instead["text/plain"]


@pytest.mark.parametrize(
    ("code", "message"),
    [("import time; time.sleep(60)", "level up"), ("raise SystemExit('broken')", "broken"), ("pass", "exit 0")],
)
def test_graphviz_that_does_not_come_back(monkeypatch, code, message):
    monkeypatch.setattr(graphviz, "command", lambda form, program: [sys.executable, "-S", "-c", code])
    with pytest.raises(RenderError, match=message):
        draw(tiny(), timeout=0.5 if "sleep" in code else 20).png()


def test_a_graphviz_that_cannot_be_started(monkeypatch, tmp_path):
    monkeypatch.setattr(graphviz, "command", lambda form, program: [str(tmp_path / "dot")])
    with pytest.raises(RenderError, match="could not be started"):
        draw(tiny()).pdf()


def test_refusals(tmp_path):
    root = tiny()
    with pytest.raises(PictureError, match="Did you mean 'neuron'"):
        draw(root, "neurons")
    with pytest.raises(PictureError, match="There are: LR, RL, TB, BT"):
        draw(root, direction="left")
    with pytest.raises(PictureError, match=r"\.svg, \.png, \.pdf"):
        draw(root).save(tmp_path / "a.jpg")
    with pytest.raises(GraphError):
        draw(3.0)
    assert list(tmp_path.iterdir()) == []


def test_colours_can_be_read():
    for background in ("#FFFFFF", dot.LIGHT):
        for colour in (
            dot.BLUE,
            dot.VERMILLION,
            dot.GREY,
            *([dot.PALE] if background == "#FFFFFF" else []),
        ):
            assert contrast(colour, background) >= 4.5, (colour, background)


def contrast(x, y):
    """Return the contrast of two colours as WCAG 2 defines it."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(x), luminance(y)))
    return (light + 0.05) / (dark + 0.05)


def test_importing_autograd_loads_no_graphviz():
    code = "import sys, autograd; print(sorted({'graphviz', 'pygraphviz', 'subprocess', 'numpy'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


# --- the command line


@rendered
def test_the_command_draws(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "tiny-network"]) == 0
    assert capsys.readouterr().out == "tiny-network.svg: Computation graph, level op: 8 nodes, 7 edges.\n"
    assert "grad −32" in (tmp_path / "tiny-network.svg").read_text(encoding="utf-8").replace("\xa0", " ")
    assert main(["draw", "xor-by-hand", "-o", "xor.png", "--level", "layer", "--direction", "TB"]) == 0
    assert (tmp_path / "xor.png").read_bytes().startswith(b"\x89PNG")
    assert main(["draw", "tiny-network", "-o", "a.dot", "--layout", "dot"]) == 0
    assert "pos=" not in (tmp_path / "a.dot").read_text(encoding="utf-8")
    assert main(["draw", "tiny-network", "-o", "b.dot"]) == 0
    assert (tmp_path / "b.dot").read_text(encoding="utf-8").count("pos=") == 8


@pytest.mark.slow
def test_the_command_draws_the_events_of_every_lesson(tmp_path):
    for slug, lesson in COURSE.lessons.items():
        events = list(enumerate(lesson.events()))
        for k, event in [*events[:: 1 + len(events) // 4], events[-1]]:
            assert main(["draw", slug, "--at", str(k), "-o", str(tmp_path / "a.dot")]) == 0
            assert event.words in (tmp_path / "a.dot").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny-networ"], "Did you mean tiny-network?"),
        (["tiny-network", "--level", "layers"], "Did you mean 'layer'?"),
        (["tiny-network", "--layout", "neato"], "There are: layered, dot."),
        (["tiny-network", "--at", "99"], "has events 0 to 25"),
        (["tiny-network", "-o", "a.jpg"], "the name should end in .svg"),
        (["tiny-network", "-o", "no/such/folder/a.dot"], "cannot be written: No such file or directory"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, message, capsys):
    assert main(["draw", *arguments]) == 2
    assert message in capsys.readouterr().err
