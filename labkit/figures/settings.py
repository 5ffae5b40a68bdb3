"""A result against a numeric setting: a point a run, the median as a line, a band from 10 to 90 % of the runs."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ..experiments.study import Study
from ..overview import RESULTS
from ..tables.comparison import epochs_to
from ..training.run import Run
from .curves import LOSS_NAMES
from .lines import median_lines
from .style import darker, panels, styled, styles_of

SETTINGS = {"lr": "learning rate", "hidden_sizes": "units of a hidden layer"}


@styled
def against_setting(
    studies: Mapping[str, Study],
    by: str,
    result: str = "train_loss",
    ax: Axes | None = None,
    target: float | None = None,
) -> Axes:
    """A final result of every run against the setting `by`, for each of the named studies.

    `result` is a name of Run.results, "operations", or "epochs" to a training loss of `target`. Runs without the
    result (diverged, or never at the target) are counted above the axes, and a median exists where most runs have it.
    """
    ax = panels() if ax is None else ax
    found = {name: values_by(study, by, result, target) for name, study in studies.items()}
    styles = styles_of("dataset", list(studies))
    for place, (name, values) in enumerate(found.items()):
        color = styles[name]["color"]
        for x, at in values.items():
            ax.plot(np.full(len(at), x), at, ".", color=color, ms=3.5, alpha=0.4)
            if missing := int((~np.isfinite(at)).sum()):
                words = {"xycoords": ("data", "axes fraction"), "ha": "center", "fontsize": 6.5}
                ax.annotate(f"{missing}×", (x, 1.01 + 0.06 * place), **words, color=darker(color))
    accuracy = result.endswith("accuracy")
    options = {"by": "dataset", "log": "x" if accuracy else "xy", "as_percent": accuracy, "legend": None}
    lines = {name: (list(values), list(values.values())) for name, values in found.items()}
    median_lines(lines, SETTINGS.get(by, by), name_of(result, studies, target), ax, **options)
    for line, (name, values) in zip(ax.lines[-len(found) :], found.items(), strict=True):
        line.set_label(f"{name}, n = {len(next(iter(values.values())))}")
    every = sorted({x for values in found.values() for x in values})
    if not any(np.isfinite(at).any() for values in found.values() for at in values.values()):
        ax.set_ylim(1, 10)  # a logarithmic axis without data has no range of its own
    ax.set_xlim(every[0] / 1.6, every[-1] * 1.6)  # also where no run has the result
    if all(isinstance(x, int) for x in every):
        ax.set_xticks(every, list(map(str, every)))
        ax.xaxis.set_minor_formatter(NullFormatter())
    if result == "epochs":
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.legend()
    return ax


def values_by(study: Study, by: str, result: str, target: float | None) -> dict[float, np.ndarray]:
    """The result of every run, by the value of the setting in ascending order."""

    def value_of(run: Run) -> float:
        if result == "epochs":
            return epochs_to(run, target)
        return run.operations if result == "operations" else run.results[result]

    settings = [getattr(run.config, by) for run in study.members]
    numbers = [value[0] if isinstance(value, tuple) else value for value in settings]
    values = np.array([value_of(run) for run in study.members], float)
    return {x: values[[n == x for n in numbers]] for x in sorted(set(numbers))}


def name_of(result: str, studies: Mapping[str, Study], target: float | None) -> str:
    """What a result is called beside its axis."""
    if result == "epochs":
        return f"epochs to a loss of {target:g}"
    if result == "operations":
        return "operations a run"
    loss = LOSS_NAMES[next(iter(studies.values())).members[0].config.loss]
    return RESULTS[result] if result.endswith("accuracy") else f"final {RESULTS[result]} ({loss})"
