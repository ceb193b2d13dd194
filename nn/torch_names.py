"""What PyTorch's names are called here, for those who type them out of habit."""

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
    "DataLoader": "the function nn.batches(data, size, rng)",
    "functional": "nn itself: nn.relu, nn.mse_loss",
    "standardize": "nn.standardise",
}


def hint(name: str) -> str:
    """Return a sentence about a name that is PyTorch's, or nothing.

    >>> hint("MSELoss"), hint("MSLoss")
    (' It is the function nn.mse_loss.', '')
    """
    return f" It is {PYTORCH[name]}." if name in PYTORCH else ""
