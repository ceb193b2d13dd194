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
# # 10. Learning too much, or too little
#
# A network that is too small cannot follow the truth. One that is too large follows the noise as well. And between them stands a theorem which
# says that large enough is enough. What does it promise, and what not?

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
from random import Random
from textwrap import fill

from IPython.display import display

from autograd import Value, draw
from autograd.classroom import compare
from nn import MLP, Adam, Dropout, evaluate, fit, l2_penalty, mse_loss
from nn.lessons import curve_fits, overfitting, universal_approximation
from nn.lessons.definitions import define
from nn.plots import loss_curves

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(*define("L2 regularisation", "dropout"))

# %% [markdown]
# ## A theorem: one hidden layer fits a curve
#
# ReLUs make corners. Put a corner at every knot, and the network goes through the curve at each. Nothing is trained; the weights can be written
# down. When the number of units doubles, what becomes of the largest error?

# %%
for units in (2, 4, 8, 16, 32):
    error = curve_fits.worst(universal_approximation.by_hand(units))
    print(f"{units:2} units: largest error {error:.4f}")
universal_approximation.plot()

# %% [markdown]
# As close as you like, with enough units. But does training *find* such weights? Change the seed, then the number of units.

# %%
units, seed = 8, 0

points = [([x], math.sin(math.pi * x)) for x in (-1 + k / 8 for k in range(17))]
model = MLP(1, [units, 1], rng=Random(seed))
history = fit(model, points, mse_loss, Adam(model.parameters(), lr=0.05), epochs=100, batch_size=5, rng=Random(1))
by_hand, worst = universal_approximation.by_hand(units), curve_fits.worst
print(f"largest error: trained {worst(model):.3f}, by hand {worst(by_hand):.3f}")
print(f"outside the knots, at x = 2: by hand {by_hand([2.0])[0].data:.2f}, in truth {abs(math.sin(2 * math.pi)):.2f}")

# %%
exercise = universal_approximation.LESSON.exercises[2]
my_answer = "-1"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Too large for ten points
#
# Ten noisy points of a parabola, twenty others to validate. A line, and a network of 16 ReLUs. Sketch both losses of the large network over
# the epochs before you run.

# %%
train, validation = overfitting.noisy(10, Random(1)), overfitting.noisy(20, Random(51))


def trained(model, penalty=None):
    """Train on the ten points, print both losses, and return the history."""
    optimizer = Adam(model.parameters(), lr=0.05)
    history = fit(
        model, train, mse_loss, optimizer, epochs=200, batch_size=10,
        validation=validation, rng=Random(1), penalty=penalty,
    )  # fmt: skip
    losses = [evaluate(model, part, mse_loss) for part in (train, validation)]
    print(f"{model!s:<47} training {losses[0]:.3f}, validation {losses[1]:.3f}")
    return history


line_history = trained(MLP(1, [1], rng=Random(0)))
history = trained(MLP(1, [16, 1], rng=Random(0)))
loss_curves(history)

# %% [markdown]
# The line is bad on both: it underfits. The large network is far better on the ten points than the noise allows, and worse on the others:
# it overfits.
#
# ## Holding back
#
# L2 adds λ·Σw² to the loss, so every weight is pulled towards 0, the harder the farther it is. Predict what a λ of 0.02 does to the
# *training* loss, and to the validation loss. Then try 0.2, and 2.

# %%
strength = 0.02

model = MLP(1, [16, 1], rng=Random(0))
history = trained(model, lambda: l2_penalty(model.parameters(), strength))

# %%
overfitting.plot()

# %%
loss = overfitting.penalised()
loss.backward()
draw(loss)

# %%
exercise = overfitting.LESSON.exercises[1]
my_answer = "1.5"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# Dropout sets each activation to 0 with probability p while training, and scales the rest, so that the mean stays. Run the cell several times
# with other seeds. Why are those that are kept divided by 1 − p?

# %%
seed = 1

dropout = Dropout(0.2, rng=Random(seed))
print("training:  ", [x.data for x in dropout([1.0, 2.0, 3.0, 4.0])])
print("evaluation:", [x.data for x in dropout.eval()([1.0, 2.0, 3.0, 4.0])])
dropout.train()
draws = [sum(x.data for x in dropout([1.0, 2.0, 3.0, 4.0])) for _ in range(2000)]
print(f"mean of the sum over {len(draws)} draws: {sum(draws) / len(draws):.2f}; without dropout it is 10")

# %%
exercise = overfitting.LESSON.exercises[2]
my_answer = "3"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `dropped(activations, kept, p)`: what dropout with probability p hands on while training; `kept` says of each activation whether it is kept.


# %%
def dropped(activations, kept, p):
    return activations  # your code


# %%
def right(activations, kept, p):
    return [a * keep / (1 - p) for a, keep in zip(activations, kept, strict=True)]


print(compare(dropped, right, [([1.0, 2.0, 3.0], [0, 1, 1], 0.2), ([4.0, -2.0], [1, 0], 0.5), ([1.0], [1], 0.0)]))

# %% [markdown]
# Write `penalty(weights, strength)`: the L2 penalty, λ·Σw².


# %%
def penalty(weights, strength):
    return 0.0  # your code


# %%
print(
    compare(
        penalty,
        lambda w, k: l2_penalty([Value(x) for x in w], k).data,
        [([1.0, 2.0], 0.5), ([-3.0], 0.1), ([0.0, 0.0], 2.0)],
    )
)

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step overfitting               python3 -m autograd quiz overfitting
#     python3 -m autograd step universal-approximation   python3 -m autograd quiz universal-approximation
#
# Next: [handwritten digits](11_digits.ipynb).
