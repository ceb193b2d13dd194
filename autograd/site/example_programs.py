"""What the laboratory opens: each lesson's code as a program that runs, and the file of each assignment."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from types import ModuleType

from autograd.classroom import Course, Lesson
from autograd.classroom.assignments import folder
from autograd.classroom.assignments.catalogue import ASSIGNMENTS
from autograd.classroom.lesson_files import USUAL
from autograd.errors import GraphError
from autograd.explain.programs import program

FIRST = '''"""The squared error of one neuron, and what each number has to do with it. Change a number, and run it again."""

from autograd import Value, draw, play

x, w, b, y = Value(2, "x"), Value(3, "w"), Value(1, "b"), Value(15, "y")
z = w * x + b
a = z.relu()
L = (a - y) ** 2
z.label, a.label, L.label = "z", "a", "L"

L.backward()
print(L.data, w.grad)

draw(L)
play(L)
'''


def examples(course: Course) -> dict[str, object]:
    """Return what the page offers: the program it begins with, the lessons by chapter, the assignments."""
    return {
        "first": FIRST,
        "chapters": [
            {
                "title": title,
                "lessons": [{"slug": x.slug, "title": x.title, "program": lesson_program(x)} for x in lessons],
            }
            for title, lessons in course.chapters.items()
        ],
        "assignments": [
            {
                "slug": assignment.slug,
                "title": assignment.title,
                "stages": [stage.title for stage in assignment.stages],
                "program": dict(folder.files(assignment))[assignment.file].decode(),
            }
            for assignment in ASSIGNMENTS.values()
        ],
    }


def lesson_program(lesson: Lesson) -> str:
    """Return a program that builds a lesson's graph and shows it: its code, with the imports that this needs."""
    module = sys.modules.get(lesson.build.__module__)
    name = lesson.build.__name__
    if module is None or not name.isidentifier() or getattr(module, name, None) is not lesson.build:
        return own_program(lesson)
    if module.__name__.split(".")[0] not in ("autograd", "nn"):
        return own_file(module, lesson)
    code = inspect.getsource(lesson.build)
    head = imports(code, vars(module), module.__name__)
    return f'"""{lesson.title}: {lesson.question}"""\n\n{head}\n\n\n{code}\n\n{showing(lesson, name)}'


def showing(lesson: Lesson, name: str) -> str:
    """Return the lines that call what builds the graph, and show it."""
    label = lesson.build().label
    root = label if label.isidentifier() else "root"
    return f"{root} = {name}()\n{root}.backward()\ndraw({root})\nplay({root})\n"


def imports(code: str, known: Mapping[str, object], module: str) -> str:
    """Return the imports of the names that code takes from its module, each from the place where it is public."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    named: dict[str, list[str]] = {"autograd": ["draw", "play"]}
    for name in sorted(used & known.keys() - {node.name for node in ast.parse(code).body if hasattr(node, "name")}):
        named.setdefault(home_of(name, known[name], module), []).append(name)
    return "\n".join(f"from {place} import {', '.join(sorted(set(named[place])))}" for place in sorted(named))


def home_of(name: str, thing: object, module: str) -> str:
    """Return where a name is to be imported from: where everybody does, or the module that uses it."""
    places = ("autograd", module.split(".")[0], getattr(thing, "__module__", ""))
    return next((p for p in places if p in sys.modules and getattr(sys.modules[p], name, None) is thing), module)


def own_file(module: ModuleType, lesson: Lesson) -> str:
    """Return the whole file of a lesson of one's own, and what shows it."""
    name = next((name for name in USUAL if hasattr(module, name)), lesson.build.__name__)
    return f"{inspect.getsource(module).rstrip()}\n\n\nfrom autograd import play\n\nplay({name})\n"


def own_program(lesson: Lesson) -> str:
    """Return the graph in plain lines, where nothing else is known of it."""
    try:
        return f"{program(lesson.build(), 'python')}\n"
    except GraphError as error:  # too long to be read
        return f"# {error}\n"
