"""The verdicts in words: sentences, the ledger of a report, its figure, and the runs that they rest on."""

import ast
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from labkit import LabError, claims
from labkit.claims import figures, r0, r1, r2, r4
from labkit.claims.claim import Number, Reported, claim
from labkit.claims.judge import CONDITION, FAILS, HOLDS, UNTESTED, Verdict
from labkit.claims.ledger import chances, counted, judged, ledger, left_open, untested
from labkit.claims.plan import Plan
from labkit.claims.sentences import groups_text, sentence
from labkit.training.run import Run

SHORT = Plan(2, 2, 2, share_of_epochs=0.001)
LOSS, FULL = Number("train_loss", 0.000975), Number("train_accuracy", 1.0)
OURS = np.linspace(0.002, 0.004, 39)[:, None]


def of_linear(verdict=FAILS, numbers=(LOSS,), ours=OURS, **more):
    return Verdict("R4.linear.loss", verdict, ours, Reported(tuple(numbers)), **more)


def test_the_settings_of_a_claim_its_grid_and_changes():
    study = SHORT.run("R4.lr", range(2), momentum=0.5)
    assert [(r.config.lr, r.config.seed) for r in study.members] == [(0.1, 0), (0.1, 1), (0.01, 0), (0.01, 1)]
    expected = claim("R4.lr").config(lr=0.01, seed=1, momentum=0.5, n_epochs=100)
    assert study.members[-1].config == expected
    assert len(SHORT.run("R4.lr", [0], lr=0.1).members) == 1
    assert SHORT.run("R0.relu", [0], n_epochs=0, activation="relu").members[0].epochs == 0


def test_every_reported_run_may_have_settings_of_its_own():
    study = Plan(share_of_epochs=0.005).run_each("R2.table", [7], n_examples=20)
    assert len(study.members) == 12
    board = study.one(dataset="chessboard", activation="relu").config
    assert (board.lr, board.momentum, board.seed) == (0.03, 0.95, 7)


def test_a_number_in_a_sentence():
    there = np.linspace(0.0009, 0.002, 10)[:, None]
    found = of_linear(CONDITION, condition="on points with a wide gap", there=there)
    assert sentence(found) == (
        "R4 reports a loss of 0.000975 on linear after 50,000 epochs; 39 runs have 0.0030 (0.0022–0.0038), "
        "0 of 39 come as low; on points with a wide gap, 1 of 10 do."
    )
    full = of_linear(numbers=[FULL], ours=np.r_[np.ones(31), np.full(8, 0.5238)][:, None])
    assert sentence(full).endswith("39 runs have 52.38 % in 8 and 100 % in 31, 31 of 39 come as high.")


def test_several_numbers_are_told_by_the_one_that_lies_farthest():
    ours = np.c_[OURS, np.ones(39)]
    text = sentence(of_linear(numbers=[LOSS, FULL], ours=ours))
    assert "a loss of 0.000975 and an accuracy of 100 % on linear" in text
    assert "farthest from ours is the loss: 39 runs have 0.0030" in text
    trace = [Number("train_loss", 0.1 / epoch, epoch) for epoch in (1, 2, 5)]
    text = sentence(of_linear(numbers=trace, ours=np.c_[OURS + 0.1, OURS + 0.05, OURS]))
    assert "R4 reports 3 losses, from 0.100 at epoch 1 to 0.0200 at epoch 5 on linear; " in text
    assert "farthest from ours is the loss at epoch 5: 39 runs" in text


def test_groups_of_runs_are_told_apart():
    """A median between two groups is no run's: 0 % in ten runs that diverged and 96 % in the other ten."""
    accuracy = Number("train_accuracy", 0.0)
    diverged = np.r_[np.full(10, np.nan), np.linspace(0.95, 0.97, 10)]
    assert groups_text(LOSS, diverged).startswith("nan in 10 and 0.960 (")
    halves = np.r_[np.zeros(10), np.linspace(0.95, 0.97, 10)]
    assert groups_text(accuracy, halves) == "0 % in 10 and 96.0 % (95.2–96.8 %) in 10"
    assert groups_text(accuracy, np.r_[np.full(5, 0.99), np.ones(5)]).count(" in ") == 0  # no gap to speak of
    assert groups_text(LOSS, np.geomspace(1e-3, 1, 20)).count(" in ") == 0
    assert groups_text(LOSS, np.full(3, np.nan)) == "nan"


def test_a_statement_in_a_sentence():
    says = claim("R0.lr.linear").says["faster"]
    found = Verdict("R0.lr.linear", HOLDS, np.array([1.0, 1, 0]), says=says)
    assert sentence(found) == "R0 says that the large rate gets there in fewer epochs; so it is in 2 of 3."
    found = Verdict("R3.adam", CONDITION, np.zeros(3), says="SGD wins", condition="at 0.1", there=np.ones(2))
    assert sentence(found) == "R3 says that SGD wins; so it is in 0 of 3, at 0.1 in 2 of 2."


