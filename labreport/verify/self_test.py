"""What this machine does differently from others: found once, before a class is checked, and said once."""

from labkit.training.config import RunConfig
from labkit.training.stack import train_stack

from ..run.drawing import draws_as_pinned
from ..run.record import fingerprint

# A run, and the hash of its weights as the pinned numpy trains it on Linux and x86-64. A new engine has a new hash.
CONFIG = RunConfig(dataset="moons", hidden_sizes=(8, 4), optimizer="adam", lr=0.01, n_epochs=200)
TRAINED = "9a3bd08cf7bf360338fcfac05f9009818c156db8e4e9e298c8e760cdba03e657"


def told() -> list[str]:
    """A sentence for each thing that is different, and what follows for the check of every bundle."""
    found = []
    if not draws_as_pinned():
        found.append(
            "This machine draws figures differently, and `lab doctor` says why: the figures of no bundle are compared."
        )
    if fingerprint(train_stack([CONFIG])[0].flat) != TRAINED:
        found.append(
            "This machine trains to other last digits than the one labkit was tried on: a bundle from a machine of "
            "another kind is compared within a tolerance, and one from a machine like this one to the last bit."
        )
    return found
