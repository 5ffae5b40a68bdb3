"""A result against a numeric setting: a point a run, the median as a line, a band from 10 to 90 % of the runs."""

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ..experiments.study import Study
from ..tables.comparison import has_data
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
) -> np.ndarray:
    """Results of every run against the setting `by`: a panel for each result, a line for each of the named studies.

    A result is a name of Run.results. Runs whose loss is not finite are counted above the axes, and a median exists
    where most runs have one.
    """
    studies = by_name(studies)
    results = [results] if isinstance(results, str) else list(results)
    axes = grid_of_panels(1, [""] * len(results), sharey=False)
    for ax, result in zip(axes.flat, results, strict=True):
        draw_result(ax, studies, by, result)
    if len(studies) > 1:
        axes.flat[0].figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside right upper")
    axes.flat[0].figure.note = how_drawn(run for study in studies.values() for run in study.members)
    return axes


def draw_result(ax: Axes, studies: Mapping[str, Study], by: str, result: str) -> None:
    """One result of every study on one panel."""
    accuracy = result.endswith("accuracy")
    loss = LOSSES[next(iter(studies.values())).members[0].config.loss]
    ax.set(xlabel=setting_word(by), ylabel=RESULTS[result] if accuracy else f"final {RESULTS[result]} ({loss})")
    scale(ax, "x" if accuracy else "xy", accuracy)
    measured = {name: study for name, study in studies.items() if has_data(study.members[0], result)}
    found = {name: values_by(study, by, result) for name, study in measured.items()}
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


def values_by(study: Study, by: str, result: str) -> dict[float, np.ndarray]:
    """The result of every run, by the value of the setting in ascending order."""
    settings = [getattr(run.config, by) for run in study.members]
    numbers = [value[0] if isinstance(value, tuple) else value for value in settings]
    values = np.array([run.results[result] for run in study.members])
    return {x: values[[n == x for n in numbers]] for x in sorted(set(numbers))}
