"""The guessing game: a fixed step of 10, 2 or 50, and a step that is a gradient times a learning rate."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from autograd.classroom import Told
from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice
from autograd.classroom.lesson import Lesson, Note, measured, passes
from autograd.functions import grad
from autograd.graph import number
from autograd.value import Value
from nn.lessons.board import BLUE, GREEN, VERMILION, new_figure
from nn.lessons.definitions import define

SECRETS = range(1, 101)
START, NEAR, PATIENCE = 50.0, 2, 40
STEPS = (10, 2, 50)
STARTS = (50, 51, 53, 1)
SIGNS = {"high": 1, "low": -1}  # the slope of |guess − secret|
Slope = Callable[[Value, float], Value]


def squared(guess: Value, secret: float) -> Value:
    """Return (guess − secret)²: its slope grows with the distance."""
    return (guess - secret) ** 2


def absolute(guess: Value, secret: float) -> Value:
    """Return |guess − secret|: its slope is −1 (too low), +1 (too high), or 0 (right)."""
    return (guess - secret).abs()


def guesses(secret: float, learning_rate: float, loss: Slope = absolute, start: float = START) -> Iterator[float]:
    """Yield one guess after the other: gradient descent on the loss."""
    guess = start
    while True:
        yield guess
        g = Value(guess)
        (slope,) = grad(loss(g, secret), [g])
        guess -= learning_rate * slope


def count(secret: float, learning_rate: float, loss: Slope = absolute, start: float = START) -> int | None:
    """Return how many guesses it takes to come within 2 of the secret; None where it never comes."""
    tried = enumerate(islice(guesses(secret, learning_rate, loss, start), PATIENCE), 1)
    return next((k for k, guess in tried if abs(guess - secret) <= NEAR), None)


@cache
def won(step: float, start: float = START) -> list[int]:
    """Return the secrets that a fixed step comes near to."""
    return [s for s in SECRETS if count(s, step, start=start)]


def play(step: float = 10, start: float = START, ask: Callable[[str], str] = input) -> int:
    """Let the computer guess your secret from 1 to 100 by a fixed step, and return how many guesses it took.

    Answer “high” or “low”; anything else, “near” say, ends the game.

    >>> answers = iter(["low", "low", "near"])
    >>> play(step=10, ask=lambda question: print(question.strip()) or next(answers))
    Guess 1 is 50. High, low or near?
    Guess 2 is 60. High, low or near?
    Guess 3 is 70. High, low or near?
    3
    """
    guess, k = start, 1
    while (answer := ask(f"Guess {k} is {number(guess)}. High, low or near? ")) in SIGNS:
        guess, k = guess - step * SIGNS[answer], k + 1
    return k


def two_guesses() -> Value:
    """Return the loss of the second guess: the first, g, less the learning rate η times its slope 2(g − s)."""
    g, s, rate = Value(50.0, "g"), Value(77.0, "s"), Value(0.1, "η")
    distance = g - s
    distance.label = "d"
    slope = 2 * distance
    slope.label = "slope"
    second = g - rate * slope
    second.label = "g2"
    left = second - s
    left.label = "d2"
    loss = left**2
    loss.label = "L"
    return loss


def tell(lesson: Lesson) -> Told:
    """Play with the document's steps, say which secrets are never found, then let the step follow the slope."""
    yield "# The game, for every secret from 1 to 100"
    yield (
        "One player thinks of a number, the secret. The other guesses, hears “too high” or “too low”, and moves the guess by a fixed step. "
        f"The first guess is {number(START)}. Within {NEAR} of the secret the game is won."
    )
    yield games()
    residues = sorted({s % 10 for s in won(10)})
    yield (
        f"A step of 10 visits the multiples of 10 only. It comes within {NEAR} of {len(won(10))} secrets: those that end in "
        f"{', '.join(map(str, residues))}. The other {len(SECRETS) - len(won(10))} it passes again and again without coming near. So it is with 77:"
    )
    for step in STEPS:
        yield trail(f"step {step}", guesses(77, step))
    yield (
        "With 50, the guess jumps from 50 to 100 and back: the secret lies between, and the step knows nothing smaller. A step of 2 always "
        f"arrives, and takes up to {max(count(s, 2) or 0 for s in SECRETS)} guesses."
    )
    yield (
        f"Another start does not help: from {', '.join(map(str, STARTS))} a step of 10 finds "
        f"{', '.join(str(len(won(10, start))) for start in STARTS)} secrets; where the last digit differs, they are others. To play, think of a number:"
    )
    yield '  python3 -c "from nn.lessons.guessing_game import play; play(step=10, start=50)"'
    yield "# What the game leaves out: how far"
    yield from define("prediction", "target", "loss", "derivative", "gradient")
    yield (
        "The guess g is a prediction, the secret s its target. Let the loss be the square of the distance, L = (g − s)². Its slope is 2(g − s): "
        "above 0 where g is too high, below 0 where it is too low, and the larger, the farther away g is. “Too high” is only the sign of it."
    )
    yield from define("learning rate", "gradient descent")
    yield "Let each step be the slope times a learning rate. It is long at first, and short near the goal:"
    for rate in (0.1, 0.5, 0.9, 1.1):
        yield trail(f"{rate} · slope", guesses(77, rate, squared))
    yield (
        "A learning rate is a factor of the slope, not a distance. A step takes 2·η of the distance away and leaves 1 − 2·η of it: 0.8 for η = 0.1, nothing "
        "for η = 0.5. With 0.9 it leaves −0.8: the guess jumps across the secret, and comes nearer all the same. With 1.1 it leaves −1.2, and each jump is "
        f"longer than the last. {followed()}"
    )
    yield from backward_to_the_rate(lesson)
    yield "# Two questions of the document"
    yield "What does a loss function produce? One number: 0 for a perfect prediction, more for a worse one."
    yield small_or_large()


