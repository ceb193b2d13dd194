"""The lessons on neurons, layers, activations and losses: the documents' figures by hand, and what the texts claim."""

import numpy as np

from autograd.lessons import layer, one_neuron
from nn import Layer, Neuron


def texts(lesson):
    return " ".join(item for item in lesson.story() if isinstance(item, str))


# --- one neuron ---


def test_the_neurons_of_the_document_by_hand():
    assert max(0, 2 * 3 + 1) == one_neuron.neuron(*one_neuron.ONE).data == 7
    assert max(0, 0.5 * 2 + -1 * 3 + 2 * 1 + 1) == one_neuron.neuron().data == 1
    assert (one_neuron.INPUTS, one_neuron.WEIGHTS, one_neuron.BIAS) == ((2, 3, 1), (0.5, -1, 2), 1)
    assert Neuron(3, weights=one_neuron.WEIGHTS, bias=one_neuron.BIAS)(one_neuron.INPUTS).data == 1


def test_below_0_a_neuron_is_silent_for_every_nudge():
    def output(x):
        return max(0.0, float(np.dot(one_neuron.WEIGHTS, x)) + one_neuron.BIAS)

    nudges = [np.array(one_neuron.MORE) + 1e-3 * sign * step for step in np.eye(3) for sign in (1, -1)]
    assert {output(x) for x in nudges} == {0.0}
    assert "z is −1, and ReLU makes it 0" in texts(one_neuron.LESSON)


def test_no_input_matters_more_than_x3():
    stated = one_neuron.LESSON.numbers
    assert max(["x1", "x2", "x3"], key=lambda x: abs(stated[f"∂a/∂{x}"])) == "x3"
    assert one_neuron.INPUTS[2] == min(one_neuron.INPUTS)


# --- a layer ---


def test_the_layer_is_the_matrix_forward_and_backward():
    w, x, b, upstream = (np.array(part) for part in (layer.W, layer.X, layer.B, layer.UPSTREAM))
    z = w @ x + b
    delta = upstream * (z > 0)
    stated = layer.LESSON.numbers
    assert [stated[f"z{j}"] for j in (1, 2, 3)] == z.tolist()
    assert [[stated[f"∂L/∂w{j}{i}"] for i in (1, 2, 3)] for j in (1, 2, 3)] == np.outer(delta, x).tolist()
    assert [stated[f"∂L/∂b{j}"] for j in (1, 2, 3)] == delta.tolist()
    assert [stated[f"∂L/∂x{i}"] for i in (1, 2, 3)] == (w.T @ delta).tolist()
    assert "(1.5, 3, −4)" in texts(layer.LESSON)


def test_the_layer_is_nn_s_and_its_first_neuron_the_document_s():
    made = Layer(3, 3, "relu", weights=layer.W, biases=layer.B)
    assert [a.data for a in made(layer.X)] == [1, 4, 0]
    assert (layer.W[0], layer.B[0], layer.X) == (one_neuron.WEIGHTS, one_neuron.BIAS, one_neuron.INPUTS)


def test_expanded_sums_are_the_same_and_take_six_nodes_each():
    assert [z.data for z in layer.expanded()] == [1, 4, -2]
    made = Layer(3, 3, "linear", weights=layer.W, biases=layer.B, expand=True)
    assert layer.operations(made(layer.X)) == layer.operations(layer.expanded()) == 3 * 6
