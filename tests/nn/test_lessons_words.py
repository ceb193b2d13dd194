"""The words of the course: each is defined where it is first used, its formula is the one that nn computes, and lessons end well."""

import itertools
import math
import re
from functools import cache
from pathlib import Path

import mpmath
import pytest

import nn
from autograd import Value
from autograd.__main__ import main
from autograd.classroom import Definition
from autograd.explain.events import Event
from nn.lessons import COURSE
from nn.lessons.definitions import DEFINED, define
from tests.lessons import LESSONS

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ALSO = {
    "gradient norm": "norms?",
    "L2 regularisation": "L2 (?:with|regul|pulls|gives)",
    "batch normalisation": "batch norm(?:alisation)?",
    "Xavier initialisation": "Xavier",
    "He initialisation": "\\bby He\\b|He's",
    "residual connection": "residual",
    "Huber loss": "Huber",
    "logit": "logits?",
    "cross-entropy": "(?<!binary )cross-entropy",
}


def pattern(term):
    """What counts as a use of a term."""
    return re.compile(
        rf"(?<![\w-])(?:{ALSO.get(term, re.escape(term) + '(?:s|es)?')})(?![\w-])", 0 if term[0].isupper() else re.I
    )


@cache
def told():
    """What the course says, item by item: the lesson, the terms that are defined there, and the text."""
    found = []
    for slug, lesson in LESSONS.items():
        for item in lesson.tell(lesson):
            if isinstance(item, Definition):
                found.append((slug, item.term, f"{item.term}. {item.words}"))
            else:
                text = " ".join(item.lines) if isinstance(item, Event) else getattr(item, "text", item)
                found.append((slug, None, text))
    return found


def first_use(term, items):
    """The first item that uses a term, and the item that defines it."""
    use = next(
        (i for i, (_, _, text) in enumerate(items) if not text.startswith("# ") and pattern(term).search(text)), None
    )
    defined = next((i for i, (_, defines, _) in enumerate(items) if defines == term), None)
    return use, defined


def together(items, at):
    """The first of the definitions that stand together with this one: they may speak of one another."""
    while at and items[at - 1][1]:
        at -= 1
    return at


@pytest.mark.parametrize("term", DEFINED)
def test_no_word_is_used_before_it_is_defined(term):
    items = told()
    use, defined = first_use(term, items)
    assert defined is not None, f"no lesson defines {term}"
    assert together(items, defined) <= use, (
        f"{term} is used in {items[use][0]}: {items[use][2]!r}, and defined in {items[defined][0]}"
    )


def test_a_word_that_is_used_too_early_would_be_found():
    items = [("a", None, "Softmax makes probabilities."), ("b", "softmax", "softmax. A list.")]
    assert first_use("softmax", items) == (0, 1)
    assert first_use("softplus", items) == (None, None)


def test_each_word_is_defined_once():
    terms = [term for _, term, _ in told() if term]
    assert sorted(terms) == sorted(set(terms))


# --- formulas: what is printed, computed as Python, is what nn computes ---


def computed(line, **names):
    """The right side of a printed formula, as Python with mpmath's functions."""
    written = line.strip().split("←" if "←" in line else " = ", 1)[-1].strip()
    written = re.sub(r"(.*) if (.*), else (.*)", r"(\1) if (\2) else (\3)", written)
    for mark, code in (("−", "-"), ("·", "*"), ("≤", "<="), ("∞", "inf"), ("m̂", "m_hat"), ("v̂", "v_hat"), ("ŷ", "p"), ("½", "0.5"),
                       ("β₁ᵗ", "beta1**t"), ("β₂ᵗ", "beta2**t"), ("β₁", "beta1"), ("β₂", "beta2"), ("η₀", "eta0"), ("η_T", "eta1"),
                       ("e⁻ˣ", "e**(-x)"), ("eˣ", "e**x"), ("^", "**"), ("[", "("), ("]", ")"), ("²", "**2"), ("ln", "log"), ("Φ", "ncdf")):  # fmt: skip
        written = written.replace(mark, code)
    written = re.sub(r"√(\(|\w+)", lambda m: f"sqrt{m[1]}" if m[1] == "(" else f"sqrt({m[1]})", written)
    written = re.sub(r"\|(\w+)\|", r"abs(\1)", written)
    written = re.sub(r"⌊(.*)⌋", r"floor(\1)", written)
    scope = {name: getattr(mpmath, name) for name in ("e", "exp", "log", "sqrt", "tanh", "cos", "ncdf", "floor")}
    return float(eval(written, scope | {"max": max, "min": min, "abs": abs, "π": mpmath.pi, "σ": nn_sigmoid} | names))


def nn_sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "softplus", "gelu", "sigmoid", "tanh"])
@pytest.mark.parametrize("x", [-3.0, -0.5, 0.25, 2.0])
def test_the_formula_of_an_activation_is_nn_s(name, x):
    terms = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU"}
    line, *slope = DEFINED[terms.get(name, name)].lines
    node = Value(x)
    out = nn.ACTIVATIONS[name](node) if hasattr(nn, "ACTIVATIONS") else getattr(node, name)()
    out.backward()
    assert computed(line, x=x) == pytest.approx(out.data, rel=1e-12)
    if slope:
        assert computed(slope[0], x=x) == pytest.approx(node.grad, rel=1e-12)


