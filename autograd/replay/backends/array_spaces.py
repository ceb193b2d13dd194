"""Arrays of other libraries as a batch: torch and JAX go through blocks.py (CuPy should, and is untried), Dask through chunks.py."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from autograd.errors import AutogradError, DataError, GraphError, LengthError
from autograd.replay.batches import Form, no_numbers, same_length
from autograd.replay.origin import ARRAYS, root
from autograd.replay.program import Floats, Ints, Program

SPECIAL = {"jax.numpy": "jax.scipy.special", "array_api_compat.cupy": "cupyx.scipy.special"}  # where erf is


def foreign(batch: Any) -> bool:
    """Whether a batch is an array of another library than NumPy, or a dict with one in it."""
    if type(batch) is np.ndarray:
        return False
    if isinstance(batch, Mapping):
        return any(map(foreign, batch.values()))
    library = root(type(batch).__module__)
    return library in ARRAYS or (library != "numpy" and hasattr(batch, "__array_namespace__"))


def is_dask(array: Any) -> bool:
    """Whether this is an array of Dask."""
    return type(array).__module__.startswith("dask.")


def namespace_of(arrays: list[Any]) -> Any:
    """Return the array API namespace of foreign arrays."""
    try:
        from array_api_compat import array_namespace
    except ImportError:
        raise AutogradError(
            "Arrays of other libraries need the package array-api-compat: pip install array-api-compat. NumPy arrays and lists do not."
        ) from None
    try:
        return array_namespace(*arrays)
    except TypeError:
        kinds = " and ".join(sorted({f"{type(a).__module__}.{type(a).__name__}" for a in arrays}))
        raise DataError(
            f"The inputs are to be arrays of one library, and here are {kinds}. NumPy arrays and lists may go beside them."
        ) from None


def to_numpy(array: Any) -> Floats:
    """Return an array of any library as one of NumPy."""
    from array_api_compat import to_device

    try:
        return np.asarray(array, np.float64)
    except TypeError:  # it lies on another device
        return np.asarray(to_device(array, "cpu"), np.float64)


def elsewhere(forms: list[Form], batches: tuple[Any, ...]) -> tuple[list[Any], bool]:
    """Return each input as an array (examples, numbers) of the foreign library, and whether it is a single example."""
    given = [parts(form, batch) for form, batch in zip(forms, batches, strict=True)]
    xp = namespace_of([batch for pairs in given for _, batch in pairs if foreign(batch)])
    arrays = [
        [real(xp, batch, form) if foreign(batch) else form.columns(batch) for form, batch in pairs] for pairs in given
    ]
    theirs: list[Any] = [array for row in arrays for array in row if foreign(array)]
    dtype = xp.result_type(*theirs)
    space = Space(xp, xp.astype(theirs[0], dtype))
    rows = [[xp.astype(array, dtype) if foreign(array) else space.array(array) for array in row] for row in arrays]
    same_length([array for row in rows for array in row])
    blocks = [xp.concat(row, axis=-1) if len(row) > 1 else row[0] for row in rows]
    single = blocks[0].ndim == 1
    blocks = [xp.reshape(block, (1, -1)) if single else block for block in blocks]
    if is_dask(theirs[0]):
        from autograd.replay.backends.dask import aligned

        blocks = aligned(blocks, (1,) if single else theirs[0].chunks[0])
    return blocks, single


def parts(form: Form, batch: Any) -> list[tuple[Form, Any]]:
    """Return a dict that holds foreign arrays as its parts, in the form's order, and any other batch as it is."""
    if not (form.keyed and isinstance(batch, Mapping) and foreign(batch)):
        return [(form, batch)]
    if batch.keys() != form.parts.keys():
        raise LengthError(f"{form.name} was recorded with {list(form.parts)}, and here are {list(batch)}.")
    return [pair for key, part in form.parts.items() for pair in parts(part, batch[key])]


def real(xp: Any, batch: Any, form: Form) -> Any:
    """Return an array of the foreign library as (examples, numbers), or (numbers,) for one example, of floats."""
    if form.shape is None:
        raise DataError(
            f"{form.name} is {form}, and here is one array of another library. Record it as an array, or give a dict of arrays for a dict."
        )
    if getattr(batch, "requires_grad", False):
        raise DataError(
            f"{form.name} asks for a gradient, and a record gives none to its inputs. Give x.detach() for x."
        )
    if is_dask(batch):
        from autograd.replay.backends.dask import whole

        batch = whole(batch, form.name)
    form.fits(tuple(batch.shape))
    if xp.isdtype(batch.dtype, "integral"):
        batch = xp.astype(batch, xp.asarray(np.zeros(1)).dtype)  # parameters are no whole numbers, and would be cut
    elif not xp.isdtype(batch.dtype, "real floating"):
        raise no_numbers(form.name, batch, batch.dtype)
    return xp.reshape(batch, (form.size,) if tuple(batch.shape) == form.shape else (batch.shape[0], form.size))


def special(xp: Any, name: str) -> Callable[[Any], Any]:
    """Return a function that is not of the standard, from where the library keeps it; or one that says it has none."""

    def refuse(x: Any) -> Any:
        raise GraphError(
            f"This array library has no {name}, which is outside the array API standard. Give NumPy, torch, JAX or Dask arrays."
        )

    home = import_module(SPECIAL[xp.__name__]) if xp.__name__ in SPECIAL else xp
    return getattr(home, name, refuse)


class Space:
    """A namespace for the rules, where plain numbers may stand for arrays."""

    def __init__(self, xp: Any, like: Any) -> None:
        from array_api_compat import device

        self.xp, self._dtype, self._device = xp, like.dtype, device(like)
        for name in ["exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "abs", "square"]:
            setattr(self, name, getattr(xp, name))
        for name in ["erf", "erfc"]:
            setattr(self, name, special(xp, name))
        for name in ["maximum", "minimum", "where", "pow", "divide"]:
            setattr(self, name, self._lifting(getattr(xp, name)))

    def _lifting(self, function: Any) -> Any:
        return lambda *xs: function(*map(self.array, xs))

    def array(self, x: Any) -> Any:
        """Return an array as it is, and a number or a NumPy array as an array of this library."""
        if not isinstance(x, (float, int, np.ndarray)):
            return x
        return self.xp.asarray(x, dtype=self._dtype, device=self._device)

    def index(self, rows: Ints) -> Any:
        """Return an array of row numbers."""
        return self.xp.asarray(rows, device=self._device)


class Elsewhere:
    """A machine that runs a program on the arrays it is given: all at once, or for Dask chunk by chunk."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.numbers = np.zeros(len(program.parameters))

    def forward(self, blocks: list[Any]) -> list[Any]:
        """Return the outputs, an array for each, from the inputs, each an array (examples, numbers)."""
        self._machine = self._chunks if is_dask(blocks[0]) else self._blocks
        self._machine.numbers[:] = self.numbers
        outputs: list[Any] = self._machine.forward(blocks)
        return outputs

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each example."""
        gradients: Floats = self._machine.backward(output, seeds, before)
        return gradients

    @cached_property
    def _blocks(self) -> Any:
        from autograd.replay.backends.array_api import Blocks

        return Blocks(self._program)

    @cached_property
    def _chunks(self) -> Any:
        from autograd.replay.backends.dask import Chunks

        return Chunks(self._program)
