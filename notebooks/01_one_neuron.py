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
# # 1. One neuron
#
# A game first, which has a prediction, a loss and a slope, and no network yet. Then a neuron, which multiplies, adds, and bends. This notebook
# takes one apart, goes backward through it by the chain rule, lets it learn, puts three side by side, and ends at something that no single
# neuron can do.
#
# Every cell can be changed: predict what it will print, run it with Shift+Enter, then change a number and predict again.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from itertools import islice
from textwrap import fill

from autograd import Value, dot, draw, play, steps, what_if, why
from autograd.classroom import compare
from nn import SGD, Layer, Neuron, binary_cross_entropy
from nn.lessons import guessing_game, layer, loan_neuron, one_line, one_neuron, tiny_network

# %% [markdown]
# ## A game first
#
# A secret number from 1 to 100; the first guess is 50; “too high” and “too low” move it by exactly 10. You win within 2 of the secret. How many of
# the hundred secrets do you never find? And with steps of 2, and of 50?

# %%
for step in (10, 2, 50):
    counts = [guessing_game.count(secret, step) for secret in range(1, 101)]
    found = [n for n in counts if n]
    print(f"step {step:2}: {100 - len(found):2} secrets never found; at most {max(found)} guesses for the others")
print("secret 77, step 10:", list(islice(guessing_game.guesses(77, 10), 8)))

# %% [markdown]
# The game leaves out *how far*. Let each step be a learning rate, η, times the slope of (guess − secret)². Predict which of these learning rates
# finds 77 at once, which jumps to and fro, and which runs away.

# %%
for rate in (0.1, 0.5, 0.9, 1.1):
    trail = islice(guessing_game.guesses(77, rate, guessing_game.squared), 7)
    print(f"{rate}: {[round(guess, 2) for guess in trail]}")
guessing_game.plot()

# %% [markdown]
# ## Should w grow or shrink?
#
# One weight, one bias, one ReLU. For the input 2 the neuron should say 15. How wrong is it? And before you run the second cell:
# which way should `w` go, and which matters more, `w` or `b`?

# %%
x, w, b, y = Value(2, "x"), Value(3, "w"), Value(1, "b"), Value(15, "y")
z = w * x + b
z.label = "z"
a = z.relu()
a.label = "a"
loss = (a - y) ** 2
loss.label = "loss"
draw(loss, gradients=False)

# %% [markdown]
# A `Value` is a number that remembers how it was made. Each arrow has a *local derivative* beside it: by how much a result changes
# when one of its operands changes a little. Now go backward:

# %%
loss.backward()
print("loss", loss.data)
print("∂loss/∂w =", w.grad, "  ∂loss/∂b =", b.grad, "  ∂loss/∂x =", x.grad)
draw(loss)

# %% [markdown]
# The gradient of `w` is negative: as `w` grows, the loss falls. It is twice that of `b`, since what reaches `z` is multiplied by `x` on its
# way to `w`. Ask for the bookkeeping of any node with `why`, and watch the passes one event at a time with `steps`:

# %%
print(why(loss, w).text, "\n")
for event in steps(loss)[:8]:
    print(*event.lines, sep="\n")

# %% [markdown]
# The same, to click through. With `quiz=True` it asks for each contribution before it shows it.

# %%
play(tiny_network.LESSON, quiz=True)

# %% [markdown]
# ## Is a gradient a promise?
#
# It is the slope *here*. `what_if` changes one leaf, computes everything again, and lays the gradient's prediction beside the truth.
# Where do they differ? Try a small change, then a large one.

# %%
print(what_if(loss, w, 3.01).text, "\n")
print(what_if(loss, w, 3.32).text)

# %% [markdown]
# ## Learning: a small step against the slope, again and again
#
# Predict first: with a learning rate of 0.01, does the loss reach 0.01 within ten steps? Then try 0.1, and 0.3.

# %%
learning_rate = 0.01

w, b = Value(3, "w"), Value(1, "b")
for k in range(10):
    loss = ((w * 2 + b).relu() - 15) ** 2
    w.grad = b.grad = None  # else gradients add up
    loss.backward()
    w.data -= learning_rate * w.grad
    b.data -= learning_rate * b.grad
    print(f"step {k}: loss {loss.data:10.4f}   w {w.data:8.4f}   b {b.data:8.4f}")

# %% [markdown]
# ## Three inputs
#
# Now x = (2, 3, 1), w = (0.5, −1, 2), b = 1, and a ReLU. What does the neuron say? Which *weight* would change it most, and which *input*?
# Write your two answers down.

# %%
xs = [Value(2, "x1"), Value(3, "x2"), Value(1, "x3")]
ws = [Value(0.5, "w1"), Value(-1, "w2"), Value(2, "w3")]
z = dot(ws, xs, Value(1, "b"))  # w1·x1 + w2·x2 + w3·x3 + b, as one node
z.label = "z"
a = z.relu()
a.label = "a"
a.backward()
print("a =", a.data)
for v in [*ws, *xs]:
    print(f"∂a/∂{v.label} = {v.grad}")
draw(a)

# %% [markdown]
# The slope for a weight is its input, the slope for an input is its weight. Exercise: the next cell asks a question and judges the answer.
# The answer that stands there is wrong, and the verdict says in which way; correct it.

# %%
exercise = one_neuron.LESSON.exercises[0]
my_answer = "-5"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## A layer, and the same as a matrix
#
# Three neurons look at the same inputs. Say that further on something listens to them, and has sent back the gradients −1, 2 and 1 for
# their outputs. Nine weights: must each gradient be worked out by itself?

