"""What the names of PyTorch, and of micrograd, are called here, for those who type them out of habit."""

import sys
from typing import NoReturn

from autograd.habits import Hints

IN_A_LAYER = 'the activation of a Layer, by its name: nn.Layer(2, 3, "{}")'
PYTORCH = {
    "Linear": 'nn.Layer(2, 3, "linear"): a Layer has its activation with it',
    **{
        kind: IN_A_LAYER.format(name)
        for kind, name in {
            "ReLU": "relu",
            "LeakyReLU": "leaky_relu",
            "ELU": "elu",
            "GELU": "gelu",
            "Softplus": "softplus",
            "Sigmoid": "sigmoid",
            "Tanh": "tanh",
            "Softmax": "softmax",
            "Identity": "linear",
        }.items()
    },
    "MSELoss": "the function nn.mse_loss",
    "L1Loss": "the function nn.l1_loss",
    "HuberLoss": "the function nn.huber_loss",
    "SmoothL1Loss": "the function nn.huber_loss; with its beta = 1 the two are the same",
    "BCELoss": "the function nn.binary_cross_entropy",
    "BCEWithLogitsLoss": "the function nn.binary_cross_entropy_with_logits",
    "CrossEntropyLoss": "the function nn.cross_entropy",
    "NLLLoss": "the function nn.cross_entropy, of the logits themselves: leave the log-softmax before it out",
    "ModuleList": "a plain Python list: a Module finds the modules in its lists",
    "ModuleDict": "a plain Python dict: a Module finds the modules in its dicts",
    "ParameterList": "a plain Python list: a Module finds the parameters in its lists",
    "ParameterDict": "a plain Python dict: a Module finds the parameters in its dicts",
    "DataLoader": "the function nn.batches(data, size, rng)",
    "functional": "nn itself: nn.relu, nn.mse_loss",
    "utils": "nn itself: nn.clip_grad_norm_, nn.clip_grad_value_",
    "standardize": "nn.standardise",
}
OF_YOUR_OWN = (
    "Write it as a Module of your own, of Values: in its __init__ the Parameters, in its __call__ the formula."
)
ABSENT = {
    "LayerNorm": f"There is none here; nn.BatchNorm1d normalises over a batch. {OF_YOUR_OWN}",
    "Embedding": f"There is none here: a list of lists of Parameters, table[k], is one. {OF_YOUR_OWN}",
    "RNN": f"There is none here. {OF_YOUR_OWN} Its hidden state goes in and comes out: h = cell(x, h).",
    "LSTM": f"There is none here. {OF_YOUR_OWN} Its states go in and come out: h, c = cell(x, h, c).",
    "GRU": f"There is none here. {OF_YOUR_OWN} Its hidden state goes in and comes out: h = cell(x, h).",
    "MultiheadAttention": f"There is none here. {OF_YOUR_OWN} Its weights are autograd.softmax of the scores.",
    "Conv1d": f"There is none here. {OF_YOUR_OWN}",
    "Conv2d": f"There is none here. {OF_YOUR_OWN}",
    "LBFGS": "There is none here: nn.Newton takes second derivatives too, for small problems; nn.Adam is for the rest.",
    "Flatten": "It is not needed here: inputs are a list of numbers. From nested lists, [x for row in rows for x in row].",
}
ATTRIBUTES = {
    "w": "The weights of a Neuron are neuron.weights, and its bias is neuron.bias.",
    "b": "The bias of a Neuron is neuron.bias, and its weights are neuron.weights.",
    "weight": "The weights of a Layer are in its neurons: [neuron.weights for neuron in layer.neurons].",
    "in_features": "The number of inputs is neuron.nin, and of a Layer layer.neurons[0].nin.",
    "out_features": "The number of outputs of a Layer is len(layer.neurons).",
    "forward": "A forward is called __call__ here: write model(x).",
    "to": "There are no devices and no kinds of floats here: leave .to(…) out.",
    "cuda": "There are no devices here: leave .cuda() out.",
    "cpu": "There are no devices here: leave .cpu() out.",
    "double": "All numbers here are float64: leave .double() out.",
    "float": "All numbers here are float64: leave .float() out.",
    "children": "They are model.named_children(), with their names.",
    "named_modules": "They are model.modules(), without names.",
    "buffers": "They are in model.named_state(), with the parameters.",
    "named_buffers": "They are in model.named_state(), with the parameters.",
    "register_buffer": "It is not needed here: a Value that is set as an attribute is saved too.",
    "register_parameter": "It is not needed here: a Parameter that is set as an attribute is found.",
    "add_module": "It is not needed here: a Module that is set as an attribute is found.",
    "requires_grad_": "All parameters get gradients here; give the optimizer only those that are to change.",
}


def hint(name: str) -> str:
    """Return a sentence about a name that is PyTorch's, or nothing.

    >>> hint("MSELoss"), hint("MSLoss")
    (' It is the function nn.mse_loss.', '')
    """
    return f" It is {PYTORCH[name]}." if name in PYTORCH else f" {ABSENT[name]}" if name in ABSENT else ""


def answer_imports() -> None:
    """See that `from nn import LayerNorm`, or `from nn.optim import LBFGS`, is answered with its sentence too."""
    sys.meta_path.append(Hints("nn", lambda path: hint(path.rpartition(".")[2])))


class NotHere:
    """An attribute that modules of PyTorch or micrograd have: reading it says what it is called here. A module may set it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, module: object, owner: type) -> NoReturn:
        sentence = f"{owner.__name__!r} object has no attribute {self.name!r}. {ATTRIBUTES[self.name]}"
        raise AttributeError(sentence, name=self.name, obj=module)


class ModuleElsewhere:
    """The attributes of other packages' modules. (A `__getattr__` would make every attribute of a module slower to read.)"""


for _name in ATTRIBUTES:
    setattr(ModuleElsewhere, _name, NotHere(_name))
