"""name_locals: let a function's variables name its Values."""

import sys
from collections.abc import Iterator

from autograd.value import Value


def name_locals() -> dict[str, Value]:
    """Label each Value that has no label yet by the caller's variable that holds it, and return what was labelled.

    >>> def example():
    ...     x, ws = Value(2.0), [Value(3.0), Value(4.0)]
    ...     z = ws[0] * x + ws[1]
    ...     _ = name_locals()
    ...     return z
    >>> z = example()
    >>> z.label, [parent.label for parent in z.parents]
    ('z', ['', 'ws1'])

    Values in lists are named by their place, as ws0 and ws1, and in lists of lists as ws1_0 and ws1_1. A Value that two
    variables hold has the name of the first; a name that begins with an
    underscore, as a notebook's `_` and `_2`, is left out; a name that stands for another Value already gets a stroke, as ws1′.
    """
    named = {}
    own = {name: x for name, x in sys._getframe(1).f_locals.items() if not name.startswith("_")}
    for name, content in own.items():
        for label, value in values_in(name, content):
            if not value.label:
                while label in named:
                    label += "′"
                value.label = label
                named[label] = value
    return named


def values_in(name: str, content: object) -> Iterator[tuple[str, Value]]:
    """Yield the Values in a variable, with their names."""
    if isinstance(content, Value):
        yield name, content
    elif isinstance(content, (list, tuple)):
        joint = "_" if name[-1].isdigit() else ""
        for i, item in enumerate(content):
            yield from values_in(f"{name}{joint}{i}", item)
