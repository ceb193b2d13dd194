"""The glossary: the words of docs/glossary.md in their order, and with them the formulas and lessons that define them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from autograd.classroom import Course, Definition
from autograd.pictures.texts import clean
from autograd.site.lesson_page import lesson_path
from autograd.site.shell import Item, SitePage, link

ROW = re.compile(r"^\| \*\*(?P<term>.+?)\*\* \| (?P<words>.+) \|$")


@dataclass(frozen=True)
class Word:
    """A word, what it means, the section it stands in, and the lesson that defines it with its formulas, if one does."""

    term: str
    words: str
    section: str
    lesson: str = ""
    formulas: tuple[str, ...] = ()


def words_of(course: Course, glossary: str) -> list[Word]:
    """Return the words of a glossary, in Markdown, and then those that only lessons define."""
    defined = {
        word.term.lower(): (slug, word) for slug, lesson in course.lessons.items() for word in lesson.definitions()
    }
    known = [with_lesson(word, defined) for word in parsed(glossary)]
    terms = {word.term.lower() for word in known}
    return known + [own(slug, word) for term, (slug, word) in defined.items() if term not in terms]


def parsed(glossary: str) -> Iterator[Word]:
    """Yield the words of a glossary in Markdown: sections, and in each a table.

    >>> list(parsed("## Graphs\\n| word | meaning |\\n| **leaf** | A node without `parents`. |"))
    [Word(term='leaf', words='A node without parents.', section='Graphs', lesson='', formulas=())]
    """
    section = ""
    for line in glossary.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif found := ROW.match(line):
            yield Word(found["term"], re.sub(r"[`*]", "", found["words"]), section)


def with_lesson(word: Word, defined: dict[str, tuple[str, Definition]]) -> Word:
    """Return a word with the lesson that defines it, if there is one."""
    if word.term.lower() not in defined:
        return word
    slug, definition = defined[word.term.lower()]
    return Word(word.term, word.words, word.section, slug, definition.mathml)


def own(slug: str, word: Definition) -> Word:
    """Return a word that a lesson defines."""
    return Word(word.term, word.words, "Defined in lessons", slug, word.mathml)


def glossary_items(course: Course, words: Sequence[Word]) -> Iterator[Item]:
    """Yield the page of words."""
    sections = dict.fromkeys(word.section for word in words)
    jump = "".join(f'<a href="#{anchor(name)}">{escape(clean(name))}</a>' for name in sections)
    parts = [
        f'<h2 id="{anchor(name)}">{escape(clean(name))}</h2>\n<dl class="words">\n'
        + "\n".join(entry(course, word) for word in words if word.section == name)
        + "\n</dl>"
        for name in sections
    ]
    nav = f'<nav class="onward" aria-label="Sections">{jump}</nav>'
    yield SitePage("glossary.html", "Glossary", "\n".join(["<h1>Glossary</h1>", nav, *parts]))


def entry(course: Course, word: Word) -> str:
    """Return a word with its meaning, its formulas, and the lesson that defines it."""
    formulas = "".join(f'<p class="formula">{formula}</p>' for formula in word.formulas)
    where = f" → {link(lesson_path(word.lesson), course.lessons[word.lesson].title)}" if word.lesson else ""
    return (
        f'<dt id="{anchor(word.term)}">{escape(clean(word.term))}</dt>'
        f"<dd><p>{escape(clean(word.words))}{where}</p>{formulas}</dd>"
    )


def anchor(term: str) -> str:
    """Return the name of a place on the page of words.

    >>> anchor("dead unit"), anchor("L2 penalty, λ"), anchor("⊙")
    ('dead-unit', 'l2-penalty-λ', 'sign-2299')
    """
    return "-".join(re.findall(r"\w+", term.lower())) or "-".join(["sign", *(f"{ord(letter):x}" for letter in term)])
