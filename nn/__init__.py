"""Learning: neurons, layers and networks on `autograd`'s Values.

>>> import random
>>> from nn import MLP
>>> model = MLP(2, [16, 16, 1], rng=random.Random(0))
>>> len(model.parameters())
337
"""

import autograd

if not hasattr(autograd, "__chalkgrad__"):
    raise ImportError(
        f"`import autograd` found another package of that name, in {getattr(autograd, '__file__', '?')}: probably HIPS autograd from the "
        "package index, not chalkgrad's. The two cannot be installed together. In a fresh environment install chalkgrad alone; in a "
        "notebook that has the other one, put chalkgrad's checkout first: sys.path.insert(0, 'chalkgrad'), before any import."
    )

from autograd import Parameter
from nn.layers import MLP, Layer, Neuron
from nn.losses import mse_loss
from nn.module import Module
from nn.optim import SGD

__all__ = ["MLP", "SGD", "Layer", "Module", "Neuron", "Parameter", "mse_loss"]