def test_the_ledger_of_a_report_is_a_list_for_each_verdict():
    relu = claim("R0.relu").says
    clock = Verdict("R0.relu", UNTESTED, np.array([]), says=relu["cheaper"], reason="want of a clock")
    faster = Verdict("R0.relu", HOLDS, np.ones(5), says=relu["faster"])
    text = ledger([faster, clock, of_linear()], figure="@fig-claims")
    assert text.startswith("@fig-claims shows")
    assert "Of 2 claims of R0, 1 holds and 1 cannot be tested." in text and "* R0 says" in text
    assert "Cannot be tested, for want of a clock: that an epoch with ReLU is cheaper." in text
    assert "Of 1 claims of R4, 1 does not hold." in text and "* R4 reports" in text
    assert not ledger([faster], figure="@fig-claims").startswith(("@fig", "Of 1")), "the finding says how many"


def test_how_often_a_true_replicate_would_not_hold():
    few = of_linear(ours=OURS[:9])
    text = chances([of_linear(), of_linear(), few])
    assert "in 5 % of cases beside 39 runs and 10 % of cases beside 9 runs of ours" in text
    assert "every one of the 3 runs" in text and "0.2 of them would not hold by chance" in text


def test_what_cannot_be_tested_is_one_sentence():
    found = judged("R4", SHORT)
    assert ledger(found, "@fig-claims") == "The 11 claims of R4 cannot be tested: the runs are too short."
    assert counted(found) == "11 cannot be tested"
    figures.reported_among_ours(found, caption="Nothing.", label="claims")  # shows nothing
    with pytest.raises(LabError, match="report must be one of"):
        judged("R5", SHORT)


def test_without_mnist_the_claims_of_r3_are_left_open(monkeypatch, tmp_path):
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    found = judged("R3", Plan())
    assert len(found) == len(untested("R3", ""))
    assert ledger(found).endswith("claims of R3 cannot be tested: MNIST is not installed.")


def test_what_a_report_leaves_open_is_said_once():
    lines = left_open("R0").splitlines()
    assert sum("initial weights N(0, 1)" in line for line in lines) == 1
    assert "* Learning rates on linear: learning rate 0.05 and 1." in lines
    assert any("ReLU, leaky ReLU: hidden units 100-100" in line for line in lines)
    assert sum(claim("R0.momentum").note in line for line in lines) == 1
    assert [line.split(":")[0] for line in left_open("R4").splitlines()] == ["* Hidden units", "* Without activations"]
    assert "learning rate by a search" in left_open("R2")


def test_the_figure_has_a_row_for_each_number_and_a_mark_for_each_run():
    found = [of_linear(numbers=[LOSS, FULL], ours=np.c_[OURS, np.ones(39)]), of_linear(HOLDS)]
    losses, accuracies = figures.drawn([(found[0], 0), (found[1], 0), (found[0], 1)])
    assert [text.get_text() for text in losses.get_yticklabels()] == ["final loss on linear"] * 2
    assert len(losses.lines[0].get_xdata()) == 39
    assert np.allclose(losses.lines[0].get_xdata(), OURS[:, 0] / LOSS.value)
    assert set(accuracies.lines[0].get_xdata()) == {0.0}


def verdicts_by_the_clock(report, seconds, monkeypatch):
    """The verdicts on a report in few epochs, where each look at the time of a run gives the next number."""
    with monkeypatch.context() as patched:
        patched.setattr(Run, "seconds", property(lambda run: next(seconds), lambda run, value: None), raising=False)
        return [(sentence(v) if len(v.ours) else v.reason, v.verdict) for v in report.verdicts(SHORT)]


@pytest.mark.parametrize("name", ["r0", "r1", "r2", "r4"])
def test_no_verdict_depends_on_the_time_of_a_run(name, monkeypatch):
    report = {"r0": r0, "r1": r1, "r2": r2, "r4": r4}[name]
    slower, faster = (verdicts_by_the_clock(report, count(*clock), monkeypatch) for clock in ((1, 1), (10**6, -1)))
    assert len(slower) > 5 and slower == faster


def test_no_evidence_reads_seconds():
    """R3 needs MNIST, so its verdicts cannot be tried as those of the others are."""
    for path in Path(claims.__file__).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        assert "seconds" not in {node.attr for node in nodes if isinstance(node, ast.Attribute)}, path.name
        assert "seconds" not in {node.value for node in nodes if isinstance(node, ast.Constant)}, path.name
