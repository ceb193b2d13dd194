"""Early stopping as “How Machines Learn” prints it, and mended, on the validation losses of its own example.

The slips: save_model() keeps the best model, and no line loads it again, so that the run ends with the last one. And the example above the
program keeps epoch 10, where the program keeps epoch 15, and with patience 5 does not stop at all.
"""

import math
from collections.abc import Mapping

EXAMPLE = {1: 2.6, 5: 1.3, 10: 0.9, 15: 0.85, 20: 0.9}  # epoch: validation loss


def printed(losses: Mapping[int, float], patience: int = 5) -> tuple[int, int, bool]:
    """Return the epoch that was saved, the epoch whose model is in use at the end, and whether the run was stopped."""
    best_val_loss, patience_counter, saved, in_use = math.inf, 0, 0, 0
    for epoch, val_loss in losses.items():
        in_use = epoch  # train()
        if val_loss < best_val_loss:
            best_val_loss = val_loss
            saved = epoch  # save_model()
            patience_counter = 0
        else:
            patience_counter += 1
        if patience_counter >= patience:
            return saved, in_use, True
    return saved, in_use, False


def mended(losses: Mapping[int, float], patience: int = 5) -> tuple[int, int, bool]:
    """Return the same, where the saved model is loaded at the end."""
    saved, _, stopped = printed(losses, patience)
    return saved, saved, stopped


if __name__ == "__main__":
    for patience in (5, 1):
        for run in (printed, mended):
            saved, in_use, stopped = run(EXAMPLE, patience)
            print(
                f"patience {patience}, {run.__name__:<8} saved epoch {saved}, ends with epoch {in_use}, stopped early: {stopped}"
            )
