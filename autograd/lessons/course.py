"""The course: its chapters, and the lessons of each in the order in which they are taught."""

COURSE: dict[str, tuple[str, ...]] = {
    "One neuron": ("tiny-network", "one-neuron", "layer", "loan-neuron", "one-line"),
    "Many neurons": ("xor-by-hand", "xor-training", "linear-trap", "activations"),
    "How wrong, and whose fault": ("losses", "three-layers", "vanishing-gradients", "why-backprop", "memory"),
    "Downhill": ("batches", "learning-rates", "optimizers", "schedules", "early-stopping", "landscapes"),
    "Training": ("training-loop", "dials", "overfitting", "guessing-game", "universal-approximation", "digits"),
    "The laboratory": ("mistakes", "published", "hidden-space"),
}
PLACES = {slug: place for place, slug in enumerate((slug for slugs in COURSE.values() for slug in slugs), 1)}
CHAPTERS = {slug: chapter for chapter, slugs in COURSE.items() for slug in slugs}
