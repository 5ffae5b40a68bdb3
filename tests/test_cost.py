"""What a run would cost, from its configuration alone."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.data import sources as datasets
from labkit.experiments.cost import cost
from labkit.training.run import dataset_of

CONFIGS = {
    "points": RunConfig(dataset="moons", hidden_sizes=(40, 40), n_epochs=2),
    "batches": RunConfig(dataset="digits", hidden_sizes=(64,), batch_size=32, n_epochs=2, optimizer="adam"),
    "convolution": RunConfig(dataset="digits", front=("conv2d(4, 3, 1)", "maxpool2d(2)"), hidden_sizes=(), n_epochs=2),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_operations_told_before_are_those_of_the_run(case: str) -> None:
    """And the shapes assumed of each data set are those that it has, so that no network is another one."""
    config = CONFIGS[case]
    assert cost(config).operations == train_one(config).operations > 0
    assert cost(config) == cost(config, dataset_of(config))


def test_a_kernel_is_counted_at_every_place() -> None:
    """4 kernels of 9 weights and a bias at 8 x 8 places; as if dense they would count once, 64 times too few."""
    config = CONFIGS["convolution"].replace(loss="cross_entropy", output_activation="softmax", n_epochs=1)
    assert cost(config).operations == 6 * 1197 * (64 * (4 * 9 + 4) + (64 * 10 + 10))


def test_nothing_is_drawn_and_no_array_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "draw_points", None)
    found = cost(RunConfig(dataset="linear", n_examples=10**12, hidden_sizes=(10**9,)))
    assert found.seconds > 1e12 and found.n_bytes > 1e21


@pytest.mark.parametrize("name", [name for name, row in datasets.DATASETS.items() if not row.image and name != "given"])
def test_points_have_the_features_that_are_assumed(name: str) -> None:
    data = datasets.load_dataset(name)
    assert data.shape == (1, 1, datasets.DATASETS[name].n_features) and data.y.shape[1] == 1


def test_layers_that_do_not_fit_are_told() -> None:
    with pytest.raises(LabError, match="does not fit an image"):
        cost(RunConfig(front=("conv2d(1, 9, 0)",)))


def test_more_work_costs_more() -> None:
    config = CONFIGS["batches"]
    for change in ({"n_epochs": 4}, {"hidden_sizes": (128,)}, {"batch_size": 8}):
        assert cost(config.replace(**change)).seconds > cost(config).seconds
    deep = [cost(config.replace(hidden_sizes=(1,) * n)) for n in (2, 50)]
    assert deep[1].stack_seconds > 10 * deep[0].stack_seconds, "50 layers of one unit were as cheap as two"
    assert cost(config.replace(dtype="float64")).step_bytes == 2 * cost(config).step_bytes
    assert np.isfinite(cost(config).n_bytes)
