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
# # 5. Backpropagation: whose fault is it?
#
# A network has many weights and one loss. How much of the loss is each weight to blame for? You will go backward through three layers, once in
# scalars and once in matrices, and then count what the alternative would cost.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from random import Random
from textwrap import fill

from autograd import Value, draw, paths, play, softmax, steps, why
from autograd.classroom import compare
from nn import MLP, cross_entropy, mse_loss
from nn.lessons import three_layers, why_backprop

# %% [markdown]
# ## Three layers
#
# Two inputs, two hidden layers of two ReLU units, two logits, softmax and cross-entropy; the second class is right. In the picture each neuron is
# one box. One unit is switched off: find it. Which weights will get no gradient because of it, and are those all?

# %%
model = MLP(2, [2, 2, 2], weights=three_layers.WEIGHTS, biases=three_layers.BIASES)
loss = cross_entropy(model([Value(1, "x₁"), Value(2, "x₂")]), 1)  # classes count from 0
loss.backward()
draw(loss, level="neuron")

# %%
loss = three_layers.build()  # the same network, with a label on every node
loss.backward()
nodes = {event.node.label: event.node for event in steps(loss)}
for name in ("w³₁₁", "w³₂₂", "w²₁₁", "w²₂₁", "w¹₁₁", "w¹₂₁"):
    print(f"∂L/∂{name} = {nodes[name].grad:8.4f}")
print()
print(why(loss, nodes["w³₂₂"]).text, "\n")
print(why(loss, nodes["w²₂₁"]).text)

# %% [markdown]
# Two zeros with two reasons: one weight listens to a unit that is off (its local derivative is 0), the other belongs to a unit that is off
# (nothing gets through its ReLU).
#
# ## At the logits: ŷ − y
#
# Two ways lead to the logit of the true class, and one to the other. Predict the two gradients from the probabilities.

# %%
probabilities = [p.data for p in softmax([nodes["z³₁"].data, nodes["z³₂"].data])]
print("ŷ             ", [round(p, 4) for p in probabilities], "  y = [0, 1]")
print("gradients of z", [round(nodes[name].grad, 4) for name in ("z³₁", "z³₂")], "\n")
print(why(loss, nodes["z³₂"]).text)

# %% [markdown]
# ## The chain, written as matrices
#
# From here on every layer does the same three things with the δ that reaches its z: the weights get δ·inputᵀ, the biases get δ, and the
# inputs get Wᵀ·δ. Below is that recipe in a few lines of lists; it knows nothing of graphs. Fill in, on paper, δ for layer 2 before you run.

# %%
weights, inputs = three_layers.WEIGHTS, [[1.0, 2.0]]
for W, b in zip(weights, three_layers.BIASES, strict=True):  # forward: keep what enters each layer
    z = [sum(w * x for w, x in zip(row, inputs[-1], strict=True)) + bi for row, bi in zip(W, b, strict=True)]
    inputs.append([max(0.0, zi) for zi in z])

delta = [p - y for p, y in zip(probabilities, (0, 1), strict=True)]
for k in (2, 1, 0):  # backward
    outer = [[round(d * x, 4) + 0.0 for x in inputs[k]] for d in delta]
    print(f"layer {k + 1}: δ = {[round(d, 4) for d in delta]}   δ·inputᵀ = {outer}")
    below = [sum(row[i] * d for row, d in zip(weights[k], delta, strict=True)) for i in range(2)]
    delta = [g if x > 0 else 0.0 for g, x in zip(below, inputs[k], strict=True)]  # times the slope of ReLU

# %% [markdown]
# Compare with the scalars above: entry by entry the same. The matrix form is bookkeeping; it does all neurons of a layer at once.

# %%
play(three_layers.LESSON, quiz=True)

# %%
exercise = three_layers.LESSON.exercises[2]
my_answer = "3"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## The naive way: nudge each weight
#
# There is another way to the gradient: add a little to one weight, run everything again, and see by how much the loss changes. Then the next
# weight. For a network with N weights, how many runs does that take? And how many does going backward take?

# %%
nudge = 1e-6

model = MLP(2, [4, 1], "tanh", rng=Random(1))
x, target = [0.5, -1.0], 1.0
before = mse_loss(model(x), target).data
runs, nudged = 1, []
for p in model.parameters():
    p.data += nudge
    nudged.append((mse_loss(model(x), target).data - before) / nudge)
    p.data -= nudge
    runs += 1

mse_loss(model(x), target).backward()
worst = max(abs(p.grad - g) for p, g in zip(model.parameters(), nudged, strict=True))
print(f"{len(model.parameters())} weights: {runs} runs forward by nudging, 1 forward and 1 backward by backpropagation")
print(f"largest difference between the two gradients: {worst:.1e}")

# %% [markdown]
# Exercise: make `nudge` smaller, `1e-9`, then `1e-13`. Predict whether the difference becomes smaller. (Two losses that agree in nearly all
# their digits have a difference that is mostly noise.)
#
# Counted in operands that are read, or that get a contribution, the two differ more and more:

# %%
for shape in why_backprop.SHAPES:
    race = why_backprop.race(shape)
    slow, fast = race.nudging_work, race.backward_work
    print(f"{race.weights:4} weights: nudging {slow:>8,}   backward {fast:>6,}   {slow / fast:6.1f} times")
why_backprop.plot()

# %% [markdown]
# ## Why it is so cheap
#
# The gradient of a weight is a sum over all paths from the loss to it. In a row of diamonds the number of paths doubles with each; backward
# goes along each edge, from a node to one use of it, once. How many paths has a row of twenty?

# %%
how_many = 20

x = Value(1.0, "x")
h = x
for _ in range(how_many):
    h = h * 0.5 + h * 0.5
found = paths(h, x, most=3)
print(f"{found.total:,} paths; path by path {found.by_path:,} multiplications, in one backward pass {found.by_edge}")

# %%
exercise = why_backprop.LESSON.exercises[2]
my_answer = "999"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `gradient_of_weights(delta, x)`: ∂L/∂W of a layer, a row for each neuron, from δ and the inputs.


# %%
def gradient_of_weights(delta, x):
    return [[0.0 for _ in x] for _ in delta]  # your code


# %%
def by_backward(delta, x):
    w = [[Value(0.0) for _ in x] for _ in delta]
    sum(
        d * sum((a * b for a, b in zip(row, x, strict=True)), Value(0.0)) for d, row in zip(delta, w, strict=True)
    ).backward()
    return [[p.grad for p in row] for row in w]


print(compare(gradient_of_weights, by_backward, [([1.0, -2.0], [3.0, 0.5]), ([0.25], [1.0, 2.0, 3.0])]))

# %% [markdown]
# Write `by_nudging(f, x, step)`: the derivative of f at x by a central difference, (f(x + step) − f(x − step))/(2·step).


# %%
def by_nudging(f, x, step):
    return 0.0  # your code


# %%
def cube(x):
    return x**3


print(compare(by_nudging, lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h), [(cube, 2.0, 0.1), (cube, -1.0, 0.01)]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step three-layers          python3 -m autograd quiz three-layers
#     python3 -m autograd step why-backprop          python3 -m autograd quiz why-backprop
#     python3 -m autograd paths why-backprop x₁      every path to an input
#
# Next: [what becomes of a gradient in a deep network](06_deep_networks.ipynb).
