"""The page as a widget: its traits without a kernel, its front end in a browser with a model of our own."""

import json
import sys
from importlib.resources import files

import pytest

from autograd import GraphError, Parameter, Value, play
from tests.player.test_in_browser import browser  # noqa: F401 (a fixture)


def neuron() -> Value:
    """A loss of 16."""
    w, x, b = Parameter(2.0, "w"), Value(3.0, "x"), Parameter(1.0, "b")
    loss = (w * x + b - 11) ** 2
    loss.label = "L"
    return loss


def test_without_the_package_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(GraphError, match="pip install anywidget"):
        play(neuron(), live=True)


def test_a_widget_has_the_numbers_of_the_leaves():
    pytest.importorskip("anywidget")
    widget = play(neuron(), live=True)
    assert widget.values == {"w": 2.0, "x": 3.0, "b": 1.0}
    assert widget.page == play(neuron()).html
    heard = []
    widget.observe(lambda change: heard.append(change["new"]), "values")
    widget.set_state({"values": {"w": 4, "x": 3.0, "b": 1.0}})  # as a front end sends it
    assert heard == [{"w": 4.0, "x": 3.0, "b": 1.0}]
    assert isinstance(widget.values["w"], float)
    assert play(neuron(), live=True).values["w"] == 2.0


MODEL = """
const state = %s;
const handlers = [];
window.model = {
  get: (name) => state[name],
  set: (name, x) => { state[name] = x; handlers.forEach((handler) => handler()); },
  save_changes: () => { window.saved = structuredClone(state.values); },
  on: (_, handler) => handlers.push(handler),
  off: () => {},
};
"""


@pytest.mark.slow
def test_what_is_changed_in_the_page_is_in_the_model_and_the_other_way_round(browser):  # noqa: F811
    expect = pytest.importorskip("playwright.sync_api").expect
    page = browser.new_page()
    values = {"w": 2.0, "x": 3.0, "b": 1.0}
    state = {"page": play(neuron()).html, "title": "L", "height": 560, "values": values}
    script = files("autograd.player").joinpath("widget.js").read_text(encoding="utf-8")
    page.set_content("<div id=here></div>")
    page.evaluate(MODEL % json.dumps(state) + script.replace("export default", "window.widget ="))
    page.evaluate("model.get('values').b = 5; void widget.render({model, el: document.getElementById('here')})")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#live-note")).to_have_text("Your numbers")  # b was changed before the page was there
    frame.locator("#reset").click()
    expect(frame.locator("#reset")).to_have_attribute("aria-disabled", "true")
    page.wait_for_timeout(100)
    assert page.evaluate("saved") == values
    page.evaluate("model.set('values', {...model.get('values'), w: 4})")
    frame.locator("#play").focus()
    page.keyboard.press("End")
    expect(frame.locator("#listed li").last).to_contain_text("value 4,")
    frame.locator("#undo").click()
    page.wait_for_timeout(100)
    assert page.evaluate("saved") == values
    page.close()
