"""Claims: the data, and the verdict on numbers, traces, points of a grid, and statements."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, run_study
from labkit.claims.judge import (
    CONDITION,
    FAILS,
    HOLDS,
    UNTESTED,
    Claim,
    Number,
    claim,
    claims,
    judge,
    judge_statement,
    overall,
    values_of,
    verdict,
)
from labkit.claims.ledger import verdict_table
from labkit.training.run import Run

SMALL = RunConfig(dataset="linear", hidden_sizes=(4,), n_epochs=40)


@pytest.fixture(scope="module")
def study():
    return run_study(SMALL, lr=[0.01, 5.0], seed=range(6))


def test_every_claim_is_complete():
    assert len(claims()) == 39
    for entry in claims().values():
        grid = {name: values[0] for name, values in entry.grid.items()}
        config = entry.config(**grid)
        assert entry.numbers or entry.says
        assert not set(entry.setup) & set(entry.chosen) and not set(entry.settings) & set(entry.grid)
        for number in entry.numbers:
            config.replace(**number.where)
            assert not number.where or set(number.where) == set(entry.grid)
            assert number.quantity.rpartition("_")[2] in ("loss", "accuracy")


def test_a_claim_takes_the_settings_of_another_and_changes_some():
    assert claim("R4.linear.trace").setup == claim("R4.linear.loss").setup
    assert claim("R4.xor.trace").trace[100_000] == 0.000327
    assert claim("R4.hidden").config(hidden_sizes=(10, 10)) == claim("R4.xor.loss").config(lr=0.01)
    assert {n.quantity: n.value for n in claim("R0.linear.loss").numbers}["val_accuracy"] == 0.997
    assert np.isnan({n.quantity: n.value for n in claim("R1.no_activation").numbers}["train_loss"])
    with pytest.raises(LabError, match=r"did you mean 'R4\.xor\.loss'"):
        claim("R4.xor.los")


def of(study, claimed, condition=None, where=None, **setup):
    number = Number("train_loss", claimed, None, where or {"lr": 5.0})
    return verdict(Claim("C", setup), number, study.members, condition)


def test_a_number_holds_in_the_middle_of_the_runs_and_not_beyond_them(study):
    losses = np.sort(study.runs.train_loss[study.runs.lr == 5.0])
    assert of(study, np.median(losses)).verdict == HOLDS
    rare = of(study, losses[0])
    assert rare.verdict == CONDITION and "1 of 6 runs" in rare.reason
    beyond = of(study, 1e-9)
    assert beyond.verdict == FAILS and beyond.share_below == 0 and beyond.reason == "below all 6 runs"
    longer = run_study(SMALL.replace(n_epochs=4000), lr=5.0, seed=range(3))
    reached = float(longer.runs.train_loss.median())
    assert of(study, reached).verdict == FAILS
    assert of(study, reached, ("with time", longer)).verdict == CONDITION
    assert of(study, reached, ("with time", longer)).reason == "with time"


def test_a_condition_counts_at_the_same_point_of_a_grid(study):
    board = Claim("C")
    tanh = run_study(SMALL.replace(n_epochs=4000), activation="tanh", lr=5.0, seed=range(3))
    reached = float(tanh.runs.train_loss.median())

    def judged(where):
        number = Number("train_loss", reached, None, where)
        return verdict(board, number, study.where(lr=5.0), ("with tanh", tanh)).verdict

    assert judged({"activation": "sigmoid"}) == CONDITION  # the one setting that the claim varies
    assert judged({"activation": "sigmoid", "dataset": "linear"}) == FAILS  # other points of a grid are other claims


def test_other_settings_test_nothing(study):
    untested = of(study, 0.1, n_epochs=100)
    assert untested.verdict == UNTESTED and untested.reason == "our n_epochs is 40, the claim's 100"
    assert "—" in verdict_table([untested]).texts.iloc[0].tolist()
    assert len(of(study, 0.1).values) == 6 and of(study, 0.1).quantity == "final loss, lr 5"


def test_runs_for_one_number_must_agree_in_what_the_claim_leaves_open(study):
    with pytest.raises(LabError, match="must agree in lr"):
        of(study, 0.1, where={"dataset": "linear"})


def test_a_claimed_nan_holds_where_runs_diverge():
    config = SMALL.replace(activation="identity", output_activation="identity", n_epochs=60)
    wild, tame = (run_study(config, lr=lr, seed=range(3)) for lr in (500.0, 0.001))
    assert of(wild, np.nan, where={"lr": 500.0}).verdict == HOLDS
    assert of(tame, np.nan, where={"lr": 0.001}).verdict == FAILS
    assert "nan" in verdict_table([of(wild, np.nan, where={"lr": 500.0})]).texts.iloc[0].tolist()


def test_values_between_recorded_epochs_and_rounded_accuracies():
    log = np.array([(1, 0.4, np.nan, np.nan, 0.5), (3, 0.2, np.nan, np.nan, 0.52381)])
    run = Run(SMALL, None, np.zeros(1), log, {"train_accuracy": 11 / 21}, 3, "n_epochs", 0.0)
    assert values_of(Number("train_loss", 0.3, 2), [run]) == pytest.approx([0.3])
    assert values_of(Number("val_accuracy", 0.5, 3), [run]) == 0.5238
    assert values_of(Number("train_accuracy", 0.5238), [run]) == 0.5238


def test_judge_takes_runs_from_several_studies():
    name, config = "R4.no_activation", claim("R4.no_activation").config()
    other = run_study(config.replace(n_epochs=10), seed=range(2))
    assert [v.verdict for v in judge(name, other)] == [UNTESTED]
    assert [v.verdict for v in judge(name, other, run_study(config, seed=range(2)))] == [HOLDS]


def test_statements_are_held_against_comparisons():
    def verdict_of(held, condition=None):
        return judge_statement("R4.lr", "unfinished", held, condition).verdict

    assert verdict_of([True] * 8 + [False] * 2) == HOLDS
    assert verdict_of([True] * 5 + [False] * 5) == CONDITION
    assert verdict_of([False] * 10) == FAILS
    assert verdict_of([False] * 10, ("after more epochs", [True] * 3)) == CONDITION
    assert verdict_of([]) == UNTESTED
    texts = verdict_table([judge_statement("R4.lr", "unfinished", [True, False, True])]).texts
    assert "in 2 of 3" in texts.iloc[0].tolist()
    with pytest.raises(LabError, match="did you mean 'unfinished'"):
        judge_statement("R4.lr", "unfinishd", [True])


def test_a_statement_that_no_run_can_test_says_why():
    found = judge_statement("R0.relu", "cheaper", "for want of a clock")
    assert (found.verdict, found.reason, len(found.values)) == (UNTESTED, "for want of a clock", 0)
    assert found.quantity == "an epoch with ReLU is cheaper" and found.kind == "statement"
    with pytest.raises(LabError, match="did you mean 'cheaper'"):
        judge_statement("R0.relu", "cheapr", "for want of a clock")


def test_an_entry_has_one_verdict():
    parts = {word: judge_statement("R4.lr", "unfinished", held) for word, held in (("yes", [True]), ("no", [False]))}
    untested = judge_statement("R4.lr", "unfinished", [])
    assert overall([parts["yes"], untested]) == HOLDS
    assert overall([parts["no"]]) == FAILS
    assert overall(list(parts.values())) == CONDITION
    assert overall([untested]) == UNTESTED
