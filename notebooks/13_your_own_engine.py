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
# # 13. Your own engine
#
# You can explain a backward pass. Now write one: the assignment "Build your own Value", in cells. Each stage is a few lines, and below it stands a
# check that runs. Solve it first where you can: delete a body, write your own, run the check.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
import tempfile
from pathlib import Path
from textwrap import fill

from autograd.classroom.assignments.judge import judge_class
from autograd.classroom.assignments.report import text
from autograd.classroom.assignments.runner import Student
from nn.lessons import mistakes_laboratory

# %% [markdown]
# ## Stages 1 to 3: a number that remembers
#
# A Value holds a number, what it was computed from (its parents), and one local derivative for each parent.


# %%
class Value:
    def __init__(self, data, parents=(), partials=()):
        self.data, self.grad = float(data), 0.0
        self.parents, self.partials = tuple(parents), tuple(partials)

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))


x, y = Value(3), Value(4)
z = x * y
assert z.data == 12
assert z.parents == (x, y)
assert z.partials == (4, 3)
assert (x * x).parents == (x, x), "x · x has two parents, and both are x: no set"
print("passed: 3 · 4 =", z.data, "with the local derivatives", z.partials)

# %% [markdown]
# ## Stage 4: the chain rule by hand
#
# z = w·x + b, a = relu(z), L = (a − y)², with w = 3, b = 1, x = 2, y = 15. What are ∂L/∂w, ∂L/∂b and ∂L/∂x?

# %%
w, b, x, y = 3, 1, 2, 15
a = w * x + b
delta = 2 * (a - y)
by_hand = (delta * x, delta, delta * w)
assert by_hand == (-32, -16, -48)
print("passed:", by_hand)

# %% [markdown]
# ## Stage 5: topological order
#
# A node may contribute to its parents only when its own gradient is complete. So: each node after its parents, and then from the end.


# %%
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


x, k, t = Value(5), Value(2), Value(3)
y = x * k
z = y * t
out = z + y
order = topological_order(out)
assert len(order) == 6, "each node once"
assert order[-1] is out, "the root is the last"
assert all(order.index(parent) < order.index(node) for node in order for parent in node.parents)
print("passed:", [node.data for node in order])

# %% [markdown]
# ## Stages 6 and 7: backward, once and twice
#
# Begin with 1 at the root; interior nodes start afresh; contributions are added.


# %%
def backward(root):
    order = topological_order(root)
    for node in order:
        if node.parents:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            parent.grad += node.grad * partial


Value.backward = backward
x = Value(3)
y = x * x
cube = y * x
cube.backward()
assert x.grad == 27
cube.backward()
assert x.grad == 54, "leaves add up over passes; 72 says that y kept the gradient of the first pass"
print("passed: 27 after one pass, and", x.grad, "after two")

# %%
exercise = mistakes_laboratory.LESSON.exercises[2]
my_answer = "72"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Stage 8: one more operation
#
# Each operation is a value, and a slope for each operand. Here is tanh; the others are written in the same way.


# %%
def tanh(self):
    out = math.tanh(self.data)
    return Value(out, (self,), (1 - out * out,))


Value.tanh = tanh
x = Value(0.5)
x.tanh().backward()
measured = (math.tanh(0.5 + 1e-6) - math.tanh(0.5 - 1e-6)) / 2e-6
assert math.isclose(x.grad, measured, rel_tol=1e-6)
print(f"passed: the slope {x.grad:.6f} is what a small change measures")

# %% [markdown]
# ## Which mistake was it?
#
# The check of the assignment also judges engines that were written elsewhere: any class with `.data`, `.grad`, `.backward()` and operators. It runs some
# small programs on the class, and names the mistake by the numbers that they give. Here is an engine with one wrong character. Find it before you run the cell.

# %%
WRONG = """
class Node:
    def __init__(self, data, parents=(), partials=()):
        self.data, self.grad = data, 0.0
        self.parents, self.partials = parents, partials

    def __add__(self, other):
        return Node(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Node(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen = [], set()
        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, partial in zip(node.parents, node.partials):
                parent.grad = node.grad * partial
"""


def checked(source):
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "engine.py"
        file.write_text(source, encoding="utf-8")
        return text(judge_class(Student(file, "Node")))


print(checked(WRONG))

# %% [markdown]
# Correct it, and check again.

# %%
MENDED = WRONG.replace("parent.grad = node.grad", "parent.grad += node.grad")
print(checked(MENDED))

# %% [markdown]
# ## The whole assignment
#
# The folder with all sixteen stages, from `Value` to a network that learns XOR, and the check that names mistakes, in one file that needs nothing but
# Python: `assignment new engine -o my-engine`, then in the folder `python chalkgrad.pyz assignment check .`
