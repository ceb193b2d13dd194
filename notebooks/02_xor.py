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
# # 2. XOR: two hidden neurons do what one cannot
#
# One neuron draws one line, and no line separates XOR. Put two neurons before it, with something that bends in between, and the points
# *move* until a line is enough. You will check a published example by hand, look into hidden space, and find out why a published training
# script never learns.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from random import Random
from textwrap import fill

from autograd import draw, play, steps, what_if, why
from autograd.classroom import compare
from nn import MLP, SGD, binary_cross_entropy, mse_loss, xor
from nn.lessons import xor_by_hand, xor_training
from nn.plots import decision_boundary, hidden_space

# %% [markdown]
# ## A network with weights chosen by hand
#
# Two ReLU units, a1 = relu(x1 + x2 − 0.5) and a2 = relu(x1 + x2 − 1.5), and a sigmoid of a1 − 2·a2 − 0.25. It stands in a text as a network
# that computes XOR. Does it? Work out (1, 1) on paper first: is the last sum above 0, or below?

# %%
hidden_weights, hidden_biases = [[1, 1], [1, 1]], [-0.5, -1.5]
output_weights, output_bias = [1, -2], -0.25

weights, biases = [hidden_weights, [output_weights]], [hidden_biases, [output_bias]]
model = MLP(2, [2, 1], "relu", "sigmoid", weights=weights, biases=biases)
for x, wanted in xor():
    prediction = model(x)[0].data
    verdict = "right" if (prediction > 0.5) == (wanted == 1) else "WRONG"
    print(f"{x}  ŷ = {prediction:.3f}   wanted {wanted}   {verdict}")

# %% [markdown]
# A slip: at (1, 1) the sum is 0.25, which is above 0. The network computes OR. Who is to blame? Go backward from the squared error at (1, 1).

# %%
loss = xor_by_hand.squared_error()
loss.backward()
draw(loss)

# %%
nodes = {event.node.label: event.node for event in steps(loss)}
print(why(loss, nodes["u2"]).text, "\n")
print(what_if(loss, nodes["u2"], -3).text)

# %% [markdown]
# The gradient of `u2` is positive, so `u2` should go down, below −2. How far must it go until (1, 1) is on the right side?
# The answer in the cell is wrong; the verdict says how it was got.

# %%
exercise = xor_by_hand.LESSON.exercises[1]
my_answer = "-1.25"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# Now go back to the cell with the weights, change `output_weights`, and run it again until all four are right.
#
# ## Where the points go
#
# With weights (16, −48) and bias −4 the output unit is right and sure. The left picture is the plane of the inputs, the right one that of
# the two hidden units. Find the four points in the right picture: how many are left? Could you separate *them* with a ruler?

# %%
mended = MLP(2, [2, 1], "relu", "sigmoid", weights=[hidden_weights, [[16, -48]]], biases=[hidden_biases, [-4]])
hidden_space(mended, xor())

# %% [markdown]
# (0, 1) and (1, 0), which want the same answer, now coincide, and (1, 1) has moved away from them. What the hidden layer learns
# is not the answer: it is a place from which a straight line gives the answer.
#
# ## A network that finds its own hidden space
#
# 2-2-1 (two inputs, two hidden units, one output) with tanh, from random weights. Run it, then change the seed. Does every seed get there? How
# would you notice from the loss alone?

# %%
seed = 2

model = MLP(2, [2, 1], "tanh", "sigmoid", rng=Random(seed))
optimizer = SGD(model.parameters(), lr=0.5)
inputs, targets = zip(*xor(), strict=True)
for epoch in range(401):
    optimizer.zero_grad()
    loss = binary_cross_entropy([model(x)[0] for x in inputs], targets)
    loss.backward()
    optimizer.step()
    if epoch % 100 == 0:
        print(f"epoch {epoch:3}: loss {loss.data:.4f}   {[round(model(x)[0].data, 2) for x in inputs]}")
hidden_space(model, xor())

