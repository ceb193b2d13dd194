"""The stage in a browser: the graph in words, the Numbers drawer, touch, reasons and mistakes for one's own numbers, the address."""

import random

import pytest

from autograd import Value, play, steps, why
from autograd.__main__ import LESSONS
from autograd.classroom.questions import questions
from autograd.explain.events import Chain
from autograd.graph import number, topological_order
from autograd.player import played
from autograd.player.page_data import graphs_of
from tests.player.test_in_browser import browser, text, visit  # noqa: F401 (fixtures)
from tests.player.test_live import shaken
from tests.player.test_live_in_browser import NOW, leaf, neuron

pytestmark = pytest.mark.usefixtures("browser")


def test_the_graph_is_told_in_words_in_reading_order(visit):  # noqa: F811
    page = visit(play(neuron()))
    assert page.locator("#listed li").all_text_contents()[0] == "w, parameter: value 2, gradient not computed"
    page.evaluate("() => chalkgrad.goto(999)")
    told = page.locator("#listed li").all_text_contents()
    assert told[0] == "w, parameter: value 2, gradient −24"
    assert told[-1].startswith("L, from v")
    named = [node.label for node in topological_order(neuron()) if node.label]
    order = [line.split(",")[0] for line in told]
    assert [name for name in order if name in named] == named
    assert page.locator(f"#{leaf(page, 'w').get_attribute('aria-describedby')}").text_content() == told[0]


def test_every_node_is_reached_by_tab_and_keeps_the_focus(visit):  # noqa: F811
    page = visit(play(neuron()))
    page.locator("#graph").focus()
    reached = []
    for _ in topological_order(neuron()):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-describedby')"))
    assert len(set(reached)) == len(reached) == page.locator("#listed li").count()
    page.locator("#next").focus()
    page.keyboard.press("n")
    page.keyboard.press("PageDown")
    assert page.evaluate("document.activeElement.id") == "next"


def test_the_numbers_drawer_changes_leaves_and_shows_what_came_of_it(visit):  # noqa: F811
    page = visit(play(neuron()))
    page.click("#change")
    page.fill(".field[data-leaf=n0] input[type=text]", "3")
    page.keyboard.press("Tab")
    assert page.evaluate(NOW)["values"]["w"] == 3
    page.locator(".field[data-leaf=n0] input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(NOW)["values"]["w"] > 3
    assert page.locator("#curve").is_visible()
    page.click("#descend")
    page.click("#descend")
    assert page.locator("#trail").is_visible()
    label = page.get_attribute("#trail", "aria-label")
    assert label.startswith("L over your 4 changes: from 16 to ")
    page.click("#undo")
    assert "3 changes" in page.get_attribute("#trail", "aria-label")
    page.fill(".field[data-leaf=n0] input[type=text]", "four")
    page.keyboard.press("Tab")
    assert "four is not a number" in text(page, "#live-note")


def not_a_number() -> Value:
    """A graph whose numbers no picture can hold."""
    y = Value(float("nan"), "n") * Value(float("inf"), "i")
    y.label = "y"
    return y


@pytest.mark.parametrize("root", [Value(3.0, "x"), not_a_number(), Value(2.0, "x") + 0])
def test_numbers_that_no_curve_can_hold_leave_it_out(visit, root):  # noqa: F811
    page = visit(play(root))
    page.click("#change")
    name = page.evaluate("nameOf[Object.keys(kindOf).find(isLeaf)]")
    for x in (1.5, 1e308, -1e308, 0):
        assert page.evaluate("([name, x]) => chalkgrad.set({[name]: x})", [name, x])
        assert page.evaluate(NOW)["values"][name] == x


def test_a_click_on_a_leaf_opens_its_field_and_what_is_typed_counts(visit):  # noqa: F811
    page = visit(play(neuron()))
    leaf(page, "w").click()
    page.keyboard.type("5")
    page.click("#next")
    assert page.evaluate(NOW)["values"]["w"] == 5
    leaf(page, "w").click()
    page.keyboard.type("6")
    page.keyboard.press("Escape")
    assert page.evaluate(NOW)["values"]["w"] == 5


def test_a_leaf_is_dragged_by_touch_on_a_phone(visit):  # noqa: F811
    page = visit(play(neuron()), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    box = leaf(page, "w").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})

    touch("touchStart", (x, y))
    for k in range(1, 9):
        touch("touchMove", (x + 10 * k, y + k))
    touch("touchEnd")
    assert page.evaluate(NOW)["values"]["w"] == 3
    page.locator("#undo").tap()
    assert page.evaluate(NOW)["values"]["w"] == 2
    leaf(page, "b").tap()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert page.evaluate(NOW)["values"]["b"] == 7
    assert not page.locator("#drawer").is_visible()


