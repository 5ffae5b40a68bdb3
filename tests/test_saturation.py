"""Dead units and the saturated output: counted where they are planted, refused where there is none."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, run_study, train_one
from labkit.analysis.saturation import (
    FLAT,
    dead_units,
    one_half_loss,
    output_slope,
    output_z,
    saturated,
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


def test_a_unit_pushed_below_every_example_is_dead():
    for activation in ("relu", "leaky_relu"):
        run = start(activation)
        run.params[0]["W"][...], run.params[0]["b"][...] = 0.1, 0.5
        run.params[2]["W"][...], run.params[2]["b"][...] = 0.1, 0.5
        run.params[0]["b"][1] = -50
        assert dead_units(run, 1).tolist() == [False, True, False, False]
        assert dead_units(run, 2).tolist() == [False, False, False]


def test_a_unit_that_one_example_reaches_is_not_dead():
    run = start()
    run.params[0]["W"][...], run.params[0]["b"][...] = 1.0, -1.9  # above 0 at the corner (1, 1) alone
    assert not dead_units(run, 1).any()
    run.params[0]["b"][...] = -2.0  # 0 there, which passes nothing back either
    assert dead_units(run, 1).all()


def test_the_scale_of_the_weights_decides_over_no_relu():
    dead = [dead_units(start(init_gain=gain, seed=5), 1) for gain in (0.01, 1.0, 100.0)]
    assert dead[0].any() and all(np.array_equal(one, dead[0]) for one in dead)


def test_units_that_cannot_be_dead_are_refused():
    with pytest.raises(LabError, match="'tanh'"):
        dead_units(start("tanh"), 1)