# %%
how_many = 0
for seed in range(10):
    model = MLP(2, [2, 1], "tanh", "sigmoid", rng=Random(seed))
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(400):
        optimizer.zero_grad()
        loss = binary_cross_entropy([model(x)[0] for x in inputs], targets)
        loss.backward()
        optimizer.step()
    right = all((model(x)[0].data > 0.5) == (y == 1) for x, y in xor())
    how_many += right
    print(f"seed {seed}: loss {loss.data:.4f}   {'all four right' if right else 'not all right'}")
print(how_many, "of 10 seeds learn it in 400 epochs")

# %% [markdown]
# ## A published run that stalls
#
# Another text trains 2-3-1 with ReLU for 1,000 epochs, learning rate 0.5, mean squared error, from the weights in the next cell. Its loss falls
# at first. Predict the loss at the end: 0.25 is what “½ for everything” costs.

# %%
model = xor_training.network("relu")
for neuron in model.layers[0].neurons:
    print([round(w.data, 3) for w in neuron.weights], "bias", neuron.bias.data)

optimizer = SGD(model.parameters(), lr=0.5)
for epoch in range(1001):
    optimizer.zero_grad()
    loss = mse_loss([model(x)[0] for x in inputs], targets)
    loss.backward()
    if epoch % 200 == 0:
        print(f"epoch {epoch:4}: loss {loss.data:.5f}   {[round(model(x)[0].data, 3) for x in inputs]}")
    optimizer.step()

# %% [markdown]
# It has learned to say “I don't know”. Look at the second hidden unit: both weights negative, bias 0. For which of the four inputs is it
# above 0? Then ask the graph of one example why its gradient is what it is.

# %%
loss = xor_training.first_example()
loss.backward()
nodes = {event.node.label: event.node for event in steps(loss)}
print(why(loss, nodes["w21"]).text, "\n")
print(why(loss, nodes["z2"]).text)

# %%
play(xor_training.LESSON)

# %% [markdown]
# The unit is dead: whatever comes from above is multiplied by the slope of ReLU, which is 0 there. The other two end up above 0 for all four
# inputs, where ReLU bends nothing, and what is left is one line.
#
# Exercise: in the training cell above, replace `"relu"` with `"tanh"`. Same weights, same data, same learning rate. Predict whether it learns
# before you run it. Then look at the border that it draws:

# %%
model = xor_training.network("tanh")
optimizer = SGD(model.parameters(), lr=0.5)
for _ in range(1000):
    optimizer.zero_grad()
    loss = mse_loss([model(x)[0] for x in inputs], targets)
    loss.backward()
    optimizer.step()
print(f"loss {loss.data:.5f}   {[round(model(x)[0].data, 3) for x in inputs]}")
decision_boundary(model, xor())

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `xor_network(x1, x2)`: a network in plain Python with two ReLUs and an output that is above 0 exactly where XOR is 1.


# %%
def xor_network(x1, x2):
    return x1 + x2 - 0.5  # your code


# %%
print(compare(lambda *x: xor_network(*x) > 0, lambda x1, x2: x1 != x2, [(0, 0), (0, 1), (1, 0), (1, 1)]))

# %% [markdown]
# Write `is_dead(weights, bias, inputs)`: whether a ReLU with these weights is at or below 0 for every input.


# %%
def is_dead(weights, bias, inputs):
    return False  # your code


# %%
points = [(0, 0), (0, 1), (1, 0), (1, 1)]


def right(w, b, xs):
    return all(sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b <= 0 for x in xs)


print(
    compare(
        is_dead,
        right,
        [([-0.1, -0.2], 0.0, points), ([0.3, -0.1], 0.0, points), ([-1, -1], 0.5, points), ([0.5, 0.2], -1.0, points)],
    )
)

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step xor-by-hand           python3 -m autograd quiz xor-by-hand
#     python3 -m autograd step xor-training          python3 -m autograd quiz xor-training
#     python3 -m autograd step hidden-space          python3 -m autograd quiz hidden-space
#
# Next: [what must bend, and how](03_activations.ipynb).
