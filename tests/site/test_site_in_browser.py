"""The site in a browser: every page opened, from a disk and from a server; the search, the cards, a quiz, where one was."""

import json
import threading

import pytest

from autograd.__main__ import COURSE
from autograd.classroom.paper import Paper
from autograd.graph import number
from autograd.site.server import server
from tests.player.test_in_browser import AXE, browser  # noqa: F401  (a fixture)
from tests.site.conftest import made

SERVED = {"laboratory.html"}  # needs a server, and has its own tests


@pytest.fixture
def visit(browser):  # noqa: F811
    """Open pages; at the end none may have complained, or asked for anything that is not in the folder."""
    contexts, requests, complaints = [], [], []

    def opened(home, path="index.html", **options):
        context = browser.new_context(**({"reduced_motion": "reduce"} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append((home, request.url)))
        page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
        page.on("console", lambda message: complaints.append((page.url, message.text)))
        page.on("requestfailed", lambda request: complaints.append((request.url, request.failure)))
        page.goto(f"{home}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for home, url in requests if not url.startswith((home, "data:", "blob:"))] == []
    assert [said for said in complaints if said[1] != "net::ERR_ABORTED"] == []  # a page that was left early


@pytest.fixture(scope="module")
def served(few):
    """The address at which the site is served."""
    with server(str(few), "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def violations(page):
    """What axe-core finds wrong with a page; it is not to fetch the style a second time."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")["violations"]
    return [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found]


def pages(folder):
    """The pages of a site, by their names."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


def kind(name):
    """What a page is like: pages of lessons have their own kinds, others are like those of their folder."""
    return name.rpartition("/")[2] if name.startswith("lessons/") else name.rpartition("/")[0] or name


def open_all(visit, folder, looked_at, scheme="light", width=1280):
    """Open every page, and say which is wider than the window, and what axe finds wrong with those that it looks at."""
    page = visit(folder.as_uri(), color_scheme=scheme, viewport={"width": width, "height": 720})
    wrong = []
    for name in pages(folder):
        if name in SERVED:
            continue
        page.goto(f"{folder.as_uri()}/{name}")
        if AXE.exists() and name in looked_at and not name.endswith("stage.html"):  # that one has tests of its own
            wrong += [(name, found) for found in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((name, "wider than the window"))
    return wrong


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page_opens_from_a_disk_without_a_complaint(visit, few, scheme, width):
    first_of_each_kind = {kind(name): name for name in reversed(pages(few))}.values()
    assert open_all(visit, few, first_of_each_kind, scheme, width) == []


@pytest.mark.soak
def test_every_page_of_the_whole_course_opens_from_a_disk(visit, tmp_path):
    made("site", "-o", str(tmp_path / "site"))
    assert len(pages(tmp_path / "site")) > 4 * len(COURSE.lessons)
    assert sum(path.stat().st_size for path in (tmp_path / "site").rglob("*") if path.is_file()) < 40e6
    assert open_all(visit, tmp_path / "site", pages(tmp_path / "site")) == []


def test_every_link_can_be_followed_when_it_is_served(visit, few, served):
    page = visit(served)
    for name in pages(few):
        if name in SERVED:
            continue
        page.goto(f"{served}/{name}")
        for place in set(page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href.split('#')[0])")):
            assert page.request.head(place).ok, (name, place)


def test_the_search_finds_lessons_cards_and_words_and_says_how_many(visit, few):
    from playwright.sync_api import expect

    page = visit(few.as_uri())
    page.fill("#wanted", "dead unit")
    expect(page.locator("#found li").first).to_be_visible()
    kinds = page.locator("#found .kind").all_inner_texts()
    assert {"Lesson", "Word"} <= set(kinds)
    assert page.locator("#found a").first.inner_text() == "dead unit"
    page.fill("#wanted", "TANH  slope")
    assert int(page.inner_text("#count").split()[0]) >= page.locator("#found li").count() > 0
    page.fill("#wanted", "zzzz")
    assert page.inner_text("#count") == "Nothing found."
    page.fill("#wanted", "tiny network")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{few.as_uri()}/lessons/tiny-network/index.html")


def test_the_search_leads_to_the_card_and_to_the_word(visit, few):
    from playwright.sync_api import expect

    page = visit(few.as_uri())
    page.fill("#wanted", "forward pass")
    for kind, shown in (("Word", "dt:target"), ("Card", "#front")):
        page.locator("#found li", has=page.locator(f".kind:text-is('{kind}')")).first.locator("a").click()
        expect(page.locator(shown)).to_contain_text("orward pass")
        page.go_back()
        page.fill("#wanted", "forward pass")


def test_one_goes_on_where_one_was(visit, few):
    from playwright.sync_api import expect

    page = visit(few.as_uri())
    expect(page.locator("#place")).to_be_hidden()
    page.goto(f"{few.as_uri()}/lessons/activations/index.html")
    page.goto(f"{few.as_uri()}/index.html")
    expect(page.locator("#place-link")).to_have_text(COURSE.lessons["activations"].title)
    page.click("#place-link")
    expect(page).to_have_url(f"{few.as_uri()}/lessons/activations/index.html")


def test_one_goes_on_at_the_event_where_one_was(visit, few):
    from playwright.sync_api import expect

    page = visit(few.as_uri(), "lessons/tiny-network/stage.html#step=3")
    page.fill("#slider", "4")
    expect(page.locator("#at")).to_contain_text("4 /")
    page.click("#home")
    expect(page).to_have_url(f"{few.as_uri()}/lessons/tiny-network/index.html")
    page.go_back()
    expect(page.locator("#at")).to_contain_text("4 /")
    page.fill("#slider", "5")
    expect(page.locator("#at")).to_contain_text("5 /")
    page.wait_for_timeout(400)  # a browser takes one address in a tenth of a second
    page.goto(f"{few.as_uri()}/index.html")
    page.click("#place-link")
    expect(page.locator("#at")).to_contain_text("5 /")


def boxes(page):
    """How many cards are in which box."""
    return [int(text.rsplit(" ", 1)[1]) for text in page.locator("#boxes li").all_inner_texts()]


def test_the_box_of_a_card_is_kept_and_a_card_comes_back(visit, few):
    from playwright.sync_api import expect

    page = visit(few.as_uri(), "cards.html")
    first, count = page.inner_text("#front"), boxes(page)[0]
    expect(page.locator("#back")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.locator("#back")).to_be_visible()
    page.click("#good")
    assert boxes(page) == [count - 1, 1, 0, 0]
    second = page.inner_text("#front")
    page.click("#reveal")
    page.click("#again")
    assert boxes(page) == [count - 2, 2, 0, 0]
    page.reload()
    assert boxes(page) == [count - 2, 2, 0, 0]
    seen = []
    for _ in range(6):
        seen.append(page.inner_text("#front"))
        page.click("#reveal")
        page.click("#good")
    assert {first, second} <= set(seen)
    assert boxes(page) == [count - 4, 0, 4, 0]


def test_boxes_are_exported_and_imported(visit, few, tmp_path):
    page = visit(few.as_uri(), "cards.html")
    page.click("#reveal")
    page.click("#good")
    with page.expect_download() as download:
        page.click("#export")
    download.value.save_as(tmp_path / "boxes.json")
    stored = json.loads((tmp_path / "boxes.json").read_text())
    assert [box["box"] for box in stored["boxes"].values()] == [1]
    page.click("#reset")
    assert boxes(page)[1] == 0
    page.set_input_files("#import", tmp_path / "boxes.json")
    page.wait_for_selector("#kept:has-text('Imported: 1 card')")
    assert boxes(page)[1] == 1
    (tmp_path / "other.json").write_text('{"boxes": {"x": 7}}')
    page.set_input_files("#import", tmp_path / "other.json")
    page.wait_for_selector("#kept:has-text('holds no boxes')")
    assert boxes(page)[1] == 1


def test_the_cards_of_one_lesson_are_those_of_the_lesson(visit, few):
    page = visit(few.as_uri(), "cards.html#lesson=activations")
    deck = json.loads((few / "cards.json").read_text("utf-8"))
    assert boxes(page)[0] == sum(card["lesson"] == "activations" for card in deck)


def test_where_nothing_can_be_kept_the_pages_say_so_and_work(visit, few):
    page = visit(few.as_uri(), "cards.html")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.click("#reveal")
    page.click("#good")
    assert boxes(page)[1] == 1
    assert "keeps nothing" in page.inner_text("#kept")


def test_a_quiz_is_judged_as_on_a_terminal(visit, few):
    page = visit(few.as_uri(), "lessons/tiny-network/quiz.html")
    asked = Paper(COURSE.lessons["tiny-network"]).questions
    assert [words.split("\n")[0] for words in page.locator(".quiz > li > p").all_inner_texts()] == [
        question.question for question in asked
    ]
    numbers = [k for k, question in enumerate(asked) if question.kind == "number"]

    def answer(k, typed):
        row = page.locator(".quiz > li").nth(k)
        row.locator("input").fill(typed)
        row.locator("button", has_text="Check").click()
        return row.locator(".verdict").inner_text()

    for k in numbers:
        typed = ["thirty", "5", *(number(wrong.answer) for wrong in asked[k].wrong[:2]), number(asked[k].answer)]
        for one in typed[1:]:
            words = asked[k].verdict(one).words.removesuffix(" Step through the events and compare.")
            assert " ".join(answer(k, one).split()).startswith(words), (k, one)
        assert ("quiz and diagnose try more" in answer(k, "12345")) == (asked[k].further is not None)
        assert "is not a number" in answer(k, "thirty")
    assert page.inner_text("#score") == f"Right: {len(numbers)} of {len(asked)}."


def test_a_quiz_gives_hints_reveals_and_judges_choices(visit, few):
    page = visit(few.as_uri(), "lessons/tiny-network/quiz.html")
    asked = Paper(COURSE.lessons["tiny-network"]).questions
    k = next(k for k, question in enumerate(asked) if question.kind == "choice")
    row = page.locator(".quiz > li").nth(k)
    wrong = next(i for i in range(len(asked[k].choices)) if i != asked[k].answer)
    row.locator("input").nth(wrong).check()
    row.locator("button", has_text="Check").click()
    assert row.locator(".verdict").inner_text() == asked[k].choices[wrong].why
    row.locator("input").nth(int(asked[k].answer)).check()
    row.locator("button", has_text="Check").click()
    assert row.locator(".verdict").inner_text().startswith("That is right.")
    other = page.locator(".quiz > li").nth(k + 1)
    other.locator("[value=hint]").click()
    assert other.locator(".hints li").all_inner_texts() == [asked[k + 1].hints[0]]
    other.locator("[value=reveal]").click()
    assert other.locator(".verdict").inner_text().startswith(f"It is {asked[k + 1].key}.")
    assert page.inner_text("#score").endswith("Shown: 1.")


def test_without_scripts_every_part_can_still_be_read(visit, few):
    page = visit(few.as_uri(), java_script_enabled=False)
    assert page.locator(".lessons a").count() == 4
    page.goto(f"{few.as_uri()}/lessons/tiny-network/index.html")
    assert page.locator("details").count() > 3
    assert page.locator("figure img").first.is_visible()


def test_on_paper_a_page_is_dark_on_white(visit, few):
    page = visit(few.as_uri(), "lessons/tiny-network/index.html", color_scheme="dark")
    page.emulate_media(media="print")
    colours = page.evaluate("(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert not page.locator("header").is_visible()