def backward_to_the_rate(lesson: Lesson) -> Told:
    """Tell the first two guesses as a computation, and how its loss depends on the learning rate."""
    yield "# Two guesses, line by line"
    yield (
        "Here d is the distance of the first guess g from the secret s, and slope is 2·d. The second guess is g2, its distance d2, and L its loss. "
        "What has no name of its own is called v1. Each line shows a formula, the same with numbers, and the result:"
    )
    both = list(passes(lesson.build(), about=("d2", "g2", "η")))
    middle = both.index("# Backward")
    yield from both[:middle]
    slope = number(measured(lesson.build())["∂L/∂d2"])
    yield "# Would a larger learning rate have come closer?"
    yield (
        "To ask how fast L changes as η grows is to ask for ∂L/∂η (the ∂ is a round d; say “d L by d eta”). Several steps lie between η and L. The "
        "way goes back over them, from L to η. It begins with ∂L/∂L = 1: L grows as fast as itself. “d2 → g2” says: from d2 back to g2, from which d2 "
        "was computed. The first line below it has the slope of this one step, ∂d2/∂g2; the second multiplies it by the slope found so far, ∂L/∂d2. "
        f"If L changes by {slope} for each 1 of d2, and d2 by 1 for each 1 of g2, then L changes by {slope} · 1 for each 1 of g2: so much "
        "does this use of g2 contribute. A step at which nothing new is seen is not shown, so the numbers at the left leave some out."
    )
    yield from define("complete")
    yield from both[middle:]
    yield nudged()


def games() -> str:
    """Return a table: how often each step wins, and after how many guesses."""
    lines = ["          comes within 2   guesses: mean   most   never comes"]
    for step in STEPS:
        counts = [n for s in SECRETS if (n := count(s, step))]
        mean = sum(counts) / len(counts)
        lines.append(f"{f'step {step}':<8}{len(counts):>10} of 100{mean:>16.1f}{max(counts):>7}{100 - len(counts):>14}")
    return "\n".join(lines)


def followed() -> str:
    """Tell how the game goes if the steps follow the slope."""
    counts = [count(s, 0.1, squared) or PATIENCE for s in SECRETS]
    return f"With 0.1 every secret is found, after {sum(counts) / len(counts):.1f} guesses on average and {max(counts)} at most."


def nudged() -> str:
    """Return what happens to the loss if the learning rate is really changed a little."""
    before, after = (squared(Value(50 - rate * 2 * (50 - 77)), 77).data for rate in (0.1, 0.101))
    return (
        f"To check it, change η a little. With 0.101 instead of 0.1, L is {after:.2f} instead of {before:.2f}: {number(round(after - before, 2))} for "
        f"0.001 more, {(after - before) / 0.001:,.0f} for each 1 more. (Not quite the same: the slope changes a little on the way.) The next lesson "
        "goes this way again, slowly, and gives each thing its name.".replace("-", "−")
    )


def trail(name: str, found: Iterator[float]) -> str:
    """Return the first guesses of a game in a line."""
    return f"{name}: {', '.join(number(round(g, 2)) for g in islice(found, 8))}, …"


