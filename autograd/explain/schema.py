"""The JSON schema of everything that is told as data, made from the types that hold it: `python3 -m autograd.explain.schema`.

An event's entry has the fields of its dataclass and what it tells itself as; the entries of answers (why, paths, …) are listed
here. `schema.json` beside this file is what `schema_text` returns; a test compares.
"""

import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from autograd.explain import events
from autograd.explain.event_json import VERSION, told_names
from autograd.explain.events import Chain, Compute, Event, Ready, Seed, Update
from autograd.explain.expression import Expr
from autograd.value import Value

KINDS: tuple[type[Event], ...] = (Compute, Seed, Chain, Ready, Update)

NUMBER = {"$ref": "#/$defs/number"}
SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    bool: {"type": "boolean"},
    float: NUMBER,
    float | None: {"anyOf": [NUMBER, {"type": "null"}]},
    Value: {"$ref": "#/$defs/id"},
    Expr: {"type": "string"},
}


Entry = tuple[str, dict[str, Any]]  # what an object is, and the type of each of its keys
TOLD = {"words": str, "text": str, "tex": str}  # what every answer tells itself as
KIND = Literal["leaf", "parameter", "constant", "result"]
VERDICT = Literal["right", "coarse", "wrong"]
USE: Entry = (
    "One use.",
    {"child": str, "formula": str, "operand": int, "upstream": float, "local": float, "contribution": float},
)
PATH: Entry = ("One path.", {"nodes": list[str], "factors": list[float], "product": float})
MOVED: Entry = ("One node.", {"node": str, "old": float, "new": float})
MISTAKE: Entry = ("One mistake.", {"name": str, "when": str, "why": str, "first": list[str]})
PARTS: dict[str, Entry] = {
    "node": (
        "A Value.",
        {"id": Value, "name": str, "label": str, "op": str, "kind": KIND, "scope": str, "data": float},
    ),
    "edge": (
        "A parent and its child, with the local derivative.",
        {"from": Value, "to": Value, "operand": int, "local": float},
    ),
}
ANSWERS: dict[str, Entry] = {
    "ledger": (
        "Where a gradient came from.",
        {"root": str, "value": str, "uses": [USE], "gradient": float, "reason": str, **TOLD},
    ),
    "paths": (
        "The paths from a root to a leaf.",
        {"paths": [PATH], "total": int, "capped": bool, "gradient": float, "by_path": int, "by_edge": int, **TOLD},
    ),
    "change": (
        "What would change if a leaf were another number.",
        {"changed": [MOVED], "slope": float, "delta": float, "predicted": float, "true": float, **TOLD},
    ),
    "diagnosis": (
        "What a student's number says.",
        {"answer": str, "right": bool, "verdict": VERDICT, "mistakes": [MISTAKE], **TOLD},
    ),
}


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """Return the schema: `$defs` has an entry for the stream, its parts, each kind of event, and each answer."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"chalkgrad's event stream, version {VERSION}",
        "$ref": "#/$defs/stream",
        "$defs": {
            "number": {
                "description": "A number; NaN and the infinities, which JSON lacks, are texts.",
                "anyOf": [{"type": "number"}, {"enum": ["nan", "inf", "-inf"]}],
            },
            "id": {"type": "string", "pattern": "^n[0-9]+$"},
            "stream": closed("A graph and the events that tell of it.", stream_parts()),
            **{name: kind_of(part) for name, part in PARTS.items()},
            "step": {"oneOf": [{"$ref": f"#/$defs/{name_of(kind)}"} for kind in KINDS]},
            **{name_of(kind): event_entry(kind) for kind in KINDS},
            **{name: kind_of(answer) for name, answer in ANSWERS.items()},
        },
    }


def stream_parts() -> dict[str, Any]:
    """Return what a whole stream consists of."""
    listed = {
        key: {"type": "array", "items": {"$ref": f"#/$defs/{of}"}}
        for key, of in (("nodes", "node"), ("edges", "edge"), ("steps", "step"))
    }
    return {"version": {"const": VERSION}, "lesson": SIMPLE[str], "source": SIMPLE[str], **listed}


def event_entry(kind: type[Event]) -> dict[str, Any]:
    """Return the entry of one kind of event: its fields, its formula and contribution, and what it tells itself as."""
    held = {name: kind_of(hint_of(kind, name)) for name in told_names(kind)}
    told = {"words": SIMPLE[str], "lines": kind_of(list[str]) | {"minItems": 1}, "tex": SIMPLE[str]}
    return closed(first_line(kind), {"type": {"const": name_of(kind)}, **held, **told})


def hint_of(kind: type[Event], name: str) -> Any:
    """Return the type of a field, or of what a property returns."""
    found = getattr(kind, name)
    if isinstance(found, property):
        return get_type_hints(found.fget, vars(events))["return"]
    return get_type_hints(kind, vars(events))[name]


def kind_of(hint: Any) -> dict[str, Any]:
    """Return the entry of a type; of a list of one entry, that of an array of such objects.

    >>> kind_of(list[str])
    {'type': 'array', 'items': {'type': 'string'}}
    """
    if get_origin(hint) is Literal:
        choices = list(get_args(hint))
        return {"enum": choices} if len(choices) > 1 else {"const": choices[0]}
    if isinstance(hint, list) or get_origin(hint) is list:
        return {"type": "array", "items": kind_of(*(hint if isinstance(hint, list) else get_args(hint)))}
    if isinstance(hint, tuple):
        return closed(hint[0], {key: kind_of(of) for key, of in hint[1].items()})
    return SIMPLE[hint]


def closed(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of an object that has these keys and no other."""
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def name_of(kind: Any) -> str:
    """Return the name under which a type stands in the schema."""
    return str(kind.__name__).lower()


def first_line(kind: Any) -> str:
    """Return what a type is, in the first line of its docstring."""
    return (kind.__doc__ or "").strip().partition("\n")[0]


if __name__ == "__main__":
    Path(__file__).with_name("schema.json").write_text(schema_text(), encoding="utf-8")
