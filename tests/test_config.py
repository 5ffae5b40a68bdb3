"""A configuration is checked when it is made: which setting, what is allowed, what was given, the nearest name."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one

BAD = [
    ({"dataset": "xr"}, r"dataset must be one of .*; got 'xr' \(did you mean 'xor'\?\)"),
    ({"activation": "rulu"}, r"activation must be one of 'sigmoid', .*got 'rulu' \(did you mean 'relu'\?\)"),
    ({"activation": "softmax"}, "activation must be one of .*; got 'softmax'"),
    ({"output_activation": None}, "output_activation must be one of .*; got None"),
    ({"optimizer": "adams"}, r"did you mean 'adam'\?"),
    ({"loss": "cross_entropy"}, "output_activation must be 'softmax' when loss is 'cross_entropy'"),
    ({"init": "he"}, "init must be one of 'normal', 'xavier', 'kaiming', 'uniform', 'zeros'; got 'he'"),
    ({"bias_init": "xavier"}, "bias_init must be one of 'zeros', 'normal', 'uniform'; got 'xavier'"),
    ({"hidden_sizes": 10}, r"hidden_sizes must be a tuple of integers >= 1, such as \(10, 10\), or \(\); got 10"),
    ({"hidden_sizes": (10, 0)}, "hidden_sizes must be a tuple"),
    ({"hidden_sizes": (True,)}, "hidden_sizes must be a tuple"),
    ({"lr": 0}, "lr must be a number > 0; got 0"),
    ({"lr": "0.1"}, "lr must be a number > 0; got '0.1'"),
    ({"lr": float("nan")}, "lr must be a number > 0; got nan"),
    ({"lr": float("inf")}, "lr must be a number > 0; got inf"),
    ({"lr": True}, "lr must be a number > 0; got True"),
    ({"momentum": 1.0}, r"momentum must be a number in \[0, 1\); got 1.0"),
    ({"n_epochs": 1.5}, "n_epochs must be an integer >= 0; got 1.5"),
    ({"n_epochs": -1}, "n_epochs must be an integer >= 0; got -1"),
    ({"batch_size": 0}, "batch_size must be None or an integer >= 1; got 0"),
    ({"weight_decay": -0.1}, "weight_decay must be a number >= 0; got -0.1"),
    ({"dtype": "float16"}, "dtype must be one of 'float32', 'float64'; got 'float16'"),
    ({"seed": -1}, "seed must be an integer >= 0; got -1"),
    ({"accuracy_target": 98}, r"accuracy_target must be None or a number in \(0, 1\]; got 98"),
    ({"lr": 1e-50}, "lr must be a number > 0; got 0.0, which is what float32 makes of 1e-50"),
    ({"lr": 1e300}, r"lr must be a number > 0; got inf, which is what float32 makes of 1e\+300"),
    (
        {"beta2": 0.999999999},
        r"beta2 must be a number in \[0, 1\); got 1.0, which is what float32 makes of 0.999999999",
    ),
    ({"seed": np.True_}, "seed must be an integer >= 0; got True"),
    ({"n_epochs": np.float64(3)}, "n_epochs must be an integer >= 0; got 3.0"),
    ({"hidden_sizes": np.array([8.0, 8.0])}, r"hidden_sizes must be a tuple of integers >= 1.*got \(8.0, 8.0\)"),
    ({"hidden_sizes": np.array(8)}, "hidden_sizes must be a tuple"),
    ({"patience": 0}, "patience must be None or an integer >= 1; got 0"),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=lambda v: str(v) if isinstance(v, dict) else "")
def test_bad_settings_are_named(settings, message):
    with pytest.raises(LabError, match=message):
        RunConfig(**settings)


def test_an_unknown_setting_names_the_nearest():
    with pytest.raises(LabError, match=r"setting must be one of .*got 'learning_rte'"):
        RunConfig().replace(learning_rte=1.0)
    with pytest.raises(LabError, match=r"did you mean 'n_epochs'\?"):
        RunConfig().replace(n_epoch=1)


def test_equal_settings_have_one_key():
    assert RunConfig(lr=1).key() == RunConfig(lr=1.0).key()
    assert RunConfig(lr=1) == RunConfig(lr=1.0)
    assert RunConfig().key() != RunConfig(seed=1).key()
    assert RunConfig(lr=np.float64(0.1)).key() == RunConfig(lr=0.1).key()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"seed": np.arange(3)[1]}, {"seed": 1}),
        ({"n_epochs": np.int64(100)}, {"n_epochs": 100}),
        ({"batch_size": np.uint8(8)}, {"batch_size": 8}),
        ({"hidden_sizes": [10, 5]}, {"hidden_sizes": (10, 5)}),
        ({"hidden_sizes": np.array([8, 8])}, {"hidden_sizes": (8, 8)}),
        ({"hidden_sizes": tuple(np.array([8, 8]))}, {"hidden_sizes": (8, 8)}),
        ({"lr": np.float32(0.1)}, {"lr": 0.1}),
        ({"lr": np.float16(0.3)}, {"lr": 0.3}),
        ({"lr": np.float64(1) / 3}, {"lr": 1 / 3}),
        ({"lr": np.int64(1)}, {"lr": 1.0}),
        ({"lr": np.array(0.5)}, {"lr": 0.5}),
        ({"noise": 1}, {"noise": 1.0}),
        ({"activation": np.array(["tanh", "relu"])[1]}, {"activation": "relu"}),
        ({"front": ["conv1d(1, 1, 0)"]}, {"front": ("conv1d(1, 1, 0)",)}),
    ],
    ids=str,
)
def test_numbers_of_numpy_are_numbers(given, meant):
    """np.arange and the rows of a table gave "must be an integer >= 0; got np.int64(1)"."""
    config = RunConfig(**given)
    assert config == RunConfig(**meant) and config.key() == RunConfig(**meant).key()
    assert repr(config.as_dict()) == repr(RunConfig(**meant).as_dict())
    assert config.replace(**given).key() == config.key()


@pytest.mark.parametrize(
    ("settings", "near"),
    [
        ({"learning_rate": 0.1}, "lr"),
        ({"learing_rate": 0.1}, "lr"),
        ({"epochs": 3}, "n_epochs"),
        ({"n_epoch": 3}, "n_epochs"),
        ({"hidden_layer_sizes": (3,)}, "hidden_sizes"),
        ({"random_state": 0}, "seed"),
        ({"init": "he"}, "kaiming"),
        ({"init": "Glorot"}, "xavier"),
        ({"activation": "swish"}, "silu"),
        ({"loss": "bce"}, "binary_cross_entropy"),
    ],
    ids=str,
)
def test_what_other_libraries_call_it_is_answered_with_our_name(settings, near):
    """`RunConfig(learning_rate=0.1)` was a TypeError, and "he" had no nearest name."""
    with pytest.raises(LabError, match=rf"did you mean '{near}'\?"):
        RunConfig(**settings)


def test_settings_have_names():
    with pytest.raises(LabError, match=r"settings are given by name, such as RunConfig\(lr=0.1\); got 'xor'"):
        RunConfig("xor")


def test_a_row_that_is_registered_is_a_setting_at_once(monkeypatch):
    """The names were those of import: "add one row" did not hold in a notebook."""
    from labkit.nn.activations import ACTIVATIONS
    from labkit.nn.initializers import BIAS_INITIALIZERS, INITIALIZERS
    from labkit.nn.losses import LOSSES
    from labkit.nn.optimizers import OPTIMIZERS

    for registry, of in (
        (ACTIVATIONS, "tanh"),
        (INITIALIZERS, "xavier"),
        (BIAS_INITIALIZERS, "zeros"),
        (LOSSES, "mse"),
        (OPTIMIZERS, "gd"),
    ):
        monkeypatch.setitem(registry, "mine", registry[of])
    names = dict.fromkeys(("activation", "output_activation", "init", "bias_init", "loss", "optimizer"), "mine")
    assert train_one(RunConfig(front=("conv1d(1, 1, 0)", "mine"), n_epochs=2, **names)).epochs == 2
    monkeypatch.undo()
    with pytest.raises(LabError, match=r"activation must be one of .*got 'mine'"):
        RunConfig(activation="mine")
