"""Three trainings with a validation loss: it follows the training loss, it turns, or it is higher from the start."""

from dataclasses import dataclass
from functools import cache
from random import Random

from autograd import Value
from autograd.classroom import Claim, Told
from autograd.explain.notation import as_table
from nn.data.datasets import moons
from nn.layers import MLP
from nn.losses import binary_cross_entropy_with_logits
from nn.optim.optimizers import SGD
from nn.training.evaluation import evaluate
from nn.training.fit import fit
from nn.training.history import History

SETS, POINTS = 40, 10  # validation sets of the same kind, and the points of each


@dataclass(frozen=True)
class Run:
    """A training on two half moons: its points and their noise, the network, the steps, and how much higher the points to validate stand."""

    name: str
    points: int = 60
    noise: float = 0.2
    units: int = 8
    lr: float = 0.1
    epochs: int = 40
    higher: float = 0.0


ALIKE = Run("60 points")
FEW = Run("20 noisy points", points=20, noise=0.4, units=16, lr=0.3, epochs=200)
MANY = Run("200 noisy points", points=200, noise=0.4, units=16, lr=0.3, epochs=20)  # as many updates
ELSEWHERE = Run("validated on others", higher=1.0)


def loss(outputs: list[Value], y: float) -> Value:
    """Return the cross-entropy of one point."""
    return binary_cross_entropy_with_logits(outputs[0], y)


@cache
def trained(run: Run) -> tuple[MLP, History]:
    """Return the network that a run trains, and its history; 40 points of the same moons validate, moved up if the run says so."""
    model = MLP(2, [run.units, 1], rng=Random(0))
    to_train = moons(run.points, run.noise, Random(0))
    to_validate = [([x, y + run.higher], target) for (x, y), target in moons(40, run.noise, Random(5))]
    optimizer = SGD(model.parameters(), run.lr)
    return model, fit(model, to_train, loss, optimizer, run.epochs, 10, validation=to_validate, rng=Random(1))


def rises(run: Run) -> bool:
    """Tell whether the validation loss ends more than a tenth above its lowest."""
    found = trained(run)[1].validation_loss
    return found[-1] > 1.1 * min(found)


def above(run: Run) -> bool:
    """Tell whether after five epochs the validation loss is more than a tenth above the training loss."""
    history = trained(run)[1]
    return history.validation_loss[4] > 1.1 * history.loss[4]


@cache
def luck() -> tuple[float, float]:
    """Return the least and the largest loss of one trained network on many small validation sets of one kind."""
    model, _ = trained(ALIKE)
    found = [evaluate(model, moons(POINTS, ALIKE.noise, Random(100 + k)), loss) for k in range(SETS)]
    return min(found), max(found)


def table() -> str:
    """Return both losses of the three runs after epochs 1 and 5 and at the end, and the lowest validation loss."""
    lines: list[tuple[str | int, ...]] = [("epoch", "1", "5", "last", "1", "5", "last", "lowest", "in epoch")]
    for run in (ALIKE, FEW, ELSEWHERE):
        history = trained(run)[1]
        losses = (f"{row[k]:.3f}" for row in (history.loss, history.validation_loss) for k in (0, 4, -1))
        lowest = min(history.validation_loss)
        epoch = history.validation_loss.index(lowest) + 1
        lines.append((run.name, *losses, f"{lowest:.3f}", epoch))
    return as_table(lines)


def shapes() -> Told:
    """Tell what the shape of the validation curve says, and what else may look the same."""
    yield (
        "The validation loss “should track the training loss”, says the document. Three trainings on two half moons; the training loss in some epochs, "
        "and beside it the validation loss:"
    )
    yield table()
    yield "The first follows: what is learned holds for other points too."
    yield Claim(
        f"The second falls, turns and rises: overfitting, because {FEW.points} noisy points can be learned by heart. With {MANY.points} such points and "
        "as many updates it does not turn.",
        lambda few: rises(FEW if few else MANY),
    )
    yield Claim(
        f"The third is higher from the start: at epoch 5 the losses are {trained(ELSEWHERE)[1].loss[4]:.3f} and "
        f"{trained(ELSEWHERE)[1].validation_loss[4]:.3f}, because the points to validate are of another kind: they stand {ELSEWHERE.higher:g} higher, as if "
        "another camera had taken them (a mismatch of the two distributions). Training cannot mend that, other data can.",
        lambda elsewhere: above(ELSEWHERE if elsewhere else ALIKE),
    )
    least, most = luck()
    yield (
        f"A small validation set may look like a mismatch and be none: on {SETS} sets of {POINTS} points of the right kind the loss of the first network "
        f"goes from {least:.2f} to {most:.2f}."
    )
