"""A configuration is checked when it is made: which setting, what is allowed, what was given, the nearest name."""

import numpy as np
import pytest

from labkit import LabError, RunConfig

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
