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
# # 16. Attention, and names that a network makes up
#
# A language model is made of parts that this course has gone through one by one: dot products, softmax, ReLU, cross-entropy. What is new is only how
# one token looks at others. First two tokens by hand, then a small GPT.

# %%
# %matplotlib inline
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

import itertools
import math
from textwrap import fill

from IPython.display import display

from autograd import draw, play, softmax
from autograd.classroom import compare
from nn.lessons import attention, gpt
from nn.lessons.definitions import define

# %% [markdown]
# The words and formulas of this notebook:

# %%
display(*define("query, key and value", "attention", "mask"))

# %% [markdown]
# ## Two tokens
#
# Token 2 has the query (1, 3). The keys are (2, 2) and (0, 2), and scores are divided by 2. Predict: at which token does it look more, and with what
# weight? Only the difference of the scores counts.

# %%
print(attention.vectors())
print({token: round(weight, 4) for token, weight in attention.weights(2, masked=True).items()})

# %%
loss = attention.build()
loss.backward()
draw(loss)

# %% [markdown]
# Step through it. From which does the query get its gradient: the values, the weights, or both?

# %%
play(loss, title="What token 2 takes from two tokens", quiz=True)

# %% [markdown]
# ## The mask
#
# A model that is to predict token 2 from token 1 must not read token 2. Predict how the output of token 1 changes when the mask is taken away.

# %%
print(attention.masks())

# %% [markdown]
# Exercise: the gradient of a value is the gradient of the output times the weight. The answer below leaves the weight out.

# %%
exercise = attention.LESSON.exercises[0]
my_answer = "-0.1515"
print(fill(exercise.question))
print(fill(exercise.verdict(my_answer)))

# %% [markdown]
# ## A GPT that learns names
#
# It reads 36 short names letter by letter. 6 others are there to choose the number of steps, and 6 are held out, to test with. If all 12 letters are
# equally likely, the loss is ln 12. Predict what becomes of the loss on the names held out, with so few names to learn from.

# %%
run = gpt.stored()
for step in (0, 10, 50, 100, 200):
    print(
        f"step {step:>3}: training {run['loss'][step]:.3f}, choosing {run['choosing'][step]:.3f}, held out {run['held out'][step]:.3f}"
    )

# %%
gpt.plot()

# %% [markdown]
# Early stopping keeps the step with the lowest loss on the names for choosing. Which samples look more like names, those of that step or those of
# the last? And which of the two come from a model that has only learned its list by heart?

# %%
for title, key in (("chosen step", "samples"), ("last step", "samples at the end")):
    known = sum(name in gpt.parts()[0] for name in run[key])
    print(f"{title}: {', '.join(run[key])} ({known} of {len(run[key])} are names that it learned from)")

# %% [markdown]
# ## Write code
#
# The check below each function says how many cases are right, and which is the first that is not. The function that stands there is wrong.

# %% [markdown]
# Write `weights(query, keys)`: the softmax of query · key / √d, where d is the length of the query.


# %%
def weights(query, keys):
    return [1 / len(keys) for _ in keys]  # your code


# %%
def by_softmax(query, keys):
    scores = [sum(q * k for q, k in zip(query, key, strict=True)) / math.sqrt(len(query)) for key in keys]
    return [p.data for p in softmax(scores)]


print(
    compare(
        weights, by_softmax, [([1.0, 0.0], [[2.0, 1.0], [0.0, 5.0]]), ([1.0, 1.0, 1.0, 1.0], [[3.0, 0.0, 0.0, 1.0]])]
    )
)

# %% [markdown]
# Write `next_letters(names)`: for each pair of letters, how often the second follows the first, as a dictionary; the simplest language model there is.
# A name begins and ends with a point.


# %%
def next_letters(names):
    return {pair: 1 for name in names for pair in itertools.pairwise(name)}  # your code


# %%
def counted(names):
    found = {}
    for name in names:
        for pair in zip("." + name, name + ".", strict=True):
            found[pair] = found.get(pair, 0) + 1
    return found


print(compare(next_letters, counted, [(["ana"],), (["mara", "mira"],)]))

# %% [markdown]
# ## On the terminal
#
#     python3 -m autograd step attention               python3 -m autograd quiz attention
#     python3 -m autograd step gpt                     python3 -m autograd quiz gpt
#
# This is the last notebook of the course. [Write an engine of your own](13_your_own_engine.ipynb), if you have not.
