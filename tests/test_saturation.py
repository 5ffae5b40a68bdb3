"""Flat and dead units, and the saturated output: counted where they are planted, refused where there is none."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, run_study, train_one
from labkit.analysis.saturation import (
    FLAT,
    dead_share,
    flat_share,
    largest_slope,
    one_half_loss,
    output_slope,
    output_z,
    saturated,
    unit_states,
)

XOR = RunConfig(dataset="xor", hidden_sizes=(4,), n_epochs=20)


def test_slope_is_p_times_one_minus_p_where_that_can_be_computed():
    run = train_one(XOR)
    p = run.predict_proba(run.dataset.train[0]).astype(float)
    assert output_slope(run) == pytest.approx(np.mean(p * (1 - p)), rel=1e-5)
    np.testing.assert_allclose(1 / (1 + np.exp(-output_z(run))), p[:, 0], rtol=1e-5)


def test_slope_of_an_output_that_rounds_to_one():
    run = train_one(XOR.replace(n_epochs=0))
    run.params[-2]["b"][:] = 50
    assert run.predict_proba(run.dataset.train[0]).min() == 1
    assert 0 < output_slope(run) < 1e-18
    run.params[-2]["b"][:] = 5000
    assert output_slope(run) == 0


@pytest.mark.parametrize(("loss", "expected"), [("mse", 1 / 4), ("half_mse", 1 / 8)])
def test_height_of_the_plateau(loss, expected):
    assert one_half_loss(train_one(XOR.replace(loss=loss))) == pytest.approx(expected)


def test_a_rate_far_too_high_saturates_and_a_good_one_does_not():
    high, good = train_one(XOR.replace(lr=1e4)), train_one(XOR.replace(lr=1.0))
    assert saturated(high) and output_slope(high) < FLAT
    assert not saturated(good)


def test_a_network_without_a_sigmoid_output_is_refused():
    with pytest.raises(LabError, match="one sigmoid output"):
        output_z(train_one(XOR.replace(loss="binary_cross_entropy")))


def test_an_untrained_study_is_kept_in_the_cache():
    config = XOR.replace(n_epochs=0)
    first = run_study(config, seed=range(3))
    again = run_study(config, seed=range(3))
    assert again.n_trained == 0
    assert [output_slope(run) for run in again.members] == [output_slope(run) for run in first.members]


def start(activation="relu", **settings):
    return train_one(RunConfig(dataset="xor", hidden_sizes=(4, 3), activation=activation, n_epochs=0, **settings))


@pytest.mark.parametrize(("name", "slope"), [("sigmoid", 0.25), ("tanh", 1.0), ("relu", 1.0), ("silu", 1.1)])
def test_largest_slope(name, slope):
    assert largest_slope(name) == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_a_unit_pushed_below_every_example_is_dead(activation):
    run = start(activation)
    for layer in (0, 2):
        run.params[layer]["W"][...] = 0.1
        run.params[layer]["b"][...] = 0.5
    run.params[0]["b"][1] = -50
    states = unit_states(run)
    assert list(states.layer) == [1, 2] and list(states.n_units) == [4, 3]
    assert list(states.n_dead) == [1, 0]
    assert states.flat[0] == pytest.approx(0.25) and states.flat[1] == 0
    assert dead_share(run) == flat_share(run) == pytest.approx(1 / 7)


def test_a_sigmoid_is_flat_on_both_sides_and_relu_on_one():
    for activation, n_dead in (("sigmoid", 4), ("relu", 0)):
        run = start(activation)
        run.params[0]["W"][...] = 0.1
        run.params[0]["b"][...] = 50
        assert unit_states(run).n_dead[0] == n_dead


def test_a_leak_too_small_to_learn_from_counts_as_flat():
    run = start("leaky_relu", leaky_slope=0.001)
    run.params[0]["b"][...] = -50
    assert unit_states(run).n_dead[0] == 4
    run = start("leaky_relu", leaky_slope=0.1)
    run.params[0]["b"][...] = -50
    assert unit_states(run).n_dead[0] == 0


def test_the_scale_of_the_weights_decides_over_no_relu():
    states = [unit_states(start(init_gain=gain)) for gain in (0.01, 1.0, 100.0)]
    assert all(np.array_equal(one.n_dead, states[0].n_dead) for one in states)


def test_an_output_unit_is_not_counted():
    assert len(unit_states(start("sigmoid", output_activation="identity"))) == 2


def test_nothing_to_count():
    with pytest.raises(LabError, match="identity"):
        unit_states(start("identity"))
