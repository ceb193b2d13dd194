"""Data sets against their geometry, batches and splits by their laws, and files that are refused."""

import gzip
import hashlib
import math
import random
import struct
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import AutogradError, DataError, DomainError, LengthError
from nn.data.datasets import yin_yang_class

MADE = [nn.moons, nn.circles, nn.spirals, nn.blobs, nn.linear_regression, nn.yin_yang]
made = pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
pairs = st.lists(st.tuples(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2), st.integers(0, 9)), min_size=1)


@made
@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_gives_as_many_examples_as_asked(make, n):
    data = make(n, rng=Random(0))
    assert len(data) == n
    assert all(math.isfinite(x) for inputs, _ in data for x in inputs)
    if make is not nn.linear_regression:  # the classes take turns
        classes = max(y for _, y in make(100, rng=Random(0))) + 1
        assert [y for _, y in data] == [i % classes for i in range(n)]


@made
def test_the_same_generator_gives_the_same_data_whatever_the_global_one_does(make):
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    first, before = make(50, rng=Random(7)), (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
    assert make(50, rng=Random(8)) != first
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    random.seed(2)
    np.random.seed(2)  # noqa: NPY002
    assert make(50, rng=Random(7)) == first


@made
def test_refuses_what_makes_no_data(make):
    for n in (0, -1, 2.5, True, "3", None):
        with pytest.raises(DataError, match="whole number, 1 or more"):
            make(n)
    with pytest.raises(DataError, match=r"random\.Random"):
        make(3, rng=0)


@pytest.mark.parametrize("make", [nn.moons, nn.circles, nn.spirals, nn.linear_regression])
def test_noise_is_a_standard_deviation(make):
    clean, noisy = make(4000, noise=0, rng=Random(3)), make(4000, noise=0.2, rng=Random(3))
    if make is nn.linear_regression:
        off = np.array([y - (2 * x[0] + 1) for x, y in noisy])
    else:
        off = np.array([np.subtract(b, a) for (a, _), (b, _) in zip(clean, noisy, strict=True)])
    assert off.std() == pytest.approx(0.2, rel=0.05)
    assert abs(off.mean()) < 0.02
    with pytest.raises(nn.SettingError, match="standard deviation"):
        make(3, noise=-1)


def test_moons_are_two_half_circles():
    for (x, y), label in nn.moons(101, noise=0):
        assert math.hypot(x - label, y - label / 2) == pytest.approx(1)
        assert y >= 0 if label == 0 else y <= 0.5


def test_circles_and_spirals_have_their_radii():
    for (x, y), label in nn.circles(50, noise=0, factor=0.3):
        assert math.hypot(x, y) == pytest.approx([1, 0.3][label])
    for arm in range(3):
        radii = [math.hypot(*x) for x, label in nn.spirals(60, classes=3, noise=0) if label == arm]
        assert radii == pytest.approx([(i + 1) / 20 for i in range(20)])


def test_blobs_lie_around_their_centers():
    data = nn.blobs(3000, centers=[(1, 2), (-3, 0)], spread=0.5, rng=Random(0))
    for label, center in enumerate([(1, 2), (-3, 0)]):
        points = np.array([x for x, y in data if y == label])
        assert points.mean(axis=0) == pytest.approx(center, abs=0.05)
        assert points.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.1)


def test_classes_and_centers_are_one_at_least():
    for make in (lambda: nn.blobs(3, centers=0), lambda: nn.blobs(3, centers=[]), lambda: nn.spirals(3, classes=0)):
        with pytest.raises(DataError, match="whole number, 1 or more"):
            make()


def test_xor_is_python_s_xor_in_the_order_of_the_truth_table():
    assert nn.xor() == [([a, b], int(a != b)) for a in (0.0, 1.0) for b in (0.0, 1.0)]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=4), st.floats(-5, 5))
def test_linear_regression_without_noise_is_the_plane(weights, bias):
    for x, y in nn.linear_regression(5, weights, bias, noise=0, rng=Random(0)):
        assert y == pytest.approx(float(np.dot(weights, x)) + bias, abs=1e-12)


