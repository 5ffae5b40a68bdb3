"""A result against a numeric setting: a point a run, the median as a line, a band from 10 to 90 % of the runs."""

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ..experiments.study import Study
from ..tables.comparison import epochs_to, has_data
from ..training.run import Run
from ..words import LOSSES, RESULTS, by_name, setting_word
from .curves import how_drawn
from .figure import figure
from .lines import draw_line
from .style import darker, grid_of_panels, scale, styles_of


@figure
def against_setting(
    studies: Study | Mapping[str, Study],
    by: str,
    results: str | Iterable[str] = "train_loss",
    target: float | None = None,
    height: float | None = None,
) -> np.ndarray:
    """Results of every run against the setting `by`: a panel for each result, a line for each of the named studies.

    A result is a name of Run.results, "operations", or "epochs" to a training loss of `target`. Runs without it
    (diverged, or never at the target) are counted above the axes, and a median exists where most runs have it.
    """
    studies = by_name(studies)
    results = [results] if isinstance(results, str) else list(results)
    axes = grid_of_panels(1, [""] * len(results), height, sharey=False)
    for ax, result in zip(axes.flat, results, strict=True):
        draw_result(ax, studies, by, result, target)
    if len(studies) > 1:
        axes.flat[0].figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside right upper")
    axes.flat[0].figure.note = how_drawn(run for study in studies.values() for run in study.members)
    return axes


def draw_result(ax: Axes, studies: Mapping[str, Study], by: str, result: str, target: float | None) -> None:
    """One result of every study on one panel."""
    accuracy = result.endswith("accuracy")
    ax.set(xlabel=setting_word(by), ylabel=name_of(result, studies, target))
    scale(ax, "x" if accuracy else "xy", accuracy)
    found = {name: values_by(study, by, result, target) for name, study in studies.items() if has_result(study, result)}
    for place, (name, style) in enumerate(styles_of("dataset", list(found)).items()):
        for x, at in found[name].items():
            ax.plot(np.full(len(at), x), at, ".", color=style["color"], ms=3.5, alpha=0.4)
            if missing := int((~np.isfinite(at)).sum()):
                where = {"xycoords": ("data", "axes fraction"), "ha": "center", "annotation_clip": False}
                ax.annotate(f"{missing}×", (x, 1.02 + 0.08 * place), **where, color=darker(style["color"]))
        draw_line(ax, found[name], list(found[name].values()), style, band=True)
        ax.lines[-1].set_label(name)
    every = sorted({x for values in found.values() for x in values})
    if not any(np.isfinite(at).any() for values in found.values() for at in values.values()):
        ax.set_ylim(1, 10)  # a logarithmic axis without data has no range of its own
    ax.set_xlim(every[0] / 1.6, every[-1] * 1.6)  # also where no run has the result
    if all(isinstance(x, int) for x in every):
        ax.set_xticks(every, list(map(str, every)))
        ax.xaxis.set_minor_formatter(NullFormatter())


def has_result(study: Study, result: str) -> bool:
    """Whether the data of a study have the part that a result is measured on."""
    return result not in RESULTS or has_data(study.members[0], result)


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
    loss = LOSSES[next(iter(studies.values())).members[0].config.loss]
    return RESULTS[result] if result.endswith("accuracy") else f"final {RESULTS[result]} ({loss})"
