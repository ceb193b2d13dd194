"""The player: what the page is told, and what a browser makes of it."""

import gzip
import html
import json
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import GraphError, Parameter, Value, dot, draw, handout, mean, phases, play, scope, steps, why
from autograd.__main__ import main
from autograd.classroom.paper import Paper
from autograd.classroom.renumbering import seeded
from autograd.explain import mistakes
from autograd.explain.event_json import stream
from autograd.explain.events import Chain, Compute
from autograd.explain.stepper import count_steps, snapshot
from autograd.graph import number, printable, topological_order
from autograd.pictures.layered_layout import apart, layout
from autograd.pictures.snapshot import At
from autograd.pictures.texts import clean
from autograd.player.page import zipped
from autograd.player.page_data import drawn
from tests.lessons import LESSONS, SOME, some
from tests.strategies import as_values, examples, programs

HOSTILE = (
    "</script><script>window.hit = 1</script>",
    '<img src="https://example.invalid/x.png" onerror="window.hit = 1">',
    '"><svg onload=window.hit=1>',
    "{{data}} & \u2028 <!-- ]]> \x00\x1b \ud800",
)
labels = st.text(max_size=30)


def example() -> Value:
    """A graph with a value of three uses, a dead unit, a constant and an operand used twice."""
    x, w = Value(3.0, "x"), Parameter(-2.0, "w")
    y = x * x
    y.label = "y"
    loss = (y * x + (w * x).relu() - 5) ** 2
    loss.label = "L"
    return loss


def hostile() -> Value:
    """A graph whose labels would like to be markup."""
    values = [Value(float(i), label) for i, label in enumerate(HOSTILE, 1)]
    loss = dot(values, values[::-1])
    loss.label = HOSTILE[0]
    return loss


class Model:
    """Two inputs, `width` hidden units, one output, in modules."""

    def __init__(self, width: int = 2) -> None:
        rng = random.Random(3)
        shapes = [(f"MLP/layer{k}/neuron{j}", n) for k, n, m in ((0, 2, width), (1, width, 1)) for j in range(m)]
        self.neurons = [
            (name, [Parameter(rng.uniform(-1, 1), f"w{name[-1]}{i}") for i in range(n)], Parameter(0.0, f"b{name[-1]}"))
            for name, n in shapes
        ]
        self.parameters = [p for _, weights, bias in self.neurons for p in (*weights, bias)]
        self.lr = 0.1

    def __call__(self, x: list[float]) -> Value:
        """Return the output."""
        hidden = [self.unit(k, x).tanh() for k in range(len(self.neurons) - 1)]
        return self.unit(-1, hidden)

    def unit(self, k: int, x: list) -> Value:
        """Return what one neuron computes, before its activation."""
        name, weights, bias = self.neurons[k]
        with scope(name):
            return dot(weights, x, bias)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for p in self.parameters:
            p.grad = None

    def step(self) -> None:
        """Descend."""
        for p in self.parameters:
            p.data -= self.lr * p.grad


def training(rounds: int, width: int = 2, samples: int = 4) -> list:
    """Events of training on XOR."""
    model = Model(width)

    def loss_of(outputs: list[Value], targets: list[float]) -> Value:
        loss = mean([(o - t) ** 2 for o, t in zip(outputs, targets, strict=True)])
        loss.label = "L"
        return loss

    inputs, targets = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 1.0]], [1.0, 1.0, 0.0, 0.0]
    return list(phases(model, loss_of, (inputs[:samples], targets[:samples]), model, rounds))


def data_of(player: autograd.player.Player) -> dict:
    """What a page is given."""
    kind, text = re.search(r'<script type="application/(\w+)" id="data">(.*?)</script>', player.html, re.S).groups()
    return json.loads(gzip.decompress(b64decode(text)) if kind == "gzip" else text)


# ---- what the page is given


def test_the_page_reads_the_published_stream_and_leaves_nothing_out():
    for lesson in (LESSONS["tiny-network"], LESSONS["xor-by-hand"]):
        data = data_of(play(lesson))
        assert data["stream"] == json.loads(json.dumps(stream(lesson.events(), lesson.slug, data["stream"]["source"])))
        schema = Path(autograd.__file__).parent / "explain" / "schema.json"
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.validate(data["stream"], json.loads(schema.read_text(encoding="utf-8")))


