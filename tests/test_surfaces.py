"""A loss surface of two weights, and the ways of optimizers on it."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, figures, train_one
from labkit.analysis.surfaces import Surface, walk
from labkit.nn.optimizers import OPTIMIZERS

CONFIG = RunConfig(dataset="xor", hidden_sizes=(3,), activation="tanh", lr=1.0, n_epochs=30, dtype="float64")


@pytest.fixture(scope="module")
def surface():
    return Surface(train_one(CONFIG), ((0, "W", (2, 0)), (2, "b", (0, 0))))


def center(surface):
    """The chosen parameters as the run has them."""
    return np.array([surface.run.params[layer][name][index] for layer, name, index in surface.weights])


def test_the_loss_at_the_center_is_that_of_the_run(surface):
    assert surface.loss(center(surface)[None]) == pytest.approx(surface.run.results["train_loss"], rel=1e-12)


def test_the_gradient_is_the_slope_of_the_loss(surface):
    points = center(surface) + np.array([[0.5, -1.0], [2.0, 0.3]])
    step = 1e-6
    slopes = [(surface.loss(points + d) - surface.loss(points - d)) / (2 * step) for d in step * np.eye(2)]
    np.testing.assert_allclose(surface.gradient(points), np.transpose(slopes), atol=1e-8)


def test_the_run_keeps_its_parameters(surface):
    before = surface.run.flat.copy()
    surface.loss(center(surface)[None] + 5.0)
    assert (surface.run.flat == before).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_walks_downhill(name):
    path = walk(lambda w: w, name, [1.0, -1.0], [0.01, 0.05], 100)
    assert path.shape == (101, 2, 2)
    assert (path[0] == [1.0, -1.0]).all()
    assert (np.abs(path[-1]) < np.abs(path[0])).all()


def test_a_walk_of_all_weights_is_the_training_itself():
    """With every weight free, gradient descent on the loss is what training does."""
    start, end = (train_one(CONFIG.replace(n_epochs=n)) for n in (0, 5))
    weights = [(i, n, at) for i, p in enumerate(start.params) for n, w in p.items() for at in np.ndindex(w.shape)]
    surface = Surface(start, tuple(weights))
    path = walk(surface.gradient, "gd", center(surface), CONFIG.lr, 5)
    np.testing.assert_allclose(path[-1, 0], end.flat, atol=1e-12)


def test_the_limits_of_the_textbook():
    rates = np.geomspace(0.1, 100, 301)
    for name, limit in (("gd", 2), ("momentum", 2 * 1.9), ("momentum_ema", 2 * 1.9 / 0.1)):
        end = np.abs(walk(lambda w: w, name, [1.0], rates, 2000)[-1, :, 0])
        assert max(rates[end < 1]) == pytest.approx(limit, rel=0.05)


def test_an_unknown_optimizer_is_answered_with_the_nearest():
    with pytest.raises(LabError, match="did you mean 'adam'"):
        walk(lambda w: w, "adm", [1.0], 0.1, 1)


def test_trajectories_are_drawn_from_the_start(surface):
    start = center(surface) + 1
    paths = {name: walk(surface.gradient, name, start, 0.1, 7)[:, 0] for name in ("gd", "adam")}
    axes = figures.trajectories(surface.loss, {"both": paths}, span=((-5, 5), (-5, 5)))
    ax = axes[0, 0]
    assert [t.get_text() for t in ax.figure.legends[0].get_texts()] == ["gradient descent", "Adam"]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), paths["gd"])
    assert len({line.get_color() for line in ax.lines[:3:2]}) == 2
    assert ax.figure.axes[-1].get_ylabel() == "loss", "a color bar says what gray means"
