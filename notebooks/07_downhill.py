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
# # 7. Downhill: how many examples, how large a step?
#
# The gradient says which way is down. Two questions remain: on how many examples should it be computed, and how far should one go?

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import statistics
from itertools import pairwise
from random import Random
from textwrap import fill

from autograd import Parameter, draw, grad, play
from autograd.classroom import compare
from nn import SGD, Neuron, fit, linear_regression, mse_loss
from nn.lessons import batches, guessing_game, learning_rates

# %% [markdown]
# ## A batch is a mean
#
# Three examples pull the weight `w` of a line, each its own way, and the step follows the mean. In the picture: which of them want `w` larger?

# %%
loss = batches.build()
loss.backward()
draw(loss)

# %%
exercise = batches.LESSON.exercises[0]
my_answer = "1.3333"
print(fill(exercise.question))
print(*exercise.hints[:2], sep="\n")
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## How noisy is the gradient of a few examples?
#
# 1,000 noisy points of a line. The gradient of each at w = b = 0 is computed once; then batches are drawn. A batch four times as large costs
# four times as much. How much quieter is it? Predict the column before you run.

# %%
data = linear_regression(1000, weights=[2.0], bias=1.0, noise=0.5, rng=Random(0))

w, b = Parameter(0.0, "w"), Parameter(0.0, "b")
slopes = [grad((w * x + b - y) ** 2, w)[0] for (x,), y in data]
rng = Random(1)
for size in (1, 4, 16, 64, 256):
    means = [statistics.fmean(rng.choices(slopes, k=size)) for _ in range(400)]
    print(f"batches of {size:3}: the gradient varies by {statistics.pstdev(means):.3f}")

# %%
exercise = batches.LESSON.exercises[3]
my_answer = "0.15"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Three runs
#
# The same line, the same learning rate, three epochs each: all 1,000 examples a step, 100 a step, 1 a step. Each run sees every example three
# times. Which gets nearest to w = 2, b = 1? Which moves about most in the end?

# %%
for batch_size in (1000, 100, 1):
    line = Neuron(1, "linear", weights=[0.0])
    history = fit(line, data, mse_loss, SGD(line.parameters(), lr=0.1), epochs=3, batch_size=batch_size, rng=Random(1))
    w, b = line.weights[0].data, line.bias.data
    print(f"{batch_size:4} a step: {history.steps:4} steps, w = {w:.3f}, b = {b:.3f}, loss {history.loss[-1]:.3f}")

# %%
batches.plot()

# %% [markdown]
# One epoch is one look at every example; one iteration is one step. Exercise: how many iterations are an epoch of 1,000 examples in batches
# of 32?

# %%
exercise = batches.LESSON.exercises[2]
my_answer = "31"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## How large a step?
#
# A parabola ½·8·w², and descent from w = 5, where the loss is 100. Its slope is 8·w. Predict, for each learning rate, one of: creeps, falls,
# jumps to and fro, explodes.

# %%
curvature = 8

for lr in (0.0005, 0.02, 0.125, 0.2, 0.25, 0.26):
    w = Parameter(5.0)
    optimizer, row = SGD([w], lr), []
    for _ in range(6):
        optimizer.zero_grad()
        loss = 0.5 * curvature * w**2
        loss.backward()
        optimizer.step()
        row.append(f"{loss.data:9.2f}")
    print(f"lr {lr:<7} {''.join(row)}")

# %% [markdown]
# Each step multiplies w by 1 − 8·η (η is the learning rate, `lr` in programs), and so the loss by the square of that. Where does it stop
# falling? Where is one step enough? Check your formula against the table, then change `curvature` to 2: which learning rates will still work?

# %%
exercise = learning_rates.LESSON.exercises[1]
my_answer = "0.125"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %%
play(learning_rates.build(), title="One step's gradient on a parabola", quiz=True)

# %% [markdown]
# A learning rate is a number like any other, so it has a gradient too. Here are two guesses of the guessing game as one graph, with η = 0.1. In which
# direction should η go, and through how many paths does it act?

# %%
play(guessing_game.LESSON)

# %% [markdown]
# ## Reading a column of losses
#
# A text prints 100, 250, 80, 300 as the losses of a learning rate that is too large. On a parabola the ratio of a loss to the one before is always the
# same. What are the ratios here? Could any parabola have made this column?

# %%
losses = [100, 250, 80, 300]
print("ratios", [round(b / a, 3) for a, b in pairwise(losses)])
steady = [100 * (1 - 0.26 * curvature) ** (2 * k) for k in range(4)]
print("a parabola, lr 0.26:", [round(loss, 2) for loss in steady], "ratio", round(steady[1] / steady[0], 3))

# %% [markdown]
# On a bowl, what rises once rises for ever. A loss that goes up and down means a surface whose curvature changes, or another batch at each
# step. A small network shows it; on its loss the largest of three learning rates never settles.

# %%
learning_rates.plot()

# %%
for lr in (0.01, 3.0, 20.0):
    curve = learning_rates.train(lr)
    rises = sum(b > a for a, b in pairwise(curve))
    print(f"lr {lr:<5} loss {curve[0]:.4f} → {curve[-1]:.4f}, rises {rises} times in {len(curve) - 1} steps")

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `descend(w, rate, steps)`: gradient descent on (w − 3)², in plain Python.


# %%
def descend(w, rate, steps):
    return w  # your code


# %%
def by_grad(w, rate, steps):
    for _ in range(steps):
        p = Parameter(w)
        w -= rate * grad((p - 3) ** 2, [p])[0]
    return w


print(compare(descend, by_grad, [(0.0, 0.1, 1), (0.0, 0.1, 20), (5.0, 0.5, 1), (0.0, 1.1, 3)]))

# %% [markdown]
# Write `cut(examples, size)`: the list of batches, the last of them perhaps smaller.


# %%
def cut(examples, size):
    return [examples]  # your code


# %%
print(
    compare(
        cut,
        lambda xs, n: [xs[i : i + n] for i in range(0, len(xs), n)],
        [([1, 2, 3, 4], 2), ([1, 2, 3, 4, 5], 2), ([1, 2], 5)],
    )
)

# %% [markdown]
# A learning rate is large or small for a curvature, never by itself: here 3 is fine, and on the parabola 0.26 was too much.
#
# ## On the terminal
#
#     python3 -m autograd step batches               python3 -m autograd quiz batches
#     python3 -m autograd step learning-rates        python3 -m autograd quiz learning-rates
#
# Next: [better steps](08_optimizers.ipynb).
