"""Benchmarks: every peer that is installed ends at labkit's loss, from the same weights, data and batches."""

import importlib

import numpy as np
import pytest

from benchmarks import labkit_peer
from benchmarks.timing import PEERS, TOLERANCE, check_equal, measure
from benchmarks.work import WORKS, Work, digits
from labkit.experiments.config import RunConfig

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


def test_times_are_per_run_and_epoch() -> None:
    work = Work("a", "xor", RunConfig(hidden_sizes=(3,), data_seed=0), {2: 4})
    (found,) = measure(work, 2, [labkit_peer], n_rounds=3)
    assert found.times.shape == (3,)
    np.testing.assert_allclose(found.ratio(found), 1)
