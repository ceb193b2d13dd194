"""The player in a browser: what is seen, pressed, typed and printed."""

import os
import random
import re
import shutil
from pathlib import Path

import pytest

import autograd
from autograd import Value, handout, play, steps, why
from autograd.__main__ import LESSONS
from autograd.classroom.questions import questions
from autograd.classroom.variants import with_numbers
from autograd.explain.answers import read_answer
from autograd.explain.events import Chain, Ready
from autograd.graph import number, topological_order
from autograd.pictures.texts import short, span
from nn import MLP
from tests.player.test_player import HOSTILE, example, hostile, training

# ---- in a browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(os.environ.get("AXE_CORE", Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run"]


@pytest.fixture(scope="module")
def browser():
    """A browser, or a reason why there is none."""
    driver = pytest.importorskip(
        "playwright.sync_api", reason="pip install playwright, to test the player in a browser"
    )
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with driver.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open a player; at the end the page must have asked for nothing but itself, and complained of nothing."""
    contexts, requests, complaints = [], [], []

    def opened(player, at="", **options):
        options = {"reduced_motion": "reduce"} | options
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        address = player.save(tmp_path / "lesson.html").as_uri() + at
        page.goto(address)
        page.wait_for_selector("#words:not(:empty)")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert {url.split("#")[0] for url in requests} == {(tmp_path / "lesson.html").as_uri()}
    assert complaints == []


HEARD = """() => [document.getElementById("words").textContent, document.getElementById("at").textContent,
  ...[...document.querySelectorAll("#lines p")].map((line) => line.textContent)]"""
SHOWN = """() => Object.fromEntries([...document.querySelectorAll("#graph > .graph:not([hidden]) .node:not(.box):not(.constant)")]
  .map((box) => [box.dataset.nodes, [".name", ".data", ".grad"].map((slot) => box.querySelector(slot).textContent)]))"""


def text(page, selector):
    """What an element says."""
    return page.locator(selector).inner_text()


def violations(page):
    """What axe-core finds wrong with a page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [(v["id"], [node["target"] for node in v["nodes"]]) for v in found]


@pytest.mark.parametrize("root", [example(), LESSONS["tiny-network"].build(), LESSONS["xor-training"].build()])
def test_keys_lead_through_a_whole_lesson_to_the_gradients_of_backward(visit, root):
    events = steps(root)
    page = visit(play(root), "#step=-1&level=op")
    assert "?" in {grad for _, _, grad in page.evaluate(SHOWN).values()}
    before = []
    for k, event in enumerate(events):
        before.append(page.evaluate(SHOWN))
        page.keyboard.press("ArrowRight")
        assert page.evaluate(HEARD) == [event.words, f"{k} / {len(events) - 1}", *event.lines]
    root.backward()
    shown = page.evaluate(SHOWN)
    for i, node in enumerate(topological_order(root)):
        if node.kind != "constant":
            assert shown[f"n{i}"][1:] == [short(node.data), short(node.grad)]
    page.keyboard.press("d")
    for i, node in enumerate(topological_order(root)):
        if node.kind != "constant":
            assert page.evaluate(SHOWN)[f"n{i}"][1:] == [number(node.data), number(node.grad)]
    page.keyboard.press("d")
    for expected in reversed(before):
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(SHOWN) == expected
    page.keyboard.press("End")
    assert page.evaluate(SHOWN) == shown
    page.keyboard.press("Home")
    assert page.evaluate(SHOWN) == before[0]


def test_buttons_slider_table_and_deep_links_lead_to_the_same_events(visit):
    events = steps(example())
    page = visit(play(example()), "#step=12")
    assert text(page, "#words") == events[12].words
    page.click("#next")
    assert page.url.endswith("#step=13")
    page.click("#back")
    page.keyboard.press("End")
    assert text(page, "#words") == events[-1].words
    page.keyboard.press("Home")
    assert text(page, "#at").startswith("start /")
    page.fill("#slider", "7")
    assert text(page, "#words") == events[7].words
    page.evaluate("location.hash = '#step=9'")
    page.wait_for_selector("#at >> text=/^9 /")
    page.click("#more")
    page.click("#tabs >> text=Events")
    page.click("#rows a[href='#step=4']")
    page.wait_for_selector("#at >> text=/^4 /")
    page.evaluate("location.hash = '#step=9999'")
    page.wait_for_selector(f"#at >> text={len(events) - 1} / {len(events) - 1}")
    page.evaluate("location.hash = '#step=5&drawer=events'")
    page.wait_for_selector("#rows tr[aria-current=step]")
    page.go_back()
    page.wait_for_selector(f"#at >> text={len(events) - 1} / {len(events) - 1}")


