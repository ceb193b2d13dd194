"""Mutants that no test can tell from the original, by name, each with the reason."""

EQUIVALENT: dict[str, str] = {
    "autograd/graph.py : 'DIGITS' → 'XXDIGITS'": "the name of a ContextVar is shown to those who debug it only",
    "autograd/rules.py _power: n > 1 → n >= 1": "1 is whole, which is asked before",
}
