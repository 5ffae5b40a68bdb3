"""A verdict as a sentence: what the report says, what our runs do, and the condition that makes the difference."""

from itertools import groupby

import numpy as np

from ..rounding import significant, spread_text, worst_if_nan
from ..words import value_word
from .claim import Number, Reported, claim
from .exact_test import p_value
from .judge import Verdict

QUANTITIES = {
    "train_loss": ("loss", "losses"),
    "train_accuracy": ("accuracy", "accuracies"),
    "val_accuracy": ("validation accuracy", "validation accuracies"),
    "test_accuracy": ("test accuracy", "test accuracies"),
}
PLACES = {"dataset": "on {}", "lr": "at the rate {}", "hidden_sizes": "with {} units", "activation": "with {}"}
MANY = 3  # numbers of one kind, from which on only the first and the last are told
WIDE = {True: 0.05, False: 0.3}  # the least gap between two groups: 5 points of accuracy, a factor of 2 in the loss


def sentence(v: Verdict) -> str:
    """The sentence on a verdict, in Markdown."""
    report = claim(v.claim).report
    if v.says:
        there = f", {v.condition} in {held_text(v.there)}" if v.condition else ""
        return f"{report} says that {v.says}; so it is in {held_text(v.ours)}{there}."
    return f"{report} reports {reported_text(v)}; {ours_text(v)}."


def held_text(held: np.ndarray) -> str:
    return f"{int(held.sum()):,} of {len(held):,}"


def reported_text(v: Verdict) -> str:
    """The numbers of a reported run, and where it stands: "a loss of 0.35 on linear at the rate 0.00001"."""
    found, parts = claim(v.claim), []
    for quantity, group in groupby(v.reported.numbers, key=lambda n: n.quantity):
        numbers, (one, many) = list(group), QUANTITIES[quantity]
        if len(numbers) < MANY:
            parts += [
                f"{'an' if one[0] == 'a' else 'a'} {one} of {value_text(n, n.value) + at_epoch(n)}" for n in numbers
            ]
        else:
            ends = [value_text(n, n.value) + at_epoch(n) for n in (numbers[0], numbers[-1])]
            parts.append(f"{len(numbers)} {many}, from {ends[0]} to {ends[1]}")
    stated = {name: value for name, value in found.setup.items() if name == "dataset"} | v.reported.where
    places = [PLACES[name].format(value_word(value)) for name, value in stated.items()]
    if "n_epochs" in found.setup and all(n.epoch is None for n in v.reported.numbers):
        places.append(f"after {found.setup['n_epochs']:,} epochs")
    return " ".join([enumerated(parts), *places])


def ours_text(v: Verdict) -> str:
    """Our runs beside the reported number that lies farthest from them, and how many come as far."""
    i = farthest(v.reported, v.ours)
    number, n = v.reported.numbers[i], len(v.ours)
    at = f" at epoch {number.epoch:,}" if number.epoch is not None else ""
    beginning = (
        "" if len(v.reported.numbers) == 1 else f"farthest from ours is the {QUANTITIES[number.quantity][0]}{at}: "
    )
    text = f"{beginning}{n} runs have {groups_text(number, v.ours[:, i])}"
    if np.isnan(v.reported.values).any():
        return text
    side, low = sides(number, v.ours[:, i])
    there = f"; {v.condition}, {held_text(sides(number, v.there[:, i], low)[0])} do" if v.condition else ""
    return f"{text}, {held_text(side)} come as {'low' if low else 'high'}{there}"


def farthest(reported: Reported, ours: np.ndarray) -> int:
    """The place of the number that is strangest beside ours, of equals the last."""
    wanted, values = reported.on_scale(reported.values), reported.on_scale(ours)
    p = [p_value(wanted[i : i + 1], values[:, i : i + 1]) for i in range(len(wanted))]
    return len(p) - 1 - int(np.argmin(p[::-1]))


def sides(number: Number, values: np.ndarray, low: bool | None = None) -> tuple[np.ndarray, bool]:
    """Which of our values are as low as the reported one, or as high where it lies above their middle."""
    values = worst_if_nan(values)
    low = number.value < np.median(values) if low is None else low
    return (values <= number.value if low else values >= number.value), bool(low)


def groups_text(number: Number, values: np.ndarray) -> str:
    """Median and spread of values; of two groups with a gap between them, and of runs that diverged, each by itself."""
    diverged = np.isnan(values)
    groups = [(values[diverged], "nan")] if diverged.any() else []
    for group in groups_of(number, values[~diverged]):
        alike = not np.ptp(group)
        groups.append((group, value_text(number, group[0]) if alike else spread_text(group, number.is_fraction)))
    if len(groups) == 1:
        return groups[0][1]
    return enumerated([f"{text} in {len(group)}" for group, text in groups])


def groups_of(number: Number, values: np.ndarray) -> list[np.ndarray]:
    """The values, or their two groups where the widest gap is wider than either of them."""
    values = np.sort(values)
    if len(values) < 2:
        return [values] if len(values) else []
    scaled = values if number.is_fraction else number.on_scale(values)
    i = int(np.argmax(np.diff(scaled))) + 1
    gap, widths = scaled[i] - scaled[i - 1], (scaled[i - 1] - scaled[0], scaled[-1] - scaled[i])
    return [values[:i], values[i:]] if gap > max(*widths, WIDE[number.is_fraction]) else [values]


def at_epoch(number: Number) -> str:
    return "" if number.epoch is None else f" at epoch {number.epoch:,}"


def value_text(number: Number, value: float) -> str:
    """A value as the reports have it: an accuracy in per cent to two decimals, a loss to three digits."""
    if np.isnan(value):
        return "nan"
    return f"{round(100 * value, 2):g} %" if number.is_fraction else significant(value)


def enumerated(parts: list[str]) -> str:
    """Parts of a sentence: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
