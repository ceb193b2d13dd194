"""A graph from a typed formula: `z = w*x + b; L = (relu(z) - y)**2` and a number for each name.

The text is read with `ast` against a list of what is allowed, and is never run as Python. What one may write: names and
numbers, + − * / **, brackets, the functions of the table, lists for those that take any number of operands, and several
statements with `;` between them, of which the last is the root and the others name their nodes.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from autograd import functions
from autograd.errors import AutogradError, DataError
from autograd.graph import topological_order
from autograd.operators import Operators
from autograd.rules import MANY, PAIRS, TABLE, Op
from autograd.value import Parameter, Value, lift

LONGEST = 10_000  # characters of a formula
DEEPEST = 200  # brackets within brackets, and terms in a row count too
BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
WITH_A_NUMBER = ("leaky_relu", "elu")  # families: a plain number may stand behind the operand
SAME = {"pow": 2, "square": 1}  # methods that are rows by another name, and how many operands they take


def graph_of_formula(text: str, numbers: Mapping[str, float], parameters: Collection[str] | None = None) -> Value:
    """Return the root of the graph that a formula describes.

    >>> L = graph_of_formula("z = w*x + b; L = (z - y)**2", {"w": 3, "x": 2, "b": 1, "y": 15})
    >>> L.data, L.label, [leaf.label for leaf in topological_order(L) if leaf.kind == "parameter"]
    (64.0, 'L', ['w', 'b'])

    `numbers` are those of its names. `parameters` are the names that training changes; without it, those that begin with
    w or b. Raises DataError, which points at the column, for what cannot be read, and DomainError for what has no value.
    """
    tree = parsed(text)
    root = Reader(text, numbers, parameters).root(tree)
    known = sorted(used_names(tree))
    for name in numbers:
        if name not in known:
            raise DataError(f"{name} = {numbers[name]} is given, and the formula has no {name}.{near(name, known)}")
    return root


def parsed(text: str) -> ast.Module:
    """Return the syntax tree of a formula, or say where it is not one."""
    if len(text) > LONGEST:
        raise DataError(
            f"This formula has {len(text):,} characters, and {LONGEST:,} are the most. Write a FILE.py for it."
        )
    try:
        return ast.parse(text.strip())
    except SyntaxError as error:
        column = min(error.offset or 1, len(text) + 1)
        raise pointing(
            text.strip(), column - 1, f"This is not a formula: {error.msg}.{juxtaposed(error.msg)}"
        ) from None
    except (RecursionError, MemoryError):
        raise too_deep() from None
    except ValueError as error:  # a NUL, or a surrogate
        raise DataError(f"This formula cannot be read: {error}.") from None


def juxtaposed(message: str) -> str:
    """Return what to write where a product was written without a sign."""
    return " A product needs its sign: 2*x." if "decimal literal" in message or "Perhaps you forgot" in message else ""


def used_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a formula reads, those of its functions left out."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
            yield node.id


def too_deep() -> DataError:
    """Return the error for a formula that is nested too deeply."""
    return DataError(
        f"This formula is nested more than {DEEPEST} deep. Give its parts names, z = …; or use sum([…]); or write a FILE.py."
    )


def pointing(text: str, column: int, sentence: str) -> DataError:
    """Return an error that shows the formula with a mark below the column, which is counted from 0."""
    before = text[:column]
    line, at = text.splitlines()[before.count("\n")] if text else "", len(before) - before.rfind("\n") - 1
    begin = max(0, at - 60)
    line = "".join(letter if letter.isprintable() else "�" for letter in line)
    return DataError(f"{sentence}\n  {line[begin : begin + 120]}\n  {' ' * (at - begin)}^ column {at + 1}")


def near(name: str, known: Collection[str]) -> str:
    """Return a question about the nearest name, if there is one."""
    found = difflib.get_close_matches(name, known, 1, 0.4)
    return f" Did you mean {found[0]}?" if found else ""


class Reader:
    """What reads one formula: its text, its numbers, and the nodes that have names so far."""

    def __init__(self, text: str, numbers: Mapping[str, float], parameters: Collection[str] | None) -> None:
        self.text, self.known = text.strip(), dict[str, Value]()
        for name, number in numbers.items():
            if name in CALLS:
                raise DataError(f"{name} is an operation, and cannot be the name of a number. Choose another name.")
            trained = name in parameters if parameters is not None else name[0] in "wb"
            self.known[name] = (Parameter if trained else Value)(number, name)
        for name in parameters or ():
            if name not in numbers:
                raise DataError(f"{name} is to be a parameter, and has no number.{near(name, numbers)}")

    def root(self, tree: ast.Module) -> Value:
        """Return the value of the last statement, which must use all the others."""
        made = [(statement, self.statement(statement)) for statement in tree.body]
        if not made:
            raise DataError('This formula is empty. Write one such as "w*x + b" w=3 x=2 b=1.')
        root = made[-1][1]
        reached = set(topological_order(root))
        for statement, value in made:
            if value not in reached:
                raise self.error(
                    statement, "A formula has one root, its last statement, and that does not use this one."
                )
        return root

    def statement(self, node: ast.stmt) -> Value:
        """Return the Value of one statement, with its name if it gives one."""
        if isinstance(node, ast.Expr):
            return lift(self.number(node.value, 0))
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            raise self.error(node, "A statement is a formula, or NAME = a formula.")
        name = node.targets[0].id
        if name in CALLS:
            raise self.error(node, f"{name} is an operation, and cannot be the name of a node.")
        if name in self.known:
            raise self.error(node, f"{name} has a number already. A name stands for one node.")
        value = lift(self.number(node.value, 0))
        if value.label or value.op is None:
            raise self.error(
                node, f"{name} would be a second name for {value.label or value.data}. A node has one name."
            )
        value.label = name
        self.known[name] = value
        return value

    def number(self, node: ast.expr, depth: int) -> Any:
        """Return what an expression computes: a Value, or a plain number."""
        if depth > DEEPEST:
            raise too_deep()
        match node:
            case ast.Constant(value=int() | float() as x) if not isinstance(x, bool):
                return self.finite(node, x)
            case ast.Name(id=name):
                return self.named(node, name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return self.computed(
                    node, BINARY[type(op)], self.number(left, depth + 1), self.number(right, depth + 1)
                )
            case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
                return self.computed(node, UNARY[type(op)], self.number(operand, depth + 1))
            case ast.Call():
                return self.call(node, depth)
        raise self.error(node, self.refusal(node))

    def named(self, node: ast.Name, name: str) -> Value:
        """Return the node of a name."""
        if name in self.known:
            return self.known[name]
        if name in CALLS:
            raise self.error(node, f"{name} is an operation: write what it is of in brackets, {name}(x).")
        raise self.error(node, f"{name} has no number.{near(name, self.known)} Add {name}=NUMBER behind the formula.")

    def finite(self, node: ast.expr, x: float) -> float:
        """Return a number as a float, or say that it is too large for one."""
        try:
            if math.isfinite(float(x)):
                return float(x)
        except OverflowError:
            pass
        raise self.error(node, "This number is too large for a float, which ends at about 1.8e308.")

    def computed(self, node: ast.expr, compute: Callable[..., Any], *operands: Any) -> Any:
        """Return the result of an operation; one on plain numbers only is a plain number."""
        try:
            result = compute(*operands)
        except AutogradError as error:
            raise self.located(node, error) from None
        except ZeroDivisionError:
            raise self.error(node, "A division by 0 has no value.") from None
        except OverflowError:
            raise self.error(node, "This is too large for a float, which ends at about 1.8e308.") from None
        if isinstance(result, complex):
            raise self.error(node, "This power of a negative number is not a real number.")
        return result

    def call(self, node: ast.Call, depth: int) -> Any:
        """Return what a function of the table gives."""
        if not isinstance(node.func, ast.Name):
            raise self.error(node, self.refusal(node.func))
        name = node.func.id
        if name not in CALLS:
            raise self.error(
                node, f"There is no operation {name}.{near(name, CALLS)} There are: {', '.join(sorted(CALLS))}."
            )
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.error(node, f"{name} takes its operands one by one, without names and stars.")
        arguments = [self.operand(argument, depth + 1) for argument in node.args]
        try:
            return self.computed(node, CALLS[name], *arguments)
        except TypeError:
            raise self.error(node, f"{name} does not take these operands. Write {USAGE[name]}.") from None

    def operand(self, node: ast.expr, depth: int) -> Any:
        """Return an operand of a function: a number, or a list of them."""
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.number(element, depth + 1) for element in node.elts]
        return self.number(node, depth)

    def refusal(self, node: ast.expr) -> str:
        """Return what is wrong with an expression that is not allowed, and what would work."""
        match node:
            case ast.BinOp(op=ast.BitXor()):
                return "^ is Python's exclusive or. A power is written **: x**2."
            case ast.BinOp(op=ast.MatMult() | ast.Mod() | ast.FloorDiv()):
                return "This operator is not one of the table's: there are + - * / and **."
            case ast.Attribute():
                return "A dot is not part of a formula. A function is written in front: relu(z)."
            case ast.Compare() | ast.BoolOp() | ast.IfExp():
                return "A formula has no comparisons. Use maximum(x, y), minimum(x, y) or relu(x), which choose by themselves."
            case ast.List() | ast.Tuple():
                return "A list stands only in brackets of sum, mean, max, min, logsumexp and dot."
        return "This is not part of a formula. There are names, numbers, + - * / **, brackets and the functions of the table."

    def error(self, node: ast.expr | ast.stmt, sentence: str) -> DataError:
        """Return an error that points at a piece of the formula."""
        return pointing(self.text, self.column(node), sentence)

    def located(self, node: ast.expr, error: AutogradError) -> AutogradError:
        """Return the error of an operation, pointing at it."""
        return type(error)(str(pointing(self.text, self.column(node), str(error))))

    def column(self, node: ast.expr | ast.stmt) -> int:
        """Return where a piece begins (an operator: where it stands), in characters from the start of the text."""
        if isinstance(node, ast.BinOp):
            right = self.offset(node.left.end_lineno or 1, node.left.end_col_offset or 0)
            while right < len(self.text) and self.text[right] in " )\t\n":
                right += 1
            return right
        return self.offset(node.lineno, node.col_offset)

    def offset(self, line: int, column: int) -> int:
        """Return a place in the text; `ast` counts bytes within a line."""
        lines = self.text.splitlines(keepends=True)
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode(errors="ignore"))


def applied(op: Op) -> Callable[..., Any]:
    """Return a row of one or two operands as a function."""

    def function(*xs: Any) -> Value:
        if len(xs) != op.arity or any(isinstance(x, list) for x in xs):
            raise TypeError
        return lift(xs[0]).apply(op, *xs)

    return function


def calls() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Yield each function that a formula may use, and how it is written."""
    for op in TABLE.values():
        if op.arity in (1, 2) and op.name.isidentifier():
            yield op.name, applied(op), f"{op.name}({', '.join('xy'[: op.arity])})"
        elif op.arity == MANY:
            yield op.name, getattr(functions, op.name), f"{op.name}([x, y, z])"
        elif op.arity == PAIRS:
            yield op.name, getattr(functions, op.name), f"{op.name}([w1, w2], [x1, x2], b)"
    for name in WITH_A_NUMBER:
        yield name, lambda x, *a, name=name: getattr(lift(x), name)(*a), f"{name}(x), or {name}(x, 0.1)"
    for name, count in SAME.items():
        method = getattr(Operators, name)
        yield name, lambda x, *y, method=method: method(lift(x), *y), f"{name}({', '.join('xn'[:count])})"


CALLS = {name: function for name, function, _ in calls()}
USAGE = {name: usage for name, _, usage in calls()}