def test_the_address_holds_what_is_seen_and_no_answer(visit):
    lesson = LESSONS["tiny-network"]
    page = visit(play(lesson, quiz=True))
    page.keyboard.press("End")
    page.fill("#typed", "-16")
    page.keyboard.press("Enter")
    page.keyboard.press("w")
    page.wait_for_timeout(200)
    first = next(k for k, event in enumerate(lesson.events()) if isinstance(event, Chain))
    assert page.url.endswith(f"#step={first}&drawer=why")
    again = visit(play(LESSONS["xor-training"]), "#step=9&level=neuron&drawer=why&node=n3&whole=1")
    assert again.locator("#level").input_value() == "neuron"
    assert again.locator("#why").is_visible()
    assert again.locator("#chosen").input_value() == "n3"
    assert again.evaluate("hashOf()") == "#step=9&level=neuron&node=n3&drawer=why&whole=1"


def test_a_story_is_told_in_its_order_and_the_first_screen_has_no_answer(visit):
    lesson = LESSONS["tiny-network"]
    page = visit(play(lesson))
    assert text(page, "#words") == lesson.question
    assert "−32" not in page.locator("#screen").inner_text()
    told = [item for item in lesson.story() if not (isinstance(item, str) and item.startswith("# "))]
    formulas = {definition.texts[-1] for definition in lesson.definitions() if definition.tex}
    for item in told:
        page.keyboard.press("PageDown")
        if item in formulas:
            assert page.locator("#words math").count() == len(item.splitlines())
        elif isinstance(item, str):
            assert item in (text(page, "#words"), page.locator("#card").text_content())
        else:
            assert text(page, "#words") == item.words
    page.keyboard.press("n")
    assert page.get_attribute("#next", "aria-disabled") == "true"
    page.keyboard.press("b")
    page.keyboard.press("w")
    assert page.locator("#why").is_visible()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#drawer").is_visible()


def test_a_page_can_be_driven_from_around_it(visit):
    root = example()
    page = visit(play(root))
    page.evaluate("chalkgrad.goto(9999)")
    state = page.evaluate("chalkgrad.state()")
    root.backward()
    named = {node["name"]: i for i, node in enumerate(page.evaluate("lesson.stream.nodes"))}
    order = topological_order(root)
    assert state["event"] == len(steps(root)) - 1
    assert state["root"] == "L"
    assert state["values"] == {name: order[i].data for name, i in named.items()}
    assert state["gradients"] == {name: order[i].grad for name, i in named.items() if order[i].grad is not None}
    reply = """() => new Promise((answer) => { window.addEventListener("message", (event) => event.data.chalkgrad.event !== undefined
      && answer(event.data.chalkgrad.event)); postMessage({chalkgrad: {goto: 3}}, "*"); })"""
    assert page.evaluate(reply) == 3


def test_space_plays_to_the_end_and_stops(visit):
    page = visit(play(Value(3.0, "x") * 2))
    page.evaluate("document.getElementById('speed').value = '200'")
    page.keyboard.press(" ")
    assert text(page, "#play") == "Pause"
    page.wait_for_selector("#play >> text=Play")
    assert page.evaluate("position.k === LAST()")


def test_a_click_on_a_node_tells_its_why(visit):
    root = example()
    page = visit(play(root))
    x = next(node for node in topological_order(root) if node.label == "x")
    ledger = why(root, x)
    page.locator("#graph .node", has=page.locator("text.name", has_text=re.compile("^x$"))).first.click()
    assert text(page, "#head") == ledger.head
    assert page.locator("#uses tr").count() == len(ledger.uses) + 1
    assert page.locator("#uses td:last-child").all_inner_texts()[-1] == number(ledger.gradient)
    page.select_option("#chosen", label="w")
    w = next(node for node in topological_order(root) if node.label == "w")
    assert text(page, "#reason") == why(root, w).reason != ""


