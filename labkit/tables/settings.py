"""The settings of an experiment as a reader needs them."""

from collections.abc import Mapping

import pandas as pd

from ..data.sources import DATASETS
from ..training.config import RunConfig
from ..words import LOSSES, by_name, setting_word, value_word
from .table import Table, tabulated

USUAL = ("n_examples", "hidden_sizes", "activation", "loss", "init", "optimizer", "lr", "batch_size", "n_epochs")


@tabulated
def settings(configs: RunConfig | Mapping[str, RunConfig], more: Mapping[str, object] | None = None) -> Table:
    """What a reader needs to do it again: a column for each of the named configs, a row for each setting that is usual
    in a report or is not the default. `more` are rows of one's own: {"seeds": "0 to 19"}, or a setting that varies.
    """
    more = more or {}
    configs = by_name(configs, "value")
    different = dict.fromkeys(name for config in configs.values() for name in config.differing())
    names = [name for name in dict.fromkeys([*USUAL, *different]) if name != "dataset" and name not in more]
    rows = {setting_word(name): [setting_cell(name, config) for config in configs.values()] for name in names}
    rows |= {setting_word(name): [str(value)] * len(configs) for name, value in more.items()}
    texts = pd.DataFrame.from_dict(rows, orient="index", columns=list(configs)).rename_axis("setting")
    return Table(texts, texts)


def setting_cell(name: str, config: RunConfig) -> str:
    """The value of a setting, and of what belongs to it."""
    value = getattr(config, name)
    if name == "n_examples":
        return f"{DATASETS[config.dataset].n_train(config.dataset, value):,}"
    if name == "loss":
        return LOSSES[value]
    if name == "batch_size":
        return "all examples" if value is None else str(value)
    return f"{value:,}" if isinstance(value, int) else value_word(value)
