"""Tables: the numbers, how they are rounded, and the HTML."""

import numpy as np
import pandas as pd
import pytest

from labkit import LabError, RunConfig, run_study, tables, train_one
from labkit.display import say
from labkit.plain_tables import to_html
from labkit.rounding import large, number_text, percent, quantiles, setting_text, significant, spread_text
from labkit.words import value_word

SMALL = RunConfig(dataset="linear", hidden_sizes=(4,), n_epochs=40)
BARE = RunConfig(dataset="linear", activation="identity", output_activation="identity")


@pytest.fixture(scope="module")
def study():
    return run_study(SMALL, lr=[0.01, 5.0], seed=range(6))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.0021, 0.0038, 0.0056], "0.0038 (0.0024–0.0052)"),
        ([10.0, 20.0, 30.0], "20 (12–28)"),
        ([1234.0, 1300.0, 1280.0], "1,280 (1,243–1,296)"),
        ([2e-5, 3e-5, 4e-5], "3.0×10⁻⁵ (2.2×10⁻⁵–3.8×10⁻⁵)"),
        ([0.001, 0.0011, 2.0], "0.0011 (0.0010–1.6)"),
        ([0.5, 0.5], "0.5000 (0.5000–0.5000)"),
        ([0.12471647, 0.12471656, 0.12471659], "0.12472 (0.12472–0.12472)"),
        ([-1.0, 0.0, 1.0], "0.0 (−0.8–0.8)"),
        ([np.nan, np.nan, np.nan], "∞ (∞–∞)"),
        ([], "—"),
    ],
)
def test_rounding_follows_the_spread(values, text):
    assert spread_text(values) == text


def test_settings_as_text():
    assert [setting_text(v) for v in (1.0, 0.001, 1e-5, 2.5e9, (10, 5), (), "relu", None)] == [
        "1",
        "0.001",
        "10⁻⁵",
        "2.5×10⁹",
        "10-5",
        "none",
        "relu",
        "None",
    ]


def test_settings_as_a_reader_calls_them():
    values = (1e-5, 2.5e-6, 0.001, 1e6, float("inf"), 5, (10, 10), "relu", None)
    words = ["10⁻⁵", "2.5×10⁻⁶", "0.001", "10⁶", "inf", "5", "10-10", "ReLU", "None"]
    assert [value_word(value) for value in values] == words


def test_numbers_as_text():
    assert percent(0.987) == "98.7 %" and percent(1.0) == "100 %" and percent(np.nan) == "—"
    assert significant(0.000974590) == "0.000975" and significant(1234.5) == "1,234"
    assert number_text(-0.5, 1) == "−0.5"


def test_large_numbers_as_words():
    assert [large(v) for v in (5_670_000, 3.97e9, 999.0, 2e12)] == [
        "5.67 million",
        "3.97 billion",
        "999",
        "2.00 trillion",
    ]
    assert large(np.inf) == "∞"


def test_a_nan_counts_as_infinite():
    assert quantiles([1.0, 2.0, np.nan, np.nan])[1] == np.inf


def test_comparison_has_median_and_spread(study):
    table = tables.comparison(study, by="lr")
    losses = study.runs[study.runs.lr == 5.0].train_loss
    assert table.values.loc[5.0, "train_loss_median"] == pytest.approx(losses.median())
    assert list(table.values.n) == [6, 6]
    assert list(table.texts.index) == ["0.01", "5"] and table.texts.index.name == "learning rate"


def test_what_is_the_same_in_every_row_goes_to_the_caption(study):
    table = tables.comparison(study, by="lr")
    assert table.note == "Median and 10–90 % of 6 runs each, none diverged."
    assert list(table.texts) == ["training loss", "training accuracy", "test accuracy"]
    few = run_study(SMALL, seed=range(2))
    both = tables.comparison({"six": study, "two": few})
    assert both.note == "" and both.texts.runs.tolist() == [12, 2]


