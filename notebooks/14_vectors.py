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
# # 14. Vectors, and from which end to multiply
#
# A network is computed with vectors and matrices, and its gradients have shapes. This notebook goes from the slopes of single functions to the
# product that a backward pass computes at each layer, and then asks why it begins at the loss.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
from textwrap import fill

from IPython.display import display

from autograd import Value, draw, grad, play, softmax
from autograd.classroom import compare
from nn.lessons import derivations, forward_and_reverse, vectors
from nn.lessons.definitions import define

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(*define("delta", "Jacobian", "vector–Jacobian product", "dual number"))

# %% [markdown]
# ## A derivation, line by line
#
# Each line of a derivation is the same function written in another way. So each can be computed at some points, and all must agree. Before
# you run: the second line of σ′ has two factors with a minus sign. Is σ′ negative anywhere?

# %%
print(derivations.derived(derivations.SIGMOID))

# %% [markdown]
# Exercise: σ(x) = 0.8. What is σ′(x)? The answer below has been taken from the wrong line of the table of derivatives.

# %%
exercise = derivations.LESSON.exercises[1]
my_answer = "0.36"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## The shape of a gradient
#
# Two neurons with two inputs: W is 2 by 2. A gradient holds a number for each weight, so it has the shape of W. Predict ∂L/∂W for one example,
# with x = (1, 2) and δ = ∂L/∂z = (1, −2): each weight's gradient is δ of its neuron times its input.

# %%
x, delta = [1.0, 2.0], [1.0, -2.0]
for d in delta:
    print([d * a for a in x])

# %% [markdown]
# The same from a graph of scalars, for a batch of two examples, whose gradients are added.

# %%
loss = vectors.build()
loss.backward()
draw(loss)

# %% [markdown]
# As matrices it is one product: ∂L/∂W = Δᵀ X. Does the graph, which knows nothing of matrices, find the same?

# %%
print("by matrices:", vectors.matrix_way()["∂L/∂W"])
print("by the graph:", vectors.scalar_way()["∂L/∂W"])

# %% [markdown]
# ## A function that looks at all its inputs
#
# Softmax has a matrix of derivatives, one for each probability and each logit. Predict the sum of each row: by how much do all logits together
# change one probability, if all grow by the same amount?

# %%
z = [Value(2.0), Value(1.0), Value(0.1)]
for p in softmax(z):
    row = grad(p, z)
    print([round(slope, 4) for slope in row], "sum", round(math.fsum(row), 12) + 0.0)

# %% [markdown]
# ## From which end?
#
# Forward mode carries a derivative along, from one input to the output. Reverse mode comes back from the output, once for all inputs. Step
# through this graph in reverse: which node must wait for two contributions before it may pass anything on?

# %%
y = forward_and_reverse.build()
play(y, title="(x1·x2 + x1)·(x1·x2 − x3)", quiz=True)

# %% [markdown]
# Now forward mode, with dual numbers: a value and a slope beside it. Predict how many passes it takes to find all three derivatives.

# %%
leaves = [node for node in forward_and_reverse.duals(y, y) if node.kind == "parameter"]
for leaf in leaves:
    print(f"∂y/∂{leaf.label} = {forward_and_reverse.duals(y, leaf)[y].slope:g}, in a pass of its own")
print("reverse mode:", [f"{slope:g}" for slope in grad(y, leaves)], "in one pass")

# %% [markdown]
# A thousand inputs and one loss, or one input and a hundred outputs: for which of the two is reverse mode the cheaper one?

# %%
for inputs, outputs in ((1000, 1), (1, 100)):
    cost = forward_and_reverse.cost(inputs, outputs)
    print(
        f"{inputs:>5} inputs, {outputs:>3} outputs: forward {cost.forward:>9,} multiplications, reverse {cost.reverse:>9,}"
    )

# %%
forward_and_reverse.plot()

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `vector_jacobian(u, matrix)`: uᵀ J, the row u times a matrix that is given as a list of rows.


# %%
def vector_jacobian(u, matrix):
    return [0.0 for _ in matrix[0]]  # your code


# %%
def by_backward(u, matrix):
    x = [Value(0.0) for _ in matrix[0]]
    outputs = [sum((m * a for m, a in zip(row, x, strict=True)), Value(0.0)) for row in matrix]
    return list(grad(sum((a * out for a, out in zip(u, outputs, strict=True)), Value(0.0)), x))


print(compare(vector_jacobian, by_backward, [([1.0, -2.0], [[1.0, 2.0], [3.0, -1.0]]), ([0.5], [[1.0, 2.0, 3.0]])]))

# %% [markdown]
# Write `dual_product(a, b)`: a and b are pairs (value, slope). Return the pair of their product.


# %%
def dual_product(a, b):
    return (a[0] * b[0], a[1] * b[1])  # your code


# %%
def by_the_engine(a, b):
    t = Value(0.0)
    product = (a[0] + a[1] * t) * (b[0] + b[1] * t)  # at t = 0 their values, and their slopes with respect to t
    return (product.data, grad(product, [t])[0])


print(compare(dual_product, by_the_engine, [((2.0, 1.0), (3.0, 0.0)), ((6.0, 3.0), (8.0, 4.0))]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step derivations             python3 -m autograd quiz derivations
#     python3 -m autograd step vectors                 python3 -m autograd quiz vectors
#     python3 -m autograd step forward-and-reverse     python3 -m autograd quiz forward-and-reverse
#
# Next: [the same in PyTorch](15_in_pytorch.ipynb).
