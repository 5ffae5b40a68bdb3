"""What only this process knows: a notebook may add rows to a registry, or replace one.

Nobody can tell what such a row computes, because it may read whatever the notebook holds. So its runs are never in the
cache, and no other process trains them: training again costs seconds, a wrong run from the cache costs the report.
"""

from ..data.sources import is_delivered
from ..nn import DELIVERED, REGISTRIES
from ..training.config import RunConfig
from ..training.front import parse


def has_own_rows(config: RunConfig) -> bool:
    """Whether a name in a config, other than its data set, stands for a row that is not labkit's own."""
    names = {value for value in config.as_dict().values() if isinstance(value, str)}
    names |= {parse(text)[0] for text in config.front}
    pairs = zip(REGISTRIES, DELIVERED, strict=True)
    return any(rows.get(name) is not delivered.get(name) for rows, delivered in pairs for name in names)


def is_own(config: RunConfig) -> bool:
    """Whether another process could not train a config: it uses rows or a data set that only this one has."""
    return has_own_rows(config) or not is_delivered(config.dataset)
