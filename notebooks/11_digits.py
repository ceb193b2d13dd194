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
# # 11. Handwritten digits
#
# Everything so far, on real images: 1,797 digits written by people, 8 × 8 pixels each, and they come with this checkout. It is the same graph,
# the same slopes and the same update as in the first notebook; there is only more of everything.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import math
from random import Random
from textwrap import fill

from matplotlib.figure import Figure

from autograd import draw, mean, play, record
from autograd.classroom import compare
from nn import MLP, SGD, Adam, accuracy, cross_entropy, digits, evaluate, fit, one_hot, random_split
from nn.lessons import digits as lesson
from nn.plots import loss_curves

# %% [markdown]
# ## Look first
#
# Never train on data that you have not looked at. Which of these would you get wrong yourself?

# %%
data = digits()
print(f"{len(data):,} images")
figure = Figure(figsize=(9, 2.4), layout="constrained")
for ax, (pixels, digit) in zip(figure.subplots(2, 10).ravel(), data[100:120], strict=True):
    ax.imshow([pixels[8 * row : 8 * row + 8] for row in range(8)], cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(digit, fontsize=9)
    ax.axis("off")
figure

# %% [markdown]
# ## How many weights does one image meet?
#
# In textbooks an image of 784 numbers goes into a network 784-128-64-10. Compute the number of parameters of the first layer on paper (mind
# the biases), then the whole.

# %%
exercise = lesson.LESSON.exercises[2]
my_answer = "100352"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %%
for nin, nout in ((784, 128), (128, 64), (64, 10)):
    print(f"{nout:3} × {nin:<3} weights and {nout:3} biases: {nout * (nin + 1):7,}")
print(f"together {sum(nout * (nin + 1) for nin, nout in ((784, 128), (128, 64), (64, 10))):,}")

# %% [markdown]
# ## What the ten numbers say
#
# Softmax turns the ten outputs into probabilities. A slice of it, small enough to see whole: one pixel, three classes, class 0 is right.
# Predict the signs of the three gradients at the logits.

# %%
loss = lesson.slice_of_a_network()
loss.backward()
draw(loss)

# %%
play(lesson.LESSON, quiz=True)

# %%
exercise = lesson.LESSON.exercises[0]
my_answer = "0.7463"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## Training, one scalar after the other
#
# No hidden layer: 64 pixels, 10 outputs, weights of 0. At which loss does it begin? (It knows nothing: a tenth for each.) How many of 100 new
# images will be right after a few looks at 150?

# %%
train, test = random_split(data, (0.8, 0.2), Random(0))
model = MLP(64, [10], init="zeros")
print(f"before: loss {evaluate(model, test[:100], cross_entropy):.4f}; ln 10 = {math.log(10):.4f}")
fit(model, train[:150], cross_entropy, Adam(model.parameters(), lr=0.03), epochs=3, batch_size=10, rng=Random(1))
print(f"after:  loss {evaluate(model, test[:100], cross_entropy):.4f}")
print(f"{accuracy(model, test[:100]):.0%} of 100 new images right")

# %% [markdown]
# What has it learned? A weight for each pixel and each digit: purple where ink speaks for the digit, orange where it speaks against it.

# %%
figure = Figure(figsize=(9, 1.5), layout="constrained")
for digit, (ax, neuron) in enumerate(zip(figure.subplots(1, 10), model.layers[0].neurons, strict=True)):
    weights = [w.data for w in neuron.weights]
    largest = max(map(abs, weights))
    ax.imshow([weights[8 * row : 8 * row + 8] for row in range(8)], cmap="PuOr", vmin=-largest, vmax=largest)
    ax.set_title(digit, fontsize=9)
    ax.axis("off")
figure

# %% [markdown]
# ## Training, 32 images at once
#
# With a hidden layer and all images, one scalar after the other is slow. `record` runs the loss of *one* image, writes down the program, and
# replays it on 32 images at a time with NumPy. Here is one batch. The loss is a mean, so each gradient is the mean of 32.

# %%
model = MLP(64, [32, 10], rng=Random(0))
pixels, digit = train[0]
loss = record(lambda image, target: cross_entropy(model(image), target), pixels, one_hot(digit, 10))
inputs, targets = zip(*train[:32], strict=True)
batch = loss(list(inputs), one_hot(targets, 10))
batch.backward()
one_by_one = [cross_entropy(model(x), y) for x, y in train[:32]]
print(f"loss of 32 images: replayed {batch.data:.6f}, one by one {mean(one_by_one).data:.6f}")

# %% [markdown]
# `fit(…, replay=True)` does that for every batch; the model, the loss and the optimizer stay the same. Predict: does the hidden layer help, and
# will the loss on the test images, which are only watched, go on falling?

# %%
model = MLP(64, [32, 10], rng=Random(0))
optimizer = SGD(model.parameters(), lr=0.5)
history = fit(model, train, cross_entropy, optimizer, epochs=10, validation=test, rng=Random(1), replay=True)
print(history)
print(f"{accuracy(model, test):.1%} of {len(test)} test images right")
loss_curves(history)

# %% [markdown]
# Exercise: make the learning rate ten times smaller, then ten times as large; then give the hidden layer 4 units. Predict the share each time.
#
# ## Look again
#
# The images that it gets wrong say more than the percentage. Are they its fault?

# %%
lesson.plot()

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `count_parameters(sizes)`: the weights and biases of a network with these sizes, 64, 32, 10 say.


# %%
def count_parameters(sizes):
    return 0  # your code


# %%
def right(sizes):
    return len(MLP(sizes[0], list(sizes[1:]), init="zeros").parameters())


print(compare(count_parameters, right, [((64, 10),), ((64, 32, 10),), ((2, 3, 3, 1),)]))

# %% [markdown]
# Write `enlarge(pixels, times)`: a square image, a list row by row, with each pixel repeated `times` in both directions.


# %%
def enlarge(pixels, times):
    return pixels  # your code


# %%
def right(pixels, times):
    size = math.isqrt(len(pixels))
    return [pixels[size * (r // times) + c // times] for r in range(size * times) for c in range(size * times)]


print(compare(enlarge, right, [([1, 2, 3, 4], 2), ([5], 3), ([1, 2, 3, 4], 1)]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step digits                python3 -m autograd quiz digits
#
# Next: [the laboratory](12_laboratory.ipynb).