def small_or_large() -> str:
    """Answer why a learning rate is kept small."""
    large, small = (list(islice(guesses(77, rate, squared), 4)) for rate in (10, 0.001))
    far = " → ".join(f"{x:,.0f}" for x in large).replace("-", "−")
    return (
        f"Why 0.001, and not 10? On (g − s)² from {number(START)}, with 10, the guesses are {far}: each step goes past "
        "the goal, and lands 19 times as far behind it. With 0.001 they are "
        f"{' → '.join(map(number, small))}: slow, and safe. How large is too large depends on how curved the loss is; here every rate from 1 on is."
    )


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures of the games, and those of the two guesses."""
    found = {f"secrets that step {step} finds": len(won(step)) for step in STEPS}
    most = {f"most guesses with step {step}": max(count(s, step) or 0 for s in SECRETS) for step in STEPS}
    third = list(islice(guesses(77, 10, squared), 3))[2]
    return measured(lesson.build()) | found | most | {"third guess with learning rate 10": third}


def plot() -> Any:
    """Draw the guesses for the secret 77, with fixed steps and with steps that follow the slope."""
    figure = new_figure(2)
    left, right = figure.axes
    right.sharey(left)
    fixed = [(f"step {step}", guesses(77, step)) for step in STEPS]
    sloped = [(f"{rate} · slope", guesses(77, rate, squared)) for rate in (0.1, 0.5, 0.9)]
    for ax, title, games in ((left, "A fixed step", fixed), (right, "A step that follows the slope", sloped)):
        for (name, found), colour, marker in zip(games, (BLUE, VERMILION, GREEN), "o^s", strict=True):
            ax.plot(range(1, 19), list(islice(found, 18)), color=colour, marker=marker, markersize=4, label=name)
        ax.axhspan(77 - NEAR, 77 + NEAR, color="0.85", zorder=0, label="within 2 of 77")
        ax.set(title=title, xlabel="guess number", ylabel="guess", xticks=range(2, 19, 2))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4, frameon=False, fontsize=8)
    return figure


LESSON = Lesson(
    slug="guessing-game",
    title="The guessing game: steps of 10, 2 and 50",
    document="How a Network Learns, The Guessing Game Gradient",
    question="A secret number from 1 to 100, and each guess moves by exactly 10. How many guesses until one is within 2 of it?",
    build=two_guesses,
    tell=tell,
    numbers={
        "g": 50, "s": 77, "η": 0.1, "d": -27, "slope": -54, "g2": 55.4, "d2": -21.6, "L": 466.56,
        "∂L/∂g2": -43.2, "∂L/∂η": -2332.8, "∂L/∂g": -34.56, "∂L/∂s": 34.56,
        "secrets that step 10 finds": 50, "secrets that step 2 finds": 100, "secrets that step 50 finds": 10,
        "most guesses with step 10": 6, "most guesses with step 2": 25, "most guesses with step 50": 2,
        "third guess with learning rate 10": -9670,
    },
    measure=measure,
    notes=(
        Note("ready η", "As η grows, L falls: a larger learning rate would have come closer. It is a number like any other, and could be learned."),
    ),
    exercises=(
        GradientOf(two_guesses, "η", -2332.8, {"sign of the delta": 2332.8, "upstream alone": 43.2}),
        Exercise(
            "With steps of exactly 10 from 50, how many of the secrets 1 to 100 are never approached to within 2?",
            50,
            lambda: sum(min(s % 10, -s % 10) > NEAR for s in SECRETS),
            ("The guesses are 50, 60, 40, …: multiples of 10.", "Secrets that end in 8, 9, 0, 1 or 2 are within 2 of one.", "Five endings of ten remain."),
            (Wrong("every secret is counted that is no multiple of 10", 90, lambda: sum(s % 10 > 0 for s in SECRETS), "Within 2 is near enough."),),
        ),
        Exercise(
            "On (g − s)² with learning rate η = 0.1, what share of the distance is left after one step?",
            0.8,
            lambda: (55.4 - 77) / (50 - 77),
            ("The next guess is g − η · 2(g − s).", "Its distance is (g − s) · (1 − 2η)."),
            (Wrong("the 2 of the slope is forgotten", 0.9, lambda: 1 - 0.1, "The slope of (g − s)² is 2(g − s)."),),
        ),
        choice(
            "On (g − s)², from 50 to 77: with which learning rate does the guess jump to and fro for ever?",
            [("0.5", "With 0.5 nothing is left of the distance after one step."),
             ("0.9", "It jumps across too, and each time 0.8 of the distance is left."),
             ("1", "")],
            lambda: 1 + [count(77, rate, squared) is None for rate in (0.5, 0.9, 1.0)].index(True),
            "Each step leaves 1 − 2·η of the distance.",
        ),
    ),
    plot=plot,
)  # fmt: skip
