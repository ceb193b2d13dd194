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
# # 8. Better steps: optimizers, schedules, landscapes
#
# Plain descent has one learning rate for all directions and for all time. Both can be improved. And where the slope is 0, is that the goal?

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from textwrap import fill

from IPython.display import display

from autograd import Parameter, hessian, play
from autograd.classroom import compare
from nn import SGD, Adam, AdamW, CosineAnnealingLR, ExponentialLR, Newton, RMSprop, StepLR
from nn.lessons import landscapes, optimizers, schedules
from nn.lessons.definitions import define
from nn.plots import descent, loss_surface

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(
    *define(
        "SGD",
        "momentum",
        "Nesterov momentum",
        "RMSprop",
        "Adam",
        "AdamW",
        "step decay",
        "exponential decay",
        "cosine annealing",
        "Newton's method",
    )
)

# %% [markdown]
# ## A ravine
#
# ½·w₁² + ½·50·w₂², from (7, 1): fifty times as steep across as along. In which direction does the gradient point there, roughly: at the goal, or
# across the valley? Which learning rate is safe for the steep direction?

# %%
w1, w2 = Parameter(7.0, "w1"), Parameter(1.0, "w2")
loss = 0.5 * w1**2 + 0.5 * 50 * w2**2
loss.backward()
print(f"loss {loss.data}, slopes {w1.grad} along and {w2.grad} across")


# %%
def ravine(x, y):
    """Return the height of the ravine."""
    return 0.5 * x**2 + 0.5 * 50 * y**2


paths = {
    "SGD 0.03": descent(ravine, (7.0, 1.0), lambda w: SGD(w, lr=0.03), 60),
    "momentum": descent(ravine, (7.0, 1.0), lambda w: SGD(w, lr=0.03, momentum=0.9), 60),
    "Adam 0.3": descent(ravine, (7.0, 1.0), lambda w: Adam(w, lr=0.3), 60),
}
loss_surface(ravine, paths, span=((-4, 8), (-1.2, 1.2)))

# %% [markdown]
# Momentum adds up what agrees, along the ravine, and cancels what alternates, across it. Adam divides each direction by the size of its own
# gradients, so that the ravine becomes round.
#
# Exercise: a race. The loss must fall below 0.01. Which of these can you bring below 30 steps with another learning rate? (Plain SGD explodes
# above 2/50.)

# %%
entries = {
    "SGD": lambda w: SGD(w, lr=0.03),
    "SGD with momentum": lambda w: SGD(w, lr=0.03, momentum=0.9),
    "SGD with Nesterov": lambda w: SGD(w, lr=0.01, momentum=0.9, nesterov=True),
    "RMSprop": lambda w: RMSprop(w, lr=0.1),
    "Adam": lambda w: Adam(w, lr=0.3),
    "AdamW": lambda w: AdamW(w, lr=0.3),
}
for name, make in entries.items():
    path = descent(ravine, (7.0, 1.0), make, 300)
    arrived = next((step for step, (x, y) in enumerate(path) if ravine(x, y) < 0.01), None)
    print(f"{name:<18} {'not within 300 steps' if arrived is None else f'{arrived} steps'}")

# %% [markdown]
# No optimizer wins everywhere: a race on one surface of two weights proves little. On a saddle the order is different:

# %%
optimizers.plot()

# %%
exercise = optimizers.LESSON.exercises[2]
my_answer = "1.0"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Momentum is written in two ways
#
# v ← β·v + g, w ← w − η·v, or v ← β·v − η·g, w ← w + v. Are they the same? For three steps the gradient is 1 and η is 0.1; then η falls to
# 0.01. Predict in which of the two the fourth step is longer.

# %%
for convention in ("pytorch", "classical"):
    w = Parameter(0.0)
    optimizer, moves = SGD([w], lr=0.1, momentum=0.9, convention=convention), []
    for lr in (0.1, 0.1, 0.1, 0.01, 0.01):
        before, w.grad, optimizer.lr = w.data, 1.0, lr
        optimizer.step()
        moves.append(round(w.data - before, 4))
    print(f"{convention:<10}", moves)

# %% [markdown]
# ## Schedules
#
# Large steps get close, and small steps let the loss settle. A schedule lowers the learning rate in time. From 0.001, epochs counted from 1: what does step
# decay give in epoch 31, exponential decay in epoch 11?


