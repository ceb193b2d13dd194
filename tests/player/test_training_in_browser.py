"""The Train drawer in a browser: steps, starts, the plane, examples on the stage, one's own model; against Python."""

import re
from random import Random

import pytest

from autograd import Parameter, mean, play
from autograd.__main__ import LESSONS
from autograd.pictures.texts import short
from autograd.player.training_data import Training, drawn_again
from nn import MLP, SGD, Adam, mse_loss
from nn.data.datasets import xor
from nn.lessons import xor_training
from tests.player.test_in_browser import AXE, browser, text, violations, visit  # noqa: F401  # fixtures

TRAINED = ["xor-training", "loan-neuron", "one-line", "universal-approximation", "optimizers", "digits"]
STATE = "() => chalkgrad.state()"
LOSSES = "() => chalkgrad.training().losses"


def opened(page):
    """The page, with its Train drawer open."""
    page.click("#more")
    page.click("#train-tab")
    return page


def test_steps_in_the_drawer_are_the_lessons_epochs(visit):  # noqa: F811
    page = opened(visit(play(LESSONS["xor-training"])))
    before = xor_training.run()[0].predictions
    right = [(p > 0.5) == y for p, y in zip(before, xor_training.TARGETS, strict=True)].count(True)
    assert page.locator("#train-said").inner_text() == f"0 steps: loss 0.264, {right} of 4 right"
    for button, count in (("Step", 1), ("10", 11), ("100", 111)):
        page.click(f"#trainer .bar >> text='{button}'")
        assert text(page, "#train-said").startswith(f"{count} step{'s' if count > 1 else ''}: loss ")
    epochs = xor_training.run()
    found = page.evaluate(LOSSES)
    assert len(found) == 111
    assert all(abs(x - epoch.loss) <= 1e-13 for x, epoch in zip(found, epochs, strict=False))
    assert page.locator("#losses text").nth(2).text_content() == "111 steps"
    assert page.get_attribute("#losses", "aria-label").startswith("The loss over 111 steps")


def test_a_run_goes_on_until_it_is_paused(visit):  # noqa: F811
    page = opened(visit(play(LESSONS["xor-training"])))
    page.click("#train-run")
    page.locator("#train-said", has_text=re.compile(r"^[1-9]\d+ steps")).wait_for()
    page.click("#train-run")
    assert text(page, "#train-run") == "Run"
    said = text(page, "#train-said")
    page.wait_for_timeout(120)
    assert text(page, "#train-said") == said
    epochs = xor_training.run()
    assert all(abs(x - epoch.loss) <= 1e-13 for x, epoch in zip(page.evaluate(LOSSES), epochs, strict=False))


def test_an_example_goes_through_the_network_on_the_stage(visit):  # noqa: F811
    page = opened(visit(play(LESSONS["xor-training"])))
    page.click("[data-steps='100']")
    assert text(page, "#title") == "The network, on one example"
    model = xor_training.network()
    optimizer = SGD(model.parameters(), xor_training.LEARNING_RATE)
    for _ in range(100):
        optimizer.zero_grad()
        mse_loss([model(x)[0] for x in xor_training.INPUTS], xor_training.TARGETS).backward()
        optimizer.step()
    for k, (x, y) in enumerate(zip(xor_training.INPUTS, xor_training.TARGETS, strict=True)):
        page.click(f".point[data-example='{k}']")
        state = page.evaluate(STATE)
        assert [state["values"][name] for name in ("x1", "x2", "y")] == [*x, y]
        for parameter in model.parameters():
            assert state["values"][parameter.label] == pytest.approx(parameter.data, abs=1e-13)
        optimizer.zero_grad()
        loss = mse_loss(model(x), y)
        loss.backward()
        assert state["values"]["L"] == pytest.approx(loss.data, abs=1e-13)
        for parameter in model.parameters():
            assert state["gradients"][parameter.label] == pytest.approx(parameter.grad, abs=1e-12)
        assert page.get_attribute(f".point[data-example='{k}']", "aria-pressed") == "true"
    page.wait_for_timeout(300)  # a browser takes one address in a tenth of a second
    assert page.url.split("#")[1].count("example=4") == 1
    thick = page.eval_on_selector_all(
        ".line.weighted", "lines => lines.map((line) => line.classList.contains('above'))"
    )
    assert len(thick) == 9
    assert any(thick)
    assert not all(thick)
    page.click("#to-lesson")
    assert text(page, "#title") == LESSONS["xor-training"].title


def test_a_start_is_what_python_draws_for_its_seed(visit):  # noqa: F811
    trainable = LESSONS["xor-training"].training()
    page = opened(visit(play(LESSONS["xor-training"])))
    for seed in (1, 2):
        page.click("#train-anew")
        assert page.input_value("#train-seed") == str(seed)
        assert page.evaluate("() => chalkgrad.training().parameters") == drawn_again(
            Training(trainable).example, Random(seed)
        )
        assert text(page, "#train-said").startswith("0 steps")


