"""A student's page in a browser: what it copies and downloads is what is marked; it asks for nothing, and computes nothing."""

import re

from autograd.__main__ import main
from tests.classroom.marking.test_class import made, paper, rows, week  # noqa: F401
from tests.player.test_in_browser import browser  # noqa: F401


def test_what_the_page_copies_and_downloads_is_what_is_marked(browser, week, capsys):  # noqa: F811
    context = browser.new_context(accept_downloads=True, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((week / "students" / "ada.html").as_uri())
    answers = [question.answer for question in paper(week, "ada").questions]
    boxes = page.get_by_role("textbox")
    for i, answer in enumerate(answers[:3]):
        boxes.nth(i).fill(f"  {answer:g}\u00a0 ")
    boxes.nth(4).fill("1/3")
    page.get_by_role("button", name="Copy answers").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download answers").click()
    written = download.value.path().read_text(encoding="utf-8")
    assert written == copied
    assert written.splitlines()[0] == "# chalkgrad-answers 1 tiny-network Ada"
    assert download.value.suggested_filename == "ada-tiny-network.txt"
    assert heard == []
    assert all(re.match(r"file:|blob:", url) for url in asked)
    context.close()
    (week / "answers" / "any name.txt").write_text(written, encoding="utf-8")
    assert main(["mark", str(week)]) == 0
    verdicts = [row["verdict"] for row in rows(week) if row["student"] == "Ada"]
    assert verdicts[:4] == ["right"] * 3 + ["missing"]
    assert capsys.readouterr().err == ""
