"""The assignments that there are, by name."""

from pathlib import Path

from autograd.classroom.assignments.engine import ENGINE
from autograd.classroom.assignments.optimizer import OPTIMIZER
from autograd.classroom.assignments.rule import RULE
from autograd.classroom.assignments.stages import Assignment
from autograd.errors import FileError

ASSIGNMENTS: dict[str, Assignment] = {assignment.slug: assignment for assignment in (ENGINE, OPTIMIZER, RULE)}


def named(slug: str) -> Assignment:
    """Return an assignment by its name."""
    if slug not in ASSIGNMENTS:
        raise FileError(f"There is no assignment {slug!r}. There are: {', '.join(ASSIGNMENTS)}.")
    return ASSIGNMENTS[slug]


def of_folder(folder: Path) -> Assignment:
    """Return the assignment whose file a folder holds."""
    for assignment in ASSIGNMENTS.values():
        if (folder / assignment.file).is_file():
            return assignment
    wanted = ", ".join(f"{assignment.file} ({slug})" for slug, assignment in ASSIGNMENTS.items())
    raise FileError(f"{str(folder)!r} holds no file of an assignment. Looked for: {wanted}.")
