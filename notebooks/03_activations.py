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
# # 3. Activations: what must bend, and how
#
# Between two layers something must bend, or the layers are one. What should it be? An activation has two faces: its value, which goes
# forward, and its slope, by which every gradient is multiplied on the way back. The second decides what a network can learn.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from random import Random
from textwrap import fill

from IPython.display import display

from autograd import Value, draw, gradcheck, paths, play, softmax, steps, why
from autograd.classroom import compare
from nn import MLP, SGD, binary_cross_entropy_with_logits, xor
from nn.lessons import activations, linear_trap
from nn.lessons.definitions import define
from nn.plots import activation_functions

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(*define("ReLU", "leaky ReLU", "ELU", "sigmoid", "tanh", "softplus", "GELU", "softmax"))

# %% [markdown]
# ## The linear trap
#
# Three layers without an activation, 15 parameters. Before you run: can they learn XOR? One neuron could not, but here are five.

# %%
y = linear_trap.three_layers()
y.backward()
draw(y)

# %% [markdown]
# Multiply the three matrices out and only 8·x1 + 7·x2 + 9 is left: one neuron. The paths from `y` down to `x1` say the same. How many are
# there, and what is on each?

# %%
x1 = next(event.node for event in steps(y) if event.name == "x1")
print(paths(y, x1).text)

# %% [markdown]
# Nothing on these paths depends on x, so the slope is the same everywhere: a plane. Training cannot change that. Predict the loss at which
# the first of these three ends:

# %%
inputs, targets = zip(*xor(), strict=True)
for activation in ("linear", "relu", "tanh"):
    model = MLP(2, [3, 3, 1], activation, init="xavier", rng=Random(0))
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(300):
        optimizer.zero_grad()
        loss = binary_cross_entropy_with_logits([model(x) for x in inputs], targets)
        loss.backward()
        optimizer.step()
    print(f"{activation:<7} loss {loss.data:.4f}   ŷ {[round(model(x)[0].sigmoid().data, 3) for x in inputs]}")
linear_trap.plot()

# %% [markdown]
# ## Eight ways to bend
#
# Solid: the value. Dashed: the slope. Which of them pass a gradient of 1 back unchanged, and where? Which flatten it at both ends?

# %%
activation_functions()

# %%
for name in ("sigmoid", "tanh", "relu", "leaky_relu", "gelu"):
    row = []
    for x in (-4.0, -1.0, 0.0, 1.0, 4.0):
        z = Value(x)
        getattr(z, name)().backward()
        row.append(f"{z.grad:8.4f}")
    print(f"slope of {name:<11}{''.join(row)}")

# %% [markdown]
# A sigmoid never passes back more than a quarter. Exercise: what is its slope at 0, and why is the answer in the cell wrong?

# %%
exercise = activations.LESSON.exercises[0]
my_answer = "0.5"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# Now put ten sigmoids in a row, each where its slope is largest. Predict what arrives at the front, then run.

# %%
how_many = 10

x = Value(0.0, "x")
h = x
for _ in range(how_many):
    h = h.sigmoid() - 0.5  # brought back to 0, where the slope is largest
h.backward()
print(f"∂h/∂x after {how_many} sigmoids: {x.grad:.3g}")

# %% [markdown]
# ## A kink
#
# ReLU has slope 0 left of 0 and slope 1 right of it. At 0 it has none, but backward must give a number. Which one? A central difference looks
# at both sides and says something else. `gradcheck` compares the two, and says why they differ.

# %%
z = Value(0.0, "z")
z.relu().backward()
print("slope of relu at 0:", z.grad, "\n")
print(gradcheck(lambda z: z.relu(), 0.0))

# %% [markdown]
# ## Softmax compares
#
# An activation looks at one number. Softmax looks at all outputs of a layer and turns them into probabilities. For the logits (2, 1, 0.1):
# which probability falls most when the first logit rises?

# %%
logits = [Value(2, "z1"), Value(1, "z2"), Value(0.1, "z3")]
probabilities = softmax(logits)
print("probabilities", [round(p.data, 3) for p in probabilities], "sum", sum(p.data for p in probabilities))
for k, p in enumerate(probabilities, 1):
    for z in logits:
        z.grad = None
    p.backward()
    print(f"slopes of p{k} for z1, z2, z3:", [round(z.grad, 4) for z in logits])

# %% [markdown]
# Each row adds up to 0: what one gains the others lose. Written out with its exponentials, the first probability is this graph; `e1` is used
# twice, in the numerator and in the sum of the denominator.

# %%
p1 = activations.first_probability()
p1.backward()
draw(p1)

# %%
e1 = p1.parents[0]
print(why(p1, e1).text)

# %%
play(p1, title="The first of three softmax probabilities")

# %% [markdown]
# Exercise: add 100 to every logit, then multiply every logit by 2. Predict which of the two changes the probabilities.

# %%
plain = [2, 1, 0.1]
for changed in (plain, [z + 100 for z in plain], [2 * z for z in plain]):
    print(changed, [round(p.data, 3) for p in softmax(changed)])

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `slope_of_sigmoid(x)` in plain Python. The check compares it with `backward`.


# %%
def slope_of_sigmoid(x):
    return 0.25  # your code


# %%
def by_backward(x):
    z = Value(x)
    z.sigmoid().backward()
    return z.grad


print(compare(slope_of_sigmoid, by_backward, [(0.0,), (2.0,), (-3.0,)]))

# %% [markdown]
# Write `my_softmax(logits)` in plain Python, so that it does not overflow for very large logits.


# %%
def my_softmax(logits):
    return [1 / len(logits) for _ in logits]  # your code


# %%
print(
    compare(
        my_softmax, lambda zs: [p.data for p in softmax(zs)], [([2.0, 1.0, 0.1],), ([0.0, 0.0],), ([1000.0, 999.0],)]
    )
)

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step linear-trap           python3 -m autograd quiz linear-trap
#     python3 -m autograd step activations           python3 -m autograd quiz activations
#     python3 -m autograd table                      every operation with its slopes
#
# Next: [how wrong is it?](04_losses.ipynb)
