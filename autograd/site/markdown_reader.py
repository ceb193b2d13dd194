"""Markdown as HTML for a site: names of lessons become links, links to files lead to their pages or become text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from autograd.classroom import Course
from autograd.site.lesson_page import lesson_path


def markdown_reader(course: Course) -> Callable[[str], str]:
    """Return a function that reads Markdown for a site of a course; raise ImportError where markdown-it-py is missing."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark").enable("table")
    reader.add_render_rule("code_inline", lambda self, tokens, i, options, env: inline_code(tokens[i].content, course))
    for kind in ("fence", "code_block"):
        reader.add_render_rule(kind, lambda self, tokens, i, options, env: block(tokens[i].content))
    reader.add_render_rule("table_open", lambda *_: '<div class="table" tabindex="0"><table>')
    reader.add_render_rule("table_close", lambda *_: "</table></div>")

    def read(text: str) -> str:
        return relinked(str(reader.render(text)))

    return read


def inline_code(code: str, course: Course) -> str:
    """Return code in a line; the name of a lesson leads to it."""
    shown = f"<code>{escape(code)}</code>"
    return f'<a href="@/{lesson_path(code)}">{shown}</a>' if code in course.lessons else shown


def block(code: str) -> str:
    """Return code as a block, which can be moved with keys where it is too wide."""
    return f'<pre tabindex="0">{escape(code)}</pre>\n'


def relinked(html: str) -> str:
    """Return HTML with links to documents, notebooks and places as those of the site, and links to other files as text.

    >>> relinked('<a href="own_lessons.md#a-course">a</a>, <a href="02_xor.ipynb">b</a>, <a href="x.py">c</a>, <a href="#d">d</a>')
    '<a href="@/own_lessons.html#a-course">a</a>, <a href="@/notebooks/02_xor.html">b</a>, c, <a href="#d">d</a>'
    """
    html = re.sub(r'href="(?:[\w./]*/)?(\w+)\.md(#[^"]*)?"', r'href="@/\1.html\2"', html)
    html = re.sub(r'href="(?:[\w./]*/)?(\w+)\.ipynb"', r'href="@/notebooks/\1.html"', html)
    return re.sub(r'<a href="(?![@#])[^"]*"[^>]*>(.*?)</a>', r"\1", html, flags=re.DOTALL)
