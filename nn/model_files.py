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

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograd import DataError
from autograd.file_io import file_path, read_file, write_file
from nn.errors import FormatError, StateError
from nn.layers import Layer
from nn.module import Module, check_module
from nn.nested import flat, numbers_in
from nn.regularization import BatchNorm1d, Dropout
from nn.sequence import numbered, sequence_of


def sequential_state_dict(model: Module) -> dict[str, Any]:
    """Return the weights as NumPy arrays: `0.weight` of shape (out, in), `0.bias`, `2.weight`, …

    >>> from nn import MLP
    >>> state = sequential_state_dict(MLP(2, [3, 1]))
    >>> {name: array.shape for name, array in state.items()}
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}

    Raises DataError for a model that is not an MLP, a Layer, a Sequential of Layers, Dropout and BatchNorm1d, or a Module of
    your own with a list `layers` of such.
    """
    import numpy as np

    return {name: np.array(numbers_in(values)) for name, values in matrices(model).items()}


def load_sequential_state_dict(model: Module, state: Mapping[str, Any]) -> None:
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
    for name, values in matrices(model).items():
        for value, number in zip(flat(values), given[name].flatten().tolist(), strict=True):
            value.data = number


def arrays_of(state: Any) -> dict[str, Any]:
    """Return NumPy arrays of what a dict holds, if that is numbers."""
    import numpy as np

    if not isinstance(state, Mapping):
        raise DataError(
            f"Weights are a dict of arrays by name, and this is a {type(state).__name__}. For a file there is load_weights(model, path)."
        )
    try:
        return {name: np.asarray(array, dtype=float) for name, array in state.items()}
    except (TypeError, ValueError) as error:
        raise StateError(
            f"Weights are rectangular arrays of numbers, and among these is one that is not: {error}."
        ) from None


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
        if isinstance(error, ImportError):
            raise
        if type(error) is KeyError:  # a kind of number that NumPy does not have, such as BF16
            raise FormatError(
                f"{path} holds numbers of the kind {error}, which NumPy does not have. Save it in float32 or float64."
            ) from None
        raise FormatError(
            f"{path} is not a whole {Path(path).suffix} file ({type(error).__name__}: {error}). It may be cut short: save or copy it again."
        ) from None
    load_sequential_state_dict(model, state)


def matrices(model: Module) -> dict[str, Any]:
    """Return the matrices and vectors of a model, by name: lists of its Values."""
    layers = list(sequence_of(check_module(model)).values())
    found = {f"{place}.{name}": values for place, layer in numbered(layers) for name, values in layer.saved()}
    plain = all(isinstance(layer, (Layer, BatchNorm1d, Dropout)) for layer in layers)
    if not plain or {*flat(list(found.values()))} != {leaf for _, leaf in model.named_state()}:
        raise DataError(
            f"A model file is of Layers one after the other, with Dropout and BatchNorm1d between them, and {model!r} has other parts. "
            "For such a model, keep model.state_dict(), with nn.save_checkpoint(path, state)."
        )
    return found


def to_npz(state: dict[str, Any]) -> bytes:
    """Return arrays as the bytes of an .npz file."""
    import numpy as np

    file = io.BytesIO()
    np.savez(file, **state)
    return file.getvalue()


def from_npz(raw: bytes) -> dict[str, Any]:
    """Return the arrays in the bytes of an .npz file."""
    import numpy as np

    if not zipfile.is_zipfile(io.BytesIO(raw)):
        raise ValueError("its end is missing")
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return dict(arrays)


def to_safetensors(state: dict[str, Any]) -> bytes:
    """Return arrays as the bytes of a .safetensors file."""
    raw: bytes = safetensors().save(state)
    return raw


def from_safetensors(raw: bytes) -> dict[str, Any]:
    """Return the arrays in the bytes of a .safetensors file."""
    arrays: dict[str, Any] = safetensors().load(raw)
    return arrays


def safetensors() -> Any:
    """Return the package that reads and writes .safetensors, if it is there."""
    try:
        import safetensors.numpy as package
    except ImportError:
        raise ImportError(
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
