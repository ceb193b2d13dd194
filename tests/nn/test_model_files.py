"""Model files: there and back to the bit, into torch and out of it, and refused when they do not fit."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import DataError, FileError, Parameter, RangeError

sizes = st.lists(st.integers(1, 4), min_size=1, max_size=4)
ROOT = Path(__file__).parents[1].parent
SUFFIXES = (".npz", ".safetensors")


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors", reason="safetensors is not installed")
    return tmp_path / f"model{request.param}"


@given(st.integers(1, 4), sizes, st.integers(0, 99))
def test_the_matrices_compute_what_the_network_computes(nin, nouts, seed):
    rng = Random(seed)
    model = nn.MLP(nin, nouts, "tanh", rng=rng)
    state = nn.sequential_state_dict(model)
    assert list(state) == [f"{2 * i}.{kind}" for i in range(len(nouts)) for kind in ("weight", "bias")]
    x = [rng.uniform(-2, 2) for _ in range(nin)]
    a = np.array(x)
    for i in range(len(nouts)):
        assert state[f"{2 * i}.weight"].shape == (nouts[i], len(a))
        a = state[f"{2 * i}.weight"] @ a + state[f"{2 * i}.bias"]
        a = np.tanh(a) if i < len(nouts) - 1 else a
    assert [out.data for out in model(x)] == pytest.approx(a.tolist())
    twin = nn.MLP(nin, nouts, "tanh", rng=Random(seed + 1))
    nn.load_sequential_state_dict(twin, {name: array.tolist() for name, array in state.items()})
    assert twin.state_dict() == model.state_dict()


def test_a_file_brings_back_every_bit(path):
    model, twin = nn.MLP(3, [4, 2], rng=Random(0)), nn.MLP(3, [4, 2], rng=Random(1))
    for parameter, number in zip(model.parameters(), [1 / 3, 5e-324, -0.0, 1.7976931348623157e308], strict=False):
        parameter.data = number
    nn.save_weights(model, path)
    nn.load_weights(twin, str(path))
    assert repr(twin.state_dict()) == repr(model.state_dict())
    assert all(type(p.data) is float for p in twin.parameters())


def test_a_file_that_is_cut_short_is_refused_and_changes_nothing(path):
    model = nn.MLP(3, [4, 2], rng=Random(0))
    nn.save_weights(model, path)
    whole, twin = path.read_bytes(), nn.MLP(3, [4, 2], rng=Random(1))
    before = twin.state_dict()
    for raw in (b"", b"hello", whole[: len(whole) // 2], whole[:-1]):
        path.write_bytes(raw)
        with pytest.raises(nn.FormatError, match="cut short"):
            nn.load_weights(twin, path)
        assert twin.state_dict() == before
    with pytest.raises(FileNotFoundError):
        nn.load_weights(twin, path.with_name(f"nowhere{path.suffix}"))


def test_weights_of_another_size_are_refused_by_name_and_both_shapes():
    model, before = nn.MLP(2, [3, 1], rng=Random(0)), nn.MLP(2, [3, 1], rng=Random(0)).state_dict()
    for other, words in [
        (nn.MLP(2, [4, 1]), r"0\.weight \(4, 2\) for \(3, 2\)"),
        (nn.MLP(2, [3]), r"2\.weight missing for \(1, 3\)"),
        (nn.MLP(2, [3, 1, 1]), r"4\.weight \(1, 1\) for nothing"),
    ]:
        with pytest.raises(nn.StateError, match=words):
            nn.load_sequential_state_dict(model, nn.sequential_state_dict(other))
        assert model.state_dict() == before


def test_weights_that_are_no_numbers_are_refused_and_change_nothing():
    model = nn.MLP(2, [3, 1], rng=Random(0))
    before, state = model.state_dict(), nn.sequential_state_dict(model)
    for bad, words in (
        ("text", "rectangular arrays of numbers"),
        ([[1.0], [1.0, 2.0]], "rectangular arrays of numbers"),
        ({}, "rectangular arrays of numbers"),
        (None, r"2\.bias \(\) for \(1,\)"),
    ):
        with pytest.raises(nn.StateError, match=words):
            nn.load_sequential_state_dict(model, {**state, "2.bias": bad})
        assert model.state_dict() == before
    with pytest.raises(DataError, match=r"load_weights\(model, path\)"):
        nn.load_sequential_state_dict(model, "model.npz")


def test_what_is_no_row_of_layers_is_refused_with_another_way():
    class Scaled(nn.Module):
        def __init__(self):
            self.layers, self.scale = [nn.Layer(1, 1)], Parameter(2.0)

    class Around(nn.Module):
        def __init__(self):
            self.inside = nn.MLP(1, [1])

    class Nested(nn.Module):
        def __init__(self):
            self.layers = [nn.MLP(1, [1])]

    for model in (Scaled(), Around(), Nested(), nn.Neuron(2)):
        with pytest.raises(DataError, match=r"has other parts\..*save_checkpoint"):
            nn.sequential_state_dict(model)
    layer = nn.Layer(2, 3, rng=Random(0))
    assert nn.sequential_state_dict(layer)["0.weight"].shape == (3, 2)
    for name in ("model.pt", "model"):
        with pytest.raises(DataError, match=r"\.npz, \.safetensors"):
            nn.save_weights(nn.MLP(1, [1]), name)


def test_without_the_package_the_message_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install safetensors\."):
        nn.save_weights(nn.MLP(1, [1]), tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ImportError, match="needs the package safetensors"):
        nn.load_weights(nn.MLP(1, [1]), tmp_path / "model.safetensors")
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]


def sequential(torch):
    tnn = torch.nn
    return tnn.Sequential(tnn.Linear(3, 5), tnn.Tanh(), tnn.Linear(5, 4), tnn.Tanh(), tnn.Linear(4, 2)).double()


def test_torch_loads_the_file_and_computes_the_same(path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    model = nn.MLP(3, [5, 4, 2], "tanh", rng=Random(0))
    nn.save_weights(model, path)
    theirs = sequential(torch)
    if path.suffix == ".npz":
        state = {name: torch.from_numpy(array) for name, array in np.load(path).items()}
    else:
        from safetensors.torch import load_file

        state = load_file(path)
    assert str(theirs.load_state_dict(state)) == "<All keys matched successfully>"
    x = [0.3, -1.2, 2.0]
    assert [out.data for out in model(x)] == pytest.approx(
        theirs(torch.tensor(x, dtype=torch.float64)).tolist(), rel=1e-14
    )


def with_everything_between():
    return nn.Sequential(
        nn.Layer(3, 4, "linear", Random(0)), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Layer(4, 3, "tanh", Random(1)),
        nn.BatchNorm1d(3), nn.Layer(3, 2, "linear", Random(2)),
    )  # fmt: skip


def test_batch_normalisation_and_dropout_have_places_of_their_own(path):
    model, twin = with_everything_between(), with_everything_between()
    model.batch([[1.0, 2.0, 3.0], [0.0, -1.0, 2.0], [5.0, 5.0, 1.0]])  # the running statistics move
    names = list(nn.sequential_state_dict(model))
    assert [name for name in names if "running" not in name] == [
        f"{place}.{kind}" for place in (0, 2, 4, 6, 7) for kind in ("weight", "bias")
    ]
    nn.save_weights(model, path)
    nn.load_weights(twin, path)
    assert twin.state_dict() == model.state_dict()


def test_torch_loads_batch_normalisation_and_gives_it_back(tmp_path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    tnn, rows = torch.nn, [[1.0, 2.0, 3.0], [0.0, -1.0, 2.0], [5.0, 5.0, 1.0]]
    model, twin = with_everything_between(), with_everything_between()
    model.batch(rows)
    theirs = tnn.Sequential(
        tnn.Linear(3, 4), tnn.Identity(), tnn.BatchNorm1d(4), tnn.Dropout(), tnn.Linear(4, 3), tnn.Tanh(),
        tnn.BatchNorm1d(3), tnn.Linear(3, 2),
    ).double()  # fmt: skip
    state = {name: torch.from_numpy(array) for name, array in nn.sequential_state_dict(model).items()}
    assert str(theirs.load_state_dict(state)) == "<All keys matched successfully>"
    expected = theirs.eval()(torch.tensor(rows, dtype=torch.float64)).tolist()
    nn.load_sequential_state_dict(twin, theirs.state_dict())
    for same in (model, twin):
        outputs = [[out.data for out in row] for row in same.eval().batch(rows)]
        assert outputs == [pytest.approx(row, rel=1e-13) for row in expected]


def test_torch_s_weights_are_loaded_and_compute_the_same(path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    theirs = sequential(torch)
    if path.suffix == ".npz":
        np.savez(path, **{name: tensor.numpy() for name, tensor in theirs.state_dict().items()})
    else:
        from safetensors.torch import save_file

        save_file(theirs.state_dict(), path)
    model, other = (nn.MLP(3, [5, 4, 2], "tanh") for _ in range(2))
    nn.load_weights(model, path)
    nn.load_sequential_state_dict(other, theirs.state_dict())
    x = [0.3, -1.2, 2.0]
    assert [out.data for out in model(x)] == pytest.approx(
        theirs(torch.tensor(x, dtype=torch.float64)).tolist(), rel=1e-14
    )
    assert other.state_dict() == model.state_dict()


def test_importing_nn_loads_no_package_beside_the_standard_library():
    code = """
