"""Figures: what is drawn, what is refused, and the same bytes for the same drawing."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from inspect import signature

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from labkit import LabError, RunConfig, figures, run_study
from labkit.figures.curves import aligned
from labkit.figures.ends import End, name_ends, spread_out
from labkit.figures.inline import in_words, rendered
from labkit.figures.style import styles_of

SMALL = RunConfig(dataset="xor", hidden_sizes=(4,), n_epochs=40, lr=1.0)


@pytest.fixture(scope="module")
def study():
    return run_study(SMALL, seed=range(6))


@pytest.fixture(scope="module")
def exploding():
    """Without an activation and at a far too large rate, a run diverges."""
    config = RunConfig(dataset="xor", activation="identity", output_activation="identity", n_epochs=60)
    return run_study(config, lr=[0.01, 50.0], seed=range(5))


def texts(ax):
    return " ".join(t.get_text() for t in [*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else [])])


def test_labkit_comes_without_matplotlib():
    code = "import sys, labkit; assert not {'matplotlib', 'IPython'} & set(sys.modules); labkit.figures; labkit.tables"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_pyplot(study):
    figures.learning_curves(study)
    assert "matplotlib.pyplot" not in sys.modules


def test_median_and_band_of_many_runs(study):
    ax = figures.learning_curves(study)[0, 0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_ylabel() == "training loss (MSE)"
    table = aligned(study.members, "train_loss")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), table.median(axis=1))
    assert len(ax.lines) == 1 and len(ax.collections) == 1
    assert ax.figure.note == "Median and 10–90 % of 6 runs."


def test_fewer_than_five_runs_are_points():
    ax = figures.learning_curves(run_study(SMALL, seed=range(3)))[0, 0]
    assert len(ax.lines) == 3 and not ax.collections
    assert all(line.get_marker() == "o" for line in ax.lines)


def test_a_panel_for_each_study_and_metric(study, exploding):
    axes = figures.learning_curves({"a": study, "b": exploding}, metrics=("train_loss", "train_accuracy"))
    assert axes.shape == (2, 2)
    assert [ax.get_title(loc="left") for ax in axes[0]] == ["a", "b"]
    assert axes[1, 0].yaxis.get_major_formatter()(0.5) == "50 %"
    assert axes[0, 0].figure.note == "", "6 runs in one panel, 5 in the other: no number is that of all"


def test_diverged_runs_are_counted_and_marked_at_their_epoch(exploding):
    ax = figures.learning_curves(exploding, by="lr")[0, 0]
    assert [text.get_text() for text in ax.texts] == ["0.01 (4 diverged)", "50 (5 diverged)"]
    crosses = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "x"]
    assert sorted(crosses) == sorted(run.epochs for run in exploding.members if run.diverged)


def test_a_diverged_run_counts_as_infinitely_bad_and_all_wrong(exploding):
    runs = exploding.where(lr=50.0)
    assert np.isinf(aligned(runs, "train_loss").iloc[-1]).all()
    assert (aligned(runs, "train_accuracy").iloc[-1] == 0).all()


def test_names_stand_beside_their_lines_or_are_moved_with_leaders():
    style = styles_of(None, ["a"])["a"]
    axes = figures.panels("", "")
    for ax, heights in zip(axes, ([0.1, 0.9], [0.5, 0.51]), strict=True):
        ax.set(xlim=(0, 1), ylim=(0, 1))
        name_ends({ax: [End(f"at {y}", 1.0, y, style) for y in heights]})
    assert [text.arrow_patch is None for ax in axes for text in ax.texts] == [True, True, False, False]
    low, high = (text.get_position()[1] for text in axes[1].texts)
    assert high - low > 0.03, "names do not lie on each other"


def test_names_are_as_near_to_their_lines_as_their_height_allows():
    np.testing.assert_allclose(spread_out(np.array([50.0, 10.0]), 10, 100), [50, 10])
    np.testing.assert_allclose(spread_out(np.array([50.0, 50.0, 50.0]), 10, 100), [40, 50, 60])
    np.testing.assert_allclose(spread_out(np.array([100.0, 99.0]), 10, 100), [100, 90])


def test_a_point_a_run(study):
    ax = figures.points({"all": (range(6), study.runs.train_loss)}, "x", "loss")[0, 0]
    assert list(ax.lines[0].get_ydata()) == list(study.runs.train_loss)
    assert ax.get_yscale() == "log"


def test_maps_show_the_prediction_and_ring_what_is_wrong(study):
    run = study.members[0]
    truth, predicted, probability = figures.ground_truth_and_prediction({"xor": run})[0]
    assert truth.get_title(loc="left") == "ground truth" and truth.get_ylabel().startswith("xor")
    x, y = run.dataset.train
    right = round(21 * run.score(x, y))
    assert predicted.get_xlabel().endswith(f"{right} of 21 right")
    assert len(predicted.collections[-1].get_offsets()) == 21 - right
    image = np.asarray(probability.images[0].get_array())
    assert 0 <= image.min() < image.max() <= 1


def test_diagram_has_the_layers_of_the_config():
    ax = figures.network_diagram(SMALL.replace(hidden_sizes=(3, 50)))
    units = [len(c.get_offsets()) for c in ax.collections]
    assert units == [2, 3, 6, 1]  # of a wide layer six units, with an ellipsis
    assert len(ax.lines) == 2 * 3 + 3 * 6 + 6
    assert "⋮" in texts(ax) and "50 units, sigmoid" in texts(ax)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "silu", "identity"])
def test_activation_and_its_slope(name):
    ax = figures.activation_and_derivative(name)
    a, slope = (line.get_ydata() for line in ax.lines[:2])
    np.testing.assert_allclose(np.gradient(a, ax.lines[0].get_xdata())[1:280], slope[1:280], atol=1e-3)


def test_an_unknown_activation_is_answered_with_the_nearest():
    with pytest.raises(LabError, match="did you mean 'sigmoid'"):
        figures.activation_and_derivative("sigmiod")


def test_styles_are_told_apart_without_color():
    styles = styles_of("lr", [0.01, 0.1, 1.0])
    assert len({to_hex(s["color"]) for s in styles.values()}) == 3
    assert len({str(s["linestyle"]) for s in styles.values()}) == 3
    # a name keeps its color whatever it is drawn with
    assert styles_of("lr", [0.1])[0.1] == styles_of("lr", [10.0, 0.1])[0.1], "a rate has one color in every figure"
    near = styles_of("lr", [0.95, 1.05])
    assert near[0.95]["linestyle"] != near[1.05]["linestyle"], "two that would look the same are told apart by rank"
    assert styles_of("activation", ["relu"])["relu"] == styles_of("activation", ["tanh", "relu"])["relu"]


def test_the_same_bytes_twice_and_no_date(study):
    first, second = (rendered(figures.learning_curves(study)[0, 0].figure, "svg") for _ in range(2))
    assert first == second and b"<dc:date>" not in first
    assert ET.fromstring(first).tag.endswith("svg")


def test_chinese_text_has_glyphs():
    """A missing glyph is a warning, and warnings are errors."""
    ax = figures.panels("學習曲線 loss 與準確率")
    ax.set_xlabel("學習率")
    assert isinstance(ax.figure, Figure) and len(rendered(ax.figure, "png")) > 1000


@pytest.fixture
def shown(monkeypatch):
    """What notebooks were given to display: data and metadata."""
    outputs = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, raw, metadata: outputs.append((data, metadata["report"]))
    )
    return outputs


def test_a_caption_shows_a_figure_and_stands_below_it(study, shown):
    assert figures.learning_curves(study, caption="What was found.", label="curve") is None
    (data, report), (below, caption) = shown
    words = "What was found. Median and 10–90 % of 6 runs."
    alt = "training loss (MSE) against epoch, both logarithmic"
    assert report == {"caption": words, "alt": alt, "label": "curve", "kind": "figure"}
    assert data["image/svg+xml"].startswith("<?xml") and data["image/png"].startswith("iVBOR")
    assert caption == {"kind": "caption"} and below["text/markdown"] == words


def test_a_caption_whose_condition_is_false_says_so(study, shown):
    figures.learning_curves(study, caption="The loss rises.", when=False)
    _, report = shown[0]
    assert report["missed"].startswith("The loss rises.") and "does not hold in this run" in report["caption"]


def test_the_words_of_a_call_are_in_its_signature():
    assert {"by", "metrics", "caption", "label", "alt", "when"} <= set(signature(figures.learning_curves).parameters)


def test_a_figure_is_described_by_its_axes(exploding):
    axes = figures.learning_curves({"far": exploding}, by="lr")
    words = "far: training loss (MSE) against epoch, both logarithmic, for 0.01 (4 diverged), 50 (5 diverged)"
    assert in_words(axes[0, 0].figure) == words


def test_no_figure_without_a_caption():
    with pytest.raises(LabError, match="a figure needs caption="):
        figures.show(figures.panels(), caption="")


LAST_LINES = """\
from labkit import RunConfig, figures, run_study
study = run_study(RunConfig(n_epochs=50), seed=range(2))
--
figures.learning_curves(study)
--
figures.training_and_validation(study)
--
figures.learning_curves(study)[0, 0].figure
--
ax = figures.learning_curves(study)
figures.show(ax, caption="Found.", alt="A curve.")
ax
--
import numpy as np
np.array([1.0, 2.0])"""


def test_a_figure_that_is_the_last_line_shows_itself_and_once(tmp_path):
    from test_execute import cell, source

    from labreport.run.execute import run_notebook

    notebook = run_notebook(source(tmp_path, *map(cell, LAST_LINES.split("\n--\n"))), {})
    _, axes, array, figure, shown, numbers = (one.outputs for one in notebook.cells)
    for (output,) in (axes, array, figure):
        assert {"image/svg+xml", "image/png"} <= set(output.data)
        assert output.metadata["report"]["kind"] == "figure"
    assert axes[0].data["text/plain"] == "Figure: training loss (MSE) against epoch, both logarithmic"
    assert axes[0].data["image/svg+xml"] == figure[0].data["image/svg+xml"]
    assert ["image/png" in output.data for output in shown] == [True, False, False]  # by show, and not again
    assert numbers[0].data == {"text/plain": "array([1., 2.])"}


def test_a_figure_without_a_caption_is_in_the_report_and_says_so(tmp_path):
    from small_project import build, cell, make_project, write_notebook

    project = make_project(tmp_path)
    first, second, *_ = LAST_LINES.split("\n--\n")
    write_notebook(project, "02_second", cell("# The second notebook"), cell(first), cell(second))
    outcome, _ = build(project)
    assert not outcome.errors
    page = (project.reports("backprop") / "02_second.html").read_text(encoding="utf-8")
    assert "This figure has no caption yet" in page and "training loss (MSE) against epoch" in page
