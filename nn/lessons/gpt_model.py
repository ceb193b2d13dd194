"""The model of the GPT lesson: its list of names, the transformer in scalars, and a name as its input."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from autograd import Parameter, Value, dot, logsumexp, no_grad, softmax, sum

LIST = (
    "mara mira mila lena lina nela nora kora tara tina rina rita kira karl karla marla mona lona ilona alina elina selina martin marten morten "
    "tomas tamara samira samara sara sila silas elias alma elma irma lars nils stina kristin simon lisa rosa anna emma mia tim nina"
)  # made for this lesson
NAMES = tuple(LIST.split())
END = "."
LETTERS = END + "".join(sorted(set("".join(NAMES))))
CONTEXT = 8
Vector = Sequence[Any]


class GPT:
    """Embeddings, one head of attention, one hidden layer, and a score for each letter."""

    def __init__(self, letters: int, width: int, hidden: int, context: int, rng: Random, size: float = 0.2) -> None:
        def matrix(name: str, rows: int, columns: int) -> list[list[Value]]:
            return [
                [Parameter(rng.gauss(0, size), f"{name}{j}{i}") for i in range(1, columns + 1)]
                for j in range(1, rows + 1)
            ]

        self.tokens, self.positions = matrix("t", width, letters), matrix("p", context, width)
        self.q, self.k, self.v, self.o = (matrix(name, width, width) for name in "qkvo")
        self.up, self.down, self.head = (
            matrix("u", hidden, width),
            matrix("d", width, hidden),
            matrix("h", letters, width),
        )

    def parameters(self) -> list[Value]:
        """Return all parameters."""
        return [p for matrix in vars(self).values() for row in matrix for p in row]

    def scores(self, token: Vector, position: int, keys: list[Vector], values: list[Vector]) -> list[Value]:
        """Return the scores of the next letter; keys and values hold those of the tokens before, and this one's are added."""
        x = [dot(row, token) + p for row, p in zip(self.tokens, self.positions[position], strict=True)]
        keys.append(times(self.k, x))
        values.append(times(self.v, x))
        q = times(self.q, x)
        weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in keys])  # the mask: later tokens are not there yet
        found = [dot(weights, column) for column in zip(*values, strict=True)]
        x = [a + b for a, b in zip(x, times(self.o, found), strict=True)]  # a residual connection
        hidden = [h.relu() for h in times(self.up, x)]
        x = [a + b for a, b in zip(x, times(self.down, hidden), strict=True)]
        return times(self.head, x)

    def loss(self, tokens: Sequence[Vector], targets: Sequence[Vector], weights: Vector) -> Value:
        """Return the cross-entropy of the next letter, in the mean over the letters of one name; a weight of 0 leaves out what is behind it."""
        keys: list[Vector] = []
        values: list[Vector] = []
        terms = []
        for position, (token, target, weight) in enumerate(zip(tokens, targets, weights, strict=True)):
            scores = self.scores(token, position, keys, values)
            terms.append(weight * (logsumexp(scores) - dot(scores, target)))
        total: Value = sum(terms)
        return total

    def sample(self, rng: Random) -> str:
        """Return a name that the network makes up, letter by letter."""
        keys: list[Vector] = []
        values: list[Vector] = []
        letter, name = END, ""
        with no_grad():
            while len(name) < CONTEXT:
                scores = self.scores(one_hot(letter), len(name), keys, values)
                chances = [p.data for p in softmax(scores)]
                (letter,) = rng.choices(LETTERS, chances)
                if letter == END:
                    break
                name += letter
        return name


def times(matrix: Sequence[Vector], x: Vector) -> list[Value]:
    """Return a matrix times a vector."""
    return [dot(row, x) for row in matrix]


def one_hot(letter: str) -> list[float]:
    """Return a letter as a list with one 1."""
    return [float(other == letter) for other in LETTERS]


def example(name: str) -> tuple[list[list[float]], list[list[float]], list[float]]:
    """Return a name as tokens, targets and weights, filled up to CONTEXT: after END the first letter, after the last letter END."""
    letters = END + name
    filled = letters.ljust(CONTEXT, END)
    targets = (name + END).ljust(CONTEXT, END)
    weights = [1 / len(letters) if i < len(letters) else 0.0 for i in range(CONTEXT)]
    return [one_hot(c) for c in filled], [one_hot(c) for c in targets], weights