# %%
xs = [Value(2, "x1"), Value(3, "x2"), Value(1, "x3")]
three = Layer(3, 3, "relu", weights=[[0.5, -1, 2], [1, 1, -1], [-1, 0.5, 0.5]], biases=[1, 0, -2])
outputs = three(xs)
print("outputs", [out.data for out in outputs])

rest = dot([-1, 2, 1], outputs)  # stands for the rest of a network
rest.backward()
for j, neuron in enumerate(three.neurons, 1):
    print(f"neuron {j}: δ = {neuron.bias.grad:4}   gradients of its weights {[w.grad for w in neuron.weights]}")

# %% [markdown]
# Each row is δ (what reached the neuron's z) times the inputs (2, 3, 1): an outer product. That is all that the matrix formula δ·xᵀ says.
# Why is the last row 0? Look at the third output, and at the slope of ReLU there. The inputs are used by all three neurons, so their
# gradients are sums. Which three terms make that of x1? `why` would tell; answer first.

# %%
exercise = layer.LESSON.exercises[1]  # L stands for the rest
my_answer = "-0.5"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %%
print(why(rest, xs[0]).text)

# %% [markdown]
# ## One neuron, one line
#
# A bank approves a loan where 0.5·income + 2·score − 150 is above 0 (the income in thousands). Where is the border? Sketch it, then run.

# %%
bank = Neuron(2, "linear", weights=[0.5, 2], bias=-150)
for name, (income, score) in loan_neuron.APPLICANTS.items():
    print(f"{name:<5} income {income:3g}, score {score:2g}: z = {bank([income, score]).data:5.1f}")
loan_neuron.plot()

# %% [markdown]
# On the border z is 0. Dan was rejected, and has since paid back another loan: a mistake. Let the loss be the
# amount by which his z falls short of 1 (the hinge loss). Which of the three parameters will a step move most, and why that one?

# %%
loss = (1 - bank([100, 40])).relu()
loss.backward()
names = ("w1", "w2", "b")
print("gradients", {name: p.grad for name, p in zip(names, bank.parameters(), strict=True)})
SGD(bank.parameters(), lr=0.001).step()  # moves each against its gradient; lr is the learning rate
print("after a step", {name: round(p.data, 4) for name, p in zip(names, bank.parameters(), strict=True)})
print("Dan's z is now", round(bank([100, 40]).data, 4))

# %% [markdown]
# The dashed line in the picture is the border after that step. The income is the largest input, so its weight moves most. In which unit is the
# income? Had it been counted in single pounds, the same step would have thrown the line away: bring inputs to one scale first.
#
# ## What one neuron cannot do
#
# One neuron with a sigmoid learns AND, and it learns OR. What does it make of XOR, which is 1 where the inputs differ? The loss is −ln of
# the probability that it gives to the right answer (cross-entropy, of which notebook 4 has more). Predict it.

# %%
targets = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
inputs = [(0, 0), (0, 1), (1, 0), (1, 1)]

for name, wanted in targets.items():
    unit = Neuron(2, "sigmoid", weights=[1, -2], bias=0.5)
    optimizer = SGD(unit.parameters(), lr=1.0)
    for _ in range(500):
        optimizer.zero_grad()  # else gradients add up
        loss = binary_cross_entropy([unit(x) for x in inputs], wanted)
        loss.backward()
        optimizer.step()
    print(f"{name:<4} loss {loss.data:.4f}   predictions {[round(unit(x).data, 2) for x in inputs]}   wanted {wanted}")

# %% [markdown]
# On XOR every prediction ends at ½: “I don't know”, four times. More training does not help. A neuron draws a line, and no line has
# (0, 1) and (1, 0) on one side and the other two points on the other. Try it with a pencil:

# %%
one_line.plot()

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `output(weights, inputs, bias)`: what a neuron with ReLU returns, in plain Python. The check compares it with `Neuron`.


# %%
def output(weights, inputs, bias):
    return bias  # your code


# %%
print(
    compare(
        output,
        lambda w, x, b: Neuron(len(w), weights=w, bias=b)(x).data,
        [([0.5, -1, 2], [2, 3, 1], 1), ([1, 1], [-2, 1], 0.5), ([2], [3], 1)],
    )
)

# %% [markdown]
# Write `new_weight(w, x, b, y, rate)`: w after one step of gradient descent on (relu(w·x + b) − y)². The check lets `backward` find the
# gradient.


# %%
def new_weight(w, x, b, y, rate):
    return w  # your code


# %%
def by_backward(w, x, b, y, rate):
    weight = Value(w)
    ((weight * x + b).relu() - y).__pow__(2).backward()
    return w - rate * weight.grad


print(
    compare(
        new_weight, by_backward, [(3.0, 2.0, 1.0, 15.0, 0.01), (1.0, -2.0, 1.0, 3.0, 0.1), (0.5, 4.0, 0.0, 1.0, 0.05)]
    )
)

# %% [markdown]
# ## On the terminal
#
# The six lessons of this notebook, each told step by step, and as a quiz:
#
#     python3 -m autograd step guessing-game         python3 -m autograd quiz guessing-game
#     python3 -m autograd step tiny-network          python3 -m autograd quiz tiny-network
#     python3 -m autograd step one-neuron            python3 -m autograd quiz one-neuron
#     python3 -m autograd step layer                 python3 -m autograd quiz layer
#     python3 -m autograd step loan-neuron           python3 -m autograd quiz loan-neuron
#     python3 -m autograd step one-line              python3 -m autograd quiz one-line
#
# Next: [two hidden neurons do what one cannot](02_xor.ipynb).
