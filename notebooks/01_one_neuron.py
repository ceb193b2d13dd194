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
# # One neuron
#
# A neuron multiplies, adds, and bends. This notebook takes one apart, goes backward through it by the chain rule, and lets it learn.

# %%
import sys

sys.path.insert(0, "..")  # the checkout, before any other package called autograd

from autograd import draw, play
from autograd.lessons import tiny_network

# %% [markdown]
# ## Should w grow or shrink?
#
# One weight, one bias, one ReLU. The network says 7 where 15 is right, so the loss is 64. Before you run the next cell: which way should `w` go?

# %%
loss = tiny_network.network()
loss.backward()
draw(loss)

# %%
play(tiny_network.LESSON, quiz=True)