def test_yin_and_yang_are_turned_into_one_another_by_half_a_turn():
    assert yin_yang_class(0.25, 0.35) == 1  # the bulge
    assert yin_yang_class(0.75, 0.65) == 0
    rng = Random(0)
    for _ in range(2000):
        x, y = rng.random(), rng.random()
        assert (yin_yang_class(x, y) == 2) == (yin_yang_class(1 - x, 1 - y) == 2)
        if yin_yang_class(x, y) != 2 and math.hypot(x - 0.5, y - 0.5) < 0.5:
            assert yin_yang_class(x, y) == 1 - yin_yang_class(1 - x, 1 - y)
    for (x, y, p, q), label in nn.yin_yang(90, rng=rng):
        assert (p, q, label) == (1 - x, 1 - y, yin_yang_class(x, y))


def test_digits_are_those_of_the_source():
    data = nn.digits()
    numbers = [[round(16 * p) for p in pixels] + [digit] for pixels, digit in data]
    assert len(numbers) == 1797
    assert {len(row) for row in numbers} == {65}
    digest = hashlib.sha256(b"".join(map(bytes, numbers))).hexdigest()
    assert digest == "68aea062d35a127749050fa0e52dca09d6569ac08092c925610e0954e172dde2"
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # of the source's own description
    assert [sum(d == k for _, d in data) for k in range(10)] == counts


def test_digits_are_scikit_learn_s():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs = datasets.load_digits()
    assert np.array_equal(np.array([x for x, _ in nn.digits()]) * 16, theirs.data)
    assert [y for _, y in nn.digits()] == theirs.target.tolist()


def write_idx(path, array, cut=0):
    raw = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
    raw = raw[: len(raw) - cut]
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_mnist_reads_idx_files(tmp_path, suffix):
    pixels = np.arange(3 * 2 * 2).reshape(3, 2, 2) * 20
    images = write_idx(tmp_path / f"images{suffix}", pixels)
    labels = write_idx(tmp_path / f"labels{suffix}", np.array([7, 0, 9]))
    data = nn.mnist(images, labels)
    assert np.allclose([x for x, _ in data], pixels.reshape(3, 4) / 255)
    assert [y for _, y in data] == [7, 0, 9]
    assert nn.mnist(str(images), str(labels), limit=2) == data[:2]


def test_mnist_refuses_files_that_are_not_what_they_should_be(tmp_path):
    images = write_idx(tmp_path / "images", np.zeros((3, 2, 2)))
    labels = write_idx(tmp_path / "labels", np.array([7, 0, 9]))
    with pytest.raises(nn.FormatError, match="one label an image"):
        nn.mnist(images, write_idx(tmp_path / "four", np.array([1, 2, 3, 4])))
    with pytest.raises(nn.FormatError, match="images first"):
        nn.mnist(labels, labels)
    with pytest.raises(nn.FormatError, match=r"should hold 12 bytes .* holds 11"):
        nn.mnist(write_idx(tmp_path / "short", np.zeros((3, 2, 2)), cut=1), labels)
    for name, raw in {"text": b"hello world", "empty": b"", "head": b"\0\0\x08\x03\0\0"}.items():
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(nn.FormatError, match="not an idx file"):
            nn.mnist(tmp_path / name, labels)
    whole = gzip.compress(images.read_bytes())
    (tmp_path / "cut.gz").write_bytes(whole[:-10])
    with pytest.raises(nn.FormatError, match="cannot be unpacked"):
        nn.mnist(tmp_path / "cut.gz", labels)
    with pytest.raises(FileNotFoundError):
        nn.mnist(tmp_path / "nowhere", labels)


def test_one_epoch_of_1000_examples_in_batches_of_100_is_10_iterations():
    data = [([float(i)], i) for i in range(1000)]
    assert [len(inputs) for inputs, _ in nn.batches(data, 100, rng=Random(0))] == [100] * 10


