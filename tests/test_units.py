"""Flat and dead units: counted where they are planted, refused where there is nothing to count."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.units import dead_share, flat_share, largest_slope, unit_states


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
