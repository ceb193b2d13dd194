"""Mutants that no test can tell from the original, by name, each with the reason."""

EQUIVALENT: dict[str, str] = {
    "autograd/graph.py : 'DIGITS' → 'XXDIGITS'": "the name of a ContextVar is shown to those who debug it only",
    "autograd/graph.py : 'N' → 'XXN'": "the name of a TypeVar",
    "autograd/graph.py leaves_and_results: 2 → 3": "nodes of two parents go the way of those of many: the same order, in more time",
    "autograd/graph.py operands: True → False": "a node has as many partials as parents",
    "autograd/explain/laboratory.py : 'Mistake' → 'XXMistake'": "a type, which is not looked up",
    "autograd/rules.py elu: 0.0 → 1.0": "below 0, where it counts, min(x, 1) is x as min(x, 0) is; it keeps exp from overflowing above",
    "nn/optim/optimizer.py Optimizer.zero_grad: 0 → 1": "a deque that keeps the last of all it is given",
    "nn/optim/optimizer.py Optimizer.load_state_dict: True → False": "there are as many groups, which is asked before",
    "autograd/row_code.py sources: 2 → 3": "more parentheses around a product, which is taken from the left anyway",
    "autograd/row_code.py sources: 3 → 4": "more parentheses",
    "autograd/row_code.py computed: 9 → 10": "more parentheses",
    "autograd/row_code.py computed: True → False": "a row has as many domains as operands",
    "autograd/row_code.py named: 'w' → 'XXw'": "the name of a variable",
    "autograd/row_code.py named: 'x' → 'XXx'": "the name of a variable",
    "autograd/value.py Value.backward: True → False": "there are as many gradients as leaves",
    "autograd/explain/stepper.py Stepper.__init__: 0 → 1": "the events of one stream have the same names",
    "autograd/explain/stepper.py count_steps: count < most → count <= most": "one node more is counted, and the smaller is returned",
    "autograd/fast.py : 32 → 33": "how long a dot is written out: the bits are the same",
    "autograd/fast.py dot_of: 0 → 1": "a dot of one product as a loop: the bits are the same",
    "autograd/fast.py backward: True → False": "there are as many gradients as leaves",
}