@given(pairs, st.integers(1, 12), st.integers(0, 99))
def test_batches_lose_nothing_and_keep_pairs_together(data, size, seed):
    for shuffle in (False, True):
        found = list(nn.batches(data, size, rng=Random(seed), shuffle=shuffle))
        flat = [pair for inputs, targets in found for pair in zip(inputs, targets, strict=True)]
        assert (sorted(flat) == sorted(data)) if shuffle else (flat == data)
        assert len(found) == math.ceil(len(data) / size)
        assert all(len(inputs) == size for inputs, _ in found[:-1])


def test_batches_are_shuffled_anew_and_leave_the_data_alone():
    data = [([float(i)], i) for i in range(20)]
    kept, rng = list(data), Random(0)
    first, second = (next(nn.batches(data, 20, rng=rng)) for _ in range(2))
    assert first != second
    assert data == kept


def test_batches_refuse_at_the_call_and_not_at_the_first_batch():
    with pytest.raises(LengthError, match="no examples"):
        nn.batches([], 3)
    with pytest.raises(DataError, match="size must be a whole number, 1 or more, and here it is 0"):
        nn.batches(nn.xor(), 0)
    with pytest.raises(DataError, match=r"list\(zip\(inputs, targets\)\)"):
        nn.batches([[0.0, 1.0, 2.0], [1.0, 0.0, 2.0]], 2)
    with pytest.raises(LengthError, match="Example 1 has 2 inputs, and example 0 has 1"):
        nn.batches([([0.0], 1), ([0.0, 1.0], 1)], 2)
    with pytest.raises(DataError, match="list of pairs"):
        nn.batches(iter(nn.xor()), 2)


@given(st.integers(5, 300), st.integers(0, 9))
def test_split_is_a_partition(n, seed):
    data = [([float(i)], i) for i in range(n)]
    parts = nn.random_split(data, [0.5, 0.3, 0.2], rng=Random(seed))
    assert sorted(y for part in parts for _, y in part) == list(range(n))


@pytest.mark.parametrize(("n", "sizes"), [(10, [8, 1, 1]), (11, [9, 1, 1]), (19, [16, 2, 1]), (1797, [1438, 180, 179])])
def test_split_sizes_are_those_that_torch_2_13_gave(n, sizes):
    assert [len(part) for part in nn.random_split([([0.0], 0)] * n)] == sizes


def test_split_sizes_are_pytorch_s():
    torch_data = pytest.importorskip("torch.utils.data", reason="torch is not installed")
    for n in (10, 11, 99, 100, 1797):
        for fractions in ([0.8, 0.1, 0.1], [0.7, 0.3], [0.5, 0.25, 0.25]):
            theirs = [len(part) for part in torch_data.random_split(range(n), fractions)]
            ours = nn.random_split([([0.0], i) for i in range(n)], fractions, rng=Random(0))
            assert [len(part) for part in ours] == theirs


def test_a_split_is_drawn_at_random_and_not_cut_off():
    data = [([float(i)], i) for i in range(100)]
    first, second = nn.random_split(data, [0.8, 0.2], rng=Random(0))
    assert [y for _, y in first] != sorted(y for _, y in first)
    assert {y for _, y in second} != set(range(80, 100))


def test_batches_shuffle_unless_told_not_to():
    data = [([float(i)], i) for i in range(100)]
    assert next(nn.batches(data, 100, Random(0)))[1] != list(range(100))
    assert next(nn.batches(data, 1000, shuffle=False))[1] == list(range(100)), (
        "a size beyond the data: one batch of all"
    )


@pytest.mark.parametrize("fractions", [0.8, "80", [0.5, math.nan], [-0.5, 1.5], []])
def test_what_are_no_fractions_is_refused(fractions):
    with pytest.raises((DomainError, DataError)) as caught:
        nn.random_split([([0.0], 0)] * 10, fractions)
    assert str(caught.value).endswith((".", ")."))


@pytest.mark.parametrize("noise", ["0.1", None, math.nan, math.inf, [0.1]])
def test_what_is_no_noise_is_refused(noise):
    with pytest.raises(DataError, match="standard deviation, 0 or more"):
        nn.moons(4, noise=noise)


