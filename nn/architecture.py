"""How a model is printed: its parts, in parentheses."""

from collections.abc import Sequence

WIDEST = 80  # a longer architecture takes a line for each part


def architecture(name: str, parts: Sequence[str]) -> str:
    """Return parts in parentheses: on one line if they fit there, else each on its own, as PyTorch shows them.

    >>> print(architecture("Net", ["first=Layer(784 → 128, relu)", "second=Layer(128 → 64, relu)", "third=Layer(64 → 10, softmax)"]))
    Net(
      first=Layer(784 → 128, relu),
      second=Layer(128 → 64, relu),
      third=Layer(64 → 10, softmax),
    )
    """
    line = f"{name}({', '.join(parts)})"
    if len(line) <= WIDEST and "\n" not in line:
        return line
    return "\n".join([f"{name}(", *("  " + part.replace("\n", "\n  ") + "," for part in parts), ")"])
