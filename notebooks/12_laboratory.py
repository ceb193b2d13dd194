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
# # 12. The laboratory
#
# A backward pass is twenty lines of code. In how many ways can it go wrong, and would you notice? You will make mistakes on purpose, recompute a
# famous published example, and watch a network bend a plane.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from random import Random
from textwrap import fill

from autograd import Value, diagnose, draw, grad, gradcheck, play, why
from autograd.classroom import compare
from autograd.explain import mistakes
from autograd.graph import topological_order
from nn import MLP, SGD, binary_cross_entropy_with_logits, xor
from nn.lessons import hidden_space, mistakes_laboratory, published
from nn.plots import hidden_space as draw_hidden_space
from nn.plots import new_figure

# %% [markdown]
# ## Used twice
#
# x³ at 3, computed as y·x with y = x·x. The slope is 3x² = 27. What does the leaf hold after `backward()` was called *twice*? And what would it hold
# in an engine that forgets to start its intermediate results afresh?

# %%
x = Value(3, "x")
y = x * x
y.label = "y"
cube = y * x
cube.label = "L"
cube.backward()
print("once ", x.grad)
cube.backward()
print("twice", x.grad)
print(why(cube, x).text)

# %%
exercise = mistakes_laboratory.LESSON.exercises[2]
my_answer = "72"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Which mistake was it?
#
# A graph in which much can go wrong, since `y` is used three times. Its gradient for `w` is −56. Each mistake leaves a number of its own, so a wrong
# number can be traced: `diagnose` names the mistake and the first line that goes wrong.

# %%
loss = mistakes_laboratory.squared_error()
loss.backward()
draw(loss)

# %%
w = next(node for node in topological_order(loss) if node.label == "w")
found = diagnose(loss, w, "-16")
print(found.words)
for mistake in found.mistakes:
    if mistake.first:
        print("The first wrong line:", *mistake.first.lines, sep="\n    ")
    print(fill(mistake.why))

# %%
for answer in ("-56", "56", "-28", "-40", "-32", "-100"):
    print(diagnose(loss, w, answer).words)

# %%
play(mistakes_laboratory.LESSON, quiz=True)

# %% [markdown]
# ## Write it yourself
#
# Here is a backward pass in a few lines, with one mistake in it. (`topological_order` lists the nodes, each after its operands.) It is right on
# graphs in which every node is used once. Compare it with the true gradients, find the mistake, and correct it.


# %%
def my_backward(root):
    """Return the gradient of each node, by one pass from the root down. It is wrong."""
    gradients = {root: 1.0}
    for node in reversed(topological_order(root)):
        for parent, local in zip(node.parents, node.partials, strict=True):
            gradients[parent] = gradients[node] * local
    return gradients


mine = my_backward(loss)
leaves = [node for node in topological_order(loss) if node.op is None]
for leaf, truth in zip(leaves, grad(loss, leaves), strict=True):
    print(f"∂L/∂{leaf.label}: mine {mine[leaf]:6}   true {truth:6}   {'' if mine[leaf] == truth else 'WRONG'}")
print(diagnose(loss, w, mine[w]).words)

# %% [markdown]
# How would you know without knowing the truth? Ask the loss itself: change an input a little and see. `gradcheck` does it for every input.

# %%
print(gradcheck(lambda x, w, v: (x * w * (x * w) + v * (x * w) - 12) ** 2, 2.0, 1.0, 3.0))

# %% [markdown]
# ## Published against recomputed
#
# A walkthrough of backpropagation that many have copied has a network 2-2-2, and prints an error after one step of 0.291027924.
# Is it right? The network fits in a cell.


# %%
def network():
    """Return the walkthrough's network, with its weights."""
    weights = [[[0.15, 0.2], [0.25, 0.3]], [[0.4, 0.45], [0.5, 0.55]]]
    return MLP(2, [2, 2], "sigmoid", "sigmoid", weights=weights, biases=[[0.35, 0.35], [0.6, 0.6]])


def error_of(model):
    """Return ½(0.01 − o₁)² + ½(0.99 − o₂)²."""
    o1, o2 = model([0.05, 0.1])
    return 0.5 * (0.01 - o1) ** 2 + 0.5 * (0.99 - o2) ** 2


def after_a_step(gradients_of):
    """Return the error after a step of all eight weights; the walkthrough leaves the biases alone."""
    model = network()
    error = error_of(model)
    gradients = gradients_of(error)
    for w in (w for layer in model.layers for neuron in layer.neurons for w in neuron.weights):
        w.data -= 0.5 * gradients[w]
    return error_of(model).data


