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
# # 6. Deep networks: gradients that vanish, gradients that explode, and memory
#
# Going backward, a gradient is multiplied by something in every layer. Over many layers that decides everything. And everything that was
# computed on the way forward must still be there on the way back: that costs memory.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
from random import Random
from textwrap import fill

from IPython.display import display

from autograd import Parameter, Value, draw, play
from autograd.classroom import compare
from nn import MLP, SGD, Layer, mse_loss
from nn.init import he
from nn.lessons import memory, vanishing_gradients
from nn.lessons.definitions import define
from nn.monitor.gradients import checkpointed_backward, clip_grad_norm_, grad_norm, layer_grad_norms, stored_activations
from nn.plots import gradient_norms

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(
    *define(
        "gradient norm",
        "gradient clipping",
        "Xavier initialisation",
        "He initialisation",
        "residual connection",
        "batch normalisation",
    )
)

# %% [markdown]
# ## Ten layers of one weight
#
# Each layer multiplies by 0.1. How much of a gradient of 1 is left at the front? And with a factor of 2? Write both down.

# %%
for factor in (0.1, 0.9, 1.0, 1.1, 2.0):
    x = Value(1.0)
    h = x
    for _ in range(10):
        h = Parameter(factor) * h
    h.backward()
    print(f"factor {factor}: {x.grad:.6g} arrives at x")

# %%
x = Value(1.0, "x")
h = x
for k in range(1, 5):  # four of the ten
    h = Parameter(0.1, f"w{k}") * h
    h.label = f"h{k}"
h.backward()
draw(h)

# %% [markdown]
# ## A real network
#
# Twelve layers of six units. Predict the shape of the two pictures: sigmoid on the left, ReLU on the right. Where is the gradient norm
# smallest, and by how many powers of ten?

# %%
vanishing_gradients.plot()

# %%
data = Random(1)
inputs = [[data.gauss(0, 1) for _ in range(6)] for _ in range(8)]
targets = [[data.choice([-1.0, 1.0])] for _ in range(8)]


def norms(activation, init):
    """Return the gradient norms of the first and the last layer of a network 6-6-…-6-1."""
    model = MLP(6, [6] * 11 + [1], activation, init=init, rng=Random(0))
    mse_loss([model(x) for x in inputs], targets).backward()
    first, *_, last = layer_grad_norms(model).values()
    return first, last


for activation, init in (("sigmoid", "xavier"), ("tanh", "xavier"), ("relu", "xavier"), ("relu", "he")):
    first, last = norms(activation, init)
    print(f"{activation:<8}{init:<8} first layer {first:8.2g}   last layer {last:8.2g}   ratio {first / last:8.2g}")

# %% [markdown]
# A sigmoid passes back a quarter at best, so eleven of them leave next to nothing: the first layers do not learn. Cures change what each layer
# multiplies by: another activation, another initialisation, a path past the layer (residual), batch normalisation. Compare them all with
# `print(vanishing_gradients.table_of_norms())`. Exercise: find an initialisation under which *tanh* keeps its gradient, and one under
# which it loses it. `init` may be a function of (nin, nout, rng) that returns a list of weights.

# %%
for size in (0.1, 0.4, 1.0):
    first, last = norms("tanh", lambda nin, nout, rng, size=size: [rng.gauss(0, size) for _ in range(nin)])
    print(f"tanh, weights of size {size}: ratio {first / last:.2g}")

# %% [markdown]
# ## The opposite
#
# Weights twice as large as He's, and ReLU. The activations double on the way forward, the gradients on the way back. What does *one* step with
# a learning rate of 0.01 do to the loss?


# %%
def one_step(max_norm=None):
    """Make one step, with the gradient clipped if so asked, and say what came of it."""
    model = MLP(6, [6] * 11 + [1], "relu", init=lambda *sizes: [2 * w for w in he(*sizes)], rng=Random(0))
    before = mse_loss([model(x) for x in inputs], targets)
    before.backward()
    norm = grad_norm(model.parameters())
    if max_norm:
        clip_grad_norm_(model.parameters(), max_norm)
    SGD(model.parameters(), lr=0.01).step()
    after = mse_loss([model(x) for x in inputs], targets)
    print(f"gradient norm {norm:.3g}: loss {before.data:.4g} → {after.data:.4g}")


one_step()
one_step(max_norm=1.0)

# %% [markdown]
# Clipping keeps the direction and shortens the step. It does not take away the cause; smaller weights do.

# %%
exercise = vanishing_gradients.LESSON.exercises[2]
my_answer = "45"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %%
model = MLP(6, [6] * 11 + [1], "relu", init=he, rng=Random(0))  # not twice He's, but He's
mse_loss([model(x) for x in inputs], targets).backward()
gradient_norms(model)

# %% [markdown]
# The norms are large, and alike: on the way from the last layer to the first, nothing vanishes and nothing explodes.
#
# ## What backward needs in memory
#
# Step through four tanh layers, backward. Each time a *local derivative* is shown, ask: which number of the forward pass was needed for it?

# %%
play(memory.LESSON)

# %% [markdown]
# The slope of tanh is 1 − a², and the slope for a weight is the a below it: every activation is read again, the first ones last. A batch of 32
# goes through 4 layers of 1,000 neurons. How many activations must be kept?

# %%
print(f"{stored_activations(32, [1000] * 4):,} activations")

# %% [markdown]
# Must they? *Checkpointing* keeps only what enters each segment, and computes the rest again when it is needed. Sixteen layers: how many
# segments are best, and what is the price?


# %%
def layers():
    """Return sixteen tanh layers of three units, always the same."""
    rng = Random(0)
    return [Layer(3, 3, "tanh", rng) for _ in range(16)]


draws = Random(1)
rows, goals = ([[draws.uniform(-1, 1) for _ in range(3)] for _ in range(4)] for _ in "xy")

plain, outputs = layers(), rows
for one in plain:
    outputs = [one(row) for row in outputs]
mse_loss(outputs, goals).backward()
gradients = [p.grad for one in plain for p in one.parameters()]

for segments in (1, 2, 4, 8, 16):
    again = layers()
    found = checkpointed_backward(again, rows, lambda outputs: mse_loss(outputs, goals), segments)
    same = [p.grad for one in again for p in one.parameters()] == gradients
    print(f"{segments:2} segments: {found.stored:3} of {found.without} activations kept, gradients the same: {same}")

# %% [markdown]
# The gradients agree to the last bit; the price is one more forward pass. Few segments hold much inside each; many have many inputs to keep.

# %%
exercise = memory.LESSON.exercises[2]
my_answer = "3"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `arrives(slopes)`: what is left of a gradient of 1 after layers with these slopes.


# %%
def arrives(slopes):
    return 1.0  # your code


# %%
print(compare(arrives, math.prod, [([0.1] * 10,), ([2.0] * 10,), ([0.25, 4.0],)]))

# %% [markdown]
# Write `clipped(gradients, bound)`: the gradients, shrunk by one factor so that their norm is at most the bound.


# %%
def clipped(gradients, bound):
    return gradients  # your code


# %%
def by_nn(gradients, bound):
    parameters = [Parameter(0.0) for _ in gradients]
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    clip_grad_norm_(parameters, bound)
    return [p.grad for p in parameters]


print(compare(clipped, by_nn, [([3.0, 4.0], 1.0), ([0.3, 0.4], 1.0), ([-6.0, 8.0], 2.0)]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step vanishing-gradients   python3 -m autograd quiz vanishing-gradients
#     python3 -m autograd step memory                python3 -m autograd quiz memory
#
# Next: [downhill](07_downhill.ipynb).