@pytest.mark.parametrize(("p", "y"), [(0.3, 1.0), (0.9, 0.0), (0.5, 1.0)])
def test_the_formulas_of_losses_are_nn_s(p, y):
    assert computed(DEFINED["binary cross-entropy"].lines[0], p=p, y=y) == pytest.approx(
        nn.binary_cross_entropy(p, y).data
    )
    for error in (p, 3 * p):
        assert computed(DEFINED["Huber loss"].lines[0], e=error) == pytest.approx(nn.huber_loss(error, 0.0).data)
    s, label = 4 * p - 1, 2 * y - 1
    assert computed(DEFINED["hinge loss"].lines[0], s=s, y=label) == pytest.approx(nn.hinge_loss(s, label).data)


def steps_of(term, gradients, lr, **names):
    """The weights after each step, by the printed rule, line by line."""
    memory = {"w": 1.0, "m": 0.0, "v": 0.0, "s": 0.0, "η": lr} | names
    for t, g in enumerate(gradients, 1):
        lines = [*DEFINED["Adam"].lines[:4], *DEFINED[term].lines] if term == "AdamW" else DEFINED[term].lines
        for line in lines:
            left = re.split("←| = ", line)[0].strip()
            key = {"m̂": "m_hat", "v̂": "v_hat"}.get(left, left)
            memory[key] = computed(line, **memory | {"g": g, "t": t})
        yield memory["w"]


RULES = {
    "SGD": (lambda w: nn.SGD([w], 0.1), {}),
    "momentum": (lambda w: nn.SGD([w], 0.1, momentum=0.9), {"β": 0.9}),
    "Nesterov momentum": (lambda w: nn.SGD([w], 0.1, momentum=0.9, nesterov=True), {"β": 0.9}),
    "Adagrad": (lambda w: nn.Adagrad([w], 0.1), {"ε": 1e-10}),
    "RMSprop": (lambda w: nn.RMSprop([w], 0.1), {"ε": 1e-8, "α": 0.99}),
    "Adam": (lambda w: nn.Adam([w], 0.1), {"ε": 1e-8, "beta1": 0.9, "beta2": 0.999}),
    "AdamW": (lambda w: nn.AdamW([w], 0.1, weight_decay=0.5), {"ε": 1e-8, "beta1": 0.9, "beta2": 0.999, "λ": 0.5}),
}


@pytest.mark.parametrize("term", RULES)
def test_the_rule_of_an_optimizer_is_nn_s(term):
    make, names = RULES[term]
    gradients, w = [1.0, -2.0, 0.5, 4.0], Value(1.0)
    optimizer, found = make(w), []
    for w.grad in gradients:
        optimizer.step()
        found.append(w.data)
    assert found == pytest.approx(list(steps_of(term, gradients, 0.1, **names)), rel=1e-12)


def test_formulas_are_text_and_mathml():
    for definition in DEFINED.values():
        assert "\\" not in definition.words, f"{definition.term}: a formula has slipped into the words"
        assert len(definition.lines) == len(definition.mathml) == len(definition.tex.splitlines())
        for line in definition.lines:
            assert "\\" not in line
            assert "{" not in line
    assert define("softmax")[0].mathml[0].startswith("<math><mrow><msub><mover>")


# --- how a lesson is printed ---


@pytest.mark.parametrize("slug", COURSE.lessons)
def test_a_lesson_fits_a_sitting_and_says_what_comes_next(slug, capsys):
    assert main(["step", slug]) == 0
    lines = capsys.readouterr().out.rstrip("\n").splitlines()
    assert len(lines) <= 150
    text = "\n".join(lines[-5:])
    assert f"python3 -m autograd quiz {slug}" in text
    assert "notebooks/" in text
    following = list(COURSE.lessons)[COURSE.place(slug) :]
    assert (f"python3 -m autograd step {following[0]}" if following else "the last lesson") in text


def test_a_long_lesson_is_cut_and_all_of_it_is_there_on_request():
    from autograd.classroom import walkthrough

    lines = [str(i) for i in range(400)]
    shown = walkthrough.beginning(lines)
    assert len(shown) == 150
    assert shown[-4:] == lines[-4:]
    assert "--all" in shown[-5]
    assert int(re.search(r"\d+", shown[-5])[0]) + len(shown) - 1 == 400


def test_digits_are_as_many_as_one_asks_for(capsys):
    def numbers(*options):
        main(["step", "xor-by-hand", *options])
        return capsys.readouterr().out

    assert "= 0.5622\n" in numbers()
    assert "= 0.562177\n" in numbers("--digits", "6")
    assert "= 0.5621765009\n" in numbers("--digits", "10")
    assert "54.1696" in (main(["step", "tiny-network"]) or capsys.readouterr().out)
    for wrong in ("0", "16", "three"):
        with pytest.raises(SystemExit):
            main(["step", "xor-by-hand", "--digits", wrong])
    assert math.isclose(0.562176500885798, 1 / (1 + math.exp(-0.25)))
    assert list(itertools.islice(COURSE.lessons, 2)) == ["guessing-game", "tiny-network"]


def test_a_notebook_shows_a_definition_in_tex():
    shown = define("Adam")[0]._repr_markdown_()
    assert shown.startswith("**Adam.** Running means")
    assert r"$$\hat{m} = \frac{m}{1 - \beta_1^t}$$" in shown
    assert shown.count("$$") == 2 * len(DEFINED["Adam"].lines)
    assert "$$" not in define("node")[0]._repr_markdown_()