def right_way(error):
    """Return the gradient of every leaf."""
    leaves = [node for node in topological_order(error) if node.op is None]
    return dict(zip(leaves, grad(error, leaves), strict=True))


print(f"before       {error_of(network()).data:.9f}")
print(f"after a step {after_a_step(right_way):.9f}")

# %% [markdown]
# It differs from the seventh digit on. The text says, rightly, that the *old* weights are meant when going back through the output layer. What if the
# program behind its figures had already updated them? Make that mistake on purpose, one of `autograd.explain.mistakes`:

# %%
too_early = after_a_step(lambda error: mistakes.updated_too_early(error, lr=0.5).gradients)
print(f"updated too early {too_early:.9f}")

# %% [markdown]
# There is the printed number. One published figure after the other, recomputed:

# %%
print(published.misprints(), "\n")
print(published.survey())

# %%
exercise = published.LESSON.exercises[1]
my_answer = "0.030229739"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## A network bends the plane
#
# Back to XOR, and to 2-2-1 with tanh. No line separates the four points. Where does the hidden layer put them, at first and later? Each picture is
# the hidden space at one epoch. When can you first draw the line?

# %%
model = MLP(2, [2, 1], "tanh", rng=Random(2))
optimizer = SGD(model.parameters(), lr=0.5)
inputs, targets = zip(*xor(), strict=True)
figure, shown = new_figure(1, 3), (0, 100, 400)
names = {(0, 0): "(0, 0)", (0, 1): "(0, 1) and (1, 0)", (1, 1): "(1, 1)"}
for epoch in range(401):
    if epoch in shown:
        ax = figure.axes[shown.index(epoch)]
        for x, wanted in xor():
            place = [unit.data for unit in model.layers[0](x)]
            ax.plot(*place, "^" if wanted else "o", color="#E69F00" if wanted else "#0072B2", markersize=10)
            below = -16 if tuple(x) == (1, 1) else 8
            ax.annotate(names.get(tuple(x), ""), place, xytext=(-10, below), textcoords="offset points", ha="right")
        ax.set(title=f"epoch {epoch}", xlabel="hidden unit 1", ylabel="hidden unit 2")
        ax.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
    optimizer.zero_grad()
    loss = binary_cross_entropy_with_logits([model(x)[0] for x in inputs], targets)
    loss.backward()
    optimizer.step()
figure

# %%
draw_hidden_space(model, xor(), threshold=0.0)

# %% [markdown]
# At first the points lie almost in a row, in the order 0, 1, 1, 0: no line can cut out the middle of a row. Training bends the row until class 1 is
# its tip, and the line cuts the tip off.

# %%
exercise = hidden_space.LESSON.exercises[0]
my_answer = "0.75"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `leaves_first(parents)`: an order of the nodes in which each stands after its parents; `parents` maps a node to their list.


# %%
def leaves_first(parents):
    return sorted(parents)  # your code


# %%
def in_order(parents):
    order = leaves_first(parents)
    return sorted(order) == sorted(parents) and all(order.index(p) < order.index(n) for n in order for p in parents[n])


print(
    compare(
        in_order,
        lambda parents: True,
        [
            ({"a": [], "b": ["a"]},),
            ({"z": [], "y": ["z"], "x": ["z", "y"]},),
            ({"c": ["b"], "b": ["d"], "d": []},),
            ({"a": ["b"], "b": ["c", "d"], "c": [], "d": []},),
        ],
    )
)

# %% [markdown]
# Write `product_rule(x, y, slope_x, slope_y)`: the derivative of x·y, given those of x and y.


# %%
def product_rule(x, y, slope_x, slope_y):
    return slope_x * slope_y  # your code


# %%
def by_grad(x, y, slope_x, slope_y):
    t = Value(0.0)
    return grad((x + slope_x * t) * (y + slope_y * t), [t])[0]


print(compare(product_rule, by_grad, [(2.0, 3.0, 1.0, 0.0), (2.0, 3.0, 1.0, 1.0), (-1.0, 4.0, 0.5, 2.0)]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step mistakes              python3 -m autograd quiz mistakes
#     python3 -m autograd step published             python3 -m autograd quiz published
#     python3 -m autograd step hidden-space          python3 -m autograd quiz hidden-space
#     python3 -m autograd diagnose mistakes w -16    which mistake gives this number?
#
# The engine that you have used is short: read `autograd/rules.py` and `autograd/value.py`.
#
# Next: [write an engine of your own](13_your_own_engine.ipynb), or go on to [vectors](14_vectors.ipynb).
