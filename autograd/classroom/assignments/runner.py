"""Run a student's file in a process of its own, within limits of time, memory and output, in a copy of its folder.

This keeps a mistake from doing harm. It is no sandbox: a program that means harm can do whatever the user may do.
"""

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from autograd.classroom.assignments import inside
from autograd.classroom.assignments.probes import CANONICAL, Probe
from autograd.errors import FileError

MEGABYTES, FILE_MEGABYTES, MOST_OUTPUT = 2048, 64, 1_000_000
PATIENCE = 0.02  # seconds between two looks
MOST_DEATHS = 4
LARGEST_FILE, LARGEST_FOLDER, MOST_FILES = 10_000_000, 50_000_000, 2_000
LEFT_OUT = ("__pycache__", "venv", "env", "node_modules", "site-packages")
KEPT_NAMES = ("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
MEMORY_IS_LIMITED = sys.platform.startswith("linux")
HAS_PROCESSES = sys.platform != "emscripten"  # in a browser there are none


@dataclass(frozen=True)
class Outcome:
    """What became of one program: the numbers that were asked, or why there are none."""

    asked: tuple[Any, ...] | None = None
    raised: Mapping[str, Any] | None = None
    line: int = -1
    lacks: str = ""
    why: str = ""
    died: str = ""
    skipped: bool = False
    odd: tuple[str, ...] = ()


@dataclass
class RunningProgram:
    """A running process, and how it was ended if it had to be."""

    process: subprocess.Popen[bytes]
    ended: str = ""
    printed: int = 0
    reading: list[threading.Thread] = field(default_factory=list)

    def read(self, stream: Any) -> None:
        """Count what is printed, and end the process where it is too much."""
        with stream:
            while block := stream.read1(65_536):
                self.printed += len(block)
                if self.printed > MOST_OUTPUT and not self.ended:
                    self.end(f"it printed more than {MOST_OUTPUT // 1_000_000} MB, and was stopped")

    def end(self, why: str = "") -> None:
        """End the process and what it has started."""
        self.ended = self.ended or why
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()


@dataclass(frozen=True)
class Student:
    """A file to be judged: the class in it, if it is one class that is judged, and the names that the class uses."""

    file: Path
    made: str = ""
    names: tuple[str, str, str] = CANONICAL


@dataclass(frozen=True)
class StudentRun:
    """What a student's file did: why it cannot be imported, if so, and the outcome of each program."""

    failed: str
    outcomes: tuple[Outcome, ...]


def run(student: Student, programs: Sequence[Probe], seconds: float = 0.0) -> StudentRun:
    """Run programs on a student's file; where one of them ends the process, go on with the next stage in a new one.

    `seconds` is the time for one program, in the place of its own. Raises FileError where there is no such file.
    """
    if not student.file.is_file():
        raise FileError(f"There is no file {str(student.file)!r}.")
    found: dict[int, Outcome] = {}
    rest, deaths = list(range(len(programs))), 0
    while rest:
        seen, died = once(student, {i: programs[i] for i in rest}, seconds)
        if "import" not in seen or seen["import"].get("raised"):
            return StudentRun(unimported(seen.get("import"), died), tuple(Outcome(skipped=True) for _ in programs))
        found.update({i: outcome(seen[i]) for i in rest if i in seen})
        if not died:
            break
        at = next((i for i in rest if i not in seen), rest[-1])
        found[at] = Outcome(died=died)
        deaths += 1
        over = {programs[at].stage} if deaths < MOST_DEATHS else {program.stage for program in programs}
        rest = [i for i in rest if i > at and programs[i].stage not in over]
    return StudentRun("", tuple(found.get(i, Outcome(skipped=True)) for i in range(len(programs))))


def unimported(seen: Mapping[str, Any] | None, died: str) -> str:
    """Say why a file cannot be imported."""
    return sentence(seen["raised"]) if seen else died


def outcome(seen: Mapping[str, Any]) -> Outcome:
    """Return what was written down of a program."""
    known = {key: seen[key] for key in ("raised", "line", "lacks", "why") if key in seen}
    asked = tuple(seen["asked"]) if "asked" in seen else None
    return Outcome(asked=asked, odd=tuple(seen.get("odd", ())), **known)


def sentence(raised: Mapping[str, Any]) -> str:
    """Say what was raised, and where."""
    kinds = {
        "SystemExit": "it calls sys.exit",
        "MemoryError": f"it asks for more memory than the {MEGABYTES} MB that it may have",
        "RecursionError": "it calls itself too deep (RecursionError)",
    }
    said = kinds.get(raised["type"]) or f"{raised['type']}: {raised['message']}".rstrip(": ")
    return said + (f" (line {raised['at']})" if raised.get("at") else "")


def once(student: Student, programs: Mapping[int, Probe], seconds: float) -> tuple[dict[Any, Any], str]:
    """Run programs in one process: what was seen of each, and how the process died, if it did before the end."""
    with tempfile.TemporaryDirectory(prefix="assignment-", ignore_cleanup_errors=True) as place:
        work = Path(place) / "work"
        copy(student.file.resolve().parent, work, student.file.name)
        seen = Path(place) / "seen.jsonl"
        seen.touch()
        limits = {i: seconds or program.seconds for i, program in programs.items()}
        run_orders = in_own_process if HAS_PROCESSES else in_this_process
        died = run_orders(orders(student, programs, work), work, seen, limits)
        lines = {line["done"]: line for line in read(seen) if "done" in line}
    return lines, "" if "all" in lines or ("import" in lines and "raised" in lines["import"]) else died


def in_own_process(told: dict[str, Any], work: Path, seen: Path, limits: Mapping[int, float]) -> str:
    """Run what is told in a process of its own; return how it died, if it did before the end."""
    copied, orders = seen.with_name("inside.py"), seen.with_name("told.json")
    copied.write_text(resources.files(__package__).joinpath("inside.py").read_text("utf-8"), "utf-8")
    orders.write_text(json.dumps(told), "utf-8")
    return watch([sys.executable, str(copied), str(orders), str(seen)], work, seen, limits)


def in_this_process(told: dict[str, Any], work: Path, seen: Path, limits: Mapping[int, float]) -> str:
    """Run what is told here, without any limit: in a page, where there is a button that stops it."""
    before = list(sys.path), dict(sys.modules)
    sys.path.insert(0, str(work))
    try:
        inside.Inside(told, str(seen)).run()
    finally:
        sys.path[:] = before[0]
        for name in sys.modules.keys() - before[1].keys():
            if getattr(sys.modules[name], "__file__", "").startswith(str(work)):
                del sys.modules[name]
    return ""


def orders(student: Student, programs: Mapping[int, Probe], work: Path) -> dict[str, Any]:
    """Return what the student's process is told to do."""
    jobs = [{"id": i, "lines": p.lines, "asks": p.asks, "needs": p.needs} for i, p in programs.items()]
    return {
        "file": str(work / student.file.name),
        "class": student.made,
        "names": student.names,
        "programs": jobs,
        "path": [p for p in sys.path if p.endswith(("site-packages", "dist-packages"))],
        "megabytes": MEGABYTES,
        "file_megabytes": FILE_MEGABYTES,
    }


def read(seen: Path) -> Iterator[dict[str, Any]]:
    """Yield what was written down; a line that was not finished is left out."""
    with contextlib.suppress(OSError):
        for line in seen.read_text("utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                found = json.loads(line)
                if isinstance(found, dict):
                    yield found


def watch(command: list[str], work: Path, seen: Path, limits: Mapping[int, float]) -> str:
    """Wait for a process; end it where nothing was written down for too long. Return how it died."""
    process = subprocess.Popen(
        command, cwd=work, env=environment(work), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    running = RunningProgram(process)
    for stream in (process.stdout, process.stderr):
        running.reading.append(threading.Thread(target=running.read, args=(stream,), daemon=True))
        running.reading[-1].start()
    size, since = -1, time.monotonic()
    while process.poll() is None:
        time.sleep(PATIENCE)
        now = seen.stat().st_size if seen.exists() else -1
        if now != size:
            size, since, longest = now, time.monotonic(), patience(seen, limits)
        elif time.monotonic() - since > longest:
            running.end(f"it did not come to an end in {longest:g} seconds")
    running.end()
    for thread in running.reading:
        thread.join(1.0)
    return running.ended or ending(process.returncode)


def patience(seen: Path, limits: Mapping[int, float]) -> float:
    """Return how long the program that was started last may take."""
    started = [line["started"] for line in read(seen) if "started" in line]
    return limits.get(started[-1], max(limits.values())) if started else max(limits.values())


def ending(status: int) -> str:
    """Say how a process came to its end."""
    if status >= 0:
        return f"it ended the whole program (os._exit, status {status})"
    name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
    return f"the program was ended by the system ({name})"


def environment(work: Path) -> dict[str, str]:
    """Return the environment of the student's process: what Python needs, and nothing of the user's."""
    kept = {name: os.environ[name] for name in KEPT_NAMES if name in os.environ}
    place = {name: str(work) for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")}
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | place | one | {"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8:replace", "PYTHONUTF8": "1"}


def copy(folder: Path, target: Path, first: str) -> None:
    """Copy a folder without what no program needs: caches, archives, what is large, what is behind links."""
    target.mkdir()
    shutil.copyfile(folder / first, target / first)
    size = 0
    for source in islice(small_files(folder), MOST_FILES):
        size += source.stat().st_size
        if size > LARGEST_FOLDER:
            return
        place = target / source.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)


def small_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that a program may need, those of the folder itself first."""
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in sorted(folders) if not name.startswith(".") and name not in LEFT_OUT]
        for name in sorted(files):
            source = Path(path, name)
            if not name.startswith(".") and not name.endswith((".pyz", ".zip")) and is_small(source):
                yield source


def is_small(source: Path) -> bool:
    """Return whether a file is one, is not behind a link, can be read, and is small enough to copy."""
    try:
        regular = stat.S_ISREG(source.lstat().st_mode)
        return regular and source.stat().st_size < LARGEST_FILE and os.access(source, os.R_OK)
    except OSError:
        return False
