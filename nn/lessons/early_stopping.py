"""Early stopping: a printed example run through its own algorithm, what patience does, and a real run."""

from itertools import pairwise
from typing import Any

from autograd import Parameter, Value, dot, grad
from autograd.classroom import Claim, Exercise, GradientOf, Lesson, Note, Told, Wrong, choice, measured, number, passes
from autograd.explain.notation import as_table
from autograd.graph import topological_order
from nn.lessons.definitions import define
from nn.lessons.stopping_runs import (
    EPOCHS,
    INPUTS,
    NOISE,
    TRAINING,
    TRUE,
    VALIDATION,
    epochs,
    noise_learned,
    stopping_epoch,
    train,
)
from nn.training.callbacks import EarlyStopping

PRINTED = {1: (2.5, 2.6), 5: (1.2, 1.3), 10: (0.8, 0.9), 15: (0.4, 0.85), 20: (0.2, 0.9)}  # epoch: training, validation
DOCUMENT_KEEPS, DOCUMENT_PATIENCE = 10, 5
PATIENCES = (1, 5, 10, 100)
RATE = 0.1
EPOCHS_SHOWN = (1, 5, 10, 15, 20, 30, 60)
BUMPY = dict(enumerate((5.0, 4.0, 4.2, 4.1, 3.9, 4.0, 4.3, 4.4), 1))


def build() -> Value:
    """Return by how much a line w · x + b is worse on a validation example than on a training example."""
    return gap_of(2.0, 3.0)


def gap_of(weight: float, y_val: float) -> Value:
    """Return L_val − L_train at a weight, for a target of the validation example."""
    w, b = Parameter(weight, "w"), Parameter(0.0, "b")
    losses = []
    for name, x, y in (("train", 1.0, 3.0), ("val", 2.0, y_val)):
        z = dot([w], [Value(x, f"x_{name}")], b)
        loss = (z - Value(y, f"y_{name}")) ** 2
        z.label, loss.label = f"z_{name}", f"L_{name}"
        losses.append(loss)
    gap: Value = losses[1] - losses[0]
    gap.label = "gap"
    return gap


def after_a_step(y_val: float) -> tuple[float, float]:
    """Return L_val and L_train after one step of w along the gradient of L_train, with learning rate 0.1."""
    _, l_train = gap_of(2.0, y_val).parents
    w = next(node for node in topological_order(l_train) if node.label == "w")
    (slope,) = grad(l_train, [w])
    moved_val, moved_train = gap_of(w.data - RATE * slope, y_val).parents
    return moved_val.data, moved_train.data


def worse(opposed: bool) -> bool:
    """Tell whether a step on the training example raises the validation loss: with slopes of opposite signs, or of the same."""
    y_val = 3.0 if opposed else 5.0
    return after_a_step(y_val)[0] > gap_of(2.0, y_val).parents[0].data


def watched(losses: dict[int, float], patience: int) -> tuple[EarlyStopping, int | None]:
    """Return the watcher after these validation losses, and the epoch at which it stopped."""
    stopping = EarlyStopping(patience)
    for epoch, loss in losses.items():
        if stopping.observe(epoch, loss):
            return stopping, epoch
    return stopping, None


def printed() -> dict[int, float]:
    """Return the printed validation losses, by epoch."""
    return {epoch: validation for epoch, (_, validation) in PRINTED.items()}


def filled_in() -> dict[int, float]:
    """Return a validation loss for each epoch from 1 to 20, on straight lines between the printed ones."""
    epochs, losses = list(PRINTED), printed()
    found = {}
    for a, b in pairwise(epochs):
        for epoch in range(a, b + 1):
            found[epoch] = losses[a] + (losses[b] - losses[a]) * (epoch - a) / (b - a)
    return found


