"""`lab study`: what is checked before anything runs, what is kept, what a second call does, what a notebook reads."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit import LabError, RunConfig, environment, figures, run_study
from labkit.analysis.search import Range, Search, read_space, search_settings
from labkit.experiments.platforms import this_platform
from labkit.experiments.stored import ROWS, load_stack, load_study, save_stack, thinned
from labkit.training.stack import train_stack
from labreport.__main__ import main
from labreport.study.study_file import read_study
from labreport.study.survey import survey

GRID = """
seeds = 3
[run]
dataset = "moons"
n_epochs = 60
hidden_sizes = [4]
[grid]
lr = [0.1, 1.0]
activation = ["tanh", "relu"]
"""
SEARCH = """
seeds = 2
[run]
dataset = "moons"
n_epochs = 40
[search]
n_settings = 5
[search.space]
lr = { low = 0.01, high = 10.0, log = true }
hidden_sizes = [[3], [4, 4]]
"""


@pytest.fixture
def lab(tmp_path, monkeypatch, capsys):
    """`lab study` with the text of a file, in a project of its own; what it printed."""
    monkeypatch.setattr(environment, "STUDIES", tmp_path / "reports" / "studies")

    def lab(text: str, *options: str, name: str = "rates", code: int = 0) -> str:
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        assert main(["--root", str(tmp_path), "study", str(path), *options]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return lab


def folder(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "studies" / "rates"


def test_a_grid_gives_the_runs_of_run_study(lab, tmp_path):
    assert "12 runs in" in lab(GRID)
    study = load_study("rates")
    config = RunConfig(dataset="moons", n_epochs=60, hidden_sizes=(4,))
    same = run_study(config, activation=["tanh", "relu"], lr=[0.1, 1.0], seed=range(3))
    for run in study.members:
        twin = same.one(**{name: getattr(run.config, name) for name in ("lr", "activation", "seed")})
        assert (run.config, run.results, run.epochs) == (twin.config, twin.results, twin.epochs)
        assert all(row in twin.log.tolist() for row in run.log.tolist())
    assert study.varied == ["lr", "activation", "seed"]
    table = pd.read_csv(folder(tmp_path) / "runs.csv")
    assert table.val_loss.tolist() == [run.results["val_loss"] for run in study.members]
    assert table.run.tolist() == list(range(12))
    assert set(table.columns[:4]) == {"run", "lr", "activation", "seed"}


def test_a_study_is_drawn_at_once(lab):
    lab(GRID)
    study = load_study("rates")
    figures.learning_curves(study, by="activation", caption="c", label="l")
    figures.against_setting(study, by="lr", caption="c", label="m")
    assert "Study of 12 runs" in repr(study)
    with pytest.raises(LabError, match=r"keeps no weights; train_one\(run.config\)"):
        study.members[0].predict(np.zeros((1, 2)))


def test_a_second_call_trains_only_what_is_missing(lab, tmp_path):
    lab(GRID)
    first = (folder(tmp_path) / "runs.csv").read_bytes()
    stacks = sorted((folder(tmp_path) / "stacks").iterdir())
    assert len(stacks) == 2
    assert "Trained 0 runs in 0 s; 12 were there." in lab(GRID)
    stacks[0].unlink()
    assert "Trained 6 runs in 0 s; 6 were there." in lab(GRID)
    content = bytearray(stacks[1].read_bytes())
    content[-9] ^= 1
    stacks[1].write_bytes(content)
    assert "Trained 6 runs in 0 s; 6 were there." in lab(GRID)  # a flipped bit is found, and trained again
    assert (folder(tmp_path) / "runs.csv").read_bytes() == first


def test_the_table_is_the_same_by_one_core_and_by_two(lab, tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_JOBS", "1")
    lab(GRID)
    one = (folder(tmp_path) / "runs.csv").read_bytes()
    (folder(tmp_path) / "runs.csv").unlink()
    for path in (folder(tmp_path) / "stacks").iterdir():
        path.unlink()
    monkeypatch.setenv("LABKIT_JOBS", "2")
    assert "Trained 12 runs" in lab(GRID)
    assert (folder(tmp_path) / "runs.csv").read_bytes() == one


def test_what_a_study_takes_is_told_and_nothing_is_trained(lab, tmp_path):
    told = lab(GRID, "--dry-run")
    assert "12 runs in 2 stacks, 720 epochs" in told and "MB on disk" in told
    assert not folder(tmp_path).exists()


def test_a_hundred_thousand_runs_are_surveyed_without_holding_them(tmp_path):
    path = tmp_path / "large.toml"
    path.write_text('seeds = 5000\n[run]\nn_epochs = 10\n[grid]\nlr = [0.1, 1.0]\nactivation = ["tanh", "relu"]')
    size = survey(read_study(path))
    assert (size.runs, size.epochs) == (20_000, 200_000)
    assert size.stacks > 20


def test_a_random_search_draws_the_same_settings_each_time(lab, tmp_path):
    lab(SEARCH)
    first = pd.read_csv(folder(tmp_path) / "runs.csv")
    assert first.lr.nunique() == 5 and first.lr.between(0.01, 10).all()
    assert set(first.hidden_sizes) == {"3", "4-4"}
    assert "Trained 0 runs" in lab(SEARCH)
    assert "Trained 4 runs" in lab(SEARCH.replace("n_settings = 5", "n_settings = 7"))  # the first five are the same


WRONG = {
    "seeds = 0\n[grid]\nlr = [0.1]": "seeds must be",
    "seeds = [1, 1]\n[grid]\nlr = [0.1]": "a list of different ones",
    "[grid]\nlearning_rate = [0.1]": "did you mean 'lr'",
    "[grid]\nlr = 0.1": "lr in [grid] must be a list",
    "[grid]\nlr = [0.1, -1]": "lr must be a number > 0",
    "[grid]\nseed = [1, 2]": "write seeds = 10",
    "[run]\nn_epoch = 3\n[grid]\nlr = [0.1]": "did you mean 'n_epochs'",
    "[grid]\nlr = [0.1]\n[search]\nn_settings = 3": "a [grid] or a [search], and not both",
    "seeds = 3": "needs a [grid] or a [search]",
    "[grids]\nlr = [0.1]": "did you mean 'grid'",
    "[search]\nn_settings = 3": "a search needs a space",
    "[search]\nn_setting = 3\n[search.space]\nlr = [0.1]": "did you mean 'n_settings'",
    "[search.space]\nlr = { low = 1.0, high = 0.1 }": "low < high",
    "[search.space]\nlr = { low = 0.0, high = 0.1, log = true }": "only above 0",
    "[search.space]\nlr = { low = 0.1 }": "high of lr must be a number",
    '[search]\nsampler = "bayes"\n[search.space]\nlr = [0.1]': "sampler must be one of 'random', 'tpe'",
    '[run]\nfront = ["conv2d(4, 30, 1)"]\n[grid]\nlr = [0.1]': "does not fit",
    "[grid]\nlr = [0.1": "is not valid TOML",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_before_anything_runs(lab, tmp_path, text):
    told = lab(text, code=2)
    assert WRONG[text] in told
    assert "Traceback" not in told and not folder(tmp_path).exists()


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["--root", str(tmp_path), "study", str(tmp_path / "none.toml")]) == 2
    assert "none.toml cannot be read" in capsys.readouterr().err


def test_a_study_that_is_not_there_names_those_that_are(lab):
    lab(GRID)
    with pytest.raises(LabError, match="has trained: rates"):
        load_study("rate")


def test_a_history_is_thinned_by_the_rule(tmp_path):
    (run,) = train_stack([RunConfig(n_epochs=5_000, hidden_sizes=(2,), lr=1.0)])
    rows = thinned(run.log)
    assert len(run.log) > 200 and 30 <= len(rows) <= ROWS
    assert {*rows[:, 0]} <= {*run.log[:, 0]} and rows[0, 0] == 1 and rows[-1, 0] == 5_000
    save_stack(tmp_path / "stack", [run])
    (again,) = load_stack(tmp_path / "stack")
    assert (
        np.array_equal(again.log, rows, equal_nan=True)
        and again.config == run.config
        and str(again.results) == str(run.results)
    )


def test_stop_by_hand_keeps_what_is_trained(tmp_path):
    """Ctrl-C in mid-study: the sentence says how many are kept, and the next call goes on from there."""
    path = tmp_path / "rates.toml"
    rates = str([0.1 + i / 50 for i in range(40)])
    path.write_text(GRID.replace("n_epochs = 60", "n_epochs = 30000").replace("[0.1, 1.0]", rates))
    script = (
        "import sys, labreport.study.survey as survey\nsurvey.LONGEST_STACK = 0.5\n"
        "from labreport.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "--root", str(tmp_path), "study", str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    stacks = folder(tmp_path) / "stacks"
    while not (stacks.is_dir() and len([*stacks.glob("[!.]*")]) >= 2):
        assert process.poll() is None
    process.send_signal(2)
    _, told = process.communicate(timeout=60)
    n = int(told.split(" of 240 runs are kept")[0].split()[-1].replace(",", ""))
    kept = sum(len(load_stack(file)) for file in stacks.glob("[!.]*"))
    assert process.returncode == 130 and 0 < n <= kept < 240 and "Traceback" not in told


def test_whole_numbers_and_logarithms_are_drawn_within_their_ends():
    space = read_space({"n_epochs": {"low": 1, "high": 3}, "lr": {"low": 0.01, "high": 100, "log": True}})
    drawn = [*Search(space, n_settings=400).drawn()]
    assert {one["n_epochs"] for one in drawn} == {1, 2, 3}
    rates = np.array([one["lr"] for one in drawn])
    assert rates.min() >= 0.01 and rates.max() <= 100
    assert 0.4 < np.mean(rates < 1) < 0.6  # half of them in the lower half of the logarithmic scale
    assert isinstance(space["lr"], Range)


TPE = Search(read_space({"lr": {"low": 0.001, "high": 100, "log": True}}), n_settings=24, sampler="tpe")


def test_optuna_stops_hopeless_settings_early_and_goes_on_with_the_better_ones():
    pytest.importorskip("optuna")
    config = RunConfig(dataset="moons", n_epochs=90, hidden_sizes=(4,), activation="tanh")
    tried = search_settings(TPE, config, range(3))
    epochs = [one.n_epochs for one in tried]
    assert epochs.count(10) == 24 and 0 < epochs.count(90) < epochs.count(30) < 24
    first = {one.setting["lr"]: one.value for one in tried if one.n_epochs == 10}
    whole = [one.setting["lr"] for one in tried if one.n_epochs == 90]
    assert np.median([first[lr] for lr in whole]) < np.median([*first.values()])
    assert search_settings(TPE, config, range(3)) == tried  # asked again, it draws the same


def test_a_search_with_optuna_is_kept_and_goes_on_like_any_study(lab, tmp_path):
    pytest.importorskip("optuna")
    text = SEARCH.replace("n_settings = 5", 'n_settings = 10\nsampler = "tpe"')
    told = lab(text)
    first = (folder(tmp_path) / "runs.csv").read_bytes()
    assert "at most" in told and "Trained 0 runs" in lab(text)
    assert (folder(tmp_path) / "runs.csv").read_bytes() == first


def test_without_optuna_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(LabError, match=r"requirements-optuna\.txt"):
        search_settings(TPE, RunConfig(dataset="moons"), [0])


def test_a_goal_that_is_not_measured_is_refused():
    with pytest.raises(LabError, match="no validation examples"):
        search_settings(Search(TPE.space), RunConfig(dataset="xor"), [0])


def test_parquet_holds_the_same_table(lab, tmp_path):
    pytest.importorskip("pyarrow")
    lab(GRID)
    lab(GRID, "--parquet")
    parquet, csv = pd.read_parquet(folder(tmp_path) / "runs.parquet"), pd.read_csv(folder(tmp_path) / "runs.csv")
    pd.testing.assert_frame_equal(parquet, csv, check_dtype=False)


def test_runs_of_several_platforms_are_counted(tmp_path):
    machine = {"system": "Linux", "machine": "aarch64", "libc": "", "blas": ["openblas 1"], "cpu_features": []}
    other = json.dumps(machine)
    for name, seeds, platform in (("a", range(2), this_platform()), ("b", range(2, 5), other)):
        runs = train_stack([RunConfig(n_epochs=2, seed=seed) for seed in seeds])
        save_stack(tmp_path / "stacks" / name, [replace(run, platform=platform) for run in runs])
    plan = {"named": ["seed"], "varied": ["seed"], "runs": [["a", [0, 1]], ["b", [2, 0, 1]]]}
    (tmp_path / "study.json").write_text(json.dumps(plan))
    told = repr(load_study(tmp_path))
    assert "3 runs were trained on Linux aarch64, openblas 1" in told and "2 runs were trained on" in told
