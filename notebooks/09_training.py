# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 9. The whole of training
#
# Forward, loss, backward, update: four steps, repeated. What stands around them, when should one stop, and what do you look at while it runs?

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
from random import Random
from textwrap import fill

from autograd import mean, phases, play
from autograd.classroom import compare
from nn import MLP, SGD, EarlyStopping, Monitor, accuracy, batches, blobs, cross_entropy, evaluate, fit, random_split
from nn.lessons import dials, early_stopping, training_loop
from nn.plots import loss_curves

# %% [markdown]
# ## Four steps under a magnifying glass
#
# The smallest network with all four: one input, one hidden unit, two classes. `phases` trains it for one step and yields every event.
# How many phases, and which numbers change in the last?

# %%
model = training_loop.tiny()
optimizer = SGD(model.parameters(), lr=0.1)
batch = ([[2.0]], [1])
events = list(phases(model, lambda outputs, targets: cross_entropy(outputs[0], targets[0]), batch, optimizer))
for event in events:
    if event.phase in ("loss", "update"):
        print(f"{event.phase:<8}", event.lines[-1])

# %%
play(events, title="One step of training, all four phases")

# %% [markdown]
# No update uses a number that another update has changed: all gradients came first.
#
# ## The loop, written out
#
# Ten clouds of points in the plane; the data is cut into three parts. What is each part for? And at which loss does a network of ten classes
# begin, if it knows nothing?

# %%
train, validation, test = random_split(blobs(120, 10, 0.4, Random(1)), (0.5, 0.25, 0.25), Random(2))
print(len(train), "to train,", len(validation), "to validate,", len(test), "to test; ln 10 =", round(math.log(10), 4))

# %%
model = MLP(2, [8, 10], rng=Random(0))  # initialise
optimizer, rng = SGD(model.parameters(), lr=0.1), Random(3)
print(f"before any step: loss {evaluate(model, train, cross_entropy):.4f}")
for epoch in range(1, 21):
    for inputs, targets in batches(train, 10, rng):  # shuffle, cut into batches
        outputs = [model(x) for x in inputs]  # 1. forward
        loss = mean([cross_entropy(z, y) for z, y in zip(outputs, targets, strict=True)])  # 2. loss
        optimizer.zero_grad()
        loss.backward()  # 3. backward
        optimizer.step()  # 4. update
    if epoch % 5 == 0:
        losses = [evaluate(model, part, cross_entropy) for part in (train, validation)]
        print(f"epoch {epoch:2}: training loss {losses[0]:.3f}, validation loss {losses[1]:.3f}")

# %% [markdown]
# A loss is −ln p, where p is the probability given to the true class: its geometric mean over the examples. Exercise: which p belongs to a loss of 2.3, of 1.2,
# of 0.3? Work out the first in your head.

# %%
for value in (2.3, 1.2, 0.3):
    print(f"loss {value}: p = {math.exp(-value):.2f}")

# %% [markdown]
# ## The same with fit, and a watcher
#
# `fit` is that loop, with checks. `EarlyStopping` looks at the validation loss: if it has not been lower for ten epochs, it stops, and goes
# back to the best weights. Predict: will it use all 100 epochs?

# %%
model = MLP(2, [8, 10], rng=Random(0))
optimizer, stopping = SGD(model.parameters(), lr=0.1), EarlyStopping(patience=10)
history = fit(
    model, train, cross_entropy, optimizer, epochs=100, batch_size=10,
    validation=validation, callbacks=[stopping], rng=Random(3),
)  # fmt: skip
print(fill(str(history)))
for name, part in (("training", train), ("validation", validation), ("test", test)):
    print(f"{name:<11} {accuracy(model, part):.0%} right")
loss_curves(history)

# %% [markdown]
# ## Which epoch is kept?
#
# A text prints these validation losses and says: stop at epoch 10. Run them through the watcher. Does it keep epoch 10?

# %%
printed = {1: 2.6, 5: 1.3, 10: 0.9, 15: 0.85, 20: 0.9}

stopping = EarlyStopping(patience=5)
for epoch, loss in printed.items():
    stop = stopping.observe(epoch, loss)
    best, waited = stopping.best_epoch, stopping.waited
    print(f"epoch {epoch:2}: {loss:<4}  best so far: epoch {best:<2}  waited {waited}  stop: {stop}")

# %% [markdown]
# Exercise: with patience 3 on a bumpy curve. Count before you run; then try patience 1 in the second cell, and see which epoch too little patience keeps.

# %%
exercise = early_stopping.LESSON.exercises[3]
my_answer = "5"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %%
patience = 3

stopping = EarlyStopping(patience)
for epoch, loss in enumerate((5, 4, 4.2, 4.1, 3.9, 4, 4.3, 4.4), 1):
    if stopping.observe(epoch, loss):
        print(f"stopped after epoch {epoch}, kept epoch {stopping.best_epoch} with {stopping.best_loss}")
        break

# %% [markdown]
# ## Reading the dials
#
# “The loss does not fall” has many causes, and the loss does not say which. A `Monitor` reads more: gradient norms, how much one step changes
# the weights, dead and saturated units. Here are six trainings of small networks; match each name with what you expect of its dials.

# %%
for case in dials.CASES:
    print(f"{case.name:<24} {dials.verdict(case)}")

# %%
dials.plot()

# %% [markdown]
# Now one of your own. Make it fail in a way that is not in the list, and see whether the diagnosis notices.

# %%
lr, weight_scale = 0.1, 1.0


def init(nin, nout, rng):
    """Return normal weights of one size."""
    return [rng.gauss(0, weight_scale) for _ in range(nin)]


model, monitor = MLP(2, [8, 10], "tanh", init=init, rng=Random(0)), Monitor()
optimizer = SGD(model.parameters(), lr)
fit(model, train, cross_entropy, optimizer, epochs=10, batch_size=10, callbacks=[monitor], rng=Random(1))
print(monitor)
print(*monitor.diagnosis(), sep="\n")

# %%
exercise = dials.LESSON.exercises[2]
my_answer = "2.5"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `stops_after(losses, patience)`: after which epoch, from 1, early stopping ends; None if it does not.


# %%
def stops_after(losses, patience):
    return None  # your code


# %%
def by_nn(losses, patience):
    watcher = EarlyStopping(patience)
    return next((epoch for epoch, loss in enumerate(losses, 1) if watcher.observe(epoch, loss)), None)


print(
    compare(
        stops_after,
        by_nn,
        [
            ([5, 4, 4.2, 4.1, 3.9, 4, 4.3, 4.4], 1),
            ([5, 4, 4.2, 4.1, 3.9, 4, 4.3, 4.4], 3),
            ([3, 2, 1], 2),
            ([5, 3, 4, 3.5, 3.2, 3.1], 3),
            ([2, 2, 2], 2),
        ],
    )
)

# %% [markdown]
# Write `share_right(logits, labels)`: the share of examples whose largest logit is at the label.


# %%
def share_right(logits, labels):
    return 0.0  # your code


# %%
def right(rows, labels):
    return sum(row.index(max(row)) == k for row, k in zip(rows, labels, strict=True)) / len(labels)


print(compare(share_right, right, [([[1, 2], [3, 0], [0, 1]], [1, 1, 1]), ([[0.1, 0.2, 0.9]], [2])]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step training-loop         python3 -m autograd quiz training-loop
#     python3 -m autograd step early-stopping        python3 -m autograd quiz early-stopping
#     python3 -m autograd step dials                 python3 -m autograd quiz dials
#
# Next: [learning too much](10_overfitting.ipynb).
