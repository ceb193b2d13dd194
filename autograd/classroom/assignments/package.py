"""What a course's server needs: the autograder of Gradescope, a workflow for GitHub Classroom."""

import io
import zipfile
from importlib import resources
from pathlib import Path

from autograd.classroom.assignments.folder import PYZ, pyz, write
from autograd.classroom.assignments.stages import Assignment
from autograd.file_io import write_file

EXECUTABLE = ("setup.sh", "run_autograder")
WORKFLOW = ".github/workflows/classroom.yml"


def package(assignment: Assignment, output: Path) -> tuple[str, ...]:
    """Write the archive for an assignment, and return the names of what is in it."""
    here = resources.files(__package__).joinpath("files", "autograder")
    contents = {name: here.joinpath(name).read_text("utf-8") for name in EXECUTABLE}
    contents[WORKFLOW] = here.joinpath("classroom.yml").read_text("utf-8")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            write(archive, name, text.replace("ASSIGNMENT_FILE", assignment.file).encode(), name in EXECUTABLE)
        write(archive, PYZ, pyz())
    write_file(output, made.getvalue())
    return (*contents, PYZ)