import sys
before = set(sys.modules)
import nn, nn.model_files, nn.plots, nn.monitor.monitors
new = {name.split(".")[0] for name in set(sys.modules) - before} - {"nn", "autograd"}
print(sorted(new - sys.stdlib_module_names))
"""
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        == "[]\n"
    )


def test_without_matplotlib_the_message_says_what_to_install():
    code = """
import sys
sys.modules["matplotlib"] = sys.modules["matplotlib.figure"] = None
import nn
from nn import plots
try:
    plots.loss_curves(nn.History(loss=[1.0]))
except ImportError as error:
    print(error)
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert out == "Pictures need the package matplotlib: pip install matplotlib.\n"


def test_a_kind_of_number_that_numpy_has_not_is_named(tmp_path):
    pytest.importorskip("safetensors")
    header = b'{"0.weight":{"dtype":"BF16","shape":[1,1],"data_offsets":[0,2]}}'
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(nn.FormatError, match=r"numbers of the kind 'BF16', .*NumPy.*Save it in float32"):
        nn.load_weights(nn.MLP(1, [1]), path)


def test_no_changed_byte_of_a_safetensors_file_goes_unnoticed(tmp_path):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    path, model = tmp_path / "model.safetensors", nn.MLP(3, [4, 2], rng=Random(0))
    nn.save_weights(model, path)
    raw, twin, rng = path.read_bytes(), nn.MLP(3, [4, 2], rng=Random(0)), Random(1)
    for _ in range(300):
        place, bit = rng.randrange(len(raw)), 1 << rng.randrange(8)
        path.write_bytes(raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :])
        with suppress(FileError):
            nn.load_weights(twin, path)
        assert twin.state_dict() == model.state_dict()  # refused, or what was changed is no weight