def test_the_quiz_hides_the_contribution_tells_digits_and_names_mistakes(visit):
    root = LESSONS["tiny-network"].build()
    events = steps(root)
    page = visit(play(root, quiz=True))
    page.keyboard.press("End")  # and gets no further than the first question
    first = next(k for k, event in enumerate(events) if isinstance(event, Chain))
    assert text(page, "#at").startswith(f"{first} /")
    assert "What does this use of v1 contribute" in text(page, "#words")
    assert [grad for _, _, grad in page.evaluate(SHOWN).values() if grad != "?"] == ["1"]
    assert "−16" not in page.locator("#screen").inner_text()
    page.click("#more")
    page.click("#tabs >> text=Events")
    assert "−16" not in page.locator("#screen").inner_text()
    page.keyboard.press("Escape")
    page.locator("#typed").focus()
    for answer, reply in (("16", "sign of the delta"), ("-8", "½(t − o)² for (t − o)²"), ("1", "upstream alone")):
        page.fill("#typed", answer)
        page.keyboard.press("Enter")
        assert reply in text(page, "#verdict")
    for answer, reply in (("12.5", "none of the known mistakes"), ("sixteen", "no number to compare with")):
        page.fill("#typed", answer)
        page.click("text=Check")
        assert reply in text(page, "#verdict")
    page.click("#next")
    assert "Answer this one first" in text(page, "#verdict")
    page.fill("#typed", "-16.0")
    page.keyboard.press("Enter")
    assert "is right" in text(page, "#verdict")
    assert text(page, "#words") == events[first].words
    page.keyboard.press("End")
    page.click("#reveal")
    assert "It is −16" in text(page, "#verdict")
    page.click("#quiz")  # off: all is open
    page.keyboard.press("End")
    assert text(page, "#words") == events[-1].words


SAID = """(typed) => { document.getElementById("typed").value = typed; check();
  return [...document.querySelectorAll("#verdict p")].map((p) => p.textContent); }"""


def wait_for_hints(page, count):
    """Wait without a function of our own: the page's policy refuses one that is made from text."""
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator("#hints li")).to_have_count(count)


def test_the_page_gives_the_hints_and_the_verdicts_of_the_quiz(visit):
    root = LESSONS["tiny-network"].build()
    page = visit(play(root, quiz=True))
    rng = random.Random(2)
    for question in questions(root):
        page.keyboard.press("End")
        assert text(page, "#words") == question.question
        for count in range(len(question.hints)):
            wait_for_hints(page, count)
            assert page.locator("#hints li").all_inner_texts() == list(question.hints[:count])
            assert text(page, "#hint") == f"Hint {count + 1} of 3"
            {0: lambda: page.keyboard.press("Enter"), 1: lambda: page.click("#hint")}.get(
                count, lambda: (page.fill("#typed", "h"), page.keyboard.press("Enter"))
            )()
        wait_for_hints(page, 3)
        assert page.locator("#hints li").all_inner_texts() == list(question.hints)
        answers = [repr(wrong.answer) for wrong in question.wrong] + ["-.5", "2", "20", "1/3", "abc"]
        answers += [f"{question.answer + rng.uniform(-9, 9):.{rng.randint(0, 3)}f}" for _ in range(10)]
        for typed in answers:
            try:
                verdict = question.verdict(typed)
            except autograd.DataError:
                assert "no number to compare with" in page.evaluate(SAID, typed)[0]
                continue
            if not verdict.right:
                said = page.evaluate(SAID, typed)
                names = tuple(f"{wrong.name}: " for wrong in question.wrong)
                told = [next((p.removeprefix(n) for n in names if p.startswith(n)), p) for p in said]
                assert " ".join(told) == verdict.words, typed
        page.fill("#typed", repr(question.answer))
        page.keyboard.press("Enter")
        assert "is right" in text(page, "#verdict")


@pytest.mark.parametrize("answer", [4.9999979, -1.00000004e-9])
def test_the_page_takes_an_answer_as_it_is_printed(visit, answer):
    page = visit(play(Value(answer, "x") * Value(3.0, "w"), quiz=True))
    page.keyboard.press("End")
    for typed in (number(3.0), number(answer)):
        page.fill("#typed", typed)
        page.keyboard.press("Enter")
        assert text(page, "#verdict").startswith(f"{typed} is right")
        page.keyboard.press("End")