def followed(data: dict) -> Iterator[tuple[dict, dict, dict]]:
    """The values and gradients by node after each event, as the page has them: what was unseen, then the event."""
    states: dict[int, tuple[dict, dict]] = {}
    results = {edge["to"] for edge in data["stream"]["edges"]}
    for event, more in zip(data["stream"]["steps"], data["steps"], strict=True):
        graph = data["graphs"][more["graph"]]
        leaves = {i: x for i, x in zip(graph["nodes"], graph["values"], strict=True) if i not in results}
        values, grads = states.setdefault(more["graph"], (leaves, {}))
        for what, key, x in more["unseen"]:
            {"value": values, "grad": grads, "local": {}}.get(what, {})[key] = x
        match event["type"]:
            case "compute":
                values[event["node"]] = event["value"]
            case "seed":
                grads[event["node"]] = 1.0
            case "chain":
                grads[event["parent"]] = event["after"]
            case "update":
                values[event["node"]] = event["after"]
        yield event, values, grads


@pytest.mark.parametrize(
    "root", [example(), hostile(), *(some(slug, lesson.build()) for slug, lesson in LESSONS.items())]
)
def test_the_events_end_in_the_gradients_of_backward(root):
    *_, (_, values, shown) = followed(data_of(play(root)))
    root.backward()
    order = topological_order(root)
    assert shown == {f"n{i}": node.grad for i, node in enumerate(order) if node.grad is not None}
    assert values == {f"n{i}": node.data for i, node in enumerate(order)}


@SOME
def test_events_that_a_story_leaves_out_have_happened_in_the_picture_all_the_same(lesson):
    """At each event the page has the values and gradients of `draw`, which knows no story."""
    events = lesson.events()
    for (event, values, grads), truth in zip(followed(data_of(play(lesson))), events, strict=True):
        if event["type"] in ("update", "ready"):
            continue  # after an update the page shows the network after it; "complete" may be said later than it was so
        *_, root = truth.names
        now = At(root, truth)
        known = [x for x in now.gradients.values() if x is not None]
        assert sorted(known) == sorted(x for x in grads.values()), truth.words
        assert sum(x is not None for x in now.values.values()) == len(values), truth.words


def test_after_an_update_the_page_shows_the_network_after_the_update():
    lesson = LESSONS["tiny-network"]
    data = data_of(play(lesson))
    losses = [
        values[data["graphs"][more["graph"]]["nodes"][-1]]
        for (event, values, _), more in zip(followed(data), data["steps"], strict=True)
        if event["type"] == "update"
    ]
    w, b = (float(event.after) for event in lesson.events() if type(event).__name__ == "Update")
    assert losses[0] == max(0.0, 2 * w + 1) ** 2 - 30 * max(0.0, 2 * w + 1) + 225 == pytest.approx(54.1696)
    assert losses[1] == pytest.approx((2 * w + b - 15) ** 2)


@SOME
def test_the_page_says_which_uses_a_story_has_left_out(lesson):
    events, told = lesson.events(), data_of(play(lesson))["steps"]
    said = [step["skipped"] for step in told if step["skipped"]]
    assert all(re.fullmatch(r"What .+ got from .+ before is added already, and not told\.", words) for words in said)
    uses = Counter(event.parent for event in events if isinstance(event, Chain))
    for event, step in zip(events, told, strict=True):
        if isinstance(event, Chain) and event.before:
            assert uses[event.parent] > 1 or step["skipped"]


@pytest.mark.parametrize("root", [example(), LESSONS["xor-training"].build()])
def test_the_ledgers_are_those_of_why(root):
    ledgers = data_of(play(root))["graphs"][0]["ledgers"]
    for i, node in enumerate(topological_order(root)):
        ledger, truth = ledgers[f"n{i}"], why(root, node)
        assert (ledger["head"], ledger["reason"]) == (truth.head, truth.reason)
        assert [row[-1] for row in ledger["rows"]] == [number(use.contribution) for use in truth.uses]