# %%
def rates(make, epochs=60):
    """Return the learning rate of each epoch."""
    optimizer = SGD([Parameter(0.0)], lr=0.001)
    schedule, found = make(optimizer), []
    for _ in range(epochs):
        found.append(optimizer.lr)
        schedule.step()
    return found


made = {
    "step decay": lambda o: StepLR(o, step_size=30, gamma=0.1),
    "exponential": lambda o: ExponentialLR(o, gamma=0.95),
    "cosine": lambda o: CosineAnnealingLR(o, T_max=60),
}
for name, make in made.items():
    found = rates(make)
    print(f"{name:<12}", {epoch: float(f"{found[epoch - 1]:.3g}") for epoch in (1, 11, 30, 31, 60)})
schedules.plot()

# %% [markdown]
# What does a schedule buy? Stochastic descent on ½w² with noisy gradients: a large constant rate never settles, a small one is still on its
# way. How far from the goal is each at the end?

# %%
print(f"{schedules.STEPS} steps, {schedules.RUNS} runs each")
print(schedules.gains())

# %%
exercise = schedules.LESSON.exercises[2]
my_answer = "0.001"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Where the slope is 0
#
# Two valleys, (w² − 1)² + 0.3·w, the left one deeper. Descent starts at w = 2. Where does it end, and would momentum help?

# %%
for momentum in (0.0, 0.5, 0.8, 0.9):
    path = landscapes.rolled(momentum)
    end = path[-1]
    print(f"momentum {momentum}: ends at w = {end:8.4f}, height {landscapes.valley(end):8.4f}")
landscapes.plot()

# %%
play(landscapes.build(), title="The slope where the descent begins", quiz=True)

# %% [markdown]
# The second derivative tells a valley from a hump, and Newton's method divides the slope by it. On a bowl it arrives in one step. Before you
# run: where does it go from (1.5, 0.5) on the saddle x² − y²?


# %%
def bowl(x, y):
    """Return (x − 1)² + 10·(y − x)²."""
    return (x - 1) ** 2 + 10 * (y - x) ** 2


def saddle(x, y):
    """Return x² − y²."""
    return x**2 - y**2


for surface, start in ((bowl, (3.0, -1.0)), (saddle, (1.5, 0.5))):
    w = [Parameter(x) for x in start]
    Newton(w).step(surface(*w))
    print(
        f"{surface.__name__:<7} Hessian {hessian(surface, start)}: {start} → {tuple(round(p.data, 6) + 0.0 for p in w)}"
    )

# %% [markdown]
# To the saddle itself: Newton's method looks for a slope of 0, and takes what it finds. `Newton(w, damping=3)` turns it downhill again; try it.

# %%
exercise = landscapes.LESSON.exercises[1]
my_answer = "1"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `with_momentum(gradients, rate, beta)`: where w goes from 0, with v ← β·v + g and w ← w − rate·v.


# %%
def with_momentum(gradients, rate, beta):
    return [0.0 for _ in gradients]  # your code


# %%
def by_nn(make, gradients):
    w, places = Parameter(0.0), []
    optimizer = make(w)
    for w.grad in gradients:
        optimizer.step()
        places.append(w.data)
    return places


def right(gradients, rate, beta):
    return by_nn(lambda w: SGD([w], rate, momentum=beta), gradients)


print(compare(with_momentum, right, [([1.0, 1.0, 1.0], 0.1, 0.9), ([2.0, -1.0], 0.5, 0.5)]))

# %% [markdown]
# Write `with_adam(gradients, rate)`: the same for Adam, with the default β₁, β₂ and ε of `nn.Adam`. Do not forget t.


# %%
def with_adam(gradients, rate):
    return [0.0 for _ in gradients]  # your code


# %%
print(
    compare(
        with_adam,
        lambda gradients, rate: by_nn(lambda w: Adam([w], rate), gradients),
        [([1.0, 1.0, 1.0], 0.1), ([5.0, -0.1], 0.01)],
    )
)

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step optimizers            python3 -m autograd quiz optimizers
#     python3 -m autograd step schedules             python3 -m autograd quiz schedules
#     python3 -m autograd step landscapes            python3 -m autograd quiz landscapes
#
# Next: [the whole of training](09_training.ipynb).
