"""The words of the course: each is defined where it is first used, its formula is the one that nn computes, and lessons end well."""

import itertools
import math
import re
import statistics
from functools import cache
from pathlib import Path
from random import Random

import mpmath
import pytest

import nn
from autograd import Value, softmax
from autograd.__main__ import main
from autograd.classroom import Definition, Exercise
from autograd.explain.events import Chain, Event, Ready
from autograd.graph import number
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
    "sizes": r"\d+(?:-\d+)+",
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
                found.append((slug, item.term, " ".join([f"{item.term}. {item.words}", *item.lines])))
            else:
                found.append((slug, None, shown(item)))
    return found


def shown(item):
    """A text, or an event as it is printed: a gradient says when it is complete."""
    if isinstance(item, Event):
        return " ".join([*item.lines, *["complete"] * isinstance(item, Ready)])
    return getattr(item, "text", item)


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
@pytest.mark.slow
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


EVERYDAY = set(
    re.findall(
        r"\w+",
        "result constant root use label value step row lesson question hint mistake right wrong program diagnosis",
    )
)  # used in their ordinary sense as well


@pytest.mark.slow
def test_the_glossary_s_words_that_the_course_uses_are_defined_in_it():
    words, _ = GLOSSARY.read_text(encoding="utf-8").split("## Symbols")
    rows = re.findall(r"^\| \*\*(.+?)\*\* \|", words, re.M)
    terms = [term for row in rows for term in row.split(", ")]
    assert len(terms) > 80
    undefined = [term for term in terms if term not in DEFINED and term not in EVERYDAY]
    used = [term for term in undefined if first_use(term, told())[0] is not None]
    assert not used, "define them in nn/lessons/definitions.py, and in the lesson that uses them first"


def symbols():
    """The symbols of the glossary, each with the words in italics that say what it means."""
    _, table = GLOSSARY.read_text(encoding="utf-8").split("## Symbols")
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", table, re.M)
    return {symbol: re.findall(r"\*(.+?)\*", meaning)[:1] for symbol, meaning in rows}


GREEK = re.compile(r"[α-ορ-ωΑ-ΩϵϕΣ∂⊙ᵀ∇]")  # π is known


@pytest.mark.parametrize("symbol", symbols())
@pytest.mark.slow
def test_no_symbol_is_used_before_its_meaning_is_said(symbol):
    """Where it is met first, or in the definitions that stand there, the word for it stands too."""
    (word,) = symbols()[symbol]
    sign = re.compile(rf"(?<!\w){symbol}(?!\w)" if symbol.isascii() and symbol.isalpha() else re.escape(symbol))
    items = [(s, term, text) for s, term, text in told() if not text.startswith("# ")]
    use = next(i for i, (_, _, text) in enumerate(items) if sign.search(text))
    there = " ".join(text for _, _, text in items[together(items, use) : use + 1])
    assert word.lower() in there.lower(), f"{symbol} is met first in {items[use]}"


@pytest.mark.slow
def test_every_greek_letter_of_the_course_is_in_the_glossary():
    texts = [text for _, _, text in told()] + [lesson.question for lesson in LESSONS.values()]
    texts += [exercise.question for lesson in LESSONS.values() for exercise in lesson.exercises]
    texts += [f"{card.question} {card.answer}" for card in COURSE.cards]
    met = {letter for text in texts for letter in GREEK.findall(text)}
    assert met <= set(symbols())
    assert len(met) > 12


@pytest.mark.slow
def test_a_sigmoid_is_no_deviation_and_a_rate_is_no_lr():
    """σ and η in formulas; the other meaning of each has another name."""
    for _, _, text in told():
        assert not re.search(r"σ(?:²| is the standard|\s*=\s*√)|standard deviation σ", text), text
        assert not re.search(r"(?<![\w.])lr ?[·<>/)]|[·−+/(] ?lr(?!\w)", text), text


@pytest.mark.slow
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
    assert computed(DEFINED["hinge loss"].lines[0], z=s, y=label) == pytest.approx(nn.hinge_loss(s, label).data)