def test_named_studies_have_rows_of_their_own_and_what_none_has_is_left_out(study):
    xor = run_study(SMALL.replace(dataset="xor"), lr=[0.01, 5.0], seed=range(6))
    table = tables.comparison({"linear": study, "xor": xor}, by="lr")
    assert table.texts.index.tolist() == [("linear", "0.01"), ("linear", "5"), ("xor", "0.01"), ("xor", "5")]
    assert table.texts["test accuracy"].tolist()[2:] == ["—", "—"]
    assert "test accuracy" not in tables.comparison(xor, by="lr").texts


def test_settings_stand_beside_the_results_and_names_keep_their_order():
    config = SMALL.replace(init="xavier")
    both = run_study(config, activation=["tanh", "relu"], seed=range(2))
    table = tables.comparison(both, by="activation", settings=("init", "lr"))
    assert table.texts.index.tolist() == ["tanh", "ReLU"]
    assert list(table.texts)[:2] == ["initial weights", "learning rate"]
    assert table.texts["initial weights"].tolist() == ["Xavier", "Xavier"] and table.values.lr.tolist() == [0.1, 0.1]


def test_comparison_counts_diverged_runs():
    config = RunConfig(dataset="xor", activation="identity", output_activation="identity", n_epochs=60, lr=50.0)
    table = tables.comparison(run_study(config, seed=range(3)), by="lr")
    assert table.values.n_diverged.tolist() == [3] and table.note.endswith("3 runs each, 3 diverged.")
    assert table.texts["training loss"].iloc[0] == "∞ (∞–∞)"


def test_a_setting_that_is_none_has_a_row():
    """Full batch was left out, as pandas leaves out the group of None."""
    table = tables.comparison(run_study(SMALL, batch_size=[None, 5], seed=range(2)), by="batch_size")
    assert table.values.n.tolist() == [2, 2] and table.texts.index.tolist() == ["None", "5"]


def test_epochs_to_a_target(study):
    table = tables.comparison(study, by="lr", target=0.12)
    run = study.one(lr=5.0, seed=0)
    reached = tables.epochs_to(run, 0.12)
    assert tables.epochs_to(run, 1e-9) == np.inf
    assert (run.history[run.history.epoch < reached].train_loss > 0.12).all()
    assert table.values.loc[0.01, "n_reached"] == 0 and table.texts["epochs to loss 0.12"].iloc[0] == "never"
    assert table.texts["reached by"].iloc[1] == f"{table.values.loc[5.0, 'n_reached']} of 6"


def test_counts_of_what_holds(study):
    table = tables.comparison(study, by="lr", counts={"is fast": lambda run: run.config.lr > 1})
    assert list(table.values["is fast"]) == [0, 6] and list(table.texts["is fast"]) == ["0", "6"]


def test_a_training_log_has_a_row_for_every_tenth_of_the_epochs():
    run = train_one(SMALL.replace(n_epochs=200))
    table, last = tables.training_log(run), run.history.iloc[-1]
    assert table.texts.index.tolist() == [f"{20 * i}" for i in range(1, 11)]
    assert table.texts.iloc[-1].tolist() == [f"{last.train_loss:.6f}", percent(last.train_accuracy)]


def test_logs_stand_side_by_side():
    runs = {"short": train_one(SMALL), "long": train_one(SMALL.replace(n_epochs=200))}
    table = tables.training_log(runs)
    assert table.texts["short", "epoch"].iloc[-1] == "40" and table.texts["long", "epoch"].iloc[-1] == "200"
    assert table.texts.index.tolist()[::9] == ["10 %", "100 %"]


def test_the_log_of_a_run_that_diverged_ends_in_nan():
    run = train_one(BARE.replace(lr=500.0, n_epochs=60))
    table = tables.training_log(run)
    assert table.texts.index[-1] == f"{run.epochs + 1}" and table.texts.iloc[-1].tolist() == ["nan", "0 %"]


def test_logs_of_equally_many_epochs_have_a_row_an_epoch():
    falls, rises = (train_one(BARE.replace(lr=lr, n_epochs=10)) for lr in (1e-4, 1.0))
    table, rows = tables.training_log({"falls": falls, "rises": rises}), rises.epochs + 1
    assert table.texts.index.tolist() == [f"{i}" for i in range(1, 11)] and table.texts.index.name == "epoch"
    assert table.values["falls", "loss"].tolist() == falls.history.train_loss.tolist()
    assert table.texts["rises", "loss"].tolist()[rows - 2 :] == ["∞", "nan", *[""] * (10 - rows)]
    assert "×10" in table.texts["rises", "loss"].iloc[rows - 3]


