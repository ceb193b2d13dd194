"""The quiz of a lesson as a page: what `quiz` asks on a terminal, judged by the same rule."""

from __future__ import annotations

from html import escape

from autograd.classroom import Lesson
from autograd.classroom.paper import Paper
from autograd.classroom.questions import Question
from autograd.graph import number
from autograd.pictures.texts import clean, counted
from autograd.player.page import embedded
from autograd.site.shell import SitePage, link

SCRIPTS = ("judge.js", "storage.js", "quiz.js")


def quiz_page(lesson: Lesson, lesson_path: str, picture: str) -> SitePage:
    """Return the page on which the questions of a lesson are answered, with a picture of its graph."""
    asked = Paper(lesson).questions
    rows = "\n".join(question(i, one) for i, one in enumerate(asked))
    body = [
        f'<p class="chapter">{link(lesson_path, lesson.title)}</p>',
        f"<h1>Quiz: {escape(clean(lesson.title))}</h1>",
        f'<p class="quiet">{counted(len(asked), "question")}. A number counts with two digits or more; 1/3 is exact.</p>',
        picture,
        f'<ol class="quiz">\n{rows}\n</ol>',
        '<p id="score" role="status"></p>',
        f'<script type="application/json" id="questions">{embedded({"asked": [plain(one) for one in asked]})}</script>',
    ]
    path = lesson_path.replace("index.html", "quiz.html")
    return SitePage(path, f"Quiz: {lesson.title}", "\n".join(body), SCRIPTS, "index.html")


def question(place: int, asked: Question) -> str:
    """Return one question with its form."""
    words = f'<p id="q{place}">{escape(clean(asked.question))}</p>'
    answer = "".join(choice(place, i, text) for i, text in enumerate(asked.options)) or box(place)
    return (
        f'<li>{words}<form autocomplete="off">{answer}<p class="actions"><button>Check</button>'
        '<button type="button" value="hint">Hint</button><button type="button" value="reveal">Reveal</button></p></form>'
        '<ol class="hints"></ol><div class="verdict" role="status"></div></li>'
    )


def choice(place: int, which: int, text: str) -> str:
    """Return one answer to choose."""
    return f'<label><input type="radio" name="a{place}" value="{which}"> {escape(clean(text))}</label>'


def box(place: int) -> str:
    """Return the box to type a number into."""
    return f'<input type="text" name="a{place}" aria-labelledby="q{place}" spellcheck="false">'


def plain(asked: Question) -> dict[str, object]:
    """Return what the page must know to judge an answer."""
    apart = [one for one in asked.wrong if number(one.answer) != number(asked.answer)]
    return {
        "truth": asked.answer,
        "key": asked.key,
        "choices": [one.why for one in asked.choices],
        "wrong": [[float(f"{one.answer:.12g}"), f"is what you get when {one.when}. {one.why}"] for one in apart],
        "hints": asked.hints,
        "solution": asked.solution,
        "further": asked.further is not None,
    }