def test_numbers_are_those_of_the_moment_when_parameters_have_moved():
    events = training(3)
    data = data_of(play(events))
    assert len(data["graphs"]) == 3
    for event, step, more in zip(events, data["stream"]["steps"], data["steps"], strict=True):
        assert step["words"] == clean(event.words)
        if isinstance(event, Compute):
            assert data["graphs"][more["graph"]]["values"] == [expr.data for expr in event.names.values()]
    assert data["graphs"][0]["values"] != data["graphs"][-1]["values"]


def test_the_reason_for_a_zero_is_that_of_the_moment():
    w, b = Parameter(0.0, "w"), Parameter(1.0, "b")
    model = Model()
    model.parameters = [w, b]

    def loss_of(outputs: list[Value], targets: list[float]) -> Value:
        return (outputs[0] - targets[0]) ** 2

    events = list(phases(lambda x: w * (b * x), loss_of, ([1.0], [5.0]), model))
    ledgers = data_of(play(events))["graphs"][0]["ledgers"]
    assert w.data == 1.0
    assert [ledger["reason"] for ledger in ledgers.values() if "b" in ledger["head"].split()[0]] == [
        "Zero: blocked by mul at v2 (w = 0)."
    ]


def test_rounds_of_the_same_shape_share_a_picture():
    assert {graph["picture"] for graph in data_of(play(training(3)))["graphs"]} == {0}


def test_the_quiz_knows_the_mistakes_of_the_laboratory():
    root = example()
    told = data_of(play(root, quiz=True))
    chains = [(event, step) for event, step in zip(steps(root), told["steps"], strict=True) if isinstance(event, Chain)]
    uses = [event.parent for event, _ in chains]
    scaled = {make(root).name for make in (mistakes.wrong_sign, mistakes.with_a_half, mistakes.without_the_half)}
    named = 0
    for event, step in chains:
        ask = step["ask"]
        assert ask["truth"] == event.upstream * event.local
        assert ask["answer"] == number(event.contribution)
        if uses.count(event.parent) > 1:
            continue  # then diagnose speaks of the sum
        for wrong, place in ask["wrong"]:
            verdict = told["mistakes"][place]
            found = {m.name for m in autograd.diagnose(root, event.parent, repr(wrong)).mistakes}
            if verdict["name"] in scaled:  # others change what was there before, too, and diagnose speaks of the sum
                assert verdict["name"] in found
                named += 1
    assert named == 3 * sum(uses.count(event.parent) == 1 and event.contribution != 0 for event, _ in chains) > 3


def test_a_lesson_of_two_thousand_events_is_small():
    events = training(15)
    assert len(events) > 2000
    assert len(play(events[:2000]).html.encode()) < 2_000_000


@SOME
def test_a_lessons_page_has_at_most_400_kilobytes(lesson):
    assert len(play(lesson).html.encode()) <= 400_000


def test_notes_stand_after_their_events():
    lesson = LESSONS["tiny-network"]
    told = data_of(play(lesson))
    events = lesson.events()
    for note in lesson.notes:
        assert [k for k, step in enumerate(told["steps"]) if note.text in step["notes"]] == [
            next(k for k, event in enumerate(events) if event.key == note.after)
        ]
    assert (told["title"], told["question"]) == (lesson.title, lesson.question)
    assert "def network" in told["stream"]["source"]


# ---- the page as text


@pytest.mark.parametrize("root", [example(), hostile()])
def test_the_policy_knows_the_one_style_and_the_one_script(root):
    page = play(root, title=HOSTILE[0]).html
    policy = html.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        for inline in re.findall(rf"<{tag}(?: id=.look.)?(?: media=.\w+.)?>(.*?)</{tag}>", page, re.S):
            assert (
                f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"
                in policy.split(f"{rule} ")[1].split(";")[0]
            )
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert page.count("<script") == 2
    found = Attributes()
    found.feed(page)
    assert found.names
    assert not found.names & {"src", "href", "style"}
    assert not [name for name in found.names if name.startswith("on")]


