"""The laboratory in a browser, over http, with Pyodide: programs run, are stopped, are kept, go wrong with a sentence."""

import os
import re
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from autograd.__main__ import COURSE, main
from autograd.site.example_programs import FIRST
from autograd.site.laboratory_page import copied
from autograd.site.server import SiteHandler, server
from tests.player.test_in_browser import browser, violations  # noqa: F401 (a fixture)

PYODIDE = os.environ.get("PYODIDE", "")
PATIENCE = 120_000  # milliseconds, for a machine that does much else
pytestmark = pytest.mark.skipif(not PYODIDE, reason="PYODIDE names no folder: npm install pyodide")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A site with its laboratory, served."""
    folder = tmp_path_factory.mktemp("laboratory") / "site"
    assert main(["site", "-o", str(folder), "--lessons", "tiny-network,gpt,layer", "--pyodide", PYODIDE]) == 0
    with server(str(folder), "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/laboratory.html"
        running.shutdown()


@pytest.fixture(scope="module")
def opened(browser, address):  # noqa: F811
    """A page in which Python is ready; all tests share it, since it takes seconds to start. It must ask no other place for anything."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    asked, complaints = [], []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    expect(page.locator("#state")).to_contain_text("is ready")
    yield page
    page.close()
    origin = address.removesuffix("laboratory.html")
    assert not [url for url in asked if not url.startswith((origin, f"blob:{origin}", "data:"))]
    assert complaints == []


@pytest.fixture
def page(opened, address):
    """The page, as it is when it was just opened, but for Python."""
    from playwright.sync_api import expect

    opened.evaluate("location.hash = `anew=${Math.random()}`")
    expect(opened.locator("#program")).to_have_value(FIRST)
    return opened


def run(page, program=None, ends="Done in"):
    """Run a program to its end."""
    from playwright.sync_api import expect

    if program is not None:
        page.locator("#program").fill(program)
    page.locator("#run").click()
    expect(page.locator("#state")).to_contain_text(ends)


def output(page):
    return page.locator("#output").inner_text()


def test_the_program_it_begins_with_prints_draws_and_plays(page):
    run(page)
    assert output(page).startswith("64.0 -32.0")
    picture = page.locator("#output img")
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 100")
    assert "nodes" in picture.get_attribute("alt") or "numbers" in picture.get_attribute("alt")
    stage = page.frame_locator("#output iframe")
    stage.locator("#next").click()
    assert "z" in stage.locator("#words").inner_text() or "v1" in stage.locator("#words").inner_text()
    assert page.locator("#output iframe").get_attribute("sandbox") == "allow-scripts"


@pytest.mark.parametrize("slug", ["tiny-network", "gpt", "layer"])
def test_the_code_of_a_lesson_is_opened_and_run(page, slug):
    page.evaluate("(slug) => { location.hash = `lesson=${slug}` }", slug)
    assert page.locator("#program").input_value().startswith(f'"""{COURSE.lessons[slug].title}')
    run(page)
    assert page.locator("#output .error").count() == 0
    assert page.locator("#output img").count() == 1
    page.frame_locator("#output iframe").locator("#words:not(:empty)").wait_for()


def test_an_error_shows_its_sentence_and_the_line_and_leads_there(page):
    run(page, "from autograd import Value\n\nx = Value(0, 'x')\ny = x.log()\n")
    assert "Line 4" in output(page)
    assert "y = x.log()" in output(page)
    assert "DomainError: log" in output(page)
    assert page.locator("#numbers .wrong").inner_text().strip() == "4"
    page.locator("#output .error button").click()
    assert page.evaluate("getSelection().toString()") == "y = x.log()"


def test_what_is_not_there_says_so(page):
    run(page, "import autograd\nautograd.record(lambda x: x * 2, 1.0)")
    assert "needs the package numpy" in output(page)
    assert "no other package" in output(page)
    run(page, "import matplotlib.pyplot as plt")
    assert "There is no package matplotlib here" in output(page)
    run(page, "import urllib.request\nurllib.request.urlopen('http://example.com')")
    assert "cannot ask any other place" in output(page)


def test_an_endless_loop_is_stopped_and_python_runs_again(page):
    page.locator("#program").fill("print('begun')\nwhile True:\n    pass")
    page.locator("#run").click()
    page.locator("#output", has_text="begun").wait_for()
    assert page.evaluate("1 + 1") == 2  # the page itself goes on
    page.locator("#stop").click()
    page.locator("#state", has_text="is ready").wait_for(timeout=PATIENCE)
    run(page, "print(6 * 7)")
    assert output(page).strip() == "42"


def test_a_chain_of_many_nodes_is_freed(page):
    run(
        page,
        "from autograd import Value\ny = Value(1.0)\nfor _ in range(50_000):\n    y = y * 1.0\ndel y\nprint('freed')",
    )
    assert output(page).strip() == "freed"


