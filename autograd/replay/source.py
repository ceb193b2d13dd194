"""The program as straight-line Python, to read in class: the table, read as code."""

from keyword import iskeyword
from unicodedata import normalize

from autograd.code_text import Code, as_code
from autograd.errors import LengthError
from autograd.namespaces import FUNCTIONS, Folds
from autograd.replay.program import Program, Traits
from autograd.value import Value

LONGEST = 50_000  # nodes; more is no reading matter, and Python compiles it slowly


class CodeNamespace(Folds):
    """A namespace whose functions are written as calls."""

    def __init__(self) -> None:
        for name in FUNCTIONS:
            setattr(self, name, lambda *xs, f=name: Code(f"xp.{f}({', '.join(str(as_code(x)) for x in xs)})"))


def source(program: Program, parameters: list[Value]) -> str:
    """Return a function that computes the first output and the gradient of each parameter, as text.

    >>> from autograd import Parameter, record
    >>> w, b = Parameter(2.0, "w"), Parameter(1.0, "b")
    >>> print(record(lambda x: (w * x + b).relu(), 3.0).source())
    from autograd.namespaces import scalars as xp
    <BLANKLINE>
    <BLANKLINE>
    def replay(x1, w, b):
        v3 = w * x1
        v4 = v3 + b
        v5 = xp.maximum(v4, 0.0)
        gv5 = 1.0
        gv4 = gv5 * xp.where(v4 > 0, 1.0, 0.0)
        gv3 = gv4
        gb = gv4
        gw = gv3 * x1
        return v5, [gw, gb]
    """
    if len(program) > LONGEST:
        raise LengthError(
            f"This program has {len(program):,} nodes, and source() writes {LONGEST:,} at the most. Record a smaller model to read."
        )
    names = named(program, parameters)
    given = [names[node] if node >= 0 else f"unused{i}" for i, node in enumerate(program.inputs.tolist(), 1)]
    given += [names[node] for node in program.parameters.tolist()]
    root = names[int(program.outputs[0])]
    back, gradients = backward(program, names)
    lines = [*forward(program, names), *back, f"return {root}, [{', '.join(gradients)}]"]
    return "\n".join(
        ["from autograd.namespaces import scalars as xp", "", "", f"def replay({', '.join(map(str, given))}):"]
        + [f"    {line}" for line in lines]
    )


def named(program: Program, parameters: list[Value]) -> dict[int, Code]:
    """Name each node: inputs x1, x2, …; parameters by their labels, where these will do; the rest v1, v2, …."""
    labels = [normalize("NFKC", parameter.label) for parameter in parameters]  # as Python reads a name
    clear = len(set(labels)) == len(labels) and all(map(usable, labels))
    names = {node: Code(f"v{node}") for node in range(len(program))}
    names |= {node: Code(f"x{i}") for i, node in enumerate(program.inputs.tolist(), 1) if node >= 0}
    for i, (node, label) in enumerate(zip(program.parameters.tolist(), labels, strict=True), 1):
        names[node] = Code(label if clear else f"p{i}")
    for node, constant in zip(program.constants.tolist(), program.numbers.tolist(), strict=True):
        names[node] = as_code(constant)
    return names


def usable(label: str) -> bool:
    """Whether a label is a name that nothing here has."""
    return label.isidentifier() and not iskeyword(label) and label[0] not in "xgv"


def forward(program: Program, names: dict[int, Code]) -> list[str]:
    """Return a line for each result."""
    xp = CodeNamespace()
    return [
        f"{names[node]} = {as_code(program.op(node).at(xp, tuple(names[parent] for parent in parents)))}"
        for node, parents in enumerate(program.rows())
        if program.code[node] >= 0
    ]


def backward(program: Program, names: dict[int, Code]) -> tuple[list[str], list[str]]:
    """Return a line for each contribution, and the names of the parameters' gradients."""
    xp, needs, rows, root = CodeNamespace(), Traits(program).needs, program.rows(), int(program.outputs[0])
    reached: set[int] = {root}
    lines = [f"g{names[root]} = 1.0"]
    for node in range(root, -1, -1):
        if program.code[node] < 0 or node not in reached or not needs[node]:
            continue
        upstream = Code(f"g{names[node]}")
        operands = tuple(names[parent] for parent in rows[node])
        for parent, slope in zip(rows[node], program.op(node).slopes_at(xp, operands, names[node]), strict=True):
            if needs[parent]:
                grad = Code(f"g{names[parent]}")
                contribution = upstream if type(slope) is float and slope == 1.0 else upstream * slope
                lines.append(f"{grad} = {grad + contribution if parent in reached else contribution}")  # type: ignore[operator]
                reached.add(parent)
    return lines, [f"g{names[node]}" if node in reached else "0.0" for node in program.parameters.tolist()]
