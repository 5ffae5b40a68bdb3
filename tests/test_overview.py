"""How objects show themselves as the last line of a cell: short, the same bytes every time, no address, no arrays."""

import re

import pandas as pd
import pytest

import labkit
from labkit import RunConfig, figures, load_dataset, run_study, tables, train_one

CONFIG = RunConfig(dataset="moons", lr=1, n_epochs=40, hidden_sizes=(3,), front=())


def both(shown: object) -> str:
    """Text and HTML of an object, checked for what must not be there."""
    text = repr(shown) + shown._repr_html_()
    assert not re.search(r"0x[0-9a-f]{6}|array\(|\bdtype=float", text)
    assert len(repr(shown).splitlines()) <= 25
    return text


def test_a_configuration_shows_what_differs_and_evaluates_to_itself():
    assert repr(CONFIG) == "RunConfig(dataset='moons', hidden_sizes=(3,), lr=1.0, n_epochs=40)"
    assert repr(RunConfig()) == "RunConfig(dataset='xor')"
    odd = RunConfig(lr=0.1 + 0.2, front=("conv1d(2, 1, 0)", "tanh"), batch_size=4, noise=1e-17, hidden_sizes=())
    for config in (CONFIG, RunConfig(), odd):
        assert eval(repr(config)) == config
    assert "<tr><th>lr</th><td>1.0</td><td>0.1</td><td>learning rate</td></tr>" in CONFIG._repr_html_()
    assert "activation" not in both(CONFIG)


def test_a_run_shows_its_results_and_shapes_and_no_time():
    run, again = train_one(CONFIG), train_one(CONFIG)
    assert both(run) == both(again)
    assert "40 epochs; weights 3×2, 1×3, 13 parameters" in repr(run)
    loss = next(line for line in repr(run).splitlines() if line.startswith("loss"))
    assert float(loss.split()[1]) == pytest.approx(run.results["train_loss"], rel=0.01)
    stopped = train_one(CONFIG.replace(accuracy_target=0.1))
    assert "1 epochs, stopped by accuracy_target" in repr(stopped)
    broken = train_one(RunConfig(activation="relu", output_activation="identity", lr=1e9, n_epochs=40))
    assert ", diverged;" in both(broken)


def test_a_study_shows_what_varies_and_a_row_for_each_setting():
    study = run_study(CONFIG, lr=[0.1, 1.0], hidden_sizes=[(3,), (2, 2)], seed=range(5))
    words = both(study)
    assert words == both(run_study(CONFIG, lr=[0.1, 1.0], hidden_sizes=[(3,), (2, 2)], seed=range(5)))  # from the cache
    lines = repr(study).splitlines()
    assert lines[:4] == [
        "Study of 20 runs of RunConfig(dataset='moons', n_epochs=40)",
        "lr: 0.1, 1",
        "hidden_sizes: 3, 2-2",
        "seed: 0 to 4",
    ]
    assert [line.split()[:3] for line in lines[5:]] == [[a, b, "5"] for a in ("0.1", "1") for b in ("3", "2-2")]
    assert "<p>Study of 20 runs of RunConfig(dataset=&#x27;moons&#x27;, n_epochs=40)<br>lr: 0.1, 1<br>" in words
    assert "runs" in both(run_study(CONFIG, seed=[3]))
    many = run_study(RunConfig(n_epochs=0), lr=[0.01 * i for i in range(1, 41)])
    assert "and 28 more" in repr(many) and "and 20 more: study.runs has all of them" in repr(many)


def test_the_data_of_two_sets_do_not_hide_each_other():
    """xor has no test data: its runs must not count as 0 % beside those of moons."""
    study = run_study(CONFIG.replace(data_seed=0), dataset=["xor", "moons"], seed=range(2))
    xor, moons = repr(study).splitlines()[-2:]
    assert "—" in xor and " 0 %" not in xor and "—" not in moons


def test_a_data_set_shows_sizes_labels_and_ranges():
    words = both(load_dataset("moons"))
    assert "Dataset 'moons': 2 features, 2 classes" in words
    train = next(line.split() for line in repr(load_dataset("moons")).splitlines() if line.startswith("train"))
    assert train[1] == "500" and int(train[2]) + int(train[3]) == 500
    assert "images of 1×8×8, 10 classes" in both(load_dataset("digits"))
    assert "<td>0</td>" in both(load_dataset("xor"))  # no test data


def test_own_data_show_the_names_of_their_classes_and_targets_that_are_none():
    x = [[0.0, 1.0], [1.0, 2.0], [3.0, 4.0]]
    kinds = repr(labkit.Dataset.from_arrays(x, ["oak", "elm", "oak"], name="trees")).splitlines()
    assert kinds[0] == "Dataset 'trees': 2 features, 2 classes"
    assert kinds[1].split()[:4] == ["part", "examples", "elm", "oak"] and kinds[2].split()[:4] == [
        "train",
        "3",
        "1",
        "2",
    ]
    heights = repr(labkit.Dataset.from_arrays(x, [[0.5], [7.0], [2.0]], name="heights"))
    assert "1 targets" in heights and "0.5 to 7" in heights and "label" not in heights


def test_a_network_shows_its_layers():
    words = both(train_one(CONFIG).network)
    assert "<tr><th>linear</th><td>3</td><td>9</td></tr>" in words and re.search(r"total +13\n?", words)


def test_runs_of_a_study_are_what_varies_and_the_results():
    study = run_study(CONFIG, lr=[0.1, 1.0], optimizer="gd", seed=range(1))
    assert list(study.runs)[:5] == ["run", "lr", "optimizer", "seed", "train_loss"]
    assert "n_epochs" not in study.runs and study.all_runs.n_epochs.eq(40).all()
    joined = labkit.experiments.study.Study(study.members + run_study(CONFIG.replace(lr=2.0)).members, [], 0)
    assert list(joined.runs)[1] == "lr"  # it differs, whoever named it
    assert [run.config.lr for run in study.where(n_epochs=40)] == [0.1, 1.0]  # a constant is a setting
    with pytest.raises(labkit.LabError, match="'train_loss' is no setting"):
        study.where(train_loss=1.0)
    assert isinstance(tables.comparison(study, by="n_epochs").values, pd.DataFrame)  # of what all share, too


@pytest.mark.parametrize("module", [labkit, figures, tables])
def test_completion_offers_what_is_meant(module):
    assert dir(module) == sorted(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