def test_split_refuses_what_is_no_split():
    with pytest.raises(DomainError, match="add up to 1"):
        nn.random_split(nn.xor(), [0.8, 0.1])
    with pytest.raises(DomainError, match="above 0"):
        nn.random_split(nn.xor(), [1.0, 0.0])
    with pytest.raises(LengthError, match="a part would be empty"):
        nn.random_split(nn.xor()[:2], [0.8, 0.1, 0.1])
    with pytest.raises(LengthError, match="no examples"):
        nn.random_split([])


@given(pairs)
def test_standardise_is_numpy_s(data):
    raw = np.array([x for x, _ in data])
    ours = np.array([x for x, _ in nn.standardise(data)])
    deviation = raw.std(axis=0)
    if (deviation > 1e-6 * (1 + abs(raw).max())).all():
        assert ours == pytest.approx((raw - raw.mean(axis=0)) / deviation, abs=1e-6)
    assert [y for _, y in nn.standardise(data)] == [y for _, y in data]


def test_standardise_by_another_set_uses_that_set_s_measure():
    train = [([0.0, 5.0], 0), ([4.0, 5.0], 1)]
    assert nn.standardise([([6.0, 6.0], 1)], like=train) == [([2.0, 1.0], 1)]
    with pytest.raises(LengthError, match="1 inputs, and example 0 has 2"):
        nn.standardise([([6.0], 1)], like=train)


@given(st.integers(1, 20), st.data())
def test_one_hot_is_a_row_of_the_identity(classes, data):
    labels = data.draw(st.lists(st.integers(0, classes - 1)))
    assert nn.one_hot(labels, classes) == np.eye(classes)[labels].tolist()
    assert [nn.one_hot(label, classes) for label in labels] == nn.one_hot(labels, classes)


def test_one_hot_refuses_a_label_out_of_range():
    for label in (5, -1):
        with pytest.raises(DomainError, match="numbered from 0 to 4"):
            nn.one_hot(label, 5)
    for label in (1.0, "1", None, True):
        with pytest.raises(DataError, match="whole number"):
            nn.one_hot(label, 5)


@pytest.mark.parametrize("bad", [([math.nan], 0), ([math.inf], 0), ([1.0], math.nan)])
def test_one_number_that_is_not_finite_would_spoil_the_measure_of_all(bad):
    good = [([1.0], 0), ([2.0], 1)]
    for call in (lambda: nn.standardise([*good, bad]), lambda: nn.standardise([*good, bad], like=good)):
        with pytest.raises(DomainError, match="Example 2 holds a number that is not finite"):
            call()


WRONG_CALLS = {
    "inputs of text": (
        lambda: nn.standardise([(["1"], 0), (["2"], 1)]),
        r"Example 0 .* plain number, .*float\(x\)",
    ),
    "inputs of text by another set": (
        lambda: nn.standardise([([None], 0)], like=[([1.0], 0)]),
        "Example 0 .* plain number",
    ),
    "a share for data": (lambda: list(nn.batches(0.2, 3)), r"this is a float\. Two examples are \[\("),
    "a generator for data": (lambda: list(nn.batches(iter(nn.xor()), 3)), r"Is list\(data\) one\?"),
    "a threshold of text": (lambda: nn.accuracy(nn.Neuron(2), nn.xor(), "a"), "'a' is a str, which is text"),
    "fractions of text": (lambda: nn.random_split(nn.xor(), ["a"]), "fractions must be above 0"),
    "a radius of text": (lambda: nn.circles(3, factor="a"), "factor of circles must be a radius above 0"),
    "a radius of 0": (lambda: nn.circles(3, factor=0), "factor of circles must be a radius above 0"),
    "centers of another width": (lambda: nn.blobs(3, centers=[(0, 0), (1,)]), "takes 2 coordinates, and was given 1"),
    "centers that are no points": (lambda: nn.blobs(3, centers=[3]), "list of 1 coordinates, and was given 3"),
    "centers that are text": (lambda: nn.blobs(3, centers="ab"), "'ab' is text"),
    "half a center": (lambda: nn.blobs(3, centers=2.5), "centers must be a whole number"),
}


@pytest.mark.parametrize(("attempt", "says"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_data_set_that_cannot_be_made_is_refused_in_words(attempt, says):
    with pytest.raises(AutogradError, match=says):
        attempt()
