"""Model files: weights as matrices, in the names and shapes of PyTorch's nn.Sequential(Linear, activation, Linear, …).

    0.weight  (out, in)    0.bias  (out,)    the first layer
    2.weight  (out, in)    2.bias  (out,)    the second; 1 is the activation between them, which has no weights

In a Sequential, Dropout has a place too, and BatchNorm1d one with weight, bias, running_mean and running_var.

The names and shapes are those of `Module.state_dict`; the numbers are in arrays. In PyTorch, an activation stands after
each Linear that is not the last (nn.Identity() where there is none here), and then

    model.load_state_dict({name: torch.from_numpy(array) for name, array in numpy.load("model.npz").items()})
    model.load_state_dict(safetensors.torch.load_file("model.safetensors"))

after model.double(): the files hold float64, so that nothing is lost.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd import DataError, MissingPackageError
from autograd.file_io import file_path, read_file, write_file
from autograd.refusals import a_or_an
from nn.checks import first_three
from nn.errors import FileStateError, FormatError, StateError
from nn.layers import Layer
from nn.module import Module, check_module
from nn.nested import check_tied, flat, numbers_in, set_at_once
from nn.regularization import BatchNorm1d, Dropout
from nn.sequence import numbered, sequence_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def sequential_state_dict(model: Module) -> "dict[str, NDArray[np.float64]]":
    """Return the weights as NumPy arrays: `0.weight` of shape (out, in), `0.bias`, `2.weight`, …

    >>> from nn import MLP
    >>> state = sequential_state_dict(MLP(2, [3, 1]))
    >>> {name: array.shape for name, array in state.items()}
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}

    Raises DataError for a model that is not an MLP, a Layer, a Sequential of Layers, Dropout and BatchNorm1d, or a Module of
    your own with a list `layers` of such.
    """
    np = numpy()

    return {name: np.array(numbers_in(values)) for name, values in matrices(model).items()}


def load_sequential_state_dict(model: Module, state: "Mapping[str, ArrayLike]") -> None:
    """Set the weights from arrays with the same names and shapes; what does not fit changes nothing.

    >>> from nn import MLP
    >>> model, twin = MLP(2, [3, 1]), MLP(2, [3, 1])
    >>> load_sequential_state_dict(twin, sequential_state_dict(model))
    >>> twin.state_dict() == model.state_dict()
    True

    The arrays are NumPy's, PyTorch's or nested lists. Raises StateError.
    """
    own, given = sequential_state_dict(model), arrays_of(state)
    given = {
        name: array for name, array in given.items() if not name.endswith("num_batches_tracked")
    }  # PyTorch counts them
    ours, theirs = ({name: array.shape for name, array in arrays.items()} for arrays in (own, given))
    if ours != theirs:
        unlike = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
        lines = ", ".join(
            f"{name} {theirs.get(name, 'missing')} for {ours.get(name, 'nothing')}" for name in unlike[:3]
        )
        raise StateError(
            f"These weights are not of this {model}: {lines}. Build the model with the sizes that they were saved with."
        )
    check_finite(given)
    leaves = [(leaf, name) for name, values in matrices(model).items() for leaf in flat(values)]
    numbers = [number for name in own for number in given[name].flatten().tolist()]
    check_tied(leaves, numbers)
    set_at_once([leaf for leaf, _ in leaves], numbers)


def arrays_of(state: Any) -> dict[str, Any]:
    """Return NumPy arrays of what a dict holds, if that is numbers."""
    if not isinstance(state, Mapping):
        raise DataError(
            f"Weights are a dict of arrays by name, and this is {a_or_an(state)}. For a file there is load_weights(model, path)."
        )
    return {name: array_of_numbers(name, array) for name, array in state.items()}


def array_of_numbers(name: str, numbers: Any) -> Any:
    """Return a NumPy array of floats. Text, dates and complex numbers would be converted to them without a word."""
    np = numpy()

    try:
        if np.ma.is_masked(numbers):
            raise TypeError("some of it is masked")
        given = np.asarray(numbers)
        if given.dtype.kind not in "fiuO" or (
            given.dtype.kind == "O" and any(isinstance(x, (str, bytes)) for x in given.flat)
        ):
            raise TypeError(f"it holds {given.dtype.name}")
        with np.errstate(over="ignore"):  # to an infinity, which is refused
            return given.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise StateError(f"Weights are rectangular arrays of numbers, and {name!r} is not one: {error}.") from None


def check_finite(arrays: Mapping[str, Any]) -> None:
    """Refuse weights that are not finite, or too large for a float."""
    np = numpy()

    if wrong := [name for name, array in arrays.items() if not np.isfinite(array).all()]:
        raise StateError(
            f"{first_three(wrong)} has a number that is not finite: NaN, infinite, or too large for a float. "
            "A network with such a weight computes nothing. Take weights from before the training went wrong."
        )


def save_weights(model: Module, path: str | Path) -> None:
    """Write the weights to a file, .npz or .safetensors, all of it or nothing.

    >>> import tempfile
    >>> from nn import MLP
    >>> model, twin = MLP(2, [3, 1]), MLP(2, [3, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(model, f"{folder}/model.npz")
    ...     load_weights(twin, f"{folder}/model.npz")
    >>> twin.state_dict() == model.state_dict()
    True
    """
    write, _ = known(path)
    write_file(path, write(sequential_state_dict(model)))


def load_weights(model: Module, path: str | Path) -> None:
    """Set the weights from a file, .npz or .safetensors; FormatError or StateError if it does not fit, and no change."""
    _, read = known(path)
    raw = read_file(path)
    try:
        state = read(raw)
    except Exception as error:
        if isinstance(error, (ImportError, FormatError)):
            raise
        if type(error) is KeyError:  # a kind of number that NumPy does not have, such as BF16
            raise FormatError(
                f"{path} holds numbers of the kind {error}, which NumPy does not have. Save it in float32 or float64."
            ) from None
        raise FormatError(
            f"{path} is not a whole {Path(path).suffix} file ({type(error).__name__}: {error}). It may be cut short: save or copy it again."
        ) from None
    try:
        load_sequential_state_dict(model, state)
    except StateError as error:
        raise FileStateError(f"{path} does not fit: {error}") from None


def matrices(model: Module) -> dict[str, Any]:
    """Return the matrices and vectors of a model, by name: lists of its Values."""
    layers = list(sequence_of(check_module(model)).values())
    found = {f"{place}.{name}": values for place, layer in numbered(layers) for name, values in layer.saved()}
    plain = all(isinstance(layer, (Layer, BatchNorm1d, Dropout)) for layer in layers)
    if not plain or {*flat(list(found.values()))} != {leaf for _, leaf in model.named_state()}:
        raise DataError(
            f"A model file holds Layers one after the other, with Dropout and BatchNorm1d between them, and {model!r} has other parts. "
            "For such a model, keep model.state_dict(), with nn.save_checkpoint(path, state)."
        )
    return found


def to_npz(state: dict[str, Any]) -> bytes:
    """Return arrays as the bytes of an .npz file."""
    np = numpy()

    file = io.BytesIO()
    np.savez(file, **state)
    return file.getvalue()


def from_npz(raw: bytes) -> dict[str, Any]:
    """Return the arrays in the bytes of an .npz file."""
    np = numpy()

    if not zipfile.is_zipfile(io.BytesIO(raw)):
        raise ValueError("its end is missing")
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return dict(arrays)


def to_safetensors(state: dict[str, Any]) -> bytes:
    """Return arrays as the bytes of a .safetensors file, with a check sum among its metadata."""
    raw: bytes = safetensors().save(state, metadata={"sha256": digest_of(state)})
    return raw


def from_safetensors(raw: bytes) -> dict[str, Any]:
    """Return the arrays in the bytes of a .safetensors file; where there is a check sum, it has to fit."""
    arrays: dict[str, Any] = safetensors().load(raw)
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    written = (header.get("__metadata__") or {}).get("sha256")
    if written is not None and written != digest_of(arrays):
        raise ValueError("it was changed after it was written: its check sum does not fit")
    return arrays


def digest_of(arrays: Mapping[str, Any]) -> str:
    """Return the check sum of arrays, with their names, kinds and shapes."""
    sums = hashlib.sha256()
    for name in sorted(arrays):
        sums.update(f"{name} {arrays[name].dtype} {arrays[name].shape} ".encode())
        sums.update(arrays[name].tobytes())
    return sums.hexdigest()


def numpy() -> Any:
    """Return NumPy, if it is there."""
    try:
        import numpy as package
    except ImportError:
        raise MissingPackageError(
            "Model files hold arrays, which need the package numpy: pip install numpy. For a file without it there is "
            "nn.save_checkpoint(path, model.state_dict())."
        ) from None
    return package


def safetensors() -> Any:
    """Return the package that reads and writes .safetensors, if it is there."""
    numpy()  # which it needs, and does not name
    try:
        import safetensors.numpy as package
    except ImportError:
        raise MissingPackageError(
            "A .safetensors file needs the package safetensors: pip install safetensors. An .npz file needs nothing more."
        ) from None
    return package


FORMATS: dict[str, tuple[Callable[[dict[str, Any]], bytes], Callable[[bytes], dict[str, Any]]]] = {
    ".npz": (to_npz, from_npz),
    ".safetensors": (to_safetensors, from_safetensors),
}


def known(path: str | Path) -> tuple[Callable[[dict[str, Any]], bytes], Callable[[bytes], dict[str, Any]]]:
    """Return how to write and to read a file of that name."""
    suffix = file_path(path).suffix
    if suffix not in FORMATS:
        raise DataError(f"{str(path)!r} ends in {suffix!r}: a model file is one of {', '.join(FORMATS)}.")
    return FORMATS[suffix]