class Attributes(HTMLParser):
    """Collects the names of the attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag, attributes):
        """Collect."""
        self.names.update(name for name, _ in attributes)


def test_the_script_writes_text_only():
    scripts = (Path(autograd.__file__).parent / "player" / "script").glob("*.js")
    script = "".join(path.read_text(encoding="utf-8") for path in scripts)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch|XMLHttp", script)


@examples(25)
@given(labels, labels)
def test_any_label_leaves_the_picture_well_formed_and_the_page_intact(one, other):
    x, y = Value(2.0, one), Value(3.0, other)
    with scope("m/neuron0"):
        root = x * y + x
    for svg in drawn(snapshot(topological_order(root)), 0):
        parsed = ET.fromstring(svg)
        assert not [e for e in parsed.iter() if e.tag in ("script", "a", "foreignObject", "style")]
        assert not [k for e in parsed.iter() for k in e.attrib if k.startswith("on") or k in ("href", "style")]
    page = play(root, title=one).html
    page.encode()
    assert page.count("</script>") == 2
    names = [node["name"] for node in data_of(play(root))["stream"]["nodes"]]
    assert not printable(one) or clean(printable(one)) in map(clean, names)


def test_a_notebook_shows_it_in_a_sandbox_with_a_plain_table_beside():
    player = play(hostile(), title=HOSTILE[0])
    shown = player._repr_mimebundle_()
    still, tag, table = re.split("<iframe|></iframe>", shown["text/html"])
    attributes = dict(re.findall(r'([\w]+)="([^"]*)"', tag))
    assert attributes["sandbox"] == "allow-scripts"
    assert html.unescape(attributes["srcdoc"]) == player.html
    assert "<script" not in table
    assert "<img" not in table
    assert table.count("<tr>") == len(player.rows) + 1
    assert int(attributes["height"]) <= 600
    assert "To play it, run the cell" in still
    assert shown["image/svg+xml"] in still
    ET.fromstring(shown["image/svg+xml"])
    assert "<script" not in still
    assert "Player(" not in shown["text/plain"]
    assert "To play it" in shown["text/plain"]


@SOME
def test_a_lessons_page_has_its_plot_and_nothing_in_it_runs(lesson):
    pytest.importorskip("matplotlib")
    page = play(lesson)
    plot = gzip.decompress(b64decode(data_of(page).get("plot", zipped("")))).decode()
    assert bool(plot) == (lesson.plot is not None)
    assert ("img-src data:" in page.html) == bool(plot)
    if plot:
        parsed = ET.fromstring(plot)
        assert parsed.tag.endswith("}svg")
        assert not [e for e in parsed.iter() if e.tag.split("}")[-1] in ("script", "foreignObject", "a")]
        assert not [k for e in parsed.iter() for k in e.attrib if k.startswith("on")]
        assert len(page.html.encode()) <= 400_000


def test_a_seed_s_page_has_the_numbers_of_its_handout_and_no_plot():
    lesson = seeded(LESSONS["tiny-network"], "ada")
    page = play(lesson)
    graph = data_of(page)["graphs"][0]
    assert graph["values"] == [node.data for node in topological_order(Paper(LESSONS["tiny-network"], "ada").root)]
    assert handout(LESSONS["tiny-network"], "ada").sheet.rows[0].value == number(graph["values"][0])
    assert "plot" not in data_of(page)


def test_the_paper_of_a_function_has_the_numbers_of_its_page():
    numbers = iter(range(2, 99))

    def build():
        x = Value(float(next(numbers)), "x")
        y = x * 3
        y.label = "y"
        return y

    player = play(build)
    (x,) = (float(value) for value in data_of(player)["graphs"][0]["values"][:1])
    assert f'<td>x</td><td>given</td><td class="n">{number(x)}</td>' in player.html
    assert "<h1>build</h1>" in player.html


def test_the_still_picture_of_a_quiz_gives_nothing_away():
    player = play(LESSONS["tiny-network"], quiz=True)
    assert "−32" not in player.picture
    assert "−32" in play(LESSONS["tiny-network"]).picture


def test_the_player_is_imported_when_it_is_first_used():
    code = "import sys, autograd; assert 'autograd.player' not in sys.modules; autograd.play; assert 'autograd.player' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- errors and the command line


def test_what_cannot_be_played_is_refused():
    for wrong in (3.0, [], [1, 2], None, "tiny-network"):
        with pytest.raises(autograd.GraphError, match="play takes the Value at the end"):
            play(wrong)


def test_what_cannot_be_saved_is_refused(tmp_path):
    player = play(example())
    with pytest.raises(autograd.FileError, match=r"a browser opens \.html\. Try .*lesson\.html"):
        player.save(tmp_path / "lesson.svg")
    with pytest.raises(autograd.FileError, match="cannot be written"):
        player.save(tmp_path / "nowhere" / "lesson.html")
    assert player.save(tmp_path / "lesson.html").read_text(encoding="utf-8") == player.html
    assert [path.name for path in tmp_path.iterdir()] == ["lesson.html"]


def test_the_command_writes_a_page_and_opens_it_only_on_request(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.chdir(tmp_path)
    assert main(["play", "tiny-network"]) == 0
    assert main(["play", "tiny-network", "-o", "quiz.html", "--quiz"]) == 0
    assert capsys.readouterr().out.split() == ["tiny-network.html", "quiz.html"]
    assert '"quiz":true' in Path("quiz.html").read_text(encoding="utf-8")
    assert opened == []
    assert main(["play", "tiny-network", "--open"]) == 0
    assert opened == [(tmp_path / "tiny-network.html").as_uri()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny-netwerk"], "Did you mean tiny-network?"),
        (["tiny-network", "-o", "page.pdf"], "Try 'page.html'"),
        (["tiny-network", "-o", "no/such/folder/page.html"], "cannot be written"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["play", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---- places


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.data())
def test_apart_keeps_order_and_gaps_and_moves_nothing_without_need(wanted, drawn):
    gaps = drawn.draw(st.lists(st.floats(1, 20), min_size=len(wanted) - 1, max_size=len(wanted) - 1))
    places = apart(wanted, gaps)
    assert all(b - a >= gap - 1e-6 for (a, b), gap in zip(pairwise(places), gaps, strict=True))
    assert apart(places, gaps) == pytest.approx(places)
    assert sum(places) == pytest.approx(sum(wanted), abs=1e-6)


@examples(50)
@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=20))
def test_boxes_do_not_overlap_and_parents_stand_to_the_left(program):
    edges = [(f"n{p % i}", f"n{i}") for i, parents in enumerate(program) if i for p in parents]
    sizes = {f"n{i}": (100.0, 40.0 + i) for i in range(len(program))}
    centres = (placed := layout(sizes, edges)).centres
    assert all(centres[a][0] < centres[b][0] for a, b in edges)
    for a, (x, y) in centres.items():
        assert x >= 50
        assert x + 50 <= placed.width
        assert y >= sizes[a][1] / 2
        for b, (u, v) in centres.items():
            assert a == b or abs(x - u) >= 100 or abs(y - v) >= (sizes[a][1] + sizes[b][1]) / 2


@given(programs(longest=20))
def test_the_events_are_counted_as_they_are_made(program):
    root = as_values(program)[-1]
    count = len(steps(root))
    assert count_steps(root, count + 1) == count
    assert count_steps(root, count - 1) == count - 1


@pytest.mark.parametrize("form", [lambda root: root, lambda root: (event for event in steps_without_end(root))])
def test_a_page_that_would_be_too_long_is_refused_before_the_work(form, monkeypatch):
    """20,000 events are shown and 20,001 are not; and none of them is made to find out."""
    x = Value(1.0, "x")
    y = x
    for _ in range(20_000):
        y = y * 1.5
    monkeypatch.setattr("autograd.player.steps", None)
    with pytest.raises(GraphError, match="more than 20,000 events"):
        play(form(y))


def steps_without_end(root):
    (event, *_) = steps(Value(1.0, "x") * 2)
    while True:
        yield event


@pytest.mark.parametrize("letters", [10_000, pytest.param(500_000, marks=pytest.mark.slow)])
def test_a_long_label_is_a_label(letters):
    """A label of a million letters is drawn and played as one of ten: its box shows the beginning of it."""
    x = Value(1.0, "<a" * letters)
    y = x * 2
    y.label = "L"
    assert len(draw(y).svg()) < 20_000
    assert "<a<a" not in play(y).html
