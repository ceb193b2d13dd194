"""The commands `site` and `serve`. What they run is loaded when they run: it is much, and other commands need none of it."""

from __future__ import annotations

import argparse
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograd.classroom.arguments import name_list
from autograd.classroom.lesson_files import course_of_folder
from autograd.classroom.marking.class_commands import progress
from autograd.classroom.marking.hand_out import check_empty
from autograd.errors import FileError
from autograd.file_io import check_free, write_file, write_folder
from autograd.pictures.texts import counted


def add_commands(added: Any) -> None:
    """Add `site` and `serve` to the command line."""
    made = added.add_parser("site", help="write the whole course as a folder of pages, which needs no server")
    made.add_argument("-o", "--output", required=True, metavar="FOLDER", help="a new folder")
    made.add_argument(
        "--course", dest="folder", metavar="FOLDER", help="the lessons of a folder, in place of the course"
    )
    made.add_argument("--lessons", metavar="A,B,C", help="some of the lessons, by name")
    made.add_argument("--pyodide", metavar="FOLDER|URL", help="where Pyodide lies, which runs Python in the laboratory")
    made.add_argument("--zip", action="store_true", help="also packed, as FOLDER.zip")
    made.add_argument("--force", action="store_true", help="also into a folder that is not empty")
    made.set_defaults(run=make_site)
    served = added.add_parser("serve", help="serve a folder of pages on this machine")
    served.add_argument("served", metavar="FOLDER", help="what `site` wrote")
    served.add_argument("--port", type=int, default=8000, metavar="N", help="8000 without; 0 takes one that is free")
    served.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="127.0.0.1 without: this machine alone")
    served.set_defaults(run=serve)


def make_site(options: argparse.Namespace) -> None:
    """Write a site, and say what it holds and what was left out."""
    from autograd.site.assignment_pages import zipped
    from autograd.site.site_folder import site, some_of

    folder = Path(options.output)
    archive = Path(f"{folder if folder.name.strip('.') else folder.resolve()}.zip")
    check_empty(folder, options.force)
    for place in (folder / "index.html", *([archive] if options.zip else [])):
        check_free(place)  # before a minute of work
    if options.zip and archive.exists() and not options.force:
        raise FileError(f"{str(archive)!r} is there already. Move it away, or write over it with --force.")
    course = course_of_folder(options.folder) if options.folder else options.course
    if options.lessons is not None:
        course = some_of(course, name_list(options.lessons) or [])
    contents, left_out = site(course, options.pyodide, lambda done, count: progress(count)(done))
    write_folder(folder, contents)
    if options.zip:
        write_file(archive, zipped("", contents))
    megabytes = sum(map(len, contents.values())) / 1e6
    print(
        f"{folder / 'index.html'}: {counted(len(course.lessons), 'lesson')}, {len(contents)} files, {megabytes:.1f} MB"
    )
    if options.zip:
        print(f"{archive}: the same, packed")
    for item in left_out:
        print(f"Left out: {item.what}. {item.why}")
    if strangers := strange_files(folder, contents):
        print(
            f"Not of this site, and left as before: {counted(len(strangers), 'file')} in {folder}, among them {strangers[0]}. "
            "For this site alone choose a new folder."
        )


def strange_files(folder: Path, contents: Container[str]) -> list[str]:
    """Return the names of the files in a folder that are not among its contents, as what an earlier, larger site left."""
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in files if name not in contents)


def serve(options: argparse.Namespace) -> None:
    """Serve a folder until Ctrl-C."""
    from autograd.site.server import server

    with server(options.served, options.host, options.port) as running:
        host, port = options.host, running.server_port
        print(f"http://{host}:{port}/ shows {options.served}. Ctrl-C ends it.", flush=True)
        with suppress(KeyboardInterrupt):
            running.serve_forever()
