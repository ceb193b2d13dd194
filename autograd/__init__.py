"""A scalar reverse-mode autograd engine that explains every number it shows.

>>> from autograd import Value
>>> x, w, b, y = Value(2.0), Value(3.0), Value(1.0), Value(15.0)
>>> loss = ((w * x + b).relu() - y) ** 2
>>> loss.backward()
>>> loss.data, w.grad
(64.0, -32.0)
"""

import importlib
import os
import sys
import typing

from autograd import fast, habits, output
from autograd.errors import (
    AutogradError,
    DataError,
    DivisionError,
    DomainError,
    FileError,
    GraphError,
    GrowingGraphWarning,
    LengthError,
    MissingFileError,
    MissingPackageError,
    PictureError,
    PositionError,
    RangeError,
    RenderError,
)
from autograd.explain import mistakes
from autograd.explain.name_locals import name_locals
from autograd.explain.paths import paths
from autograd.explain.phases import phases
from autograd.explain.stepper import Stepper, steps
from autograd.explain.what_if import what_if
from autograd.explain.why import why
from autograd.functions import dot, grad, hessian, logsumexp, max, maximum, mean, min, minimum, softmax, sum
from autograd.gradcheck import gradcheck
from autograd.modes import enter, no_grad, scope
from autograd.replay import flat_parameters, record
from autograd.value import Parameter, Value, lift

if typing.TYPE_CHECKING:
    from autograd.classroom.flashcards import flashcards
    from autograd.classroom.handout import handout
    from autograd.classroom.terminal_quiz import quiz
    from autograd.explain.diagnose import diagnose
    from autograd.pictures import draw
    from autograd.player import play

__all__ = [
    "AutogradError",
    "DataError",
    "DivisionError",
    "DomainError",
    "FileError",
    "GraphError",
    "GrowingGraphWarning",
    "LengthError",
    "MissingFileError",
    "MissingPackageError",
    "Parameter",
    "PictureError",
    "PositionError",
    "RangeError",
    "RenderError",
    "Stepper",
    "Value",
    "diagnose",
    "dot",
    "draw",
    "enter",
    "flashcards",
    "flat_parameters",
    "grad",
    "gradcheck",
    "handout",
    "hessian",
    "lift",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mistakes",
    "name_locals",
    "no_grad",
    "paths",
    "phases",
    "play",
    "quiz",
    "record",
    "scope",
    "softmax",
    "steps",
    "sum",
    "what_if",
    "why",
]

_LATER = {  # what is imported when it is first used
    "diagnose": "autograd.explain.diagnose",
    "draw": "autograd.pictures",
    "flashcards": "autograd.classroom.flashcards",
    "handout": "autograd.classroom.handout",
    "play": "autograd.player",
    "quiz": "autograd.classroom.terminal_quiz",
}

if os.environ.get("CHALKGRAD_PLAIN") != "1":
    fast.install()
output.let_signs_through()
habits.explain_type_errors()
sys.meta_path.append(habits.Hints(__name__, habits.of_module))

__chalkgrad__ = "0.1.0"  # `nn` looks for this name: the package index has another `autograd`


def __getattr__(name: str) -> typing.Any:
    """Import what is not needed at the start when it is first used."""
    if name in _LATER:
        globals()[name] = getattr(importlib.import_module(_LATER[name]), name)
        return globals()[name]
    hint = habits.of_module(name) or (
        f". What takes one Value is its method: x.{name}()" if hasattr(Value, name) else ""
    )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