def test_a_click_on_the_plane_adds_an_example(visit):  # noqa: F811
    page = opened(visit(play(LESSONS["xor-training"])))
    page.select_option("#plane-class", "1")
    page.click("#plane", position={"x": 170, "y": 100})
    assert page.locator(".point").count() == 5
    assert text(page, "#train-said").endswith("of 5 right")
    assert page.evaluate(STATE)["values"]["y"] == 1
    page.click("[data-steps='1']")
    page.click("#plane-clear")
    assert page.locator(".point").count() == 4


def test_what_cannot_be_is_said_and_changes_nothing(visit):  # noqa: F811
    page = opened(visit(play(LESSONS["loan-neuron"])))
    page.fill("#train-rate", "-1")
    page.click("[data-steps='1']")
    assert text(page, "#train-said") == "The rate is a number above 0: 0.1, say."
    before = page.evaluate("() => chalkgrad.training().parameters")
    page.fill("#train-rate", "1e308")
    page.click("[data-steps='10']")
    assert "no longer a finite number" in text(page, "#train-said")
    assert all(abs(x) < 1e308 for x in page.evaluate("() => chalkgrad.training().parameters"))
    assert len(before) == 3


def test_ones_own_model_is_trained_from_what_is_changed_on_the_stage(visit):  # noqa: F811
    w, b = Parameter(2.0, "w"), Parameter(1.0, "b")
    data = [(1.0, 4.0), (2.0, 7.0), (3.0, 9.0)]
    page = opened(visit(play(lambda x: w * x + b, data=data, loss=lambda out, y: (out - y) ** 2, title="A line")))
    assert text(page, "#title") == "A line"
    assert not page.locator("#to-lesson").is_visible()
    assert page.evaluate("() => chalkgrad.set({w: 3})")
    page.select_option("#train-optimizer", "2")
    assert page.evaluate("() => chalkgrad.train(20)")
    w.data = 3.0
    optimizer = Adam([w, b], lr=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        mean([(w * x + b - y) ** 2 for x, y in data]).backward()
        optimizer.step()
    state = page.evaluate(STATE)
    assert state["values"]["w"] == pytest.approx(w.data, abs=1e-12)
    assert state["values"]["b"] == pytest.approx(b.data, abs=1e-12)
    assert page.locator("#plane-lines .curve").get_attribute("d").startswith("M")


def test_a_model_that_decides_by_an_if_says_so_in_the_drawer(visit):  # noqa: F811
    w = Parameter(0.5, "w")
    page = opened(visit(play(lambda x: w * x if x > 0 else -w * x, data=[(1.0, 1.0)], loss=mse_loss)))
    assert "lets Python decide by a Value's number" in text(page, "#train-refused")
    assert not page.evaluate("() => chalkgrad.set({w: 3})")
    assert "line" in page.evaluate("() => chalkgrad.refused()")


def test_the_address_brings_back_the_example_and_its_numbers(visit):  # noqa: F811
    player = play(LESSONS["xor-training"])
    page = opened(visit(player))
    page.click("[data-steps='10']")
    page.wait_for_timeout(400)  # a browser takes one address in a tenth of a second
    page.click(".point[data-example='2']")
    page.wait_for_timeout(400)
    state, address = page.evaluate(STATE), page.url.split("#")[1]
    again = visit(player, f"#{address}")
    assert again.evaluate(STATE) == state
    assert again.get_attribute(".point[data-example='2']", "aria-pressed") == "true"
    title = page.locator("#title", has_text=LESSONS["xor-training"].title)
    for _ in range(3):
        if not title.is_visible():
            page.go_back()
            page.wait_for_timeout(400)
    title.wait_for()
    page.go_forward()
    page.locator("#title", has_text="The network").wait_for()


def test_the_keyboard_goes_from_example_to_example(visit):  # noqa: F811
    page = opened(visit(play(MLP(2, [2, 1], rng=Random(0)), data=xor(), loss=mse_loss)))
    page.focus(".point[tabindex='0']")
    for k in (1, 2, 3, 0):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("() => document.activeElement.dataset.example") == str(k)


@pytest.mark.slow
@pytest.mark.skipif(not AXE.exists(), reason="npm install axe-core, or set AXE_CORE")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("slug", TRAINED)
def test_the_drawer_has_no_violations(visit, slug, scheme):  # noqa: F811
    page = opened(visit(play(LESSONS[slug]), color_scheme=scheme))
    page.click("[data-steps='10']")
    assert violations(page) == []
    assert short(page.evaluate("() => chalkgrad.training().loss")) in text(page, "#train-said")


@pytest.mark.parametrize("slug", TRAINED)
def test_a_lesson_with_data_is_at_most_400_kb(slug):
    assert len(play(LESSONS[slug]).html.encode()) <= 400_000


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(853, 480), (1280, 720), (390, 844)])
def test_the_drawer_fits_the_window(visit, width, height):  # noqa: F811
    page = opened(visit(play(LESSONS["xor-training"]), viewport={"width": width, "height": height}))
    page.click("[data-steps='10']")
    for selector in ("#train-said", "[data-steps='100']", "#train-run", "#plane"):
        box = page.locator(selector).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
