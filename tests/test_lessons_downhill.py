"""What the lessons from three layers to landscapes claim, against arithmetic by hand and NumPy."""

import numpy as np
import pytest

from autograd.lessons import measured
from nn.lessons import three_layers


def told(lesson):
    """All texts of a lesson as one, as they are told."""
    return " ".join(item for item in lesson.story() if isinstance(item, str))


# --- three layers ---


def numpy_three_layers():
    """The document's formulas in NumPy, forward and backward: each dW and δ by its layer."""
    weights = [np.array(w) for w in three_layers.WEIGHTS]
    biases = [np.array(b) for b in three_layers.BIASES]
    x = np.array(three_layers.INPUTS)
    z1 = weights[0] @ x + biases[0]
    a1 = np.maximum(0, z1)
    z2 = weights[1] @ a1 + biases[1]
    a2 = np.maximum(0, z2)
    z3 = weights[2] @ a2 + biases[2]
    delta = np.exp(z3) / np.exp(z3).sum() - np.eye(2)[three_layers.TRUE_CLASS]
    found = {}
    for k, inputs in ((3, a2), (2, a1), (1, x)):
        found[k] = np.outer(delta, inputs), delta
        delta = (weights[k - 1].T @ delta) * (inputs > 0)
    return found


def test_every_scalar_gradient_is_the_entry_of_the_matrix_formula():
    scalar = measured(three_layers.build())
    for k, (dw, delta) in numpy_three_layers().items():
        mark, subs = "¹²³"[k - 1], "₁₂"
        for j in range(2):
            for name in (f"z{mark}{subs[j]}", f"b{mark}{subs[j]}"):
                assert scalar[f"∂L/∂{name}"] == pytest.approx(delta[j], rel=1e-12, abs=1e-15), name
            for i in range(2):
                name = f"w{mark}{subs[j]}{subs[i]}"
                assert scalar[f"∂L/∂{name}"] == pytest.approx(dw[j, i], rel=1e-12, abs=1e-15), name


def test_the_lists_of_the_lesson_are_numpy_s_matrices():
    way = three_layers.matrix_way()
    for k, (dw, delta) in numpy_three_layers().items():
        np.testing.assert_allclose(way[f"dW{'¹²³'[k - 1]}"], dw, rtol=1e-12)
        np.testing.assert_allclose(way[f"δ{'¹²³'[k - 1]}"], delta, rtol=1e-12)


def test_the_graph_and_the_formulas_agree_to_the_bit():
    assert len(three_layers.differences()) == 24
    assert set(three_layers.differences().values()) == {0.0}
    assert "largest difference is 0." in told(three_layers.LESSON)