def steps_of(term, gradients, lr, **names):
    """The weights after each step, by the printed rule, line by line."""
    memory = {"w": 1.0, "m": 0.0, "v": 0.0, "η": lr} | names
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
    "AdamW": (lambda w: nn.AdamW([w], 0.1, weight_decay=0.5), {"ε": 1e-8, "beta1": 0.9, "beta2": 0.999, "decay": 0.5}),
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


SCHEDULES = {
    "step decay": (lambda o: nn.StepLR(o, step_size=3, gamma=0.1), {"γ": 0.1, "T": 3}),
    "exponential decay": (lambda o: nn.ExponentialLR(o, gamma=math.exp(-0.2)), {"k": 0.2}),
    "cosine annealing": (lambda o: nn.CosineAnnealingLR(o, T_max=10, eta_min=0.01), {"T": 10, "eta1": 0.01}),
    "warm-up": (lambda o: nn.LinearLR(o, start_factor=0.1, total_iters=4), {"T": 4, "f": 0.1}),
}


@pytest.mark.parametrize("term", SCHEDULES)
def test_the_formula_of_a_schedule_is_nn_s(term):
    make, names = SCHEDULES[term]
    optimizer = nn.SGD([Value(1.0)], 0.5)
    schedule = make(optimizer)
    (line,) = DEFINED[term].lines
    for t in range(10):
        assert optimizer.lr == pytest.approx(computed(line, t=t, eta0=0.5, **names), rel=1e-12)
        schedule.step()


def summed(line, **names):
    """The right side of a printed formula with a sum: its body, up to a bracket that was not opened in it, is added over all places."""
    text = line.split(" = ", 1)[-1].strip()
    before, _, rest = text.partition("Σ")
    place, rest = {"ᵢ": "i", "ⱼ": "j"}[rest[0]], rest[1:]
    depths = list(itertools.accumulate((c == "(") - (c == ")") for c in rest))
    end = (
        depths.index(-1)
        if -1 in depths
        else next((k for k in range(len(rest)) if rest[k:].startswith(" − z_c")), len(rest))
    )
    total = sum(evaluated(rest[:end], names | {place: k}) for k in range(names["n"]))
    return evaluated(re.sub(r"(\w) $", r"\1 · ", before) + "total" + rest[end:], names | {"total": total})


def evaluated(text, names):
    """A piece of a formula as Python."""
    for mark, code in (("ln · total", "log(total)"), ("ŷ", "p"), ("ŷ", "p"), ("ᵢ", "[i]"), ("ⱼ", "[j]"), ("_c", "[c]"),
                       ("−", "-"), ("·", "*"), ("^", "**"), ("²", "**2"), ("λ", "lam")):  # fmt: skip
        text = text.replace(mark, code)
    text = re.sub(r"ln (\w+(?:\[\w\])?)", r"log(\1)", text)
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
    return eval(text.strip(), {"log": math.log, "e": math.e, "abs": abs} | names)


