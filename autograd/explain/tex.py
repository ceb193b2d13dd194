r"""A formula in TeX, read as plain text for a terminal, and as MathML for a page.

>>> text(r"\sigma(x) = \frac{1}{1 + e^{-x}}")
'σ(x) = 1/(1 + e⁻ˣ)'
>>> text(r"w \leftarrow w - \eta \cdot \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}")
'w ← w − η·m̂/(√v̂ + ε)'
>>> mathml(r"x^2")
'<math><msup><mi>x</mi><mn>2</mn></msup></math>'

Only what formulas in lessons need is read: names, numbers, + − · /, brackets, \frac, \sqrt, \hat, \bar, \text, \mathrm, ^ and _, a few names, and cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from unicodedata import normalize

from autograd.errors import DataError

NAMES = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π",
    "sigma": "σ", "varphi": "φ", "Phi": "Φ", "infty": "∞", "partial": "∂", "sum": "Σ", "dots": "…", "nabla": "∇",
}  # fmt: skip
WORDS = {"ln", "exp", "tanh", "sin", "cos", "max", "min"}
SIGNS = {"cdot": "·", "leftarrow": "←", "approx": "≈", "le": "≤", "ge": "≥", "times": "×", "odot": "⊙", "in": "∈"}
SPACED = set("+−=←≈≤≥<>×⊙∈")
BRACKETS = {
    "lvert": "|",
    "rvert": "|",
    "lVert": "‖",
    "rVert": "‖",
    "{": "{",
    "}": "}",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "langle": "⟨",
    "rangle": "⟩",
}
RAISED = dict(zip("0123456789+−xtnijkT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣᵗⁿⁱʲᵏᵀ", strict=True))
LOWERED = dict(zip("0123456789ijktnmxp", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₜₙₘₓₚ", strict=True))
ACCENTS = {"hat": "\u0302", "bar": "\u0304"}
TOKEN = re.compile(r"\\(?:text|mathrm)\{[^}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S")


@dataclass(frozen=True)
class Part:
    """A piece of a formula: what it is, its sign, and the pieces in it."""

    kind: str  # row, name, word, number, sign, open, close, text, frac, sqrt, sup, sub, accent, cases
    sign: str = ""
    parts: tuple[Part, ...] = ()


def text(tex: str) -> str:
    """Return a formula as plain text, in one line."""
    return as_text(parsed(tex))


def mathml(tex: str) -> str:
    """Return a formula as a MathML element."""
    return f"<math>{as_mathml(parsed(tex))}</math>"


def parsed(tex: str) -> Part:
    """Return a formula as a tree; raise DataError for what is not read here."""
    tokens = TOKEN.findall(tex)
    reader = TexReader(tokens)
    row = reader.row(())
    if reader.at < len(tokens):
        raise DataError(f"The formula {tex} has a {tokens[reader.at]} too many.")
    return row


@dataclass
class TexReader:
    """Where the reading of a list of tokens stands."""

    tokens: list[str]
    at: int = 0

    def row(self, ends: tuple[str, ...]) -> Part:
        """Read up to one of these tokens."""
        parts: list[Part] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in (*ends, "}"):
            token = self.tokens[self.at]
            if token in "^_":
                self.at += 1
                parts.append(Part("sup" if token == "^" else "sub", "", (parts.pop(), self.one())))
            else:
                parts.append(self.one())
        return parts[0] if len(parts) == 1 else Part("row", "", tuple(parts))

    def one(self) -> Part:
        """Read one piece: a token, or what is in braces, or a command with what it takes."""
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            inner = self.row(())
            self.at += 1
            return inner
        command = token[1:] if token.startswith("\\") else ""
        if command == "frac":
            return Part("frac", "", (self.one(), self.one()))
        if command == "sqrt":
            return Part("sqrt", "", (self.one(),))
        if command in ACCENTS:
            return Part("accent", ACCENTS[command], (self.one(),))
        if command.startswith("mathrm{"):
            return Part("word", command[7:-1])
        if command.startswith("text{"):
            return Part("text", command[5:-1])
        if command == "begin":
            return self.cases()
        return atom(token, command)

    def cases(self) -> Part:
        """Read the lines between begin and end: a value and its condition each."""
        self.one()
        lines = []
        while self.tokens[self.at] != "\\end":
            value = self.row(("&",))
            self.at += 1
            lines.append(Part("row", "", (value, self.row(("\\\\", "\\end")))))
            self.at += self.tokens[self.at] == "\\\\"
        self.at += 1
        self.one()
        return Part("cases", "", tuple(lines))


def atom(token: str, command: str) -> Part:
    """Return the piece that is one token."""
    if command in NAMES:
        return Part("name", NAMES[command])
    if command in WORDS:
        return Part("word", command)
    if command in SIGNS or token in "+-=<>/":
        return Part("sign", SIGNS.get(command) or token.replace("-", "−"))
    if command in BRACKETS or token in "()[],;":
        sign = BRACKETS.get(command, token)
        return Part("close" if command.startswith("r") or command == "}" or token in ")],;" else "open", sign)
    if command or token in "&}":
        raise DataError(f"{token} is not read here: see autograd.explain.tex for what is.")
    return Part("number" if token[0].isdigit() else "name", token)


# --- as text ---


def as_text(part: Part) -> str:
    """Write a piece as plain text."""
    return TEXT[part.kind](part)


def row_text(part: Part) -> str:
    """Write pieces one after the other, with spaces around what stands between two."""
    written, before = "", None
    for piece in part.parts:
        word = as_text(piece)
        if piece.kind == "sign" and piece.sign in SPACED and before is not None and before.kind not in ("sign", "open"):
            written += f" {word} "
        elif before is not None and needs_space(before, piece):
            written += f" {word}"
        else:
            written += word
        before = piece
    return written


def needs_space(before: Part, piece: Part) -> bool:
    """Tell whether two neighbours are kept apart: a function and what it is of, a comma and what follows, two names."""
    if before.sign in (",", ";"):
        return True
    wordy = before.kind == "word" or (before.kind in ("sub", "name") and as_text(before)[0] == "Σ")
    return (wordy and piece.sign != "(") or before.sign == "if" or both_atoms(before, piece)


def both_atoms(before: Part, piece: Part) -> bool:
    """Tell whether two pieces multiply one another without a sign: L x."""
    values = ("name", "number", "sub", "sup", "accent", "frac", "sqrt", "text")
    glued = before.sign in ("∂", "Σ", "∇") or as_text(piece)[0] == ")"
    return before.kind in values and piece.kind in (*values, "word") and not glued


def frac_text(part: Part) -> str:
    """Write a fraction, with brackets where they are needed."""
    top, bottom = part.parts
    return f"{bracketed(top, sums)}/{bracketed(bottom, products)}"


def sums(part: Part) -> bool:
    """Tell whether a piece has a sign with spaces in it, or cases."""
    return part.kind == "cases" or (
        part.kind == "row" and any(p.kind == "sign" and p.sign in SPACED for p in part.parts)
    )


def products(part: Part) -> bool:
    """Tell whether a piece is more than one factor."""
    call = (
        part.kind == "row"
        and part.parts[0].kind in ("word", "name")
        and len(part.parts) > 1
        and part.parts[1].sign == "("
    )
    closed = call and [p.sign for p in part.parts].index(")") == len(part.parts) - 1
    derivative = part.kind == "row" and part.parts[0].sign in ("∂", "|", "‖")
    return part.kind in ("row", "frac") and not closed and not derivative


def bracketed(part: Part, loose: Callable[[Part], bool]) -> str:
    """Write a piece, in brackets where it is loose."""
    return f"({as_text(part)})" if loose(part) else as_text(part)


def sup_text(part: Part) -> str:
    """Write a power: with raised digits and letters where there are such."""
    base, raised = part.parts
    exponent = as_text(raised)
    if all(letter in RAISED for letter in exponent):
        return as_text(base) + "".join(RAISED[letter] for letter in exponent)
    return f"{as_text(base)}^{bracketed(raised, products)}"


def sub_text(part: Part) -> str:
    """Write an index: lowered where there are such letters, after a low line otherwise."""
    base, index = part.parts
    written = as_text(index)
    if all(letter in LOWERED for letter in written):
        return as_text(base) + "".join(LOWERED[letter] for letter in written)
    return f"{as_text(base)}_{written}"


def cases_text(part: Part) -> str:
    """Write cases as Python would: a if x > 0, else b."""
    written = [(as_text(value), as_text(condition)) for value, condition in (line.parts for line in part.parts)]
    return ", ".join(
        f"{condition} {value}" if condition == "else" else f"{value} {condition}" for value, condition in written
    )


TEXT: dict[str, Callable[[Part], str]] = {
    "row": row_text, "frac": frac_text, "sup": sup_text, "sub": sub_text, "cases": cases_text,
    "sqrt": lambda part: f"√{bracketed(part.parts[0], products)}",
    "accent": lambda part: normalize("NFC", as_text(part.parts[0]) + part.sign),
    **dict.fromkeys(("name", "word", "number", "sign", "open", "close", "text"), lambda part: part.sign),
}  # fmt: skip


# --- as MathML ---


def as_mathml(part: Part) -> str:
    """Write a piece as MathML."""
    inner = "".join(map(as_mathml, part.parts))
    if part.kind == "cases":
        return f'<mrow><mo>{{</mo><mtable columnalign="left">{"".join(cells(part))}</mtable></mrow>'
    if part.kind == "accent":
        return f"<mover>{inner}<mo>{'^' if part.sign == ACCENTS['hat'] else '¯'}</mo></mover>"
    tag = {
        "row": "mrow",
        "frac": "mfrac",
        "sqrt": "msqrt",
        "sup": "msup",
        "sub": "msub",
        "number": "mn",
        "text": "mtext",
    }.get(part.kind)
    tag = tag or ("mi" if part.kind in ("name", "word") else "mo")
    return f"<{tag}>{escape(part.sign)}{inner}</{tag}>"


def cells(part: Part) -> Iterator[str]:
    """Yield the rows of a table of cases."""
    for line in part.parts:
        yield "<mtr>" + "".join(f"<mtd>{as_mathml(piece)}</mtd>" for piece in line.parts) + "</mtr>"
