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
# # 15. The same in PyTorch
#
# What has been built here from scalars, PyTorch does with arrays, and with the same names. This notebook shows three programs side by side. It
# does not need PyTorch: what PyTorch found is stored. Where it is installed, run its lines yourself.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from textwrap import fill

from autograd import Value, draw, play
from autograd.classroom import compare
from nn.lessons import in_pytorch

# %% [markdown]
# ## Line by line
#
# The tiny network of the first notebook: w = 3, b = 1, x = 2, and 15 would be right. Predict the two gradients before you open the answer.

# %%
tiny, step, loop = in_pytorch.PAIRS
pair = in_pytorch.PAIRS[tiny]
for torch_line, our_line in zip(pair.torch, pair.ours, strict=True):
    print(f"{torch_line:<58}{our_line}")
print("\nPyTorch found", in_pytorch.stored()["found"][tiny], "and this engine", in_pytorch.ours(tiny))

# %%
loss = in_pytorch.LESSON.build()
loss.backward()
draw(loss)

# %% [markdown]
# Exercise: the gradient of w. The answer below stops one step too early.

# %%
exercise = in_pytorch.LESSON.exercises[0]
my_answer = "-16"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## A step of a network
#
# Two inputs, two tanh units, one output; a step of gradient descent. How far apart will the weights of PyTorch and of this engine be afterwards,
# in the last digit?

# %%
both = zip(in_pytorch.stored()["found"][step], in_pytorch.ours(step), strict=True)
for name, (theirs, here) in zip(("loss", "w¹₁₁", "w¹₁₂", "w¹₂₁", "w¹₂₂", "w²₁₁", "w²₁₂"), both, strict=True):
    print(f"{name:<6}{theirs:>10.6f}{here:>12.6f}")

# %% [markdown]
# They agree because the model was converted to float64 with `.double()`. PyTorch's own type is float32, with about seven digits.

# %%
play(loss, title="What both do at backward()", quiz=True)

# %% [markdown]
# ## A loop
#
# XOR, 200 steps of Adam. Which lines of the loop are the same in both, word for word? Count them before you run.

# %%
pair = in_pytorch.PAIRS[loop]
same = [line for line, ours in zip(pair.torch, pair.ours, strict=True) if line == ours and line.strip()]
print(*same, sep="\n")
print(len(same), "lines are the same")

# %%
in_pytorch.plot()

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `linear(weight, bias, x)` as `torch.nn.Linear` computes it: a row of the weight for each output.


# %%
def linear(weight, bias, x):
    return list(bias)  # your code


# %%
def by_neurons(weight, bias, x):
    return [sum(w * a for w, a in zip(row, x, strict=True)) + b for row, b in zip(weight, bias, strict=True)]


print(compare(linear, by_neurons, [([[1.0, 2.0], [3.0, 4.0]], [0.5, -0.5], [1.0, 1.0]), ([[2.0]], [1.0], [-3.0])]))

# %% [markdown]
# Write `after(w, gradients, lr)`: where `w` stands after a step for each gradient, with `optimizer.step()` but *without* `zero_grad()`, so that each
# gradient is added to those before.


# %%
def after(w, gradients, lr):
    return w - lr * sum(gradients)  # your code


# %%
def by_the_engine(w, gradients, lr):
    node = Value(w)
    for g in gradients:
        (node * g).backward()
        node.data -= lr * node.grad
    return node.data


print(compare(after, by_the_engine, [(1.0, [2.0], 0.1), (1.0, [2.0, 2.0], 0.1), (0.0, [1.0, -1.0, 3.0], 0.5)]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step in-pytorch              python3 -m autograd quiz in-pytorch
#
# Next: [attention, and names that a network makes up](16_attention.ipynb).
