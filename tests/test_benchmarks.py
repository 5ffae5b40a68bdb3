"""Benchmarks: every peer that is installed ends at labkit's loss, from the same weights, data and batches."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import bits, labkit_peer, labkit_study, results
from benchmarks.figure import STYLES, draw
from benchmarks.timing import PEERS, TOLERANCE, Measured, check_equal, measure
from benchmarks.work import WORKS, Task, Work, digits, tasks_of
from benchmarks.worker import Worker
from labkit.training.config import RunConfig

TINY = {
    "full batch": Work("a", "xor", WORKS[0].config, {2: 5}),
    "classes": Work("e", "digits", digits(32), {1: 2}, digits=96),
    "momentum": Work("f", "chessboard", WORKS[-1].config.replace(n_examples=128, hidden_sizes=(5, 4)), {2: 3}),
}


@pytest.mark.parametrize("work", TINY.values(), ids=TINY)
@pytest.mark.parametrize("name", [p for p in PEERS if p not in ("labkit_peer", "limit")])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the peers' own
def test_peer_does_the_same_work(name: str, work: Work) -> None:
    try:
        peer = importlib.import_module(f"benchmarks.{name}")
    except ImportError as error:
        pytest.skip(f"{name} needs benchmarks/requirements.txt: {error}")
    if not peer.fits(work):
        pytest.skip(f"{peer.NAME} has no mean squared error")
    ((n_runs, n_epochs),) = work.epochs.items()
    expected = labkit_peer.prepare(work, n_runs, n_epochs)()
    found = peer.prepare(work, n_runs, n_epochs)()
    assert found.shape == (n_runs,)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_measuring_again_starts_again() -> None:
    train = labkit_peer.prepare(TINY["momentum"], 2, 3)
    np.testing.assert_array_equal(train(), train())


def test_unequal_work_is_noticed() -> None:
    with pytest.raises(AssertionError, match="JAX: loss"):
        check_equal([np.array([0.25, 0.24]), np.array([0.25 * (1 + 2 * TOLERANCE)])], ["labkit", "JAX"])


@pytest.fixture
def workers():
    started = [Worker("labkit_peer"), Worker("numpy_loop")]
    yield started
    for worker in started:
        worker.stop()


def test_times_are_per_run_and_epoch(workers: list[Worker]) -> None:
    work = Work("a", "xor", RunConfig(hidden_sizes=(3,), data_seed=0), {2: 4})
    labkit, loop = measure(Task(work, 2, 4), workers, n_rounds=3)
    assert labkit.times.shape == loop.times.shape == (3,)
    np.testing.assert_allclose(labkit.ratio(labkit), 1)
    assert len({worker.process.pid for worker in workers} | {os.getpid()}) == 3  # each in a process of its own
    assert workers[0].prepare(Task(TINY["classes"], 1, 2))  # and ready for another task
    seconds, loss = workers[0].train()
    assert seconds > 0 and loss.shape == (1,)


def test_peer_that_is_not_installed_says_so() -> None:
    worker = Worker("no_such_peer")
    assert "no_such_peer" in worker.missing
    worker.stop()


def test_process_of_labkit_has_no_other_framework() -> None:
    program = """
import sys
from benchmarks import labkit_study, limit, worker, work
task = work.Task(work.WORKS[0], 2, 3, study=True)
labkit_study.prepare(task.work, task.n_runs, task.n_epochs)()
print(*{name.partition(".")[0] for name in sys.modules} & {"torch", "jax", "sklearn", "matplotlib"})
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_study_is_whole_and_ends_where_its_epochs_do(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work("d", "linear", WORKS[3].config, {2: 6})
    trained = []
    run_study = labkit_study.run_study
    monkeypatch.setattr(labkit_study, "run_study", lambda *a, **k: trained.append(run_study(*a, **k)) or trained[-1])
    train = labkit_study.prepare(work, 2, 6)
    train()
    np.testing.assert_allclose(train(), labkit_peer.prepare(work, 2, 6)(), rtol=1e-6)
    assert [study.n_trained for study in trained] == [2, 2]  # the cache is empty again
    assert np.isfinite(trained[0].history["val_loss"]).all()


def test_studies_of_30_runs_are_held_against_jax() -> None:
    (task,) = (t for t in tasks_of(WORKS[0]) if t.study and t.n_runs == 30)
    times = {"labkit": 1.04, "JAX": 1.0}
    measured = [Measured(task, peer, np.full(3, t), 0.0, 0.25) for peer, t in times.items()]
    assert "labkit takes 1.04 and 1.04 of the other's time" in results.targets(measured)
    assert results.targets(measured).startswith("MISSED")  # none is slower by 5 %, but the mean is above 0.75
    faster = [Measured(task, peer, np.full(3, t), 0.0, 0.25) for peer, t in {"labkit": 0.74, "JAX": 1.0}.items()]
    assert results.targets(faster).startswith("holds")


def test_whole_run_ends_in_a_figure_and_a_table(tmp_path: Path) -> None:
    """A slip here would show only after ten minutes of measuring."""
    measured = [
        Measured(task, peer, np.full(3, 2.0), 0.0, 0.25)
        for task in (task for work in WORKS for task in tasks_of(work))
        for peer in (("labkit", "JAX") if task.study else STYLES)
    ]
    draw(measured, tmp_path / "bench.svg")
    results.write_csv(measured, tmp_path / "bench.csv")
    text = (tmp_path / "bench.svg").read_text(encoding="utf-8")
    assert all(f"<!-- {word} -->" in text for word in ("JAX against whole studies, 30 runs", "xor, 21 points, 10/10"))
    assert len((tmp_path / "bench.csv").read_text(encoding="utf-8").splitlines()) == 1 + len(measured)
    assert "whole studies" in results.table(measured)
    assert "R = 30, E = 5,000: labkit 0.25" in results.losses(measured)


def test_bits_do_not_tell_one_nan_from_another_but_all_else() -> None:
    nan = np.array([np.nan, -np.nan, 1.0])
    assert bits.pattern(nan) == bits.pattern(-nan[[1, 0, 2]] * [1, 1, -1])
    assert bits.pattern(nan) != bits.pattern(nan * [1, 1, 1 + 1e-15])
    assert bits.pattern(np.zeros(1)) != bits.pattern(-np.zeros(1))


def test_bits_know_every_way_a_run_can_end() -> None:
    ended = {run.stopped for stack in bits.endings() for run in bits.train_stack(stack)}
    assert ended == {"n_epochs", "loss_target", "accuracy_target", "patience", "diverged"}
