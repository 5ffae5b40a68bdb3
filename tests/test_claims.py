"""Claims: the data, and the verdict on the numbers of a run, on points of a grid, and on statements."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, run_study
from labkit.claims.claim import Number, Reported, claim, claims
from labkit.claims.judge import AT_TIMES, CONDITION, FAILS, HOLDS, UNTESTED, judge, verdict
from labkit.experiments.study import Study
from labkit.training.run import Run

SMALL = RunConfig(dataset="linear", hidden_sizes=(4,), n_epochs=40)
# What R0 prints of xor: its prediction for each point, in the order of (0.1 i, 0.1 i) and (0.1 i, 1 - 0.1 i).
PRINTED = [
    *(0.0959, 0.8861, 0.1634, 0.7882, 0.2630, 0.6690, 0.3762, 0.5641, 0.4630, 0.5023),
    0.4925,
    *(0.4597, 0.5308, 0.3771, 0.6042, 0.2707, 0.6903, 0.1721, 0.7667, 0.1006, 0.8227),
]


@pytest.fixture(scope="module")
def study():
    return run_study(SMALL, lr=[0.01, 5.0], seed=range(19))


def test_every_claim_is_complete():
    assert len(claims()) == 40
    for entry in claims().values():
        config = entry.config(**{name: values[0] for name, values in entry.axes.items()})
        assert entry.reported or entry.says
        parts = [entry.setup, entry.chosen, entry.grid, entry.tried]
        assert sum(map(len, parts)) == len(set().union(*parts)), f"{entry.id} has a setting twice"
        assert set(entry.why) <= {"holds", "times", "condition", "fails"}
        for reported in entry.reported:
            config.replace(**reported.where)
            assert not reported.where or set(reported.where) == set(entry.axes)
            assert all(number.quantity.rpartition("_")[2] in ("loss", "accuracy") for number in reported.numbers)


def test_a_claim_takes_the_settings_of_another_and_changes_some():
    assert claim("R4.linear.trace").setup == claim("R4.linear.loss").setup
    assert {n.epoch: n.value for n in claim("R4.xor.trace").reported[0].numbers}[100_000] == 0.000327
    assert claim("R4.hidden").config(hidden_sizes=(10, 10)) == claim("R4.xor.loss").config(lr=0.01)
    (reported,) = claim("R0.linear.loss").reported
    assert {n.quantity: n.value for n in reported.numbers}["val_accuracy"] == 0.997
    assert np.isnan(claim("R1.no_activation").reported[0].values[0])
    with pytest.raises(LabError, match=r"did you mean 'R4\.xor\.loss'"):
        claim("R4.xor.los")


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("R1.linear.loss", "n_examples"),
        ("R0.linear.loss", "init"),
        ("R3.sigmoid", "hidden_sizes"),
        ("R3.relu_2layer", "lr"),
        ("R0.relu", "hidden_sizes"),
    ],
)
def test_what_a_report_does_not_state_is_chosen(name, setting):
    assert setting in claim(name).chosen and setting not in claim(name).setup


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("R0.lr.linear", "lr"),
        ("R0.hidden.linear", "hidden_sizes"),
        ("R3.batch_size", "batch_size"),
        ("R2.momentum_decay", "weight_decay"),
    ],
)
def test_what_it_compares_at_values_that_it_does_not_state_is_tried(name, setting):
    assert setting in claim(name).tried and setting not in claim(name).grid


def test_the_loss_of_the_predictions_that_are_printed():
    labels = [*[0, 1] * 5, 0, *[0, 1] * 5]
    (number,) = claim("R0.xor.predictions").reported[0].numbers
    assert number.value == round(float(np.mean((np.array(PRINTED) - labels) ** 2)), 4)


def of(study, claimed, conditions=None, where=None):
    number = Number("train_loss", claimed)
    return verdict("C", Reported((number,), where or {"lr": 5.0}), study, conditions or {})


def test_a_number_holds_among_our_runs_and_not_beyond_them(study):
    losses = np.sort(study.runs.train_loss[study.runs.lr == 5.0])
    assert of(study, np.median(losses)).verdict == HOLDS
    beyond = of(study, 1e-9)
    assert beyond.verdict == FAILS and beyond.ours.shape == (19, 1)
    longer = run_study(SMALL.replace(n_epochs=4000), lr=5.0, seed=range(19))
    reached = float(longer.runs.train_loss.median())
    assert of(study, reached).verdict == FAILS
    found = of(study, reached, {"again": study, "with time": longer})
    assert (found.verdict, found.condition, found.there.shape) == (CONDITION, "with time", (19, 1))


def test_all_numbers_of_a_run_are_judged_at_once(study):
    """Each of two numbers is an ordinary one, but the run that has both is none of ours."""
    runs = study.where(lr=5.0)
    losses = np.array([run.results["train_loss"] for run in runs])
    best = runs[int(losses.argmin())].results
    worst = runs[int(losses.argmax())].results

    def both(loss, val_loss):
        reported = Reported((Number("train_loss", loss), Number("val_loss", val_loss)), {"lr": 5.0})
        return verdict("C", reported, study, {}).verdict

    assert both(np.median(losses), np.median([run.results["val_loss"] for run in runs])) == HOLDS
    assert both(best["train_loss"], worst["val_loss"]) == FAILS


def test_a_condition_counts_at_the_same_point_of_a_grid(study):
    tanh = run_study(SMALL.replace(n_epochs=4000), activation="tanh", lr=5.0, seed=range(19))
    reached, plain = float(tanh.runs.train_loss.median()), run_study(SMALL, lr=5.0, seed=range(19))

    def judged(where):
        return of(plain, reached, {"with tanh": tanh}, where).verdict

    assert judged({"activation": "sigmoid"}) == CONDITION  # the one setting that the claim varies
    assert judged({"activation": "sigmoid", "dataset": "linear"}) == FAILS  # other points of a grid are other claims


def test_that_a_run_diverged_holds_as_often_as_ours_do():
    config = SMALL.replace(activation="identity", output_activation="identity", n_epochs=60)
    wild, tame = (run_study(config, lr=lr, seed=range(5)) for lr in (500.0, 0.001))
    mixed = Study(wild.members[:2] + tame.members[:3], ["lr"], 0)
    once = Study(wild.members[:1] + run_study(config, lr=0.001, seed=range(9)).members, ["lr"], 0)
    reported = Reported((Number("train_loss", np.nan),))
    found = [verdict("C", reported, study, {}).verdict for study in (wild, mixed, once, tame)]
    assert found == [HOLDS, AT_TIMES, FAILS, FAILS]


def test_values_between_recorded_epochs_and_rounded_accuracies():
    log = np.array([(1, 0.4, np.nan, np.nan, 0.5), (3, 0.2, np.nan, np.nan, 0.52381)])
    run = Run(SMALL, None, np.zeros(1), log, {"train_accuracy": 11 / 21}, 3, "n_epochs", 0.0)
    assert Number("train_loss", 0.3, 2).of(run) == pytest.approx(0.3)
    assert Number("val_accuracy", 0.5, 3).of(run) == 0.5238
    assert Number("train_accuracy", 0.5238).of(run) == 0.5238


def test_statements_are_held_against_comparisons():
    def verdict_of(*held):
        (found,) = judge("R0.relu", faster=held)
        return found.verdict

    assert verdict_of([True] * 8 + [False] * 2) == HOLDS
    assert verdict_of([True] * 5 + [False] * 5) == AT_TIMES
    assert verdict_of([False] * 10) == FAILS
    assert verdict_of([False] * 10, {"after more epochs": [True] * 3}) == CONDITION
    assert verdict_of([]) == UNTESTED
    with pytest.raises(LabError, match="did you mean 'faster'"):
        judge("R0.relu", fastr=[True])


def test_a_statement_that_no_run_can_test_says_why():
    (found,) = judge("R0.relu", cheaper="want of a clock")
    assert (found.verdict, found.reason, len(found.ours)) == (UNTESTED, "want of a clock", 0)
    assert found.says == "an epoch with ReLU is cheaper" and found.reported is None


def test_a_study_is_judged_at_each_point_of_the_claim():
    found = judge("R4.lr", run_study(claim("R4.lr").config(n_epochs=5), lr=[0.1, 0.01], seed=range(3)))
    assert [v.reported.where for v in found] == [{"lr": 0.1}, {"lr": 0.01}]
    assert all(v.ours.shape == (3, 1) for v in found)