def test_the_page_compares_digits_as_diagnose_does(visit):
    page = visit(play(Value(3.0, "x") * 2))
    rng = random.Random(5)
    answers = ["0.33", "-.5", "45", "3.5e-4", "1e2", "1/3", "−2/7", "+7.", "abc", "", "1,5", "1/0", "nan", "0x1", "--3"]
    for answer in answers:
        reading = page.evaluate("reading", answer)
        try:
            typed = read_answer(answer)
        except autograd.DataError:
            assert reading is None
            continue
        assert (reading["number"], reading["digits"], reading["half"]) == (typed.number, typed.digits, typed.half)
        for x in (typed.number + (typed.half or 1e-9) * rng.uniform(-2, 2) for _ in range(20)):
            wrong = rng.choice([[], [typed.number], [x]])
            assert page.evaluate("(args) => verdictOn(...args)", [reading, x, wrong]) == typed.verdict(x, wrong)


def test_training_shows_its_phases_scrubs_over_steps_and_zooms(visit):
    events = training(3)
    page = visit(play(events), viewport={"width": 1280, "height": 800})
    assert page.locator("#phases li").all_inner_texts() == ["forward", "← backward", "update"]
    page.fill("#slider", "70")
    assert page.get_attribute("#phases [aria-current]", "data-phase") == {"loss": "forward"}.get(
        events[70].phase, events[70].phase
    )
    page.fill("#round", "2")
    assert text(page, "#round-at") == "3 / 3"
    assert events[page.evaluate("position.k")].round == 2
    assert text(page, "#words").split()[0] == events[70].words.split()[0]
    counts = []
    for level in ("op", "neuron", "layer", "model"):
        page.select_option("#level", level)
        counts.append(page.locator("#graph > .graph:not([hidden]) .node").count())
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) > 2
    page.locator(".graph:not([hidden]) .node.box").first.click()
    assert page.locator("#level").input_value() == "layer"


def test_at_a_level_each_step_is_one_that_can_be_seen_there(visit):
    root = LESSONS["xor-training"].build()
    page = visit(play(root), "#step=-1&level=layer")
    seen = 0
    while page.get_attribute("#next", "aria-disabled") != "true" and seen < 100:
        page.keyboard.press("ArrowRight")
        seen += 1
        k = page.evaluate("position.k")
        assert page.evaluate("isSeen(position.k, 'layer')"), k
        if steps(root)[k].phase == "backward":
            assert page.locator(".graph:not([hidden]) .node.active").count() >= 1
        if page.evaluate("stops.slice(stops.indexOf(currentStop()) + 1).every((stop) => !isSeen(stop.k, 'layer'))"):
            break
    assert 5 < seen < len(steps(root)) / 2


@pytest.mark.parametrize("level", ["neuron", "layer"])
def test_a_box_shows_what_goes_in_what_comes_out_and_the_range_of_its_gradients(visit, level):
    root = LESSONS["xor-training"].build()
    page = visit(play(root), f"#step=999&level={level}")
    page.evaluate("paint(pictureOf(0, view.level), {...stateAt(LAST()), about: null})")
    root.backward()
    order = topological_order(root)
    boxes = page.evaluate("""() => [...document.querySelectorAll(".graph:not([hidden]) .node.box")].map((box) =>
      [...box.querySelectorAll(".in, .out, .grad")].map((slot) => [slot.classList[0], slot.dataset.of.split(" "), slot.textContent]))""")
    assert boxes
    for role, nodes, shown in (slot for box in boxes for slot in box):
        members = [order[int(node[1:])] for node in nodes]
        numbers = [node.grad if role == "grad" else node.data for node in members]
        assert shown == span(numbers, short)


def test_hostile_labels_are_inert_and_shown(visit):
    page = visit(play(hostile(), title=HOSTILE[1]))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.keyboard.press("End")
    assert page.evaluate("window.hit") is None
    assert page.locator("img, a[href^=http], #screen script").count() == 0
    page.keyboard.press("w")
    assert text(page, "#title") == page.title() == HOSTILE[1]
    assert HOSTILE[0] in page.locator("#chosen option").all_inner_texts()


@pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core: npm install --no-save axe-core, or set AXE_CORE to its axe.min.js"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, scheme):
    options = {"color_scheme": scheme, "bypass_csp": True}  # axe-core itself is a script that the policy does not know
    page = visit(play(LESSONS["tiny-network"]), "#step=15", **options)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Home")
    page.click("#quiz")
    page.keyboard.press("End")
    page.fill("#typed", "16")
    page.keyboard.press("Enter")
    assert violations(page) == []
    page = visit(play(training(2, width=1, samples=1)), "#step=20", **options)
    assert violations(page) == []


def test_what_is_pressed_is_large_and_what_is_read_grows_with_the_screen(visit):
    page = visit(play(training(2)), viewport={"width": 390, "height": 844})
    for control in page.locator("button:visible, select:visible, input:visible").all()[:40]:
        box = control.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
    sizes = []
    for width in (390, 1280, 1920, 3840):
        page.set_viewport_size({"width": width, "height": 1000})
        sizes.append(float(page.evaluate("getComputedStyle(document.documentElement).fontSize")[:-2]))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[1] < sizes[2] <= sizes[3] == 22


def test_motion_is_left_out_on_request(visit):
    duration = "getComputedStyle(document.querySelector('.shape')).transitionDuration"
    assert visit(play(example())).evaluate(duration) == "0s"
    assert visit(play(example()), reduced_motion="no-preference").evaluate(duration) != "0s"


def test_changes_are_announced_but_not_while_playing(visit):
    page = visit(play(example()))
    assert page.get_attribute("#strip", "aria-live") == "polite"
    page.click("#play")
    assert page.get_attribute("#strip", "aria-live") == "off"
    page.click("#play")
    assert page.get_attribute("#strip", "aria-live") == "polite"


def on_paper(page):
    """What a page prints, as text."""
    page.evaluate("preparePrint()")
    page.emulate_media(media="print")
    told = page.locator("body").inner_text()
    page.emulate_media(media="screen")
    return told.split()


@pytest.mark.parametrize("root", [example(), LESSONS["tiny-network"]])
def test_on_paper_is_the_handout_blank_first(visit, tmp_path, root):
    (saved,) = handout(root).save(tmp_path / "handout.html")
    page = visit(play(root))
    sheet = page.context.new_page()
    sheet.set_content(saved.read_text(encoding="utf-8"))
    assert on_paper(page) == sheet.locator("body").inner_text().split()
    assert on_paper(page).index("Solutions:") > len(on_paper(page)) / 3


def test_after_a_change_the_paper_says_so_and_shows_the_numbers_of_now(visit):
    root = LESSONS["tiny-network"].build()
    page = visit(play(LESSONS["tiny-network"]))
    page.evaluate("chalkgrad.set({w: 3.5})")
    told = " ".join(on_paper(page))
    assert "w is 3.5 in place of 3." in told
    assert "Solutions" not in told
    root = with_numbers(root, {"w": 3.5})
    root.backward()
    page.emulate_media(media="print")
    for i, node in enumerate(topological_order(root)):
        if node.kind != "constant":
            box = page.locator(f"#sheet [data-nodes=n{i}]")
            assert [box.locator(slot).text_content() for slot in (".data", ".grad")] == [
                short(node.data),
                short(node.grad),
            ]
    page.emulate_media(media="screen")
    page.evaluate("reset()")
    assert "Solutions:" in on_paper(page)


def test_events_without_a_lesson_are_printed_blank_first_and_then_solved(visit):
    events = training(1, width=1, samples=1)
    page = visit(play(events))
    page.evaluate("preparePrint()")
    page.emulate_media(media="print")
    assert not page.locator("#screen").is_visible()
    blank, solved = page.locator("#sheet article").all()
    assert blank.locator("svg").is_visible()
    told = [event for event in events if not isinstance(event, Ready)]
    for sheet in (blank, solved):
        assert sheet.locator("tbody tr").count() == len(told)
    assert "____" in blank.locator("svg").text_content()
    assert "____" not in solved.locator("svg").text_content()
    results = [row.locator("td").last.text_content() for row in solved.locator("tbody tr").all()]
    assert "" not in results
    assert set(blank.locator("td.n:not(:first-child)").all_text_contents()) == {""}


def test_it_plays_in_a_sandboxed_frame(visit, browser):
    player = play(example())
    page = browser.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(player._repr_mimebundle_()["text/html"])
    frame = page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#words").inner_text() == steps(example())[0].words
    assert [url for url in requests if not url.startswith("about:")] == []
    page.close()
    visit(player)


