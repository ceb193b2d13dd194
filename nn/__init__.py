"""Learning: neurons, layers and networks on `autograd`'s Values.

>>> import random
>>> from nn import MLP
>>> model = MLP(2, [16, 16, 1], rng=random.Random(0))
>>> len(model.parameters())
337
"""

import sys
import typing

import autograd

if not hasattr(autograd, "__chalkgrad__"):
    raise ImportError(
        f"`import autograd` found another package of that name, in {getattr(autograd, '__file__', '?')}: probably HIPS autograd from the "
        "package index, not chalkgrad's. The two cannot be installed together. In a fresh environment install chalkgrad alone; in a "
        "notebook that has the other one, put chalkgrad's checkout first: sys.path.insert(0, 'chalkgrad'), before any import."
    )

from autograd import Parameter, softmax
from nn import torch_names
from nn.activations import elu, gelu, leaky_relu, linear, relu, sigmoid, softplus, tanh
from nn.data.batching import batches, one_hot, random_split, standardise
from nn.data.datasets import blobs, circles, digits, linear_regression, mnist, moons, spirals, xor, yin_yang
from nn.errors import FormatError, MissingFileError, SettingError, StateError, TrainingError
from nn.layers import MLP, Layer, Neuron, Sequential
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    cross_entropy,
    hinge,
    hinge_loss,
    huber,
    huber_loss,
    l1_loss,
    mae,
    mae_loss,
    mse,
    mse_loss,
)
from nn.model_files import load_sequential_state_dict, load_weights, save_weights, sequential_state_dict
from nn.module import Module
from nn.monitor.diagnosis import diagnose
from nn.monitor.gradients import (
    accumulate,
    checkpointed_backward,
    clip_grad_norm_,
    clip_grad_value_,
    grad_norm,
    layer_grad_norms,
    stored_activations,
)
from nn.monitor.monitors import Monitor
from nn.optim.lr_scheduler import (
    ChainedScheduler,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LinearLR,
    Schedule,
    SequentialLR,
    StepLR,
)
from nn.optim.newton import Newton
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop
from nn.regularization import BatchNorm, BatchNorm1d, Dropout, Residual, l1_penalty, l2_penalty
from nn.training.callbacks import Checkpoint, EarlyStopping
from nn.training.checkpoint import load_checkpoint, save_checkpoint
from nn.training.evaluation import accuracy, evaluate
from nn.training.fit import fit
from nn.training.history import History
from nn.training.logits import LogitsWarning
from nn.training.run import Run

if typing.TYPE_CHECKING:
    from nn import plots as plots

__all__ = [
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "BatchNorm",
    "BatchNorm1d",
    "ChainedScheduler",
    "Checkpoint",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "Dropout",
    "EarlyStopping",
    "ExponentialLR",
    "FormatError",
    "History",
    "Layer",
    "LinearLR",
    "LogitsWarning",
    "MissingFileError",
    "Module",
    "Monitor",
    "Neuron",
    "Newton",
    "Optimizer",
    "Parameter",
    "RMSprop",
    "Residual",
    "Run",
    "Schedule",
    "Sequential",
    "SequentialLR",
    "SettingError",
    "StateError",
    "StepLR",
    "TrainingError",
    "accumulate",
    "accuracy",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "blobs",
    "categorical_cross_entropy",
    "checkpointed_backward",
    "circles",
    "clip_grad_norm_",
    "clip_grad_value_",
    "cross_entropy",
    "diagnose",
    "digits",
    "elu",
    "evaluate",
    "fit",
    "gelu",
    "grad_norm",
    "hinge",
    "hinge_loss",
    "huber",
    "huber_loss",
    "l1_loss",
    "l1_penalty",
    "l2_penalty",
    "layer_grad_norms",
    "leaky_relu",
    "linear",
    "linear_regression",
    "load_checkpoint",
    "load_sequential_state_dict",
    "load_weights",
    "mae",
    "mae_loss",
    "mnist",
    "moons",
    "mse",
    "mse_loss",
    "one_hot",
    "random_split",
    "relu",
    "save_checkpoint",
    "save_weights",
    "sequential_state_dict",
    "sigmoid",
    "softmax",
    "softplus",
    "spirals",
    "standardise",
    "stored_activations",
    "tanh",
    "xor",
    "yin_yang",
]


def _command_line() -> None:
    """Run the command `chalkgrad`: from here, so that a foreign `autograd` is found out before it is used."""
    import runpy

    runpy.run_module("autograd", run_name="__main__")


torch_names.answer_imports()


def __getattr__(name: str) -> typing.Any:
    """Import the pictures when they are first used; of a name of PyTorch's, say what it is called here."""
    if name == "plots":
        import importlib

        return importlib.import_module("nn.plots")
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}.{torch_names.hint(name)}", name=name, obj=sys.modules[__name__]
    )
