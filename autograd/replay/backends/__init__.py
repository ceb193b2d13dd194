"""The machines that run a program, one for each backend; a backend is imported when it is first asked for.

    python.py       number by number, in eager's own order: bit for bit eager, and the judge of the others
    numpy.py        the groups of the schedule as array operations over lanes: numpy_forward.py, numpy_backward.py
    numba.py        the instructions of the program, in a compiled loop: numba_kernels.py
    array_api.py    the groups as operations of torch or JAX, for batches that are arrays of such a library: foreign_arrays.py
    dask.py         backend "numpy" chunk by chunk, on a cluster too, for batches that are Dask arrays

To add a backend, write a machine (see Machine), and give it a name in `machine`.
"""

from typing import Any, Protocol

from autograd.replay.program import Floats, Program

BACKENDS = ("numpy", "numba", "python")


class ArrayMachine(Protocol):
    """What runs a program on arrays of shape (examples, numbers), one for each input; whose arrays, the machine decides."""

    numbers: Floats  # of the parameters

    def forward(self, blocks: list[Any]) -> list[Any]:
        """Return the outputs, an array of shape (examples,) for each. Raises FloatingPointError where eager has to decide."""

    def backward(self, output: int, seeds: Floats, before: Floats | None) -> Floats:
        """Return the gradients of the parameters, on top of those before; a seed for each example."""


class Machine(ArrayMachine, Protocol):
    """A machine for NumPy arrays, in whose own arrays the parameters may live."""

    gradients: Floats  # of the parameters: `backward` may compute them here
    order: Any  # the parameters of the program, in the order of `numbers`

    def counts(self) -> dict[str, int]:
        """Return what print(replay) tells, by name."""


def machine(backend: str, program: Program) -> Machine:
    """Return the machine of a backend."""
    if backend == "python":
        from autograd.replay.backends.python import PythonMachine

        return PythonMachine(program)
    if backend == "numba":
        from autograd.replay.backends.numba import NumbaMachine

        return NumbaMachine(program)
    from autograd.replay.backends.numpy import NumpyMachine

    return NumpyMachine(program)


def machine_for_arrays(dask: bool, program: Program) -> ArrayMachine:
    """Return the machine for arrays of other libraries, or for those of Dask."""
    if dask:
        from autograd.replay.backends.dask import DaskMachine

        return DaskMachine(program)
    from autograd.replay.backends.array_api import ArrayApiMachine

    return ArrayApiMachine(program)