def tell(lesson: Lesson) -> Told:
    """Why validation; the printed example; patience; a real run."""
    yield "# Two losses that want different things: L_train is trained on, L_val is only watched"
    yield from define("early stopping")
    yield "Only part of the backward pass is shown: from the gap between them to w."
    yield from passes(lesson.build(), about=("L_train", "L_val", "z_train", "z_val", "w"))
    val, train = after_a_step(3.0)
    yield Claim(
        f"One step of w with learning rate {RATE:g} takes w from 2 to 2.2. L_train falls from 1 to {number(round(train, 9))}, and L_val rises from 1 "
        f"to {number(round(val, 9))}, because the two derivatives with respect to w have opposite signs: −2 and +4. With y_val = 5 instead of 3 both "
        "examples want a larger w, and both losses fall.",
        worse,
    )
    yield "The training loss says nothing of this. Only L_val, which is computed and never trained on, can tell."
    yield "# The printed example, through the algorithm printed below it"
    yield printed_table()
    stopping, _ = watched(printed(), DOCUMENT_PATIENCE)
    yield (
        f"The document says: stop at epoch {DOCUMENT_KEEPS}. Its own algorithm keeps epoch {stopping.best_epoch}: {printed()[15]:g} is less "
        f"than {printed()[10]:g}, so "
        f"epoch 15 is the best, and is saved. From epoch {DOCUMENT_KEEPS} to 15 the validation loss still falls, though more slowly than "
        "the training loss."
    )
    yield (
        f"Nor does it stop in this table: with patience {DOCUMENT_PATIENCE}, {stopping.waited} observation without improvement is not "
        "enough. If the rows are the only observations, "
        "only patience 1 stops, at epoch 20."
    )
    every, last = watched(filled_in(), DOCUMENT_PATIENCE)
    yield (
        f"With a loss for every epoch, on straight lines between the rows, patience {DOCUMENT_PATIENCE} stops after epoch {last}, and goes back to "
        f"epoch {every.best_epoch}. The printed program would not: it saves the best model, and never loads it (docs/programs/early_stopping.py)."
    )
    yield f"# What patience does: {TRAINING} noisy examples of {INPUTS} inputs, of which one matters; watched on {VALIDATION} others"
    yield patience_table()
    yield f"The same run with patience 100, epoch by epoch; the true weights are w₁ = {TRUE:g} and 0 for the others:"
    yield epochs_table()
    first, kept, final = (epochs()[epoch - 1] for epoch in (EPOCHS_SHOWN[0], stopping_epoch(), EPOCHS))
    yield (
        f"From row to row the training loss falls; the validation loss turns. To epoch {stopping_epoch()} the distance from the true weights falls, from "
        f"{first.distance:.2f} to {kept.distance:.2f}: w₁ gains more than the others lose. Later w₁ goes on beyond {TRUE:g}, to {final.w1:.2f}, and the others "
        "away from 0."
    )
    calm = epochs(0.0)
    yield Claim(
        f"After epoch {stopping_epoch()} the others grow from {kept.others:.2f} to {final.others:.2f} because the neuron fits the noise of its {TRAINING} "
        f"examples: trained on the same inputs without noise they shrink in these epochs, from {calm[stopping_epoch() - 1].others:.2f} to "
        f"{calm[-1].others:.2f}.",
        lambda noisy: (run := epochs(NOISE if noisy else 0.0))[-1].others > run[stopping_epoch() - 1].others,
    )
    yield "Much patience costs epochs and nothing else, since the best weights are kept all the while."
    (hasty, at), (patient, later) = watched(BUMPY, 1), watched(BUMPY, 3)
    yield (
        f"This curve has no bumps; others have. Of {', '.join(f'{loss:g}' for loss in BUMPY.values())} patience 1 stops after epoch {at} "
        f"and keeps {hasty.best_loss:g}; "
        f"patience 3 stops after epoch {later} and keeps {patient.best_loss:g}."
    )


def epochs_table() -> str:
    """Return losses and weights at some epochs."""
    history = train(EPOCHS)[0]
    rows: list[tuple[str | int, ...]] = [
        ("", "", "", "", "length of", "distance from"),
        ("epoch", "training", "validation", "w₁", "the others", "the true weights"),
    ]
    for epoch in EPOCHS_SHOWN:
        one = epochs()[epoch - 1]
        losses = (f"{loss[epoch - 1]:.4f}" for loss in (history.loss, history.validation_loss))
        rows.append((epoch, *losses, *(f"{x:.3f}" for x in (one.w1, one.others, one.distance))))
    return as_table(rows, left=())


def printed_table() -> str:
    """Return the document's table with what the algorithm does at each row."""
    rows: list[tuple[str | float, ...]] = [("epoch", "training", "validation", "best so far", "waited")]
    stopping = EarlyStopping(DOCUMENT_PATIENCE)
    for epoch, (training, validation) in PRINTED.items():
        stopping.observe(epoch, validation)
        rows.append((epoch, training, validation, f"epoch {stopping.best_epoch}", stopping.waited))
    return as_table(rows, left=())


