"""What runs in the student's process: it imports the file, runs the programs, and writes down what they gave.

It is copied out and run alone, so it imports nothing of ours. It is called with a file of what to do and a file for what was
seen, both JSON, and trusts nothing that it looks at: no `==` of the student's, no `float` of theirs.
"""

import gc
import importlib.util
import json
import os
import re
import sys
import types
from typing import Any

MEBIBYTE = 1024 * 1024
MOST_NODES = 20_000
OPERATIONS = {
    "sub": ("__sub__", "a - b"), "div": ("__truediv__", "a / b"), "pow": ("__pow__", "a ** b"), "neg": ("__neg__", "-a"),
    "add_number": ("__add__", "a + 2"), "sub_number": ("__sub__", "a - 2"), "mul_number": ("__mul__", "a * 2"),
    "div_number": ("__truediv__", "a / 2"), "pow_number": ("__pow__", "a ** 2"),
    "add_left": ("__radd__", "2 + a"), "sub_left": ("__rsub__", "2 - a"), "mul_left": ("__rmul__", "2 * a"),
    "div_left": ("__rtruediv__", "2 / a"), "pow_left": ("__rpow__", "2 ** a"),
    **{name: (name, f"a.{name}()") for name in ("exp", "log", "tanh", "relu", "sigmoid")},
}  # fmt: skip
SPELLINGS = {"relu": ("relu", "ReLU", "Relu", "RELU"), "exp": ("exp", "Exp"), "tanh": ("tanh", "Tanh", "TanH")}


class MissingError(Exception):
    """An engine has no such operation."""