def test_the_formulas_of_sums_are_nn_s():
    p, y, z = [0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [2.0, 1.0, 0.1]
    far = [3.0, -1.0, 0.5]
    assert summed(DEFINED["mean squared error"].lines[0], p=far, y=y, n=3) == pytest.approx(nn.mse_loss(far, y).data)
    assert summed(DEFINED["mean absolute error"].lines[0], p=far, y=y, n=3) == pytest.approx(nn.mae_loss(far, y).data)
    first, second = DEFINED["cross-entropy"].lines[0].split(" = ")[1:]
    assert summed(first, p=p, y=y, n=3) == pytest.approx(nn.categorical_cross_entropy(p, 1).data)
    assert evaluated(second, {"p": p, "c": 1}) == pytest.approx(nn.categorical_cross_entropy(p, 1).data)
    assert summed(DEFINED["logsumexp"].lines[1], z=z, n=3, c=1) == pytest.approx(nn.cross_entropy(z, 1).data)
    for i, share in enumerate(softmax([Value(x) for x in z])):
        assert summed(DEFINED["softmax"].lines[0], z=z, n=3, i=i) == pytest.approx(share.data)
    penalty = DEFINED["L2 regularisation"].lines[0].split("+")[1]
    assert summed(penalty, w=far, lam=0.3, n=3) == pytest.approx(nn.l2_penalty([Value(x) for x in far], 0.3).data)


def test_the_formulas_of_norm_clipping_initialisation_and_normalisation_are_nn_s():
    weights = [Value(0.0), Value(0.0)]
    weights[0].grad, weights[1].grad = 3.0, -4.0
    assert DEFINED["gradient norm"].lines == ("‖g‖ = √(Σᵢ gᵢ²)",)
    assert nn.grad_norm(weights) == pytest.approx(math.sqrt(3**2 + 4**2))
    clipped = computed(DEFINED["gradient clipping"].lines[0].replace("‖g‖", "norm"), g=3.0, c=2.0, norm=5.0)
    nn.clip_grad_norm_(weights, 2.0)
    assert weights[0].grad == pytest.approx(clipped, rel=1e-5)
    for term, draw in (("He initialisation", nn.init.he_normal), ("Xavier initialisation", nn.init.xavier_normal)):
        numbers = [x for k in range(500) for x in draw(40, 500, Random(k))]
        assert statistics.pstdev(numbers) == pytest.approx(computed(DEFINED[term].lines[0], n=40, m=500), rel=0.03)
    norm, xs = nn.BatchNorm(), [1.0, 2.0, 6.0]
    norm.weight.data, norm.bias.data = 2.0, 0.5
    line = DEFINED["batch normalisation"].lines[0].replace("s²", "variance")
    wanted = [computed(line, x=x, μ=3.0, variance=14 / 3, w=2.0, b=0.5, ε=1e-5) for x in xs]
    assert [out.data for out in norm(xs)] == pytest.approx(wanted)


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
@pytest.mark.slow
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


SLUG = re.compile(rf"(?<![\w-])({'|'.join(sorted(COURSE.lessons, key=len, reverse=True))})(?![\w-])")


def references(text):
    """The names of lessons in a text that stand without what says that they are lessons: “lesson”, or a command."""
    behind = r"(?:[Ll]essons? |python3 -m autograd [\w-]+ |diagnose |notebooks/\w*)$"
    return [
        name[1]
        for name in SLUG.finditer(text)
        if ("-" in name[1] or text[name.start() - 1 : name.end() + 1] == f"({name[1]})")
        and not re.search(behind, text[: name.start()])
    ]


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
@pytest.mark.slow
def test_a_lesson_that_another_speaks_of_is_called_a_lesson(lesson):
    texts = [lesson.question, *(item for item in lesson.story() if isinstance(item, str))]
    asked = [exercise for exercise in lesson.exercises if isinstance(exercise, Exercise)]
    texts += [text for one in asked for text in (one.question, *one.hints, *(wrong.why for wrong in one.wrong))]
    texts += [text for card in COURSE.cards for text in (card.question, card.answer) if card.lesson == lesson.slug]
    assert [found for text in texts for found in references(text)] == []


def test_a_bare_name_of_a_lesson_is_found():
    assert references("As in xor-training, and in memory (memory).") == ["xor-training", "memory"]
    assert references("Lesson xor-training; python3 -m autograd quiz xor-by-hand; memory is scarce.") == []


@pytest.mark.parametrize("slug", COURSE.lessons)
@pytest.mark.slow
def test_a_lesson_has_no_line_that_is_too_long_and_no_broken_command(slug, capsys):
    main(["step", slug, "--all"])
    lines = capsys.readouterr().out.splitlines()
    program = ("      PyTorch  ", "      chalkgrad  ")  # a line of a program is not broken
    assert [line for line in lines if len(line) > 100 and not line.startswith(program)] == []
    assert [line for line in lines if "python3 -c" in line and line.count('"') != 2] == []


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


@pytest.mark.parametrize("lesson", COURSE.lessons.values(), ids=COURSE.lessons)
@pytest.mark.slow
def test_an_upstream_that_a_step_uses_has_been_shown(lesson):
    told_so_far, complete = "", set()
    for item in lesson.story():
        if isinstance(item, Chain):
            known = (item.root, item.node) in complete or number(item.upstream).lstrip("−") in told_so_far
            assert known, f"{item.key} uses {number(item.upstream)}"
            complete.add((item.root, item.parent))
        elif isinstance(item, Ready):
            complete.add((item.root, item.node))
        told_so_far += item if isinstance(item, str) else " ".join(item.lines)
