"""Data sets: examples with targets, split into training, validation and test sets; delivered ones and one's own.

To add one, write a function (rng, n, noise) -> x (n, D), labels (n,) and add one row to `DATASETS`. Arrays and tables
that are there already need no function: `Dataset.from_arrays`, `Dataset.from_csv`.
"""

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import LabError, choice, number, plain
from ..nn.activations import Array
from ..overview import Overview
from . import points
from .arrays import features, frozen, numbers, shared
from .images import digits, mnist
from .targets import encoded

GIVEN = "given"  # the data set of arrays that a caller passes as data=…: no configuration can draw them again

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
        for name in ("x", "y"):
            object.__setattr__(self, name, shared(numbers(getattr(self, name), f"data set {self.name!r}: {name}")))
        if self.x.ndim != 2 or self.y.ndim != 2 or len(self.x) != len(self.y) or not self.x.shape[1] * self.y.shape[1]:
            raise LabError(
                f"data set {self.name!r}: x must be (N, D) and y (N, K) with the same N; "
                f"got {self.x.shape} and {self.y.shape}"
            )
        what, n = f"data set {self.name!r}", len(self.x)
        object.__setattr__(self, "n_train", count(f"{what}: n_train", self.n_train, 1, n))
        object.__setattr__(self, "n_val", count(f"{what}: n_val", self.n_val, 0, n - self.n_train))
        if self.image is not None and np.prod(self.image) != self.x.shape[1]:
            raise LabError(
                f"data set {self.name!r}: images of {' x '.join(map(str, self.image))} must have as many "
                f"columns of x; got {self.x.shape[1]}"
            )

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
        n_val, seed = count(f"{what}: n_val", n_val, 0, len(x) - 1), plain(seed)
        n_test = count(f"{what}: n_test", n_test, 0, len(x) - 1 - n_val)
        SEED(f"{what}: seed", seed)
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
        import pandas as pd

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
        n_features, n_out = self.x.shape[1], self.y.shape[1]
        shape = "×".join(map(str, self.image)) if self.image else ""
        inputs = f"images of {shape}" if shape else f"{n_features} feature{'s' * (n_features > 1)}"
        rows = {}
        for part in ("train", "val", "test"):
            x, y = getattr(self, part)
            labels = (y[:, 0] >= 0.5).astype(int) if n_out == 1 else y.argmax(axis=1)
            counts = {f"label {k}": int((labels == k).sum()) for k in range(max(n_out, 2))}
            if len(counts) > MOST_COLUMNS:
                counts = {"of a label": f"{min(counts.values())} to {max(counts.values())}"}
            each = {f"x{i}": column for i, column in enumerate(x.T, start=1)}
            columns = each if n_features <= MOST_COLUMNS else {"x": x}
            ranges = {name: f"{v.min():.3g} to {v.max():.3g}" if v.size else "—" for name, v in columns.items()}
            rows[part] = {"examples": len(x)} | counts | ranges
        return [
            f"Dataset {self.name!r}: {inputs}, {max(n_out, 2)} classes",
            pd.DataFrame.from_dict(rows, orient="index").rename_axis("part"),
        ]


def count(name: str, value: object, least: int, most: int) -> int:
    """The value as an int. Raises LabError unless it is one from `least` to `most`."""
    value = plain(value)
    number(int, f"from {least} to {most}", lambda n: least <= n <= most)(name, value)
    return value


