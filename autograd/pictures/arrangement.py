"""A scene in its places: how large each mark is, where it stands, how each line runs, and where its texts go.

Whatever is drawn of a scene is drawn from here, so that SVG, PNG, PDF and the player's page are one picture.
"""

from dataclasses import dataclass, field
from itertools import combinations

from autograd.pictures.layered_layout import BETWEEN_COLUMNS, Point, layout
from autograd.pictures.levels import scopes
from autograd.pictures.scene import Mark, Scene
from autograd.pictures.spots import Rectangle, Taken, around, label_spots, overlap, product_spots, spot_beside
from autograd.pictures.texts import shown, width_of

LONGEST_NAME = 14  # letters of a name in a box
SIZE, SMALL = 19.0, 16.0  # of letters: names and numbers; signs and notes
PAD, LINE, HEAD = 14.0, 27.0, 27.0  # a box: its margin, from line to line, from its top to the first
NUMBER = 84.0  # the room for a number
RANGE = 140.0  # the room for a range: −0.144 … 0.312
CLOSE = 66.0  # from column to column where most arrows have no text
LOCAL: Point = (64.0, 22.0)  # the size of a local derivative
FRAME = 9.0  # from a frame to what it is around


@dataclass(frozen=True)
class Frame:
    """What is drawn around all marks of a scope."""

    name: str
    rectangle: Rectangle


@dataclass(frozen=True, eq=False)
class Arrangement:
    """A scene in its places; lists are in the order of the scene's marks and lines."""

    scene: Scene
    boxes: dict[Mark, Rectangle] = field(repr=False)
    curves: list[list[Point]] = field(repr=False)
    labels: list[Point | None] = field(repr=False)  # where the text of each line goes, if there is room
    products: list[Point] = field(repr=False)  # where what an active line carries is written
    moves: dict[Mark, Point] = field(repr=False)  # where the step of a parameter is written
    frames: list[Frame] = field(repr=False)
    width: float
    height: float


def arrange(scene: Scene, direction: str = "LR") -> Arrangement:
    """Return a scene in its places."""
    marks = {mark.id: mark for mark in in_order(scene)}
    sizes = {identity: size_of(mark) for identity, mark in marks.items()}
    edges = [(line.tail.id, line.head.id) for line in scene.lines]
    rooms_of = {one.id: (sizes[one.id][0], sizes[one.id][1] + tab(one)) for one in marks.values()}
    placed = layout(rooms_of, edges, direction, BETWEEN_COLUMNS if scene.level == "op" else CLOSE)
    boxes = {mark: lowered(placed.centres[identity], sizes[identity], tab(mark)) for identity, mark in marks.items()}
    frames = clear_frames(boxes)
    rooms = {mark.id: box for mark, box in boxes.items()} | {f"frame {i}": title(one) for i, one in enumerate(frames)}
    wanted = [None if line.collapsed else LOCAL for line in scene.lines]
    labels, taken = label_spots(placed.curves, wanted, rooms)
    area = (placed.width, placed.height)
    moves = {mark: spot_beside(box, taken, area) for mark, box in boxes.items() if mark.kind != "result"}
    products = product_spots(placed.curves, taken, area)
    return Arrangement(scene, boxes, placed.curves, labels, products, moves, frames, *area)


def in_order(scene: Scene) -> list[Mark]:
    """Return the marks with each copy of a leaf just before what uses it: parents first."""
    copies: dict[Mark, list[Mark]] = {}
    for line in scene.lines:
        if line.tail.use:
            copies.setdefault(line.head, []).append(line.tail)
    return [one for mark in scene.marks if not mark.use for one in (*copies.get(mark, ()), mark)]


def size_of(mark: Mark) -> Point:
    """Return the width and height of a mark; they do not depend on its numbers."""
    if mark.kind in ("box", "stack"):
        head = max(width_of(mark.name or mark.op, SIZE) * 1.06, width_of(mark.note, SMALL))
        return 2 * PAD + max(head, 44 + RANGE), HEAD + LINE * (3 + bool(mark.takes)) + 14
    name = width_of(short_name(mark), SIZE) * 1.06
    if mark.kind == "constant":
        return 2 * PAD + (name + 14 + NUMBER if mark.name else NUMBER - 24), 40.0
    second = width_of(mark.op or mark.note, SMALL)
    return 2 * PAD + NUMBER + max(name + 14, second + 14), HEAD + LINE + 14


def tab(mark: Mark) -> float:
    """Return the room above a mark for what sticks out of it: a folder's tab and the name of the frame around, a block's edge."""
    return {"box": 26.0, "stack": 8.0}.get(mark.kind, 0.0)


def lowered(centre: Point, size: Point, room: float) -> Rectangle:
    """Return the rectangle of a mark below the room above it."""
    return around((centre[0], centre[1] + room / 2), size)


def short_name(mark: Mark) -> str:
    """Return a mark's name, cut where it is too long for a box."""
    return shown(mark.name, LONGEST_NAME) if mark.name else ""


def clear_frames(boxes: dict[Mark, Rectangle]) -> list[Frame]:
    """Return a frame for each scope around which one can be drawn: no other mark stands in it, and it cuts no other frame."""
    inside: dict[str, list[Rectangle]] = {}
    for mark, box in boxes.items():
        for path in scopes(mark.place):
            inside.setdefault(path, []).append(box)
    outer = {path: grown(found, FRAME * (1 + depth_below(path, inside))) for path, found in inside.items()}
    marks = Taken(boxes.values())
    clear = {path: box for path, box in outer.items() if marks.covered(box) <= sum(map(area, inside[path])) + 1}
    crossed = {
        path
        for a, b in combinations(clear, 2)
        if overlap(clear[a], clear[b]) and not (b.startswith(f"{a}/") or a.startswith(f"{b}/"))
        for path in (a, b)
    }
    return [Frame(shown(path.rpartition("/")[2]), clear[path]) for path in sorted(clear) if path not in crossed]


def depth_below(path: str, paths: dict[str, list[Rectangle]]) -> int:
    """Return how many frames may lie within a scope's frame."""
    return max((other.count("/") - path.count("/") for other in paths if other.startswith(f"{path}/")), default=0)


def grown(rectangles: list[Rectangle], by: float) -> Rectangle:
    """Return the rectangle around others, larger by this on each side."""
    lefts, tops, rights, bottoms = zip(*rectangles, strict=True)
    return min(lefts) - by, min(tops) - by, max(rights) + by, max(bottoms) + by


def area(rectangle: Rectangle) -> float:
    """Return the area of a rectangle."""
    return (rectangle[2] - rectangle[0]) * (rectangle[3] - rectangle[1])


def title(frame: Frame) -> Rectangle:
    """Return the room that a frame's name takes, above its upper edge on the left."""
    left, top, _, _ = frame.rectangle
    return left, top - 16, left + width_of(frame.name, 13) + 8, top