# ---- the stage: nothing is cut, nothing scrolls

WINDOWS = [(853, 480), (1280, 720), (1366, 657), (1920, 970), (390, 844)]
LOOK = """(places) => {
  const bad = [];
  const whole = (element) => {
    const { width, left, top, right, bottom } = element.getBoundingClientRect();
    const inside = left >= -0.5 && top >= -0.5 && right <= innerWidth + 0.5 && bottom <= $("controls").getBoundingClientRect().top + 0.5;
    return width === 0 || (inside && element.scrollWidth <= element.clientWidth + 1);
  };
  const look = (where) => {
    const seen = [$("words"), $("skipped"), ...$("lines").children, $("ask"), $("typed"), ...$("hints").children, ...$("verdict").children];
    const cut = seen.filter((element) => !whole(element)).map((element) => element.id || element.textContent);
    const root = document.documentElement;
    if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) cut.push("the page scrolls");
    if ($("pane").clientHeight < 110) cut.push(`the graph has ${$("pane").clientHeight} pixels`);
    if (!$("card").hidden && $("card").scrollHeight > $("card").clientHeight + 1) cut.push("a table");
    if (cut.length) bad.push([where, ...cut]);
  };
  for (const stop of stops.filter((_, i) => i % places === 0 || i === stops.length - 1)) {
    goTo(stop.k, stops.filter((other) => other.k === stop.k).indexOf(stop), false);
    look(stop.k);
  }
  quiz = true;
  for (const k of steps.keys()) {
    if (!lesson.steps[k].ask) continue;
    if (answered.size % places === 0) {
      goTo(k, 0, false);
      look(`question ${k}`);
      for (const _ of lesson.steps[k].ask.hints) hint();
      $("typed").value = (lesson.steps[k].ask.wrong[0]?.[0] ?? 12.5).toPrecision(4);
      check();
      look(`answer ${k}`);
    }
    answered.add(k);
  }
  return bad;
}"""


