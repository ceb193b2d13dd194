"""Training: `fit`, its callbacks and checkpoints, and the evaluation of a model."""
