"""A cached run is the run: what decides a result is in its key, whatever the process has registered, edited or lost.

Each test would pass wrong numbers, or lose right ones, where the cache trusted names, files or disks.
"""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

import labkit
from labkit import Dataset, LabError, RunConfig, load_dataset, load_run, run_study, save_run, train_one
from labkit.data.sources import DATASETS, Source
from labkit.experiments import study as studies
from labkit.experiments.cache import cache_path
from labkit.experiments.registered import is_own
from labkit.nn.activations import ACTIVATIONS, ActivationFunction, sigmoid, tanh
from labkit.nn.initializers import INITIALIZERS
from labkit.nn.losses import LOSSES, Loss, mse
from labkit.nn.optimizers import OPTIMIZERS, UpdateRule, gd
from labreport.run.record import facts

BASE = RunConfig(n_epochs=30, hidden_sizes=(4,))
FACTOR = 2.0


def wrong_slope(a):
    return a * (1 + a)


def scaled_tanh(z):
    return FACTOR * tanh(z)


def scaled_slope(a):
    return FACTOR - a * a / FACTOR


def halved(y_hat, y):
    value, d_y_hat = mse(y_hat, y)
    return value / 2, d_y_hat / 2


def backwards(w, g, lr):
    w += lr * g


def ones(shape):
    return np.ones(shape)


@pytest.fixture
def mine():
    """An activation of a notebook's own."""
    with patch.dict(ACTIVATIONS, mine=ActivationFunction(scaled_tanh, scaled_slope, "a")):
        yield BASE.replace(activation="mine")


def weights(trained) -> list[bytes]:
    """The bytes of the weights of each run of a study, or of one run."""
    return [run.flat.tobytes() for run in getattr(trained, "members", [trained])]


PATCHES = {
    "activation": (ACTIVATIONS, {"sigmoid": ActivationFunction(sigmoid, wrong_slope, "a")}, {}),
    "output": (
        ACTIVATIONS,
        {"tanh": ActivationFunction(scaled_tanh, scaled_slope, "a")},
        {"output_activation": "tanh"},
    ),
    "front": (
        ACTIVATIONS,
        {"tanh": ActivationFunction(scaled_tanh, scaled_slope, "a")},
        {"front": ("conv1d(1, 1, 0)", "tanh")},
    ),
    "another of labkit": (ACTIVATIONS, {"sigmoid": ACTIVATIONS["tanh"]}, {}),
    "loss": (LOSSES, {"mse": Loss(halved)}, {}),
    "optimizer": (OPTIMIZERS, {"gd": UpdateRule(backwards)}, {}),
    "initializer": (INITIALIZERS, {"normal": ones}, {}),
    "data set": (DATASETS, {"xor": Source(DATASETS["moons"].draw, 21, n_held_out=0)}, {}),
}


@pytest.mark.parametrize(("registry", "rows", "settings"), PATCHES.values(), ids=PATCHES)
def test_a_patched_row_neither_takes_nor_leaves_a_run(registry, rows, settings):
    """Today the wrong runs are stored as the real ones, and every later process has them: "trained: 0"."""
    config = BASE.replace(**settings)
    with patch.dict(registry, rows):
        wrong = run_study(config)
    right = run_study(config)
    assert right.n_trained == 1
    assert weights(right) == weights(train_one(config)) != weights(wrong)
    with patch.dict(registry, rows):
        assert weights(run_study(config)) == weights(wrong)


def test_a_run_with_a_row_of_ones_own_is_neither_taken_from_the_cache_nor_kept(mine, monkeypatch):
    """What the row reads may have changed since: here a global of the notebook."""
    first = run_study(mine, seed=range(2))
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 1.5)
    other = run_study(mine, seed=range(2))
    assert (first.n_trained, other.n_trained) == (2, 2) and weights(other) != weights(first)
    assert not list(Path(os.environ["LABKIT_CACHE"]).rglob("*.run*"))


def run_script(script: Path, root: Path = Path(labkit.__file__).parents[1]) -> str:
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment, check=False)
    assert not done.returncode, done.stderr
    return done.stdout


def test_only_what_nobody_else_knows_is_ones_own(mine):
    assert not is_own(BASE) and not is_own(BASE.replace(dataset="given", front=("tanh", "dropout(0.2)")))
    assert is_own(mine) and is_own(BASE.replace(front=("mine",)))
    with patch.dict(ACTIVATIONS, gentle=ActivationFunction(partial(sigmoid), wrong_slope, "a")):
        assert is_own(BASE.replace(activation="gentle"))
    with patch.dict(OPTIMIZERS, gd=UpdateRule(gd)):  # equal, but nobody has looked
        assert is_own(BASE)


