"""The exact test: how often it rejects a run of the very same distribution, and how often one of another."""

from itertools import pairwise

import numpy as np
import pytest

from labkit.claims.exact_test import level, p_value

N_TRIALS = 400


def normal(rng, n):
    return rng.standard_normal((n, 1))


def skewed(rng, n):
    return rng.exponential(size=(n, 1))


def two_groups(rng, n):
    """Runs that learn, and a fifth that does not."""
    return (0.1 * rng.standard_normal((n, 1))) + 2.0 * (rng.random((n, 1)) < 0.2)


def whole_percents(rng, n):
    return rng.binomial(100, 0.98, (n, 1)) / 100


def some_diverge(rng, n):
    return np.where(rng.random((n, 1)) < 0.3, np.inf, rng.standard_normal((n, 1)))


def curve(rng, n):
    """Fifteen losses of one run: they hang together."""
    start, end = rng.standard_normal((2, n, 1))
    t = np.linspace(0, 1, 15)
    return start * (1 - t) + end * t + 0.1 * rng.standard_normal((n, 15))


def five_apart(rng, n):
    return rng.standard_normal((n, 5))


DISTRIBUTIONS = [normal, skewed, two_groups, whole_percents, some_diverge, curve, five_apart]


def rejected(draw, n, shift=0.0, n_trials=N_TRIALS):
    """How often a run of the distribution is told from n others, with its last number shifted."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(n_trials):
        reported, *ours = draw(rng, n + 1)
        reported[-1] += shift
        found.append(p_value(reported, np.array(ours)) <= level(n))
    return np.mean(found)


@pytest.mark.parametrize("n", [3, 9, 19, 39])
@pytest.mark.parametrize("draw", DISTRIBUTIONS, ids=lambda f: f.__name__)
def test_a_true_replicate_is_rejected_no_more_often_than_the_level_says(draw, n):
    error = np.sqrt(level(n) * (1 - level(n)) / N_TRIALS)
    assert rejected(draw, n) <= level(n) + 3 * error


@pytest.mark.parametrize("n", [9, 19, 39])  # of three runs, several numbers tie: rejected more rarely
@pytest.mark.parametrize("draw", [normal, curve, five_apart], ids=lambda f: f.__name__)
def test_the_level_is_used_up_where_no_two_runs_are_equal(draw, n):
    assert rejected(draw, n) >= level(n) - 3 * np.sqrt(level(n) * (1 - level(n)) / N_TRIALS)


def test_the_level_is_exact():
    assert [level(n) for n in (1, 3, 9, 18, 19, 20, 38, 39, 99)] == pytest.approx(
        [1 / 2, 1 / 4, 1 / 10, 1 / 19, 1 / 20, 1 / 21, 1 / 39, 2 / 40, 5 / 100]
    )


@pytest.mark.parametrize("draw", [normal, curve, five_apart], ids=lambda f: f.__name__)
def test_a_shifted_run_is_told_the_more_often_the_further_it_is(draw):
    powers = [rejected(draw, 39, shift, 200) for shift in (0, 2, 4, 6)]
    assert all(a < b for a, b in pairwise(powers))
    assert powers[1] > 0.2 and powers[2] > 0.75 and powers[3] > 0.97


def test_a_number_in_the_gap_between_two_groups_is_rejected():
    """R0's predictions on xor have a loss of 0.111, where runs that learn have 0.03 to 0.05, others half."""
    ours = np.log10(np.r_[np.linspace(0.03, 0.05, 30), np.linspace(0.45, 0.52, 9)])[:, None]
    assert p_value(np.log10([0.111]), ours) == 1 / 40
    assert p_value(np.log10([0.04]), ours) > 0.5 and p_value(np.log10([0.48]), ours) > level(39)


def test_numbers_that_each_occur_but_not_together_are_rejected():
    x = np.linspace(-2, 2, 39)
    ours = np.stack([x, x], axis=1)
    assert p_value(np.array([1.5, -1.5]), ours) == 1 / 40
    assert p_value(np.array([1.5, 1.5]), ours) > 0.5


def test_runs_that_diverged_are_alike():
    ours = np.r_[np.zeros(20), np.full(19, np.inf)][:, None]
    assert p_value(np.array([np.inf]), ours) == 1
    assert p_value(np.array([np.inf]), ours[:20]) == 1 / 21


def test_what_never_varies_must_be_met():
    ours = np.ones((39, 1))
    assert p_value(np.array([1.0]), ours) == 1 and p_value(np.array([0.999]), ours) == 1 / 40
