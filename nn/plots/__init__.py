"""Pictures of learning: each function returns a matplotlib figure, to look at in a notebook or to keep.

    loss_curves(history).savefig("loss.png")

matplotlib is loaded when a picture is asked for, not before: pip install matplotlib. Colours are those of
Okabe and Ito, which colour-blind eyes tell apart, with brown and navy for a ninth and a tenth class; shapes and dashes
say the same once more, for print in grey.
"""

from nn.plots.canvas import (
    BLACK,
    BLUE,
    BROWN,
    CLASSES,
    COLOURS,
    DASHES,
    GREEN,
    MARKERS,
    NAVY,
    ORANGE,
    PAPER,
    PATHS,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Path,
    Point,
    axes,
    draw_path,
    even,
    legend_below,
    name_points,
    new_figure,
    padded,
    room,
    scatter,
)
from nn.plots.curves import activation_functions, decision_boundary, gradient_norms, hidden_space, loss_curves
from nn.plots.landscape import descent, loss_surface

__all__ = [  # the pictures, and what to draw one of your own with
    "BLACK",
    "BLUE",
    "BROWN",
    "CLASSES",
    "COLOURS",
    "DASHES",
    "GREEN",
    "MARKERS",
    "NAVY",
    "ORANGE",
    "PAPER",
    "PATHS",
    "PURPLE",
    "SKY",
    "VERMILION",
    "YELLOW",
    "Path",
    "Point",
    "activation_functions",
    "axes",
    "decision_boundary",
    "descent",
    "draw_path",
    "even",
    "gradient_norms",
    "hidden_space",
    "legend_below",
    "loss_curves",
    "loss_surface",
    "name_points",
    "new_figure",
    "padded",
    "room",
    "scatter",
]
