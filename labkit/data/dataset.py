"""A data set: examples with targets, split into training, validation and test sets. One's own are made here."""

import hashlib
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import SEED_OR_NONE, LabError, choice, number, plain
from ..nn.activations import Array
from ..overview import Overview
from .arrays import features, finite_numbers, read_only
from .targets import encoded

# One seed a run, but separate streams, so that a change of one cannot shift the draws of another.
WEIGHTS_STREAM, ORDER_STREAM, DATA_STREAM, DROPOUT_STREAM = 0, 1, 2, 3
MOST_COLUMNS = 4  # labels and features of which a data set shows each


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(Overview):
    """x (N, D) and targets y (N, K): the first n_train rows train, the next n_val validate, the rest test.

    `image` is the shape of an example that is one, (channels, height, width). `classes` names the classes of data
    that came with labels. The arrays are read-only, because every run on them shares them; to change one, copy it:
    `x.copy()`. Raises LabError for a part or a number that cannot be meant, with its row and column.
    """

    name: str
    x: Array
    y: Array
    n_train: int
    n_val: int = 0
    image: tuple[int, int, int] | None = None
    classes: tuple = ()

    def __post_init__(self):
        what = f"data set {self.name!r}"
        for name in ("x", "y"):
            object.__setattr__(self, name, read_only(finite_numbers(getattr(self, name), f"{what}: {name}")))
        x, y = self.x, self.y
        if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not x.shape[1] * y.shape[1]:
            raise LabError(f"{what}: x must be (N, D) and y (N, K) with the same N; got {x.shape} and {y.shape}")
        n = len(x)
        object.__setattr__(self, "n_train", whole_number(f"{what}: n_train", self.n_train, 1, n))
        object.__setattr__(self, "n_val", whole_number(f"{what}: n_val", self.n_val, 0, n - self.n_train))
        if self.image is not None and np.prod(self.image) != x.shape[1]:
            size = " x ".join(map(str, self.image))
            raise LabError(f"{what}: images of {size} must have as many columns of x; got {x.shape[1]}")

    @classmethod
    def from_arrays(
        cls,
        X: object,
        y: object,
        *,
        n_val: int = 0,
        n_test: int = 0,
        seed: int | None = 0,
        name: str = "own data",
    ) -> "Dataset":
        """One's own data: features X (N, D), and y, labels (N,) of any kind or targets (N, K) as they are.

        Arrays, lists and DataFrames will do. Of two classes the later one in order is 1 in the one column of targets,
        more classes have a column each. n_val examples validate, n_test test and the others train, drawn at random
        from `seed`; with seed None the rows stay in order, and the last ones test.
        """
        what = f"data set {name!r}"
        x = features(X, f"{what}: X")
        n_val, seed = whole_number(f"{what}: n_val", n_val, 0, len(x) - 1), plain(seed)
        n_test = whole_number(f"{what}: n_test", n_test, 0, len(x) - 1 - n_val)
        SEED_OR_NONE(f"{what}: seed", seed)
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] == 1 and y.dtype.kind not in "biuf":
            y = y[:, 0]  # a column of names
        if len(y if y.ndim else [y]) != len(x):
            raise LabError(
                f"{what}: X and y must have as many rows; got {len(x)} and {y.size if y.ndim < 2 else len(y)}"
            )
        targets, classes = encoded(y) if y.ndim == 1 else (y, ())
        order = np.arange(len(x)) if seed is None else np.random.default_rng([seed, DATA_STREAM]).permutation(len(x))
        return cls(name, x[order], targets[order], len(x) - n_val - n_test, n_val, classes=classes)

    @classmethod
    def from_csv(cls, path: str | Path, target: str, **more) -> "Dataset":
        """One's own data from a CSV file with a line of column names: `target` is the column of labels, all others
        are features and must be numbers. More arguments are those of `from_arrays`; the name is that of the file."""
        path = Path(path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                table = pd.read_csv(path, index_col=False)
        except FileNotFoundError:
            raise LabError(f"there is no file {path}") from None
        except pd.errors.ParserWarning:
            raise LabError(f"{path}: a line has more values than the first line has names of columns") from None
        except (OSError, ValueError) as error:  # pandas' own, too, such as of an empty file
            raise LabError(f"{path} cannot be read as CSV: {error}") from None
        if unnamed := [i for i, column in enumerate(table) if str(column).startswith("Unnamed: ")]:
            raise LabError(f"{path}: column {unnamed[0]} has no name; a table of pandas is saved with index=False")
        choice(f"target, a column of {path.name},", target, [str(column) for column in table])
        table.columns = [str(column) for column in table]
        return cls.from_arrays(table.drop(columns=target), table[target], **{"name": path.stem} | more)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one example as an image, (channels, height, width); plain features are a row, (1, 1, D)."""
        return self.image or (1, 1, self.x.shape[1])

    @property
    def train(self) -> tuple[Array, Array]:
        return self.x[: self.n_train], self.y[: self.n_train]

    @property
    def val(self) -> tuple[Array, Array]:
        rows = slice(self.n_train, self.n_train + self.n_val)
        return self.x[rows], self.y[rows]

    @property
    def test(self) -> tuple[Array, Array]:
        rows = slice(self.n_train + self.n_val, None)
        return self.x[rows], self.y[rows]

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of all that a run on this data depends on."""
        digest = hashlib.sha256(repr((self.n_train, self.n_val, self.image)).encode())
        for array in (self.x, self.y):
            digest.update(repr((array.shape, array.dtype.str)).encode())
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()

    def overview(self) -> list:
        """The examples of each part, how many of each label, and from where to where the features go."""
        n_features, n_out = self.x.shape[1], self.y.shape[1]
        inputs = f"images of {'×'.join(map(str, self.image))}" if self.image else f"{n_features} features"
        labelled = np.isin(self.y, (0, 1)).all() and (n_out == 1 or (self.y.sum(axis=1) == 1).all())
        names = list(map(str, self.classes)) or [f"label {k}" for k in range(max(n_out, 2))]
        rows = {}
        for part in ("train", "val", "test"):
            x, y = getattr(self, part)
            ranges = (
                {f"x{i}": column for i, column in enumerate(x.T, start=1)} if n_features <= MOST_COLUMNS else {"x": x}
            )
            rows[part] = {"examples": f"{len(x):,}"}
            if labelled:
                counts = (np.c_[1 - y, y] if n_out == 1 else y).sum(axis=0).astype(int)
                of_each = dict(zip(names, counts, strict=True))
                of_any = {"of a label": f"{min(counts)} to {max(counts)}"}
                rows[part] |= of_each if len(names) <= MOST_COLUMNS else of_any
            else:
                ranges["y"] = y
            rows[part] |= {name: f"{v.min():.3g} to {v.max():.3g}" if v.size else "—" for name, v in ranges.items()}
        return [
            f"Dataset {self.name!r}: {inputs}, {f'{len(names)} classes' if labelled else f'{n_out} targets'}",
            pd.DataFrame.from_dict(rows, orient="index").rename_axis("part"),
        ]


def whole_number(name: str, value: object, least: int, most: int) -> int:
    """The value as an int. Raises LabError unless it is one from `least` to `most`."""
    value = plain(value)
    number(int, f"from {least} to {most}", lambda n: least <= n <= most)(name, value)
    return value