def given(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """Stands for arrays that a caller handed over, which no configuration can draw again."""
    raise LabError(
        "dataset 'given' stands for data that are passed: train_one(config, data), run_study(config, data=data), "
        "load_run(path, data)"
    )


@dataclass(frozen=True)
class Source:
    """Where a data set comes from and what `load_dataset` assumes where it is not told.

    Points are drawn without end; a `fixed` set is always the same points. A set with an `image` shape is read from a
    file, `draw` being its reader: n_examples to train on, n_held_out each to validate and to test. It is shuffled by
    the seed unless its order is `official`.
    """

    draw: Callable[..., tuple[Array, Array]]
    n_examples: int
    noise: float = 0.0
    n_held_out: int = 1000
    n_features: int = 2
    n_classes: int = 2
    fixed: bool = False
    image: tuple[int, int, int] | None = None
    official: bool = False


DATASETS = {
    "linear": Source(points.linear, 100),
    "xor": Source(points.xor, 21, n_held_out=0, fixed=True),
    "xor_random": Source(points.xor_random, 1000),
    "chessboard": Source(points.chessboard, 1000),
    "moons": Source(points.moons, 500, noise=0.1),
    "circles": Source(points.circles, 500, noise=0.05),
    "spirals": Source(points.spirals, 500, noise=0.02),
    "digits": Source(digits, 1197, n_held_out=300, n_features=64, n_classes=10, image=(1, 8, 8)),
    "mnist": Source(mnist, 50_000, n_held_out=10_000, n_features=784, n_classes=10, image=(1, 28, 28), official=True),
    GIVEN: Source(given, 1, fixed=True),
}


# One seed a run, but separate streams, so that a change of one cannot shift the draws of another.
WEIGHTS_STREAM, ORDER_STREAM, DATA_STREAM, DROPOUT_STREAM = 0, 1, 2, 3
DELIVERED = dict(DATASETS)
N_EXAMPLES = number(int, ">= 1", lambda n: n >= 1, none=True)
NOISE = number(float, ">= 0", lambda v: 0 <= v < 1e6, none=True)
SEED = number(int, ">= 0", lambda n: n >= 0, none=True)


def load_dataset(name: str, n_examples: int | None = None, noise: float | None = None, seed: int = 0) -> Dataset:
    """The data set `name`, with n_examples to train on. Equal arguments give equal data, in arrays that are read-only.

    Drawn points have 1,000 each to validate and test; noise is the standard deviation, in units of x, of a normal
    shift of every point. Images have as many to train on as asked, up to all of their training part.
    """
    choice("dataset", name, DATASETS)
    source = DATASETS[name]
    n_examples, noise, seed = plain(n_examples), plain(noise), plain(seed)
    N_EXAMPLES("n_examples", n_examples)
    NOISE("noise", noise)
    SEED("seed", seed)
    n = source.n_examples if n_examples is None else n_examples
    if (source.fixed and n != source.n_examples) or (source.image and n > source.n_examples):
        allowed = f"None or {'at most ' if source.image else ''}{source.n_examples}"
        raise LabError(f"n_examples of {name!r} must be {allowed}; got {n_examples!r}")
    draw, read = draw_points, read_images
    if not is_delivered(name):  # what it draws may hang on other cells of a notebook
        draw, read = draw_points.__wrapped__, read_images.__wrapped__
    if source.image:
        if noise:
            raise LabError(f"noise of {name!r} must be None or 0; got {noise!r}")
        return read(name, source, n, 0 if source.official else seed)
    noise = source.noise if noise is None else float(noise)
    return draw(name, source, n, noise, 0 if source.fixed and not noise else seed)


def is_delivered(name: str) -> bool:
    """Whether a name stands for labkit's own data set, and not for one that this process has registered."""
    return DATASETS.get(name) is DELIVERED.get(name)


@lru_cache(maxsize=64)
def draw_points(name: str, source: Source, n: int, noise: float, seed: int) -> Dataset:
    x, labels = source.draw(np.random.default_rng([seed, DATA_STREAM]), n + 2 * source.n_held_out, noise)
    labels = np.asarray(labels)
    y = one_hot(labels, source, float) if source.n_classes > 2 else labels.astype(float)[:, None]
    return Dataset(name, x, y, n_train=n, n_val=source.n_held_out)


@lru_cache(maxsize=4)  # MNIST takes 220 MB
def read_images(name: str, source: Source, n: int, seed: int) -> Dataset:
    x, labels = source.draw()
    order = np.arange(len(x)) if source.official else np.random.default_rng([seed, DATA_STREAM]).permutation(len(x))
    rows = np.r_[order[:n], order[source.n_examples :]]
    y = one_hot(labels[rows], source, x.dtype)
    x = frozen(x.take(rows, axis=0))  # so that 200 MB need not be copied
    return Dataset(name, x, y, n_train=n, n_val=source.n_held_out, image=source.image)


def one_hot(labels: Array, source: Source, dtype: np.dtype) -> Array:
    """A row (K,) for each of the labels 0 … K - 1, with a 1 in its place."""
    return np.eye(source.n_classes, dtype=dtype)[labels.astype(int)]
