"""What can go wrong around training, beside the errors of `autograd`."""

from autograd import AutogradError, DataError, FileError
from autograd import MissingFileError as MissingFileError


class SettingError(DataError, ValueError):
    """A setting outside its range: a learning rate of 0, a probability of 2."""


class StateError(AutogradError, KeyError):
    """A state_dict that does not fit the module."""

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would show the quotes


class FormatError(FileError, ValueError):
    """A file that is not what it should be: cut short, changed, or of another kind."""


class FileStateError(FormatError, StateError):
    """A whole file that holds a state which does not fit what it is to be the state of."""


class TrainingError(AutogradError, ArithmeticError):
    """Training stopped, because the loss, a gradient or a parameter is not a finite number any more.

    `step` counts from 1; `parameter` is the name of the first parameter that is not finite, or whose gradient is not;
    `history` is the history so far.
    """

    def __init__(self, message: str, step: int = 0, parameter: str = "", history: object = None) -> None:
        super().__init__(message)
        self.step, self.parameter, self.history = step, parameter, history
