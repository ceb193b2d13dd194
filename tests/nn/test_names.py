"""The names that `from nn import …` offers."""

import inspect
import re
import subprocess
import sys
from random import Random

import pytest

import nn
from autograd import DataError
from nn.torch_names import ABSENT, ATTRIBUTES, PYTORCH


def test_all_is_sorted_and_complete():
    assert nn.__all__ == sorted(nn.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    modules = {name for name, thing in vars(nn).items() if inspect.ismodule(thing)}
    assert set(nn.__all__) == {name for name in vars(nn) if not name.startswith("_")} - modules


def test_everything_public_says_what_it_is():
    for name in nn.__all__:
        assert inspect.getdoc(getattr(nn, name)), name


def test_importing_nn_imports_the_standard_library_only():
    code = "import sys, nn; print([m for m in ('numpy', 'torch', 'matplotlib', 'graphviz', 'tqdm', 'nn.plots') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_pictures_are_there_after_import_nn_and_loaded_when_they_are_used():
    code = "import sys, nn; f = nn.plots.loss_curves; print(f.__module__, 'matplotlib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "nn.plots.curves False"
    with pytest.raises(AttributeError, match="plotz"):
        nn.plotz


@pytest.mark.parametrize("name", PYTORCH)
def test_a_name_of_pytorch_s_says_what_it_is_called_here(name):
    with pytest.raises(AttributeError, match=rf"has no attribute '{name}'\. It is ") as caught:
        getattr(nn, name)
    for mentioned in re.findall(r"nn\.(\w+)", str(caught.value)):
        assert hasattr(nn, mentioned)


def test_the_activations_of_pytorch_are_the_names_that_are_told():
    for kind, words in PYTORCH.items():
        for name in re.findall(r'Layer\(2, 3, "(\w+)"\)', words):
            assert repr(nn.Layer(2, 3, name)) == f"Layer(2 → 3, {name})", kind


@pytest.mark.parametrize("name", ABSENT)
def test_a_name_of_pytorch_s_that_there_is_not_says_what_to_do(name):
    for module in (nn, nn.optim):
        with pytest.raises(AttributeError, match=rf"has no attribute '{name}'\. \w") as caught:
            getattr(module, name)
    for mentioned in re.findall(r"nn\.(\w+)", str(caught.value).split("attribute")[1]):
        assert hasattr(nn, mentioned)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_of_other_libraries_modules_says_what_it_is_here(name):
    model = nn.MLP(2, [3, 1])
    for part in (model, model.layers[0], model.layers[0].neurons[0]):
        assert not hasattr(part, name)
        with pytest.raises(AttributeError, match=rf"has no attribute '{name}'\. [A-Z].*\.$"):
            getattr(part, name)


HABITS = {
    "micrograd's MLP": (lambda: nn.MLP(3, 4, 1), r"Give MLP\(3, \[4, 1\]\)"),
    "a closure": (
        lambda: nn.SGD(nn.Neuron(1).parameters()).step(lambda: None),
        r"loss\.backward\(\); optimizer\.step\(\)",
    ),
    "not strict": (
        lambda: nn.Neuron(1).load_state_dict({}, strict=False),
        r"every name has to fit.*model\.state_dict\(\)",
    ),
}


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_is_answered_with_what_to_write(name):
    call, words = HABITS[name]
    with pytest.raises(DataError, match=words):
        call()


def test_what_is_said_of_strict_works():
    model = nn.MLP(2, [1], rng=Random(0))
    state = {"0.bias": [5.0], "unknown": [1.0]}
    model.load_state_dict({**model.state_dict(), **{name: state[name] for name in model.state_dict() if name in state}})
    assert model.state_dict()["0.bias"] == [5.0]
