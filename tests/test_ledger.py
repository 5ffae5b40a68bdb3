"""The ledger: studies that test claims, and their table."""

import ast
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from labkit import claims, figures
from labkit.claims import r0, r1, r2, r4
from labkit.claims.figures import claimed_points, verdict_strip
from labkit.claims.judge import HOLDS, UNTESTED, Verdict, claim, entry, judge
from labkit.claims.ledger import settings_text, show_report, table, withdrawn
from labkit.claims.plan import Plan
from labkit.training.run import Run

SHORT = Plan(2, 2, 2, share_of_epochs=0.001)


@pytest.fixture(scope="module")
def entries():
    trace, lr = (SHORT.run(name) for name in ("R4.xor.trace", "R4.lr"))
    return {"R4.xor.trace": judge("R4.xor.trace", trace)} | entry("R4.lr", lr, unfinished=[True, False])


def test_the_settings_of_a_claim_its_grid_and_changes():
    study = SHORT.run("R4.lr", momentum=0.5)
    assert [(r.config.lr, r.config.seed) for r in study.members] == [(0.1, 0), (0.1, 1), (0.01, 0), (0.01, 1)]
    expected = claim("R4.lr").config(lr=0.01, seed=1, momentum=0.5, n_epochs=100)
    assert study.members[-1].config == expected
    assert len(SHORT.run("R4.lr", [0], lr=0.1).members) == 1


def test_every_number_may_have_settings_of_its_own():
    study = Plan(share_of_epochs=0.005).run_numbers("R2.table", [7], n_examples=20)
    assert len(study.members) == 12
    board = study.one(dataset="chessboard", activation="relu").config
    assert (board.lr, board.momentum, board.n_epochs, board.seed) == (0.03, 0.95, 2, 7)


def test_a_long_list_of_numbers_is_one_row(entries):
    made = table(entries)
    assert len(made.values) == 5 + 3
    assert made.texts.claim.iloc[0] == "5 losses, the last at 100,000"
    assert made.texts.index.tolist() == ["R4.xor.trace", "R4.lr", "", ""]
    assert len(made.texts) == 1 + 3
    assert made.texts.iloc[-1]["ours: median (10–90 %)"] == "in 1 of 2"
    assert made.texts.iloc[-1].verdict == "(✓) it depends"
    assert made.texts.iloc[0].verdict == "?"


def test_withdrawn_verdicts_say_why(entries):
    for verdicts in withdrawn(entries, "too short").values():
        assert {(v.verdict, v.reason, len(v.values)) for v in verdicts} == {(UNTESTED, "too short", 0)}


def test_settings_say_what_we_chose():
    assert "*Chosen by us:* `hidden_sizes` 100-100; `lr` 0.01; `init` kaiming" in settings_text("R0.relu")
    assert "`lr` 0.1, 0.01" in settings_text("R4.lr") and "Chosen" not in settings_text("R4.lr")
    assert "by search" in settings_text("R2.table")


def test_a_report_is_shown_with_a_line_for_each_entry(entries, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append(data))
    show_report("R4", entries | {"R0.xor.accuracy": []})
    assert [line.split()[1] for line in shown[1]["text/plain"].splitlines()] == ["**R4.xor.trace**", "**R4.lr**"]
    assert "R0" not in shown[0]["text/plain"]


def test_the_strip_shows_what_can_be_exceeded(entries):
    ax = verdict_strip(entries)
    assert [label.get_text() for label in ax.get_yticklabels()] == []  # nothing is tested in so few epochs
    number = Verdict("R4.lr", "final loss", 0.2, np.array([0.1, 0.3]), HOLDS, "")
    whole = Verdict("R4.lr", "final accuracy", 1.0, np.array([1.0]), HOLDS, "", "fraction")
    ax = verdict_strip({"R4.lr": [number, whole]})
    assert [line.get_xdata()[0] for line in ax.lines] == [0.5]


def test_claimed_points_beyond_the_curves_are_left_out():
    ax = claimed_points({10: 0.2, 10_000: 0.1}, figures.learning_curves(SHORT.run("R4.xor.loss")), "claimed")
    assert list(ax.lines[-1].get_xdata()) == [10]


def verdicts_by_the_clock(report, seconds, monkeypatch):
    """The verdicts on a report's entries in few epochs, where each look at the time of a run gives the next number."""
    with monkeypatch.context() as patched:
        patched.setattr(Run, "seconds", property(lambda run: next(seconds), lambda run, value: None), raising=False)
        found = report.entries(Plan(2, 2, 2, share_of_epochs=0.001))
    return [(v.claim, v.quantity, v.values.tolist(), v.verdict, v.reason) for each in found.values() for v in each]


@pytest.mark.parametrize("name", ["r0", "r1", "r2", "r4"])
def test_no_verdict_depends_on_the_time_of_a_run(name, monkeypatch):
    report = {"r0": r0, "r1": r1, "r2": r2, "r4": r4}[name]
    slower, faster = (verdicts_by_the_clock(report, count(*clock), monkeypatch) for clock in ((1, 1), (10**6, -1)))
    assert len(slower) > 5 and str(slower) == str(faster)


def test_no_evidence_reads_seconds():
    """R3 needs MNIST, so its verdicts cannot be tried as those of the others are."""
    for path in Path(claims.__file__).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        assert "seconds" not in {node.attr for node in nodes if isinstance(node, ast.Attribute)}, path.name
        assert "seconds" not in {node.value for node in nodes if isinstance(node, ast.Constant)}, path.name
