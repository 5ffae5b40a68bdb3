"""A run inside a stack is the run alone, bit for bit; and training does what its settings say."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, check_gradients, load_dataset, train_one
from labkit.nn.activations import ACTIVATIONS, ActivationFunction
from labkit.nn.initializers import INITIALIZERS
from labkit.nn.losses import LOSSES, Loss
from labkit.nn.optimizers import OPTIMIZERS, UpdateRule
from labkit.training.run import accuracy
from labkit.training.stack import recorded_epochs, train_stack
from labreport.run.record import facts

CLASSES = {"output_activation": "softmax", "loss": "cross_entropy"}
SHAPES = [
    {"dataset": "xor", "hidden_sizes": (10, 10)},
    {"dataset": "xor", "hidden_sizes": (100, 100)},
    {"dataset": "linear", "n_examples": 1000, "hidden_sizes": (4, 4)},
    {"dataset": "linear", "n_examples": 37, "hidden_sizes": (3,)},
    {"dataset": "moons", "n_examples": 100, "hidden_sizes": (), "data_seed": 5},
    {"dataset": "chessboard", "n_examples": 101, "hidden_sizes": (20, 9), "batch_size": 16},
    {"dataset": "chessboard", "n_examples": 64, "hidden_sizes": (8,), "batch_size": 64, "data_seed": 1},
    {"dataset": "circles", "n_examples": 33, "hidden_sizes": (7,), "batch_size": 32, "data_seed": 2},
    {"dataset": "spirals", "hidden_sizes": (12, 1, 5), "activation": "silu", "loss": "binary_cross_entropy"},
    {"dataset": "xor", "activation": "leaky_relu", "init": "kaiming", "dtype": "float64"},
    {"dataset": "digits", "n_examples": 300, "hidden_sizes": (36,), "activation": "relu", "batch_size": 32} | CLASSES,
    {"dataset": "digits", "n_examples": 100, "hidden_sizes": (360, 40), "data_seed": 0, "batch_size": 32} | CLASSES,
]


def same(one, other) -> bool:
    return (
        one.flat.tobytes() == other.flat.tobytes()
        and one.history.equals(other.history)
        and (one.epochs, one.stopped) == (other.epochs, other.stopped)
        and repr(one.results) == repr(other.results)
    )


@pytest.mark.parametrize("n_runs", [2, 7, 30])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: "-".join(map(str, s.values())))
def test_a_run_in_a_stack_equals_the_run_alone(shape, n_runs):
    configs = [RunConfig(n_epochs=12, seed=seed, lr=0.05 * (1 + seed % 4), **shape) for seed in range(n_runs)]
    stack = train_stack(configs)
    for i in {0, 1, n_runs // 2, n_runs - 1}:
        assert same(stack[i], train_one(configs[i])), f"run {i} of {n_runs}"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_keep_runs_apart(optimizer):
    base = RunConfig(optimizer=optimizer, n_epochs=20, hidden_sizes=(6,))
    varied = [
        {"lr": 0.5, "momentum": 0.5, "beta1": 0.8, "beta2": 0.9, "eps": 1e-4, "weight_decay": 0.01},
        {"lr": 0.01, "seed": 1, "weight_decay": 0.2},
        {"init": "xavier", "bias_init": "uniform", "init_gain": 0.5, "weight_decay": 0.001},
    ]
    configs = [base.replace(**v) for v in varied]
    for run in train_stack(configs):
        assert same(run, train_one(run.config))


def test_neighbors_that_diverge_or_stop_leave_a_run_as_it_was():
    calm = RunConfig(dataset="linear", activation="identity", output_activation="identity", n_epochs=300, lr=0.001)
    wild = calm.replace(lr=50.0, seed=1)
    early = calm.replace(loss_target=0.4, seed=2)
    diverged, kept, stopped = train_stack([wild, calm, early])
    assert diverged.diverged and diverged.epochs < 50 and np.isnan(diverged.results["train_loss"])
    assert diverged.results["train_accuracy"] == 0.0
    assert kept.stopped == "n_epochs" and same(kept, train_one(calm))
    assert stopped.stopped == "loss_target" and same(stopped, train_one(early))


def test_order_in_the_stack_does_not_matter():
    configs = [RunConfig(n_epochs=15, seed=s) for s in range(5)]
    for run, again in zip(train_stack(configs), reversed(train_stack(configs[::-1])), strict=True):
        assert same(run, again)


def test_runs_of_different_shapes_are_refused():
    with pytest.raises(LabError, match=r"agree in hidden_sizes, activation; run_study takes a mixed grid"):
        train_stack([RunConfig(), RunConfig(hidden_sizes=(3,), activation="relu")])


def test_history_is_the_loss_seen_before_each_update():
    config = RunConfig(dataset="linear", n_epochs=3, dtype="float64")
    run, start = train_one(config), train_one(config.replace(n_epochs=0))
    x, y = run.dataset.train
    assert run.history["train_loss"][0] == pytest.approx(np.mean((start.predict_proba(x) - y) ** 2), rel=1e-12)
    after_two = train_one(config.replace(n_epochs=2))
    assert run.history["train_loss"][2] == pytest.approx(after_two.results["train_loss"], rel=1e-12)
    assert run.history["val_loss"][1] == pytest.approx(after_two.results["val_loss"], rel=1e-12)


def test_the_history_keeps_every_twentieth_of_the_epochs():
    for n in (20, 100, 15_000, 100_000):
        assert {n * i // 20 for i in range(1, 21)} <= recorded_epochs(n)
        assert len(recorded_epochs(n)) <= 300


def test_longer_training_goes_through_the_same_weights():
    short, long = (train_one(RunConfig(n_epochs=n, batch_size=5)) for n in (40, 80))
    common = short.history.merge(long.history, on="epoch", suffixes=("", "_long"))
    assert len(common) > 10 and (common["train_loss"] == common["train_loss_long"]).all()


def test_stop_rules():
    base = RunConfig(dataset="linear", n_epochs=20_000, lr=1.0)
    loss = train_one(base.replace(loss_target=0.05))
    assert loss.stopped == "loss_target" and 1 < loss.epochs < 20_000 and loss.results["train_loss"] <= 0.05
    right = train_one(base.replace(accuracy_target=0.98))
    assert right.stopped == "accuracy_target" and right.epochs < loss.epochs * 10
    previous = train_one(base.replace(n_epochs=right.epochs - 1))
    assert previous.results["train_accuracy"] >= 0.98  # the accuracy seen in an epoch is that of the weights before it
    stuck = train_one(base.replace(init="zeros", lr=1e-30, patience=25))
    assert (stuck.stopped, stuck.epochs) == ("patience", 26)


def test_each_epoch_of_mini_batches_sees_every_example_once():
    from labkit.training.stack import Stack

    stack = Stack([RunConfig(dataset="linear", n_examples=50, batch_size=8, seed=s) for s in (0, 1)])
    for _ in range(2):
        seen = np.concatenate([x for x, _ in stack.batches()], axis=-1)
        for run, columns in enumerate(seen):
            rows, known = (sorted(map(tuple, a)) for a in (columns.T, stack.x[run]))
            assert rows == known
    assert [x.shape[-1] for x, _ in stack.batches()] == [8] * 6 + [2]


def test_nan_counts_as_wrong():
    assert accuracy("mse", np.array([[np.nan, 0.9, 0.1, 0.5]]), np.array([[1.0, 1, 0, 1]])) == 0.75


def test_predictions_have_the_shapes_of_scikit_learn():
    run = train_one(RunConfig(dataset="linear", n_epochs=2000, lr=1.0))
    x, y = run.dataset.test
    assert run.predict_proba(x).shape == (1000, 1) and run.predict(x).shape == (1000,)
    assert run.score(x, y) == run.results["test_accuracy"] > 0.9
    with pytest.raises(LabError, match=r"x must be of shape \(N, 2\); got \(2,\)"):
        run.predict(x[0])


def test_equal_seeds_give_equal_runs_and_others_differ():
    a, b, c = (train_one(RunConfig(n_epochs=5, seed=s)) for s in (3, 3, 4))
    assert same(a, b) and not same(a, c)
    assert not np.array_equal(load_dataset("linear", seed=3).x, load_dataset("linear", seed=4).x)


def test_targets_of_the_wrong_shape_are_refused():
    from labkit.nn.losses import check_shapes

    with pytest.raises(LabError, match=r"outputs have shape \(5, 1, 32\), the targets \(32,\)"):
        check_shapes(np.zeros((5, 1, 32)), np.zeros(32))


@pytest.mark.parametrize(("loss", "times"), [("half_mse", 1), ("mse", 2)])
def test_one_linear_layer_comes_to_least_squares_below_the_bound_on_its_rate_and_diverges_above(loss, times):
    config = RunConfig(dataset="linear", hidden_sizes=(), output_activation="identity", loss=loss, dtype="float64")
    x, y = load_dataset("linear").train
    inputs = np.c_[x, np.ones(len(x))]
    bound = 2 / np.linalg.eigvalsh(times * inputs.T @ inputs / len(x))[-1]
    below, above = (train_one(config.replace(lr=share * bound, n_epochs=13_000)) for share in (0.97, 1.03))
    best, *_ = np.linalg.lstsq(inputs, y)
    np.testing.assert_allclose(np.hstack([below.params[0]["W"], below.params[0]["b"]]), best.T, atol=1e-8)
    assert above.diverged


def test_a_run_whose_last_update_overflows_has_diverged():
    """It ended with the loss inf, stopped="n_epochs" and diverged=False: only the loss before an update was seen."""
    config = RunConfig(dataset="linear", hidden_sizes=(), output_activation="identity", lr=1e9, dtype="float32")
    runs = (train_one(config.replace(n_epochs=n)) for n in range(1, 30))
    run = next(run for run in runs if not np.isfinite(run.results["train_loss"]))
    assert np.isfinite(run.history["train_loss"]).all(), "no epoch has seen it"
    assert (run.stopped, run.diverged, run.epochs) == ("diverged", True, run.config.n_epochs)


@pytest.mark.parametrize("activation", ["leaky_relu", "silu", "identity"])
def test_runs_that_diverge_are_equal_bit_for_bit_too(activation):
    """The sign of a nan depends on the runs beside it, and was hashed: an honest hand-in failed its verification."""
    base = RunConfig(dataset="moons", n_examples=37, activation=activation, output_activation="identity", n_epochs=60)
    configs = [base.replace(lr=lr, seed=s) for s in range(8) for lr in (1.0, 50.0, 1e3)]
    stack = train_stack(configs)
    assert sum(np.isnan(run.flat).any() for run in stack) > 5
    for run in stack:
        alone = train_one(run.config)
        assert run.flat.tobytes() == alone.flat.tobytes() and facts(run) == facts(alone)


def test_of_several_outputs_the_largest_logit_is_the_label_where_probabilities_are_saturated():
    """Both probabilities round to 1 in float32, and argmax would take the first."""
    logits = np.array([[30.0], [60.0]], np.float32)
    assert accuracy("binary_cross_entropy", logits, np.array([[0.0], [1.0]])) == 1.0


def test_rows_of_every_registry_may_come_from_a_notebook(monkeypatch):
    """One row, and configuration, training and gradient check know it."""
    monkeypatch.setitem(ACTIVATIONS, "cubed", ActivationFunction(lambda z: z**3, lambda z: 3 * z * z, "z"))
    monkeypatch.setitem(INITIALIZERS, "small", lambda rng, shape: 0.1 * rng.standard_normal(shape))
    monkeypatch.setitem(OPTIMIZERS, "signs", UpdateRule(lambda w, g, lr: np.subtract(w, lr * np.sign(g), out=w)))
    monkeypatch.setitem(
        LOSSES, "quartic", Loss(lambda a, y: (((a - y) ** 4).mean((-2, -1)), 4 * (a - y) ** 3 / y.size))
    )
    config = RunConfig(activation="cubed", init="small", optimizer="signs", loss="quartic", lr=0.01, n_epochs=200)
    run = train_one(config)
    assert run.results["train_loss"] < train_one(config.replace(n_epochs=0)).results["train_loss"]
    assert check_gradients(run).relative_error.max() < 1e-6