@pytest.mark.parametrize("size", WINDOWS, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("slug", LESSONS)
def test_sentence_formula_question_and_graph_are_wholly_visible_at_every_place(visit, slug, size):
    page = visit(play(LESSONS[slug]), viewport={"width": size[0], "height": size[1]})
    assert page.evaluate(LOOK, 1) == []


CROSSED = """() => {
  const bad = [];
  const svg = document.querySelector("#graph > svg:not([hidden])");
  const box = (element) => element.getBoundingClientRect();
  const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
  const marks = [...svg.querySelectorAll(".node")];
  for (const mark of marks) {
    const border = box(mark.querySelector(".shape:last-of-type"));
    const texts = [...mark.querySelectorAll("text")].filter((text) => text.textContent);
    texts.forEach((text, i) => {
      const own = box(text);
      if (own.left < border.left || own.right > border.right || own.top < border.top || own.bottom > border.bottom) bad.push(["border", text.textContent]);
      for (const other of texts.slice(i + 1)) if (!apart(own, box(other))) bad.push(["texts", text.textContent, other.textContent]);
    });
  }
  const labels = [...svg.querySelectorAll(".local")].filter((text) => text.textContent);
  labels.forEach((label, i) => {
    for (const mark of marks) if (!apart(box(label), box(mark.querySelector(".shape:last-of-type")))) bad.push(["label", label.textContent]);
    for (const other of labels.slice(i + 1)) if (!apart(box(label), box(other))) bad.push(["labels", label.textContent, other.textContent]);
  });
  return bad;
}"""


@pytest.mark.parametrize("slug", LESSONS)
def test_no_text_crosses_a_border_or_another_text(visit, slug):
    page = visit(play(LESSONS[slug]), "#step=9999", viewport={"width": 1920, "height": 970})
    for level in page.evaluate("levelsOf(graphAt(position.k))"):
        page.evaluate("(level) => { view.level = level; view.whole = true; show(); }", level)
        assert page.evaluate(CROSSED) == [], level


NUMBER = re.compile(r"(?<![\w.₀-₉⁰-⁹])−?\d+(?:\.\d+)?(?:e[+−]?\d+)?(?!\w)")


@pytest.mark.parametrize("slug", LESSONS)
def test_the_picture_shows_each_number_of_each_sentence(visit, slug):
    lesson = LESSONS[slug]
    page = visit(play(lesson), "#step=-1&level=op", viewport={"width": 1920, "height": 970})
    for k, event in enumerate(lesson.events()):
        page.evaluate("(k) => { view.level = 'op'; goTo(k, 0, false); }", k)
        shown = page.evaluate(
            "[...document.querySelectorAll('#graph > svg:not([hidden]) text')].map((text) => text.textContent).join(' ; ')"
        )
        drawn = {float(found.replace("−", "-")) for found in NUMBER.findall(shown)}
        words = re.sub(r" and \d+ more\b", "", event.words)  # a count
        for expr in sorted((expr.label for expr in event.names.values()), key=len, reverse=True):
            words = words.replace(f"{expr} ", " ") if not NUMBER.fullmatch(expr) else words  # v1 is a name
        for found in NUMBER.findall(words):
            told = float(found.replace("−", "-"))
            assert any(abs(x - told) <= 6e-3 * abs(told) for x in drawn), (k, event.words, found)


TWINS = """(numbers) => numbers.map((x) => [number(asNumber(x)), short(asNumber(x))])"""


def doubles(count, seed):
    """Numbers of all sizes, with ties at three and six digits made on purpose, powers of ten, and what JSON lacks."""
    rng = random.Random(seed)
    for _ in range(count):
        exponent = rng.randint(-12, 12)
        yield rng.uniform(-10, 10) * 10.0**exponent
        yield rng.randint(-(10**6), 10**6) / 2 ** rng.randint(0, 12)
        yield (rng.randint(100000, 999999) + 0.5) * 2.0 ** rng.randint(-3, 3)
        yield (rng.randint(100, 999) + 0.5) / 2 ** rng.randint(0, 4)
    yield from (10.0**k for k in range(-20, 21))
    yield from (
        0.0,
        -0.0,
        5e-324,
        1.7976931348623157e308,
        123456.5,
        123455.5,
        0.0001234565,
        99999.95,
        999999.5,
        1e15,
        1e15 - 1,
    )


def test_the_page_writes_numbers_as_python_does(visit):
    page = visit(play(Value(3.0, "x") * 2))
    numbers = list(doubles(50_000, 1))
    assert len(numbers) > 200_000
    for x, (whole, few) in zip(numbers, page.evaluate(TWINS, numbers), strict=True):
        assert (whole, few) == (number(x), short(x)), repr(x)
    assert page.evaluate(TWINS, ["nan", "inf", "-inf"]) == [["nan"] * 2, ["inf"] * 2, ["−inf"] * 2]


def test_a_large_graph_is_packed_and_opens_at_a_level_that_can_be_read(visit):
    loss = (MLP(2, [16, 16, 1], rng=random.Random(0), expand=True)([Value(0.5, "x1"), Value(-1.0, "x2")])[0] - 1) ** 2
    loss.label = "L"
    player = play(loss)
    assert len(player.html.encode()) < 2_000_000
    page = visit(player, viewport={"width": 1280, "height": 720})
    assert page.evaluate("levelFor(0)") in ("layer", "model")
    assert page.evaluate("scaleOf(pictureOf(0, levelFor(0))) * LETTERS") >= 14
    page.keyboard.press("End")
    assert text(page, "#words") == steps(loss)[-1].words
    assert max(int(height) for height in re.findall(r"height=.(\d+).", page.evaluate("lesson.pictures[0]"))) < 8000


def test_a_formula_of_a_definition_is_set_as_mathml(visit):
    page = visit(play(LESSONS["activations"]))
    page.click("#more")
    page.keyboard.press("End")
    formulas = page.locator("#story .formula math")
    lines = [line for definition in LESSONS["activations"].definitions() for line in definition.mathml]
    assert formulas.count() == len(lines) > 8
    assert formulas.first.evaluate("e => [e.namespaceURI, e.querySelectorAll('mfrac').length]") == [
        "http://www.w3.org/1998/Math/MathML",
        1,
    ]
    assert formulas.first.bounding_box()["height"] > 20, "a fraction stands on two lines"
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    for _ in range(30):
        if page.locator("#words .formula").count():
            break
        page.keyboard.press("ArrowRight")
    assert page.locator("#words .formula math").count() >= 1
    assert page.locator("#card").is_hidden()
