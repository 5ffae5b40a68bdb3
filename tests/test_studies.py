"""Studies: the grid, the tidy tables, the cache, and results that do not depend on how the work is cut up."""

import pytest

from labkit import LabError, RunConfig, load_run, run_study, save_run, train_one
from labkit.experiments import processes
from labkit.experiments import study as studies
from labkit.experiments.cache import cache_path

BASE = RunConfig(n_epochs=30, hidden_sizes=(4,))


def test_the_grid_in_order():
    study = run_study(BASE, lr=[0.01, 0.1], hidden_sizes=[(4,), (5, 3)], seed=range(3), activation="tanh")
    assert study.varied == ["lr", "hidden_sizes", "seed"]
    assert len(study.runs) == 12 and list(study.runs["seed"][:4]) == [0, 1, 2, 0]
    assert set(study.runs["activation"]) == {"tanh"} and set(study.runs["hidden_sizes"]) == {(4,), (5, 3)}
    for column in ("train_loss", "train_accuracy", "val_accuracy", "diverged", "stopped", "epochs", "seconds"):
        assert column in study.runs
    assert list(study.history.columns) == ["epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "run"]
    assert study.history.groupby("run")["epoch"].max().eq(30).all()


def test_one_run_of_a_study_is_that_run_alone():
    study = run_study(BASE, lr=[0.01, 0.1], seed=range(3))
    run = study.one(lr=0.1, seed=2)
    assert run.flat.tobytes() == train_one(BASE.replace(lr=0.1, seed=2)).flat.tobytes()
    with pytest.raises(LabError, match=r"3 runs of the study have lr=0.1; name one by lr, seed"):
        study.one(lr=0.1)
    with pytest.raises(LabError, match="'learning_rate' is no setting"):
        study.one(learning_rate=0.1)


def test_results_do_not_depend_on_stacks_or_processes(monkeypatch):
    grid = {"lr": [0.01, 0.5], "batch_size": [None, 4], "seed": range(5)}
    whole = [run.flat.tobytes() for run in run_study(BASE, n_jobs=1, **grid).members]
    for working_set, n_jobs in ((1, 1), (20_000, 2)):
        monkeypatch.setenv("LABKIT_CACHE", monkeypatch_cache := f"{cache_path(BASE).parent}-{working_set}")
        monkeypatch.setattr(processes, "WORKING_SET", working_set)
        monkeypatch.setattr(studies, "WORTH_A_PROCESS", 0.0)
        study = run_study(BASE, n_jobs=n_jobs, **grid)
        assert study.n_trained == 20, monkeypatch_cache
        assert [run.flat.tobytes() for run in study.members] == whole


def test_trained_runs_come_from_the_cache():
    first = run_study(BASE, seed=range(4))
    again = run_study(BASE, seed=range(5))
    assert (first.n_trained, again.n_trained) == (4, 1)
    assert again.members[3].flat.tobytes() == first.members[3].flat.tobytes()
    assert again.members[3].history.equals(first.members[3].history)
    assert again.members[3].results == pytest.approx(first.members[3].results, nan_ok=True)


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_cache_entry_is_trained_again(damage):
    run_study(BASE)
    path = cache_path(BASE)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :] if damage is None else damage)
    assert run_study(BASE).n_trained == 1
    assert run_study(BASE).n_trained == 0


def test_another_engine_or_setting_is_another_entry(monkeypatch):
    path = cache_path(BASE)
    assert path != cache_path(BASE.replace(seed=1))
    monkeypatch.setattr("labkit.experiments.cache.engine_version", lambda: "another")
    assert path != cache_path(BASE)


def test_save_and_load(tmp_path):
    run = train_one(BASE.replace(dataset="linear"))
    save_run(run, tmp_path / "run.run")
    again = load_run(tmp_path / "run.run")
    assert again.config == run.config and again.flat.tobytes() == run.flat.tobytes()
    assert again.predict(run.dataset.x).tolist() == run.predict(run.dataset.x).tolist()
    assert [p.name for p in tmp_path.iterdir()] == ["run.run"]
    with pytest.raises(LabError, match=r"there is no run at .*other.run"):
        load_run(tmp_path / "other.run")


def test_an_empty_axis_is_refused():
    with pytest.raises(LabError, match="lr must have at least one value"):
        run_study(BASE, lr=[])


def test_progress_counts_every_epoch_once(products):
    import json

    base = BASE.replace(dataset="linear", n_epochs=500, lr=1.0)
    run_study(base, loss_target=0.1, seed=range(3))
    lines = [json.loads(line) for line in products.progress.read_text().splitlines()]
    assert len({line["study"] for line in lines}) == 1
    assert sum(line["add"] for line in lines) == 1500 == lines[-1]["total"]
    run_study(base, loss_target=0.1, seed=range(3))
    last = json.loads(products.progress.read_text().splitlines()[-1])
    assert last["cached"] and last["add"] == last["total"] == 1500
