"""The assignments that there are, by name."""

from pathlib import Path

from autograd.classroom.assignments.build_engine import ENGINE
from autograd.classroom.assignments.build_optimizer import OPTIMIZER
from autograd.classroom.assignments.build_rule import RULE
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


def chapter() -> str:
    """Return the chapter of the course that the assignments are."""
    title = "Write it yourself"
    told = [f"\n{title}\n{'-' * len(title)}"]
    for slug, assignment in ASSIGNMENTS.items():
        told.append(f"      {slug}: {assignment.title}, in {len(assignment.stages)} stages")
        told.append(f"      Begin with: python3 -m autograd assignment new {slug} -o my-{slug}")
    return "\n".join(told)
