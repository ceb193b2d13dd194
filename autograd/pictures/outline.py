"""A scene as an indented outline: the same picture for a screen reader, and for a terminal."""

from autograd.pictures.labels import counted
from autograd.pictures.scene import Line, Mark, Scene

DEEPEST = 30  # deeper than that, an outline is not indented further


def outline(scene: Scene) -> str:
    """Return each mark once, below what is made from it; the line between them is told with it."""
    made_from: dict[Mark, list[Line]] = {}
    for line in scene.lines:
        made_from.setdefault(line.head, []).append(line)
    told = [summary(scene), *scene.caption]
    seen: set[Mark] = set()
    waiting: list[tuple[int, Mark, Line | None]] = [(0, scene.root, None)]
    while waiting:
        depth, mark, above = waiting.pop()
        known = mark in seen
        told.append("  " * min(depth, DEEPEST) + sentence(mark, above, known))
        if not known:
            seen.add(mark)
            waiting += [(depth + 1, line.tail, line) for line in reversed(made_from.get(mark, []))]
    return "\n".join(told)


def summary(scene: Scene) -> str:
    """Return what the picture is, and how large."""
    return f"Computation graph, level {scene.level}: {counted(len(scene.marks), 'node')}, {counted(len(scene.lines), 'edge')}."


def sentence(mark: Mark, line: Line | None, known: bool) -> str:
    """Return one mark, and the line that leads to it."""
    texts = (
        [text for role, text in mark.texts if role in ("name", "value")][:1] if known else [t for _, t in mark.texts]
    )
    told = [mark.kind, *texts]
    if line and line.text:
        told.append(line.text if line.collapsed else f"local derivative {line.text}")
    states = [
        word
        for word, holds in (
            ("active", mark.active),
            ("waiting", mark.waits),
            ("on the active edge", line and line.active),
            ("as above", known),
        )
        if holds
    ]
    return "; ".join(told) + (f" ({', '.join(states)})" if states else "")
