"""The course: its chapters, the lessons of each in the order in which they are taught, and the notebooks that work on them."""

from importlib import import_module

from autograd.classroom import Chapter, Course, Lesson
from nn.lessons.cards import CARDS

CHAPTERS = {
    "One neuron": (
        "guessing-game",
        "tiny-network",
        "one-neuron",
        "layer",
        "loan-neuron",
        "activations",
        "losses",
        "one-line",
    ),
    "Many neurons": ("xor-by-hand", "hidden-space", "xor-training", "linear-trap"),
    "Whose fault": (
        "derivations",
        "vectors",
        "three-layers",
        "mistakes",
        "published",
        "why-backprop",
        "forward-and-reverse",
        "memory",
        "vanishing-gradients",
    ),
    "Downhill": ("batches", "learning-rates", "optimizers", "schedules", "landscapes"),
    "Training": (
        "training-loop",
        "overfitting",
        "early-stopping",
        "dials",
        "universal-approximation",
        "digits",
        "in-pytorch",
    ),
    "Language": ("attention", "gpt"),
}
FILES = {"mistakes": "mistakes_laboratory"}  # as a rule a lesson's file has the name of its slug


def load(slug: str) -> Lesson:
    """Return a lesson: its file is imported when it is first asked for, so that a command for one lesson need not read them all."""
    lesson: Lesson = import_module(f"nn.lessons.{FILES.get(slug, slug.replace('-', '_'))}").LESSON
    return lesson


COURSE = Course(
    {chapter: Chapter(slugs, load) for chapter, slugs in CHAPTERS.items()},
    cards=CARDS,
    notebooks={
        "01_one_neuron": ("guessing-game", "tiny-network", "one-neuron", "layer", "loan-neuron", "one-line"),
        "02_xor": ("xor-by-hand", "xor-training", "hidden-space"),
        "03_activations": ("linear-trap", "activations"),
        "04_losses": ("losses",),
        "05_backpropagation": ("three-layers", "why-backprop"),
        "06_deep_networks": ("vanishing-gradients", "memory"),
        "07_downhill": ("batches", "learning-rates"),
        "08_optimizers": ("optimizers", "schedules", "landscapes"),
        "09_training": ("training-loop", "early-stopping", "dials"),
        "10_overfitting": ("universal-approximation", "overfitting"),
        "11_digits": ("digits",),
        "12_laboratory": ("mistakes", "published", "hidden-space"),
        "13_your_own_engine": (),
        "14_vectors": ("derivations", "vectors", "forward-and-reverse"),
        "15_in_pytorch": ("in-pytorch",),
        "16_attention": ("attention", "gpt"),
    },
)