class Inside:
    """One student's file, and what its programs did."""

    def __init__(self, request: dict[str, Any], seen: str) -> None:
        self.request, self.seen, self.process = request, seen, os.getpid()
        self.data, self.grad, self.backward = request["names"]
        self.module: Any = None
        self.made: Any = None
        self.abilities: dict[str, str] = {}
        self.forked = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_parent=self.note_fork)

    def note_fork(self) -> None:
        """Remember that a second process was started."""
        self.forked = True

    def say(self, **what: Any) -> None:
        """Write down one thing, at once: the process may not live long."""
        if os.getpid() != self.process:
            os._exit(0)  # a copy of this process, made by the student's program
        with open(self.seen, "a", encoding="utf-8") as file:
            file.write(json.dumps(what, ensure_ascii=True) + "\n")

    def run(self) -> None:
        """Import the file, then run the programs."""
        self.say(started="import")
        try:
            self.module = imported(self.request["file"])
            self.made = self.thing(self.request["class"])
        except BaseException as error:
            self.say(done="import", raised=told_of(error, self.request["file"]))
            return
        self.say(done="import", odd=self.oddities())
        for job in self.request["programs"]:
            self.say(started=job["id"])
            self.say(done=job["id"], **self.outcome(job))
        self.say(done="all")

    def thing(self, name: str) -> Any:
        """Return the class that is judged, or None where functions are."""
        if not name:
            return None
        if not hasattr(self.module, name):
            there = [n for n, thing in vars(self.module).items() if isinstance(thing, type) and not n.startswith("_")]
            raise MissingError(f"it has no class {name}. It has: {', '.join(there) or 'none'}.")
        return getattr(self.module, name)

    def outcome(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run one program: what was asked, or what was raised, or what the engine lacks."""
        space = dict(vars(self.module))
        if self.made is not None:
            space["Value"] = self.made
        space.update(zero_all=self.zero_all, graph_of=self.nodes_of)
        number = -1
        try:
            for need in job["needs"]:
                if lacks := self.lack(need):
                    return {"lacks": need, "why": lacks}
            for number, line in enumerate(job["lines"]):  # noqa: B007
                exec(compile(self.own_words(line), "<program>", "exec"), space)  # noqa: S102
            number = len(job["lines"])
            asked = [self.plain(eval(self.own_words(ask), space)) for ask in job["asks"]]
        except MissingError as error:
            return {"lacks": str(error), "why": str(error)}
        except BaseException as error:
            return {"raised": told_of(error, self.request["file"]), "line": number, "odd": self.oddities()}
        return {"asked": asked, "odd": self.oddities()}

    def own_words(self, line: str) -> str:
        """Return a line with the names of the student's class and of its methods."""
        if self.made is None:
            return line
        own = dict(zip(("data", "grad", "backward"), self.request["names"], strict=True))
        line = re.sub(r"\.(data|grad|backward)\b", lambda found: f".{own[found[1]]}", line)
        for name in ("exp", "log", "tanh", "relu", "sigmoid"):
            if f".{name}()" in line:
                line = self.spelled(line, name)
        return line

    def spelled(self, line: str, name: str) -> str:
        """Return a line with a function as this engine spells it: x.relu(), x.ReLU(), relu(x)."""
        for spelling in SPELLINGS.get(name, (name,)):
            if hasattr(self.made, spelling):
                return line.replace(f".{name}()", f".{spelling}()")
        for spelling in SPELLINGS.get(name, (name,)):
            if isinstance(getattr(self.module, spelling, None), types.FunctionType):
                before, _, after = line.partition(f".{name}()")
                start = len(before) - len(before.rstrip()) if before.endswith(" ") else before.rfind(" ") + 1
                return f"{before[:start]}{spelling}({before[start:]}){after}"
        raise MissingError(name)

    def lack(self, need: str) -> str:
        """Say why an operation is lacking, or return "" where it is there, right or wrong."""
        if need not in self.abilities:
            self.abilities[need] = self.tried(need)
        return self.abilities[need]

    def tried(self, need: str) -> str:
        """Try an operation forward."""
        attribute, text = OPERATIONS[need]
        if attribute.startswith("__") and not hasattr(self.made, attribute):
            return f"it has no {attribute}"
        other = {"add_left": "add_number", "sub_left": "sub_number", "mul_left": "mul_number", "div_left": "div_number"}
        if need in other and self.lack(other[need]) and "no __" not in self.lack(other[need]):
            return self.lack(other[need])
        try:
            line = self.own_words(f"r = {text}")
            space = dict(vars(self.module), a=self.made(3.0), b=self.made(2.0))
            exec(compile(line, "<program>", "exec"), space)  # noqa: S102
            if space["r"] is None:
                return "it gives nothing"
            found = self.plain(getattr(space["r"], self.data))
            return "" if need != "pow" or isinstance(found, float) else "its result holds no number"
        except NotImplementedError:
            return "it is not written yet"
        except MissingError:
            return f"it has no {need}"
        except Exception as error:
            told = told_of(error, self.request["file"])
            tolerated = (need.endswith("_number") and need != "pow_number") or need == "pow"
            refused = isinstance(error, TypeError) and "unsupported operand" in told["message"]
            return f"{told['type']}: {told['message']}" if tolerated or refused else ""

    def nodes_of(self, root: Any) -> list[Any]:
        """Return all nodes that can be reached from a root, whatever the engine calls its links."""
        found, line = list[Any](), [root]
        seen: set[int] = set()
        while line and len(seen) < MOST_NODES:
            thing = line.pop()
            if id(thing) in seen or isinstance(thing, (type, types.ModuleType)):
                continue
            seen.add(id(thing))
            if isinstance(thing, dict) and "__builtins__" in thing:
                continue
            if isinstance(thing, self.made):
                found.append(thing)
            line.extend(gc.get_referents(thing))
        return found

    def zero_all(self, root: Any) -> None:
        """Set every gradient to what a fresh node has: to zero, or to None."""
        fresh = getattr(self.made(1.0), self.grad, None)
        for node in self.nodes_of(root):
            setattr(node, self.grad, None if fresh is None else 0.0)

    def plain(self, thing: Any) -> Any:
        """Return a number as JSON has it, or say what it is instead."""
        if thing is None or isinstance(thing, bool):
            return None if thing is None else float(thing)
        if isinstance(thing, (int, float)):
            return number_of(thing)
        if isinstance(thing, str):
            return str.__str__(thing)[:200]
        if isinstance(thing, (list, tuple)):
            return [self.plain(part) for part in thing]
        if self.made is not None and isinstance(thing, self.made):
            inner = getattr(thing, self.data, None)
            return {"node": number_of(inner) if isinstance(inner, (int, float)) else None}
        if callable(getattr(type(thing), "item", None)) and type(thing).__module__.split(".")[0] == "numpy":
            return self.plain(thing.item()) if getattr(thing, "size", 1) == 1 else {"kind": "array of several numbers"}
        return {"kind": type(thing).__name__[:80]}

    def oddities(self) -> list[str]:
        """Say what no engine should have done by now."""
        odd = []
        if self.forked:
            odd.append("forked")
            self.forked = False
        if stdout_closed():
            odd.append("closed stdout")
            reopen()
        return odd


def imported(path: str) -> Any:
    """Import a file by its path."""
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def number_of(thing: Any) -> Any:
    """Return a number of a built-in type, past what a class of the student's says of itself."""
    if isinstance(thing, float):
        number = float.__add__(thing, 0.0)
    else:
        try:
            number = float(int.__add__(thing, 0))
        except OverflowError:
            number = float("inf")
    return number if abs(number) < float("inf") else {"kind": repr(number)}


def told_of(error: BaseException, path: str) -> dict[str, Any]:
    """Return what was raised, and the last line of the student's file on the way."""
    try:
        message = str(error)[:300]
    except BaseException:
        message = ""
    told: dict[str, Any] = {"type": type(error).__name__[:80], "message": message}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            told.update(at=trace.tb_lineno, function=trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == path:
        told["at"] = error.lineno
    return told


def stdout_closed() -> bool:
    """Return whether the standard output is gone."""
    try:
        os.fstat(1)
        return sys.stdout is None or bool(sys.stdout.closed)
    except (OSError, ValueError, AttributeError):
        return True


def reopen() -> None:
    """Give the next program a standard output again."""
    try:
        os.fstat(1)
    except OSError:
        os.open(os.devnull, os.O_WRONLY)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def limit(megabytes: int, file_megabytes: int) -> None:
    """Set the limits that this system has."""
    try:
        import resource
    except ImportError:
        return
    for name, most in (("RLIMIT_AS", megabytes), ("RLIMIT_FSIZE", file_megabytes), ("RLIMIT_CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, name), (most * MEBIBYTE, most * MEBIBYTE))
        except (AttributeError, OSError, ValueError):
            continue


def main() -> None:
    """Do what the file says."""
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    sys.path[:1] = [os.path.dirname(request["file"]), *request["path"]]
    sys.dont_write_bytecode = True
    limit(request["megabytes"], request["file_megabytes"])
    Inside(request, sys.argv[2]).run()
    if not stdout_closed():
        sys.stdout.flush()
    os._exit(0)  # threads of the student's do not keep the process alive


if __name__ == "__main__":
    main()