def test_the_log_of_a_run_that_diverged_at_once_stands_beside_a_long_one():
    runs = {"short": train_one(BARE.replace(lr=1.0, n_epochs=1000)), "long": train_one(SMALL)}
    table = tables.training_log(runs)
    assert table.texts.index[0] == "0 %" and table.texts["short", "loss"].iloc[0] == "nan"


def test_predictions():
    run = train_one(SMALL.replace(dataset="xor"))
    table = tables.predictions(run)
    x, y = run.dataset.train
    assert len(table.values) == 21
    assert ((table.values.label == table.values.truth).mean()) == pytest.approx(run.score(x, y))
    unsure = tables.predictions(run, n=3).values.prediction
    assert np.allclose(np.sort(np.abs(table.values.prediction - 0.5))[:3], np.abs(unsure - 0.5))
    with pytest.raises(LabError, match="at least one example in 'test'"):
        tables.predictions(run, "test")


def test_predictions_side_by_side():
    run = train_one(SMALL.replace(dataset="xor"))
    table = tables.predictions(run, n_columns=3)
    assert len(table.texts) == 7 and table.texts.columns.tolist().count("prediction") == 3
    assert table.texts.iloc[0].tolist()[4] == "8", "the second group begins with the example after the first"
    wrong = table.values.label != table.values.truth
    assert [text.endswith("✗") for text in tables.predictions(run).texts.prediction] == wrong.tolist()


def test_agreement_name_by_name():
    a = np.arange(6.0).reshape(2, 3)
    mine = {"dW": a, "loss": 1.0}
    table = tables.agreement(mine, {"labkit": {"dW": a + 1e-9, "loss": 1.0}, "the limit": mine})
    assert table.texts["difference to labkit"].tolist() == ["1×10⁻⁹", "0"]
    assert table.texts["difference to the limit"].tolist() == ["0", "0"] and table.texts.loc["dW", "shape"] == "2×3"
    with pytest.raises(LabError, match="dW must have the same shape"):
        tables.agreement({"dW": a}, {"labkit": {"dW": a.T}})


def test_settings_are_those_of_a_reader():
    table = tables.settings({"linear": SMALL, "xor": RunConfig(dropout=0.5)}, {"seeds": "0 to 5", "lr": "varies"})
    assert table.texts.loc["examples"].tolist() == ["100", "21"]
    assert table.texts.loc["dropout"].tolist() == ["0", "0.5"], "what is not the default for one is shown for both"
    assert table.texts.loc["learning rate"].tolist() == ["varies", "varies"] and "momentum" not in table.texts.index


def test_html_of_multi_indexes_merges_and_escapes():
    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "y")], names=["one", "two"])
    columns = pd.MultiIndex.from_tuples([("loss", "<q>"), ("loss", "r")])
    html = to_html(pd.DataFrame([[1, 2], [3, 4], [5, 6]], index, columns))
    assert html.startswith('<table><thead><tr><th></th><th></th><th colspan="2">loss</th></tr><tr><th>one</th>')
    assert '<th rowspan="2">a</th><th>x</th><td>1</td>' in html and "&lt;q&gt;" in html
    assert html.count("<tr>") == 5


def test_show_writes_metadata_and_csv(study, monkeypatch, products):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    table = tables.comparison(study, by="lr")
    tables.comparison(study, by="lr", caption="The larger rate wins.", label="rates")
    data, options = shown[0]
    caption = f"The larger rate wins. {table.note}"
    assert options["metadata"]["report"] == {"caption": caption, "label": "rates", "kind": "table"}
    assert set(data) == {"text/html", "text/plain"}
    written = pd.read_csv(products.tables / "rates.csv", index_col=0)
    pd.testing.assert_frame_equal(written, table.values)
    with pytest.raises(LabError, match="a table needs caption="):
        tables.show(table, caption="")


def test_what_is_said_is_markdown(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append(data["text/markdown"]))
    say("**Yes.**")
    assert shown == ["**Yes.**"]
