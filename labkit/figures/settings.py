"""A result against a numeric setting: a point a run, the median as a line, a band from 10 to 90 % of the runs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from ..experiments.run import Run
from ..experiments.study import Study
from ..rounding import quantiles
from ..tables.comparison import RESULTS, epochs_to
from .curves import FEW, LOSS_NAMES
from .style import darker, panels, styled, styles_of

SETTINGS = {"lr": "learning rate", "hidden_sizes": "units of a hidden layer"}
MEASURES = {"epochs": "epochs to the target", "operations": "operations a run"}


@styled
def against_setting(
    studies: dict[str, Study], by: str, result: str = "train_loss", ax: Axes | None = None, target: float | None = None
) -> Axes:
    """A final result of every run against the setting `by`, for each of the named studies.

    `result` is a name of Run.results, "operations", or "epochs" to a training loss of `target`. Runs without the
    result (diverged, or never at the target) are counted above the axes, and a median exists where most runs have it.
    """
    ax = panels() if ax is None else ax
    every, known = set(), False
    for place, (name, style) in enumerate(styles_of("dataset", list(studies)).items()):
        found = values_by(studies[name], by, result, target)
        every |= set(found)
        known |= any(np.isfinite(values).any() for values in found.values())
        x = np.array(list(found))
        low, middle, high = np.array([quantiles(values) for values in found.values()]).T
        color = style["color"]
        for at, values in found.items():
            ax.plot(np.full(len(values), at), values, ".", color=color, ms=3.5, alpha=0.4)
            if missing := int((~np.isfinite(values)).sum()):
                words = {"xycoords": ("data", "axes fraction"), "ha": "center", "fontsize": 6.5}
                ax.annotate(f"{missing}×", (at, 1.01 + 0.06 * place), **words, color=darker(color))
        line = {"linestyle": style["linestyle"], "marker": style["marker"], "label": label_of(name, found)}
        ax.plot(x, np.where(np.isfinite(middle), middle, np.nan), color=color, **line)
        if min(map(len, found.values())) >= FEW:
            ax.fill_between(x, low, high, where=np.isfinite(high), color=color, alpha=0.18, lw=0)
    name_axes(ax, studies, by, result, target)
    if not known:
        ax.set_ylim(1, 10)  # a logarithmic axis without data has no range of its own
    ax.set_xlim(min(every) / 1.6, max(every) * 1.6)  # also where no run has the result
    if all(isinstance(at, int) for at in every):
        ax.set_xticks(sorted(every), [str(at) for at in sorted(every)])
        ax.xaxis.set_minor_formatter(NullFormatter())
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
    return {at: values[[n == at for n in numbers]] for at in sorted(set(numbers))}


def label_of(name: str, found: dict[float, np.ndarray]) -> str:
    counts = sorted({len(values) for values in found.values()})
    return f"{name}, n = {counts[0]}" + (f" to {counts[-1]}" if len(counts) > 1 else "")


def name_axes(ax: Axes, studies: dict[str, Study], by: str, result: str, target: float | None) -> None:
    ax.set(xscale="log", xlabel=SETTINGS.get(by, by))
    loss = LOSS_NAMES[next(iter(studies.values())).members[0].config.loss]
    if result.endswith("accuracy"):
        ax.set_ylabel(RESULTS[result])
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        return
    ax.set_yscale("log")
    names = MEASURES | {"epochs": f"epochs to a loss of {target:g}"} if target else MEASURES
    ax.set_ylabel(names.get(result) or f"final {RESULTS[result]} ({loss})")
    if result == "epochs":
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
