"""Takes stage.png, the picture of the README: the page of a lesson, with one number changed. It needs playwright and chromium.

python docs/pictures/take_stage.py
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from autograd import play
from nn.lessons import COURSE

with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
    saved = play(COURSE.lessons["tiny-network"]).save(Path(folder) / "stage.html")
    browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1340, "height": 680}, reduced_motion="reduce", color_scheme="light")
    page.goto(saved.as_uri())
    page.locator("#words:not(:empty)").wait_for()
    page.get_by_role("button", name="Numbers").click()
    page.evaluate("chalkgrad.set({w: 4})")
    page.evaluate("chalkgrad.goto(14)")
    page.screenshot(path=Path(__file__).with_name("stage.png"))
    browser.close()
