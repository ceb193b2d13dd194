"""Data sets to learn from: made by a formula, handwritten, or yours.

Each is a list of pairs (inputs, target). Random numbers come from `rng`, a random.Random that is passed in; without
it, from a fresh one.

The made sets are in order: their classes take turns, and moons, circles and spirals go from one end of a curve to the
other (the digits are in the order of their source). So do not cut a test set off the end: `random_split` draws its parts at random, and
`batches` and `fit` shuffle.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from autograd.file_io import read_file
from nn.checks import as_list, check_count, check_length, check_range, check_rng, is_list
from nn.data.batching import Example
from nn.errors import FormatError


def xor() -> list[Example[int]]:
    """Return the four examples of exclusive or: 1 where one input is 1, but not both.

    >>> xor()
    [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]
    """
    return [([float(a), float(b)], a ^ b) for a in (0, 1) for b in (0, 1)]


def linear_regression(
    n: int = 100, weights: Sequence[float] = (2.0,), bias: float = 1.0, noise: float = 0.1, rng: Random | None = None
) -> list[Example[float]]:
    """Return points on the line w·x + b, or on the plane if there are more weights, with noise on the target.

    >>> [(x, y)] = linear_regression(1, weights=[2.0], bias=1.0, noise=0)
    >>> y == 2 * x[0] + 1
    True

    Inputs are uniform between −1 and 1; `noise` is the standard deviation of what is added to the target.
    """
    rng, weights = drawn("linear_regression", n, noise, rng), as_list(weights)
    rows = [[rng.uniform(-1, 1) for _ in weights] for _ in range(n)]
    planes = [math.fsum([bias, *(w * xi for w, xi in zip(weights, x, strict=True))]) for x in rows]
    return [(x, y + rng.gauss(0, noise)) for x, y in zip(rows, planes, strict=True)]


def blobs(
    n: int = 100, centers: int | Sequence[Sequence[float]] = 3, spread: float = 0.4, rng: Random | None = None
) -> list[Example[int]]:
    """Return clouds of points, one a class: normal around each center, with standard deviation `spread`.

    >>> blobs(2, centers=[(0, 0), (5, 5)], spread=0)
    [([0.0, 0.0], 0), ([5.0, 5.0], 1)]

    `centers` is a list of points, or a number of them: they then stand on a circle of radius 2.
    """
    rng = drawn("blobs", n, spread, rng)
    count = check_count("centers", len(centers) if is_list(centers) else centers)  # type: ignore[arg-type]
    if isinstance(centers, int):
        centers = [on_circle(k / count, radius=2) for k in range(count)]
    for center in centers:
        check_length("coordinates", center, "a center of blobs, as the first one,", len(as_list(centers[0])))
    return [(near(centers[i % count], spread, rng), i % count) for i in range(n)]


def moons(n: int = 100, noise: float = 0.1, rng: Random | None = None) -> list[Example[int]]:
    """Return two half circles that reach into one another, classes 0 and 1 by turns.

    >>> moons(4, noise=0)
    [([1.0, 0.0], 0), ([0.0, 0.5], 1), ([-1.0, 0.0], 0), ([2.0, 0.5], 1)]

    The points stand evenly along the arcs; `noise` is the standard deviation of what moves them off.
    The hinge loss wants targets −1 and 1: [(x, 2 * y - 1) for x, y in moons()].
    """
    rng = drawn("moons", n, noise, rng)
    data: list[Example[int]] = []
    for i in range(n):
        x, y = on_circle(along(i // 2, (n + 1 - i % 2) // 2) / 2)
        data.append((near((1 - x, 0.5 - y) if i % 2 else (x, y), noise, rng), i % 2))
    return data


def circles(n: int = 100, noise: float = 0.05, factor: float = 0.5, rng: Random | None = None) -> list[Example[int]]:
    """Return a circle of radius 1 (class 0), and one of radius `factor` inside it (class 1), by turns.

    >>> circles(2, noise=0)
    [([1.0, 0.0], 0), ([0.5, 0.0], 1)]
    """
    rng = drawn("circles", n, noise, rng)
    check_range("The factor of circles", factor, lambda x: 0 < x < math.inf, "a radius above 0", "A usual one is 0.5.")
    turns = [(i // 2) / ((n + 1 - i % 2) // 2) for i in range(n)]
    return [(near(on_circle(turn, radius=(1, factor)[i % 2]), noise, rng), i % 2) for i, turn in enumerate(turns)]


def spirals(
    n: int = 100, classes: int = 2, turns: float = 1.0, noise: float = 0.02, rng: Random | None = None
) -> list[Example[int]]:
    """Return arms that wind around the origin out to radius 1, one a class, by turns.

    >>> [label for _, label in spirals(6, classes=3)]
    [0, 1, 2, 0, 1, 2]
    """
    rng = drawn("spirals", n, noise, rng)
    per_arm = math.ceil(n / check_count("classes", classes))
    data: list[Example[int]] = []
    for i in range(n):
        radius = (i // classes + 1) / per_arm
        data.append((near(on_circle(turns * radius + i % classes / classes, radius), noise, rng), i % classes))
    return data


def yin_yang(n: int = 100, rng: Random | None = None) -> list[Example[int]]:
    """Return points of the yin-yang sign in the unit square: yin 0, yang 1, and the two dots 2, by turns.

    >>> [label for _, label in yin_yang(6)]
    [0, 1, 2, 0, 1, 2]

    Four inputs: x, y, 1 − x, 1 − y. Source: Kriener, Göltz and Petrovici, "The Yin-Yang dataset", 2021.
    """
    rng = drawn("yin_yang", n, 0.0, rng)
    data: list[Example[int]] = []
    while len(data) < n:
        x, y = rng.random(), rng.random()
        if math.hypot(x - 0.5, y - 0.5) <= 0.5 and yin_yang_class(x, y) == len(data) % 3:
            data.append(([x, y, 1 - x, 1 - y], len(data) % 3))
    return data


def yin_yang_class(x: float, y: float) -> int:
    """Return the class of a point in the sign: 0 yin, 1 yang, 2 a dot.

    >>> yin_yang_class(0.5, 0.9), yin_yang_class(0.5, 0.1), yin_yang_class(0.25, 0.5), yin_yang_class(0.75, 0.45)
    (1, 0, 2, 2)

    Yang is the upper half, with the left bulge and without the right one.
    """
    left, right = math.hypot(x - 0.25, y - 0.5), math.hypot(x - 0.75, y - 0.5)
    if min(left, right) <= 0.1:
        return 2
    return int(left <= 0.25 or (y > 0.5 and right > 0.25))


def digits() -> list[Example[int]]:
    """Return 1,797 handwritten digits: 8 × 8 pixels from 0 (white) to 1 (black), row by row, and the digit.

    >>> pixels, digit = digits()[0]
    >>> len(pixels), digit
    (64, 0)

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998 (CC BY 4.0); datasets/README.md.
    """
    import gzip

    ink = {character: level / 16 for level, character in enumerate("0123456789abcdefg")}
    with gzip.open(Path(__file__).parent / "files" / "digits.txt.gz", "rt", encoding="ascii") as lines:
        return [([ink[c] for c in line[:64]], int(line[65])) for line in lines]


def mnist(images: str | Path, labels: str | Path, limit: int | None = None) -> list[Example[int]]:
    """Return MNIST's digits from two idx files that you have: 28 × 28 pixels from 0 to 1, row by row, and the digit.

    For example mnist("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", limit=1000); compressed or not.
    Raises FormatError for a file that is not of the idx format, or is cut short.
    """
    shape, pixels = idx(images)
    (count, *_), answers = idx(labels)
    if len(shape) < 2 or shape[0] != count:
        raise FormatError(
            f"{images} holds an array of shape {shape} and {labels} one of {count} labels: there must be one label an image. "
            "Give the images first, then the labels of the same set (train or t10k)."
        )
    size, grey = math.prod(shape[1:]), [level / 255 for level in range(256)]
    return [([grey[p] for p in pixels[i * size : (i + 1) * size]], answers[i]) for i in range(count)[:limit]]


def idx(path: str | Path) -> tuple[list[int], bytes]:
    """Return the shape and the bytes of an idx file: two zeros, 8 (bytes), the number of dimensions, each, the data."""
    import gzip
    import zlib

    raw = read_file(path)
    try:
        raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (EOFError, OSError, zlib.error) as error:
        raise FormatError(f"{path} cannot be unpacked ({error}). Download it again.") from None
    if raw[:3] != b"\0\0\x08" or len(raw) < 4 + 4 * raw[3]:
        raise FormatError(
            f"{path} is not an idx file of bytes: it begins with {raw[:4]!r}, not with 0, 0, 8. "
            "MNIST's files are train-images-idx3-ubyte and the like, as they come or as .gz."
        )
    start = 4 + 4 * raw[3]
    shape = [int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4)]
    if len(raw) - start != math.prod(shape):
        raise FormatError(
            f"{path} should hold {math.prod(shape)} bytes of data, as its shape {shape} says, and holds {len(raw) - start}. Download it again."
        )
    return shape, raw[start:]


def drawn(name: str, n: int, noise: float, rng: Random | None) -> Random:
    """Return the generator, if the size and the noise are such."""
    check_count(f"The n of {name}", n)
    check_range(f"The noise of {name}", noise, lambda x: 0 <= x < math.inf, "a standard deviation, 0 or more")
    return check_rng(rng)


def on_circle(turn: float, radius: float = 1.0) -> tuple[float, float]:
    """Return the point at a share of a full turn; on the axes exactly."""
    angle = 2 * math.pi * turn
    return radius * round(math.cos(angle), 15), radius * round(math.sin(angle), 15)


def along(i: int, n: int) -> float:
    """Return i of 0 … n − 1 as a share from 0 to 1."""
    return i / max(n - 1, 1)


def near(point: Iterable[float], deviation: float, rng: Random) -> list[float]:
    """Return a point that is normal around another."""
    return [x + rng.gauss(0, deviation) for x in point]
