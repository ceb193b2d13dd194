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
# # 4. How wrong is it?
#
# A loss turns “wrong” into one number, and its slope says who must change, and by how much. Two losses that agree about what is best can
# disagree about whom to blame first. This notebook is about that slope.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
from textwrap import fill

from IPython.display import display

from autograd import Value, draw, play, softmax, what_if
from autograd.classroom import compare
from nn import binary_cross_entropy, categorical_cross_entropy, cross_entropy, huber_loss, mae_loss, mse_loss
from nn.lessons import losses
from nn.lessons.definitions import define

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(
    *define(
        "mean squared error", "mean absolute error", "Huber loss", "binary cross-entropy", "cross-entropy", "logsumexp"
    )
)

# %% [markdown]
# ## Three houses
#
# The predicted prices are wrong by 10, −20 and 5 thousand. The mean squared error is one number for all three. Before you run: how much of
# it comes from the second house: a third, a half, or more?

# %%
predicted, true = [210_000, 280_000, 255_000], [200_000, 300_000, 250_000]

prices = [Value(p, f"p{i}") for i, p in enumerate(predicted, 1)]
squared = mse_loss(prices, true)
squared.backward()
squares = [(p - t) ** 2 for p, t in zip(predicted, true, strict=True)]
print(f"mean squared error {squared.data:,.0f}")
for price, square in zip(prices, squares, strict=True):
    print(f"{price.label}: square {square:>11,}, {square / sum(squares):4.0%} of the loss   slope {price.grad:10,.1f}")

# %%
loss = losses.houses()
loss.backward()
draw(loss)

# %% [markdown]
# Twice the error costs four times, and pulls twice as hard. The mean absolute error pulls all with the same force, however wrong they are.
# The Huber loss does the first for small errors and the second for large ones. Which would you choose if one of the houses had been
# sold to a cousin for almost nothing?

# %%
for name, function in (("squared", mse_loss), ("absolute", mae_loss), ("Huber", huber_loss)):
    errors = [Value(e) for e in (0.1, 1.0, 10.0)]
    for e in errors:
        function(e, 0).backward()
    print(f"{name:<9} slope at an error of 0.1, 1 and 10: {[round(e.grad, 2) for e in errors]}")

# %% [markdown]
# Exercise: the gradient for the second house. Upstream first, then local, then the product.

# %%
exercise = losses.LESSON.exercises[0]
my_answer = "13333.3"
print(fill(exercise.question))
print(*exercise.hints[:1])
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## A probability
#
# A network says with probability ŷ that the answer is yes, and it is yes. How bad is ŷ = 0.9, or 0.5, or 0.01? Cross-entropy says −ln ŷ.
# Fill in what you think before you run.

# %%
for p in (0.95, 0.9, 0.5, 0.3, 0.1, 0.05, 0.01):
    print(f"ŷ = {p:<5} −ln ŷ = {binary_cross_entropy(p, 1).data:.4f}   (ŷ − 1)² = {mse_loss(p, 1).data:.4f}")

# %%
losses.plot()

# %% [markdown]
# Both losses are 0 at ŷ = 1. The difference is what a *sure and wrong* network hears. The probability comes from a sigmoid of z, so look at the
# slope at z. Which of the two losses says almost nothing when z = −10 and the answer is yes?

# %%
print("     z       ŷ    slope of −ln ŷ   slope of (ŷ − 1)²")
for z in (-10.0, -4.0, -1.0, 0.0, 4.0):
    slopes = []
    for function in (binary_cross_entropy, mse_loss):
        v = Value(z)
        function(v.sigmoid(), 1).backward()
        slopes.append(v.grad)
    print(f"{z:6.0f} {1 / (1 + math.exp(-z)):7.4f} {slopes[0]:15.5f} {slopes[1]:18.5f}")

# %% [markdown]
# With cross-entropy the slope at z is ŷ − y: the sigmoid's flat ends cancel. With the squared error they do not, and a network that is
# sure and wrong stays so. Step through it: where does the gradient become small?

# %%
z = Value(-4, "z")
y_hat = z.sigmoid()
y_hat.label = "ŷ"
loss = (y_hat - 1) ** 2
loss.label = "L"
play(loss, title="Squared error of a sigmoid that is sure and wrong", quiz=True)

# %% [markdown]
# What does the gradient promise there, and what is true? Give z a whole unit more, then six.

# %%
print(what_if(loss, z, -3).text, "\n")
print(what_if(loss, z, 2).text)

# %% [markdown]
# ## One of ten
#
# Of ten probabilities only that of the true class counts. This network gives 0.4 to the digit 7, which is right. What is its loss? And
# what is the loss of a network that knows nothing, a tenth for each?

# %%
digits = [0.05, 0.05, 0.1, 0.05, 0.05, 0.05, 0.1, 0.4, 0.1, 0.05]
print(f"0.4 for the true class: {categorical_cross_entropy(digits, 7).data:.4f}")
print(f"a tenth for each:       {categorical_cross_entropy([0.1] * 10, 7).data:.4f} = ln 10")

# %% [markdown]
# Remember the second number: the loss of every untrained classifier of ten classes begins near it. If yours begins far above, look at its
# weights before you look at anything else.

# %%
exercise = losses.LESSON.exercises[2]
my_answer = "0.398"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## ŷ − y, once more
#
# For softmax and cross-entropy together, the gradient at the logits is again the prediction minus the truth. Predict the three gradients
# for the logits (2, 1, 0.1) when the *second* class is right, from the probabilities that the first line prints.

# %%
logits = [Value(2, "z1"), Value(1, "z2"), Value(0.1, "z3")]
print("softmax  ", [round(p.data, 3) for p in softmax(logits)])
loss = cross_entropy(logits, 1)  # classes count from 0
loss.backward()
print("gradients", [round(z.grad, 3) for z in logits])

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `my_mse(predictions, targets)` in plain Python.


# %%
def my_mse(predictions, targets):
    return 0.0  # your code


# %%
print(
    compare(my_mse, lambda p, y: mse_loss(p, y).data, [([210.0, 280.0, 255.0], [200.0, 300.0, 250.0]), ([1.0], [3.0])])
)

# %% [markdown]
# Write `my_cross_entropy(logits, true_class)`: ln Σ e^z − z of the true class.


# %%
def my_cross_entropy(logits, true_class):
    return math.log(len(logits))  # your code


# %%
print(
    compare(
        my_cross_entropy,
        lambda z, k: cross_entropy(z, k).data,
        [([2.0, 1.0, 0.1], 0), ([0.0, 0.0], 1), ([-1.0, 3.0], 0)],
    )
)

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step losses                python3 -m autograd quiz losses
#     python3 -m autograd why losses p2              where this gradient came from
#
# Next: [whose fault is it?](05_backpropagation.ipynb)
