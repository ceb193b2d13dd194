"""Batches that are arrays of other libraries: torch, JAX and Dask (CuPy should work, and is untried), by the array API standard."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.errors import DataError, LengthError, MissingPackageError
from autograd.replay.batches import ExampleForm, not_real_numbers, same_length
from autograd.replay.program import Floats
from autograd.replay.reach import ARRAY_LIBRARIES, root_of


def is_foreign(batch: Any) -> bool:
    """Whether a batch is an array of another library than NumPy, or a dict with one in it."""
    if type(batch) is np.ndarray:
        return False
    if isinstance(batch, Mapping):
        return any(map(is_foreign, batch.values()))
    library = root_of(type(batch).__module__)
    return library in ARRAY_LIBRARIES or (library != "numpy" and hasattr(batch, "__array_namespace__"))


def is_dask(array: Any) -> bool:
    """Whether this is an array of Dask."""
    return type(array).__module__.startswith("dask.")


def namespace_of(arrays: list[Any]) -> Any:
    """Return the array API namespace of foreign arrays."""
    try:
        from array_api_compat import array_namespace
    except ImportError:
        raise MissingPackageError(
            "Arrays of other libraries need the package array-api-compat: pip install array-api-compat. NumPy arrays and lists do not."
        ) from None
    try:
        return array_namespace(*arrays)
    except TypeError:
        kinds = " and ".join(sorted({f"{type(a).__module__}.{type(a).__name__}" for a in arrays}))
        raise DataError(
            f"The inputs are to be arrays of one library, and here are {kinds}. NumPy arrays and lists may stand beside them."
        ) from None


def to_numpy(array: Any) -> Floats:
    """Return an array of any library as one of NumPy."""
    from array_api_compat import to_device

    try:
        return np.asarray(array, np.float64)
    except TypeError:  # it lies on another device
        return np.asarray(to_device(array, "cpu"), np.float64)


def foreign_blocks(forms: list[ExampleForm], batches: tuple[Any, ...]) -> tuple[list[Any], bool]:
    """Return each input as an array (examples, numbers) of the foreign library, and whether it is a single example."""
    given = [parts(form, batch) for form, batch in zip(forms, batches, strict=True)]
    xp = namespace_of([batch for pairs in given for _, batch in pairs if is_foreign(batch)])
    arrays = [[real(xp, b, form) if is_foreign(b) else form.columns(b) for form, b in pairs] for pairs in given]
    foreign: list[Any] = [array for row in arrays for array in row if is_foreign(array)]
    dtype = xp.result_type(*foreign)
    like = xp.astype(foreign[0], dtype)
    rows = [[xp.astype(a, dtype) if is_foreign(a) else array_like(xp, a, like) for a in row] for row in arrays]
    same_length([array for row in rows for array in row])
    blocks = [xp.concat(row, axis=-1) if len(row) > 1 else row[0] for row in rows]
    single = blocks[0].ndim == 1
    blocks = [xp.reshape(block, (1, -1)) if single else block for block in blocks]
    if is_dask(foreign[0]):
        blocks = aligned(blocks, (1,) if single else foreign[0].chunks[0])
    return blocks, single


def array_like(xp: Any, numbers: Any, like: Any) -> Any:
    """Return numbers as an array of a library, of the same precision and on the same device as another."""
    from array_api_compat import device

    return xp.asarray(numbers, dtype=like.dtype, device=device(like))


def parts(form: ExampleForm, batch: Any) -> list[tuple[ExampleForm, Any]]:
    """Return a dict that holds foreign arrays as its parts, in the form's order, and any other batch as it is."""
    if not (form.keyed and isinstance(batch, Mapping) and is_foreign(batch)):
        return [(form, batch)]
    if batch.keys() != form.parts.keys():
        raise LengthError(f"{form.name} was recorded with {list(form.parts)}, and here are {list(batch)}.")
    return [pair for key, part in form.parts.items() for pair in parts(part, batch[key])]


def real(xp: Any, batch: Any, form: ExampleForm) -> Any:
    """Return an array of the foreign library as (examples, numbers), or (numbers,) for one example, of floats."""
    if form.shape is None:
        raise DataError(
            f"{form.name} is {form}, and here is one array of another library. Record it as an array, or give a dict of arrays for a dict."
        )
    if getattr(batch, "requires_grad", False):
        raise DataError(
            f"{form.name} asks for a gradient, and a replay computes none for its inputs. Give x.detach() for x."
        )
    if is_dask(batch):
        batch = whole(batch, form.name)
    form.fits(tuple(batch.shape))
    if xp.isdtype(batch.dtype, "integral"):
        batch = xp.astype(batch, xp.asarray(np.zeros(1)).dtype)  # parameters are no whole numbers, and would be cut
    elif not xp.isdtype(batch.dtype, "real floating"):
        raise not_real_numbers(form.name, batch, batch.dtype)
    return xp.reshape(batch, (form.size,) if tuple(batch.shape) == form.shape else (batch.shape[0], form.size))


def whole(array: Any, name: str) -> Any:
    """Return a Dask array with all of an example in one chunk; refuse one that does not know how long it is."""
    if any(length != length for length in array.shape):
        raise LengthError(
            f"{name} is a Dask array with chunks of unknown length. Call its compute_chunk_sizes(), which counts them."
        )
    return array.rechunk(dict.fromkeys(range(1, array.ndim), -1))


def aligned(blocks: list[Any], lengths: tuple[int, ...]) -> list[Any]:
    """Return Dask arrays that are all cut into chunks of these numbers of examples."""
    return [block.rechunk((tuple(n for n in lengths if n), -1)) for block in blocks]
