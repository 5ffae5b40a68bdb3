"""When a run stops before n_epochs: a target is reached, nothing improves any more, or the loss is not finite."""

import numpy as np

from ..nn.activations import Array
from .config import RunConfig


class StopRules:
    """The stop rules of the runs of a stack, one entry of each array a run; an unset rule never applies."""

    def __init__(self, configs: list[RunConfig]):
        self.loss_target = self.settings(configs, "loss_target", never=-np.inf)
        self.accuracy_target = self.settings(configs, "accuracy_target", never=np.inf)
        self.patience = self.settings(configs, "patience", never=np.inf)
        self.lowest = np.full(len(configs), np.inf)
        self.lowest_epoch = np.zeros(len(configs))
        self.need_accuracy = bool((self.accuracy_target <= 1).any())
        self.any = self.need_accuracy or bool(((self.loss_target >= 0) | (self.patience < np.inf)).any())

    @staticmethod
    def settings(configs: list[RunConfig], name: str, never: float) -> Array:
        values = [getattr(c, name) for c in configs]
        return np.array([never if v is None else v for v in values], dtype=float)

    def keep(self, rows: Array) -> None:
        """Go on with these rows only."""
        for name in ("loss_target", "accuracy_target", "patience", "lowest", "lowest_epoch"):
            setattr(self, name, getattr(self, name)[rows])

    def reasons(self, epoch: int, loss: Array, accuracy: Array) -> dict[int, str]:
        """The rows that stop after this epoch, each with its reason; empty for most epochs."""
        lower = loss < self.lowest
        self.lowest = np.where(lower, loss, self.lowest)
        self.lowest_epoch = np.where(lower, epoch, self.lowest_epoch)
        found = {
            "patience": epoch - self.lowest_epoch >= self.patience,
            "accuracy_target": accuracy >= self.accuracy_target,
            "loss_target": loss <= self.loss_target,
            "diverged": ~np.isfinite(loss),  # the last word
        }
        return {int(row): reason for reason, rows in found.items() for row in np.flatnonzero(rows)}