def test_workers_train_what_the_caller_has_registered(mine, monkeypatch):
    """Workers are processes with registries of their own: they would not know a name, or train the delivered row."""
    monkeypatch.setattr(studies, "WORTH_A_PROCESS", 0.0)
    grid = {"activation": ["mine", "sigmoid"], "seed": range(3)}
    with patch.dict(ACTIVATIONS, sigmoid=ActivationFunction(sigmoid, wrong_slope, "a")):
        study = run_study(mine, n_jobs=2, **grid)
        assert all(run.flat.tobytes() == train_one(run.config).flat.tobytes() for run in study.members)
    assert run_study(BASE, seed=range(3), n_jobs=2).n_trained == 3


def test_runs_of_a_patched_row_are_not_recorded_for_verification(mine, products):
    run_study(mine)
    with patch.dict(ACTIVATIONS, sigmoid=ActivationFunction(sigmoid, wrong_slope, "a")):
        train_one(BASE)
    assert not products.runs.read_text()
    train_one(BASE)
    assert len(products.runs.read_text().splitlines()) == 1


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the package whose source may be edited."""
    shutil.copytree(Path(labkit.__file__).parent, tmp_path / "copy" / "labkit", ignore=shutil.ignore_patterns("__py*"))
    return tmp_path / "copy"


EDIT = """
def edit():
    path = pathlib.Path(labkit.__file__).parent / "nn" / "activations.py"
    text = path.read_text()
    assert "def sigmoid(" in text
    path.write_text(text + "\\n\\ndef half(a):\\n    return a * (1.0 - a) / 2\\n\\n"
                    "ACTIVATIONS['sigmoid'] = ActivationFunction(sigmoid, half, 'a')\\n")
"""
STACKS_OF_ONE = "processes.WORKING_SET = 1\nstudies.WORTH_A_PROCESS = 0\n"
EDITED = {
    "before the engine is loaded": "study = None",
    "between import and study": STACKS_OF_ONE + "edit()\nstudy = run_study(CONFIG, seed=range(4), n_jobs=2)",
    "in mid-study": STACKS_OF_ONE
    + """
train = processes.train_stack
def train_stack(*args):
    runs = train(*args)
    edit()
    return runs
processes.train_stack = train_stack
study = run_study(CONFIG, seed=range(4), n_jobs=1)""",
    "as workers start": STACKS_OF_ONE
    + """
over_cores = processes.over_cores
def edit_first(*args):
    edit()
    return over_cores(*args)
processes.over_cores = edit_first
study = run_study(CONFIG, seed=range(4), n_jobs=2)""",
    "while workers train": STACKS_OF_ONE
    + """
import tempfile, threading, time
from labkit import observer
observer.current.progress = progress = pathlib.Path(tempfile.mkdtemp(), "progress.jsonl")
def watch():
    while not progress.exists():
        time.sleep(0.001)
    edit()
