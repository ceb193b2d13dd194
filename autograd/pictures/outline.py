"""A scene as an indented outline: the same picture for a screen reader, and for a terminal."""

from autograd.pictures.scene import Line, Mark, Scene, is_active, line_is_active, line_text, texts, waits
from autograd.pictures.snapshot import Now
from autograd.pictures.texts import counted, shown

LONGEST, LONGEST_CAPTION = 4000, 400  # characters

DEEPEST = 30  # deeper than that, an outline is not indented further


def captions(scene: Scene, now: Now) -> list[str]:
    """Return what is said below a picture: the event, and why another level is drawn than was asked for."""
    return [shown(text, LONGEST_CAPTION) for text in (now.caption, scene.remark) if text]


def outline(scene: Scene, now: Now) -> str:
    """Return each mark once, below what is made from it; the line between them is told with it."""
    made_from: dict[Mark, list[Line]] = {}
    for line in scene.lines:
        made_from.setdefault(line.head, []).append(line)
    told = [summary(scene), *captions(scene, now)]
    seen: set[Mark] = set()
    waiting: list[tuple[int, Mark, Line | None]] = [(0, scene.root, None)]
    while waiting:
        depth, mark, above = waiting.pop()
        known = mark in seen
        told.append("  " * min(depth, DEEPEST) + sentence(scene, now, mark, above, known))
        if not known:
            seen.add(mark)
            waiting += [(depth + 1, line.tail, line) for line in reversed(made_from.get(mark, []))]
    return "\n".join(told)


def description(scene: Scene, now: Now) -> str:
    """Return the outline, or as much of it as can be listened to."""
    told = outline(scene, now)
    return told if len(told) <= LONGEST else told[:LONGEST].rpartition("\n")[0] + "\n…"


def summary(scene: Scene) -> str:
    """Return what the picture is, and how large."""
    return f"Computation graph, level {scene.level}: {counted(len(scene.marks), 'node')}, {counted(len(scene.lines), 'edge')}."


def sentence(scene: Scene, now: Now, mark: Mark, line: Line | None, known: bool) -> str:
    """Return one mark, and the line that leads to it."""
    said = list(texts(mark, now, scene.gradients))
    told = [mark.kind] + (
        [text for role, text in said if role in ("name", "value")][:1] if known else [t for _, t in said]
    )
    on_line = line_text(line, now, scene.locals) if line else ""
    if line and on_line:
        told.append(on_line if line.collapsed else f"local derivative {on_line}")
    states = {
        "active": is_active(mark, now),
        "waiting": waits(mark, now),
        "on the active edge": line is not None and line_is_active(line, now),
        "as above": known,
    }
    true = [word for word, holds in states.items() if holds]
    return "; ".join(told) + (f" ({', '.join(true)})" if true else "")