@pytest.mark.parametrize("slug", ["tiny-network", "activations", "layer", "losses", "attention", "vectors"])
def test_reasons_for_zeros_are_those_of_why_at_ones_own_numbers(visit, slug):  # noqa: F811
    (graph, *_) = graphs_of(played(LESSONS[slug])[1])
    page = visit(play(LESSONS[slug]))
    page.evaluate("() => chalkgrad.goto(9999)")
    page.evaluate("() => { position.k = lesson.steps.findLastIndex((step) => step.graph === 0); show(); }")
    zeros = 0
    for seed in range(12):
        shaken(graph.root, random.Random(seed))
        order = topological_order(graph.root)
        leaves = {graph.names[node].label: node.data for node in order if node.op is None and node.kind != "constant"}
        if not page.evaluate("(leaves) => chalkgrad.set(leaves)", leaves):
            continue
        told = page.evaluate("() => lesson.graphs[0].nodes.map((id) => lesson.graphs[0].ledgers[id])")
        for node, ledger in zip(order, told, strict=True):
            right = why(graph.root, node)
            assert ledger["reason"] == right.reason
            assert ledger["sum"] == number(right.gradient)
            zeros += bool(right.reason) and node.kind != "constant"
    assert zeros > 0 or slug not in ("tiny-network", "layer")


def test_the_quiz_names_the_slips_of_a_step_at_ones_own_numbers(visit):  # noqa: F811
    root = LESSONS["tiny-network"].build()
    page = visit(play(LESSONS["tiny-network"].build()))
    shaken(root, random.Random(3))
    leaves = {node.label: node.data for node in topological_order(root) if node.op is None}
    assert page.evaluate("(leaves) => chalkgrad.set(leaves)", leaves)
    page.click("#quiz")
    named = 0
    for question in questions(root):
        page.evaluate("() => chalkgrad.goto(9999)")
        assert text(page, "#words") == question.question
        for wrong in question.wrong:
            if wrong.name in (
                "upstream alone",
                "local alone",
                "+ in the place of ·",
                "the sum so far",
                "factors swapped",
            ):
                page.fill("#typed", repr(wrong.answer))
                page.keyboard.press("Enter")
                assert wrong.when in text(page, "#verdict")
                named += 1
        page.fill("#typed", repr(question.answer))
        page.keyboard.press("Enter")
        assert "is right" in text(page, "#verdict")
    assert named > 6


def test_back_and_forward_of_the_browser_go_through_places_and_numbers(visit):  # noqa: F811
    page = visit(play(neuron()))
    page.evaluate("() => chalkgrad.goto(3)")
    page.wait_for_timeout(200)
    page.evaluate("() => chalkgrad.set({w: 4})")
    page.wait_for_timeout(200)
    page.evaluate("() => chalkgrad.goto(999)")
    page.wait_for_timeout(200)
    assert page.evaluate(NOW)["values"]["L"] == 4
    page.go_back()
    assert page.evaluate(NOW)["event"] == 3
    assert page.evaluate(NOW)["values"]["w"] == 4
    page.go_back()
    assert page.evaluate(NOW)["values"]["w"] == 2
    page.go_forward()
    page.go_forward()
    assert page.evaluate(NOW)["values"]["L"] == 4


def test_what_is_shared_leads_to_what_is_seen(visit):  # noqa: F811
    page = visit(play(neuron()))
    page.evaluate("() => { chalkgrad.goto(5); chalkgrad.set({w: 4}); toggleDrawer('share'); }")
    link, snippet = (page.input_value(field) for field in ("#link", "#snippet"))
    assert link.startswith("#step=5")
    assert "Send the file" in text(page, "#link-help")
    assert snippet.startswith(f'<iframe src="lesson.html{link}"')
    again = visit(play(neuron()), at=link)
    assert again.evaluate(NOW) == page.evaluate(NOW)


def test_a_student_s_numbers_are_in_the_page_and_no_name_in_its_address(visit):  # noqa: F811
    from autograd.classroom.paper import Paper
    from autograd.classroom.renumbering import seeded

    lesson = seeded(LESSONS["tiny-network"], "ada")
    page = visit(play(lesson, quiz=True))
    root = Paper(LESSONS["tiny-network"], "ada").root
    shown = page.evaluate(NOW)["values"]
    for node in topological_order(root):
        if node.op is None:
            assert shown[node.label] == node.data
    page.keyboard.press("End")
    first = next(event for event in steps(root) if isinstance(event, Chain))
    page.fill("#typed", repr(first.contribution))
    page.keyboard.press("Enter")
    assert "is right" in text(page, "#verdict")
    page.wait_for_timeout(200)
    assert "ada" not in page.url.split("#")[1].casefold()
    assert number(first.contribution) not in page.url.split("#")[1]