threading.Thread(target=watch, daemon=True).start()
study = run_study(CONFIG, seed=range(4), n_jobs=2)""",
}
START = """
import pathlib, warnings
import labkit
{edit}
{early}
from labkit import RunConfig, run_study
from labkit.experiments import processes
from labkit.experiments import study as studies
warnings.simplefilter("ignore")
CONFIG = RunConfig(n_epochs={epochs}, hidden_sizes=(4,), lr=1.0)
"""
PRINT = (
    "\nstudy = study or run_study(CONFIG, seed=range(4))\nprint(study.n_trained, study.runs['train_loss'].tolist())\n"
)


@pytest.mark.parametrize("when", EDITED)
def test_an_engine_that_is_edited_while_it_runs_leaves_nothing_in_the_cache(copy, tmp_path, when):
    """Workers took the version from the files as they saved: 40 runs of the old code were stored under the new."""
    early = "edit()" if when == "before the engine is loaded" else ""
    epochs = 10_000 if when == "while workers train" else 100
    start = START.format(edit=EDIT, early=early, epochs=epochs)
    script, fresh = tmp_path / "edited.py", tmp_path / "fresh.py"
    script.write_text(start + EDITED[when] + PRINT)
    fresh.write_text(START.format(edit="", early="", epochs=epochs) + "study = None" + PRINT)
    old = run_script(fresh, copy)
    shutil.rmtree(os.environ["LABKIT_CACHE"])
    edited = run_script(script, copy)
    n, losses = run_script(fresh, copy).split(" ", 1)
    assert n == "4", "the edited engine was given runs of the old one"
    assert losses != old.split(" ", 1)[1]
    if early:
        assert edited.split(" ", 1)[1] == losses
    else:
        assert edited == old, "all runs of a study are of one engine"


def test_a_run_on_data_that_were_changed_is_not_taken():
    """`x -= x.mean(axis=0)` on a shared array was trained on, stored as the clean run, and given to other processes."""
    right = run_study(BASE.replace(dataset="moons"))
    data = load_dataset("moons")
    other = Dataset("moons", data.x * 1000, data.y, data.n_train, data.n_val)
    with patch("labkit.training.run.load_dataset", lambda *settings: other):
        wrong = run_study(BASE.replace(dataset="moons"))
        assert wrong.n_trained == 1 and weights(wrong) != weights(right)
    again = run_study(BASE.replace(dataset="moons"))
    assert again.n_trained == 1 and weights(again) == weights(right)


def test_every_kind_of_damage_is_trained_again(monkeypatch):
    """Of 3,000 files with a flipped bit 2 raised TokenError, in the header of an array, and that ended the study."""
    run = run_study(BASE).members[0]
    path = cache_path(BASE)
    good = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in [*range(70), *rng.integers(70, len(good), 150)]:
        path.write_bytes(good[:place] + bytes([good[place] ^ 1 << int(rng.integers(8))]) + good[place + 1 :])
        study = run_study(BASE)
        assert study.members[0].flat.tobytes() == run.flat.tobytes()
    for content in (b"", good[:-1], good + b"\0", good.partition(b"\n")[2]):
        path.write_bytes(content)
        with pytest.raises(LabError, match="damaged"):
            load_run(path)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_cache_that_cannot_be_written_costs_the_cache_and_not_the_study(tmp_path, monkeypatch, n_jobs):
    """A full disk, or a path that is a file, ended the study, and its trained runs were lost."""
    monkeypatch.setattr(studies, "WORTH_A_PROCESS", 0.0)
    file = tmp_path / "file"
    file.write_text("not a folder")
    right = weights(run_study(BASE, seed=range(3)))
    monkeypatch.setenv("LABKIT_CACHE", str(file))
    with pytest.warns(UserWarning, match="cannot be written.*not all in the cache") as told:
        study = run_study(BASE, seed=range(3), n_jobs=n_jobs)
    assert len(told) == 1 and study.n_trained == 3
    assert weights(study) == right


def test_a_full_disk_costs_the_cache_and_not_the_study(monkeypatch):
    def full(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labkit.files.write_part", full)
    with pytest.warns(UserWarning, match="No space left"):
        assert run_study(BASE).n_trained == 1
    with pytest.raises(LabError, match="No space left"):
        save_run(train_one(BASE), os.environ["LABKIT_CACHE"] + "/run.run")


def test_no_array_of_a_cached_run_is_shared_with_another():
    run, again = (run_study(BASE).members[0] for _ in range(2))
    run = run_study(BASE).members[0]
    run.params[0]["W"][...] = 0
    run.history.loc[:, "train_loss"] = 0
    assert (again.flat != 0).any() and (run_study(BASE).members[0].flat == again.flat).all()


def test_ones_own_data_are_cached_by_what_they_hold():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
    data, same = (Dataset.from_arrays(x, labels, n_val=10) for _ in range(2))
    first, again = (run_study(BASE, data=d, lr=[0.1, 1.0]) for d in (data, same))
    assert (first.n_trained, again.n_trained) == (2, 0)
    run = again.one(lr=1.0)
    assert run.config.dataset == "given" and run.dataset is same
    assert run.flat.tobytes() == train_one(BASE.replace(lr=1.0), data).flat.tobytes()
    other = Dataset.from_arrays(x + 1e-12, labels, n_val=10)
    assert run_study(BASE, data=other, lr=[0.1, 1.0]).n_trained == 2
    assert run_study(BASE, data=Dataset.from_arrays(x, labels, n_val=11)).n_trained == 1


def test_workers_train_on_ones_own_data(monkeypatch):
    monkeypatch.setattr(studies, "WORTH_A_PROCESS", 0.0)
    rng = np.random.default_rng(0)
    data = Dataset.from_arrays(rng.normal(size=(60_000, 3)), rng.integers(0, 2, 60_000))  # joblib shares it as a file
    config = BASE.replace(n_epochs=3, batch_size=30_000)
    study = run_study(config, data=data, n_jobs=2, seed=range(2), lr=[0.1, 1.0])
    assert all(run.dataset is data for run in study.members)
    assert [facts(run) for run in study.members] == [facts(train_one(run.config, data)) for run in study.members]
    assert run_study(config, data=data, seed=range(2), lr=[0.1, 1.0]).n_trained == 0


def test_a_saved_run_is_read_with_the_data_it_was_trained_on(tmp_path):
    data = load_dataset("moons", 50)
    run = train_one(BASE, data)
    save_run(run, tmp_path / "run.run")
    assert load_run(tmp_path / "run.run", data).dataset is data
    with pytest.raises(LabError, match=r"data that are passed: .*load_run\(path, data\)"):
        load_run(tmp_path / "run.run").dataset  # noqa: B018
    with pytest.raises(LabError, match=r"is a run on other data than 'moons'"):
        load_run(tmp_path / "run.run", load_dataset("moons", 51))