def patience_table() -> str:
    """Return where a real run stops and what it keeps, for each patience."""
    rows: list[tuple[str | int, ...]] = [
        ("", "stops", "then:", "", "kept:", "", "", "length of"),
        ("patience", "after", "training", "validation", "epoch", "validation", "w₁", "the others"),
    ]
    for patience in PATIENCES:
        history, stopping, model = train(patience)
        losses = (history.loss[-1], history.validation_loss[-1], stopping.best_loss)
        training, validation, lowest = (f"{loss:.4f}" for loss in losses)
        weights = (f"{x:.3f}" for x in (model.weights[0].data, noise_learned(model)))
        rows.append((patience, history.epochs, training, validation, stopping.best_epoch, lowest, *weights))
    return as_table(rows, left=())


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the graph's numbers, what the printed example keeps, and where the real runs stop."""
    stopping, _ = watched(printed(), DOCUMENT_PATIENCE)
    every, last = watched(filled_in(), DOCUMENT_PATIENCE)
    found = measured(lesson.build()) | {
        "printed rows: best epoch": stopping.best_epoch,
        "printed rows: best loss": stopping.best_loss or 0.0,
        "printed rows: waited at the end": stopping.waited,
        "printed rows, patience 1: stops at": watched(printed(), 1)[1] or 0,
        "every epoch: best epoch": every.best_epoch,
        "every epoch: stops after": last or 0,
    }
    found["L_val after a step"], found["L_train after a step"] = after_a_step(3.0)
    for patience in PATIENCES:
        history, real, _ = train(patience)
        found |= {f"patience {patience}: epochs": history.epochs, f"patience {patience}: keeps epoch": real.best_epoch}
        found[f"patience {patience}: validation loss kept"] = real.best_loss or 0.0
    return found


def plot() -> Any:
    """Draw both losses of the real run."""
    from nn.plots import loss_curves

    return loss_curves(train(EPOCHS)[0])


LESSON = Lesson(
    slug="early-stopping",
    title="Early stopping, and a printed example through its own algorithm",
    document="How Machines Learn: Understanding the Core Concepts of Neural Networks, section 6",
    question="Validation losses 2.6, 1.3, 0.9, 0.85, 0.9 at epochs 1, 5, 10, 15, 20: which epoch does early stopping keep?",
    build=build,
    tell=tell,
    numbers={
        "z_val": 4, "z_train": 2, "L_val": 1, "L_train": 1, "gap": 0, "∂gap/∂w": 6, "∂gap/∂x_train": 4, "∂gap/∂b": 4,
        "L_train after a step": 0.64, "L_val after a step": 1.96,
        "printed rows: best epoch": 15, "printed rows: best loss": 0.85, "printed rows: waited at the end": 1,
        "printed rows, patience 1: stops at": 20, "every epoch: best epoch": 15, "every epoch: stops after": 20,
        "patience 1: epochs": 16, "patience 5: epochs": 20, "patience 10: epochs": 25, "patience 100: epochs": 60,
        "patience 1: keeps epoch": 15, "patience 100: keeps epoch": 15, "patience 100: validation loss kept": 0.251161621803,
    },
    measure=measure,
    notes=(Note("ready w", "+4 from L_val and +2 from −L_train. L_train alone has −2, so a step on it makes w larger, and L_val with it."),),
    exercises=(
        GradientOf(build, "w", 6, {"sign of the delta": -6, "= in the place of +=": 4}),
        GradientOf(build, "x_train", 4, {"upstream alone": 2}),
        Exercise(
            "Validation losses 2.6, 1.3, 0.9, 0.85, 0.9 at epochs 1, 5, 10, 15, 20. Which epoch does early stopping keep?",
            15,
            lambda: watched(printed(), DOCUMENT_PATIENCE)[0].best_epoch,
            ("It keeps the least validation loss.", "0.85 is less than 0.9.", "0.85 belongs to epoch 15."),
            (
                Wrong("one stops where the document says", 10, lambda: DOCUMENT_KEEPS, "At epoch 10 the validation loss is 0.9, and it still falls."),
                Wrong("the last epoch is kept", 20, lambda: max(PRINTED), "The weights of the best epoch are saved, and brought back."),
            ),
        ),
        Exercise(
            "Validation losses 5, 4, 4.2, 4.1, 3.9, 4, 4.3, 4.4 in epochs 1 to 8, patience 3: after which epoch does it stop?",
            8,
            lambda: watched(BUMPY, 3)[1] or 0,
            ("Count the epochs without a new best.", "4.2 and 4.1 are two; 3.9 is a new best, and the count starts again.", "4, 4.3, 4.4 are three."),
            (
                Wrong("the best epoch is given", 5, lambda: watched(BUMPY, 3)[0].best_epoch,
                      "That epoch is kept; it takes three more to know that it was the best."),
            ),
        ),
        choice(
            "Patience 1 or patience 3, on 5, 4, 4.2, 4.1, 3.9, 4, 4.3, 4.4. Which keeps the better weights?",
            [("patience 1", "It stops at the first bump and keeps 4."),
             ("both the same", "There is a bump on the way."),
             ("patience 3", "")],
            lambda: 3 if BUMPY[watched(BUMPY, 3)[0].best_epoch or 1] < BUMPY[watched(BUMPY, 1)[0].best_epoch or 1] else 2,
            "The validation loss rises once before it falls further.",
        ),
    ),
    plot=plot,
)  # fmt: skip