def test_a_link_brings_the_program_back(page, address, browser):  # noqa: F811
    program = "# ∂L/∂w\nprint('über', 3 * 4)\n"
    run(page, program)
    page.wait_for_url(re.compile(r"#program=[\w-]+$"))
    link = page.url
    other = browser.new_page()
    other.goto(link)
    other.locator("#numbers span >> nth=2").wait_for()
    assert other.locator("#program").input_value() == program
    other.goto(f"{address}#program=broken")
    other.reload()
    other.locator("#output .error").wait_for()
    assert "not whole" in other.locator("#output").inner_text()
    other.close()


def test_a_lesson_that_is_not_in_the_folder_is_missed(page):
    page.evaluate("location.hash = 'lesson=xor-training'")
    page.locator("#output", has_text="There is no xor-training in this folder.").wait_for()
    page.evaluate("location.hash = 'lesson=layer'")
    page.locator("#output:empty").wait_for(state="attached")


def test_the_way_back_leads_to_what_was_written(page):
    page.locator("#program").fill("print('mine')")
    page.locator("#example").select_option("lesson=layer")
    page.wait_for_url("**#lesson=layer")
    assert "def " in page.locator("#program").input_value()
    page.go_back()
    page.locator("#numbers span:only-child").wait_for()
    assert page.locator("#program").input_value() == "print('mine')"


def test_an_assignment_is_opened_and_checked(page):
    from playwright.sync_api import expect

    page.locator("#example").select_option("assignment=engine")
    expect(page.locator("#program")).to_have_value(re.compile("class Value"))
    page.locator("#check").click()
    page.locator("#state", has_text="Done in").wait_for(timeout=PATIENCE)
    assert "not written yet" in output(page)
    assert page.locator("#output details").count() == 3
    page.wait_for_url(re.compile("assignment=engine.*program="))
    page.locator("#example").select_option("")
    expect(page.locator("#check")).to_be_hidden()


def test_tab_indents_and_leaves_after_escape(page):
    editor = page.locator("#program")
    editor.fill("")
    editor.focus()
    page.keyboard.type("if True:")
    page.keyboard.press("Enter")
    page.keyboard.type("x = 1")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("y")
    page.keyboard.press("Tab")
    assert editor.input_value() == "if True:\n    x = 1\ny   "
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "program"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anybody_can_use_it(page, scheme):
    page.emulate_media(color_scheme=scheme)
    run(page, "from autograd import Value, draw\ndraw(Value(3, 'x') * 2)\n1 / 0")
    assert violations(page) == []


def test_a_program_can_ask_no_other_place(page):
    asking = "from js import XMLHttpRequest\n\nasked = XMLHttpRequest.new()\nasked.open('GET', {!r}, False)\nasked.send()\nprint(asked.status)"
    run(page, asking.format(page.url.split("#")[0]))
    assert output(page).strip() == "200"
    with page.expect_event("requestfailed", lambda request: request.failure == "csp"):
        run(page, asking.format("https://example.org/"))
    assert "Line 5" in output(page)
    assert "200" not in output(page)


class Elsewhere(SiteHandler):
    """A server of another origin that lets every page use its files, as hosts of packages do."""

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


def test_pyodide_may_lie_at_another_address(browser, tmp_path):  # noqa: F811
    folder, held = tmp_path / "site", tmp_path / "held"
    for file in copied(Path(PYODIDE)):
        (held / file.path).parent.mkdir(parents=True, exist_ok=True)
        (held / file.path).write_bytes(file.content)
    elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), partial(Elsewhere, directory=str(held)))
    there = f"http://127.0.0.1:{elsewhere.server_port}/pyodide"
    assert main(["site", "-o", str(folder), "--lessons", "layer", "--pyodide", there]) == 0
    assert not (folder / "pyodide").exists()
    with elsewhere, server(str(folder), "127.0.0.1", 0) as here:
        for each in (elsewhere, here):
            threading.Thread(target=each.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{here.server_port}/laboratory.html")
        run(page, "print(6 * 7)")  # before Python is there: it waits
        assert output(page).strip() == "42"
        page.close()
        elsewhere.shutdown()
        here.shutdown()


def test_from_a_file_it_says_what_to_do(browser, tmp_path):  # noqa: F811
    folder = tmp_path / "site"
    assert main(["site", "-o", str(folder), "--lessons", "layer", "--pyodide", PYODIDE]) == 0
    page = browser.new_page()
    page.goto((Path(folder) / "laboratory.html").as_uri())
    page.locator("#state", has_text="autograd serve").wait_for()
    assert page.locator("#program").input_value()
    page.close()