ODD_WEIGHTS = {
    "text": (lambda np: np.array([["1.5"] * 2] * 3), "holds str"),
    "dates": (lambda np: np.array([["2020-01-01"] * 2] * 3, dtype="datetime64[D]"), "holds datetime64"),
    "masked": (lambda np: np.ma.masked_equal(np.ones((3, 2)), 1.0), "some of it is masked"),
    "complex": (lambda np: np.ones((3, 2)) * 1j, "holds complex128"),
    "truth values": (lambda np: np.ones((3, 2), bool), "holds bool"),
    "texts among numbers": (lambda np: [["1.5", 2.0]] * 3, "rectangular arrays of numbers"),
    "bytes among objects": (lambda np: np.full((3, 2), b"1", dtype=object), "holds object"),
    "too large": (lambda np: [[10**400, 1]] * 3, "rectangular arrays of numbers"),
    "NaN": (lambda np: np.array([[np.nan, 1.0]] * 3), r"0\.weight has a number that is not finite"),
    "infinite": (lambda np: np.array([[np.inf, 1.0]] * 3), r"0\.weight has a number that is not finite"),
}


@pytest.mark.parametrize("name", ODD_WEIGHTS)
def test_what_is_not_a_finite_number_is_refused_and_changes_nothing(name):
    model = nn.MLP(2, [3, 1], rng=Random(0))
    before, (make, words) = model.state_dict(), ODD_WEIGHTS[name]
    with pytest.raises(nn.StateError, match=words):
        nn.load_sequential_state_dict(model, {**nn.sequential_state_dict(model), "0.weight": make(np)})
    assert model.state_dict() == before


@pytest.mark.skipif(np.finfo(np.longdouble).max <= np.finfo(float).max, reason="long doubles are doubles here")
def test_numbers_too_large_for_a_float_in_a_file_are_refused_with_its_path(tmp_path):
    path, model = tmp_path / "model.npz", nn.MLP(1, [1], rng=Random(0))
    np.savez(path, **{"0.weight": np.array([["1e400"]], dtype=np.longdouble), "0.bias": np.zeros(1)})
    with pytest.raises(FileError, match=r"model\.npz does not fit: 0\.weight has a number that is not finite"):
        nn.load_weights(model, path)
    with pytest.raises(RangeError, match="too large for a float"):
        model.load_state_dict({"0.weight": [[np.longdouble("1e400")]], "0.bias": [0.0]})
    assert model.load_state_dict({"0.weight": [[np.longdouble("1e300")]], "0.bias": [np.float32("inf")]}) is None


def test_without_numpy_the_message_says_what_to_install(monkeypatch, tmp_path):
    model = nn.MLP(2, [1], rng=Random(0))
    nn.save_weights(model, tmp_path / "model.npz")
    state = nn.sequential_state_dict(model)
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "numpy", None)
    calls = (
        lambda: nn.load_weights(model, tmp_path / "model.safetensors"),
        lambda: nn.sequential_state_dict(model),
        lambda: nn.load_sequential_state_dict(model, state),
        lambda: nn.save_weights(model, tmp_path / "other.npz"),
        lambda: nn.load_weights(model, tmp_path / "model.npz"),
    )
    for attempt in calls:
        with pytest.raises(ImportError, match=r"pip install numpy\..*save_checkpoint"):
            attempt()
    nn.save_checkpoint(tmp_path / "model.json", model.state_dict())
    assert nn.load_checkpoint(tmp_path / "model.json") == model.state_dict()
