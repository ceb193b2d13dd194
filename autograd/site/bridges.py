"""Bridges from a lesson to other programs: its graph in plain Python, in PyTorch, as a notebook, and its events as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from autograd.classroom import Lesson
from autograd.errors import GraphError
from autograd.explain.event_json import stream
from autograd.explain.programs import program
from autograd.value import Value

NOTEBOOK = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def bridges(lesson: Lesson) -> dict[str, tuple[str, str]]:
    """Return by its suffix what each bridge is called, and the text behind it; a graph too long for a program has fewer.

    >>> found = bridges(Lesson("Six", lambda: Value(3.0, "x") * 2))
    >>> {suffix: name for suffix, (name, _) in found.items()}
    {'-torch.py': 'as PyTorch', '.py': 'as Python', '.ipynb': 'as notebook', '.json': 'as JSON'}
    """
    root = lesson.build()
    found = {}
    if torch := written(root, "torch"):
        found["-torch.py"] = "as PyTorch", torch
    if python := written(root, "python"):
        found[".py"] = "as Python", python
        found[".ipynb"] = "as notebook", notebook(lesson, python)
    told = stream(lesson.events(), lesson.slug, lesson.code)
    return found | {".json": ("as JSON", json.dumps(told, ensure_ascii=False, allow_nan=False))}


def written(root: Value, language: str) -> str:
    """Return a graph as a program; nothing where it is too long to be read, or cannot be written."""
    try:
        return program(root, language) + "\n"
    except GraphError:
        return ""


def notebook(lesson: Lesson, python: str) -> str:
    """Return a lesson as a notebook that needs nothing but Python: its question, its passes in plain numbers, its exercises."""
    cells = [cell(i, *kind_and_text) for i, kind_and_text in enumerate(cells_of(lesson, python))]
    return json.dumps({"cells": cells, "metadata": NOTEBOOK, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)


def cells_of(lesson: Lesson, python: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each cell; the program's parts, divided by empty lines, are a cell each."""
    yield "markdown", f"# {lesson.title}\n\n{lesson.question}".strip()
    yield from (("code", part) for part in python.strip().split("\n\n"))
    for exercise in lesson.exercises:
        question = exercise.as_question()
        yield "markdown", "\n\n".join([question.question, *(f"- {option}" for option in question.options)])
        yield "code", ""


def cell(place: int, kind: str, text: str) -> dict[str, object]:
    """Return a cell as notebooks store it."""
    name = sha256(f"{place} {text}".encode()).hexdigest()[:12]
    ran: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True), **ran}
