"""What is told of a notebook's runs: the same for the same runs, and enough to train them again."""

import json

import pytest

from labkit import RunConfig, run_study, train_one
from labkit.recording import facts, fingerprint

CONFIG = RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=20)


def through_json(row: dict) -> dict:
    return json.loads(json.dumps(row))


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """What the files of the build hold after some training: runs and seconds."""
    monkeypatch.setenv("LABKIT_RUNS", str(tmp_path / "runs.jsonl"))
    monkeypatch.setenv("LABKIT_SECONDS", str(tmp_path / "seconds.jsonl"))

    def read(name: str) -> list[dict]:
        path = tmp_path / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    return read


def test_every_run_of_a_study_is_recorded_trained_or_cached(recorded):
    study = run_study(CONFIG, lr=[0.1, 1.0], seed=range(2))
    first = recorded("runs")
    assert first == [through_json(facts(run)) for run in study.members]
    run_study(CONFIG, lr=[0.1, 1.0], seed=range(2))
    assert recorded("runs") == first * 2
    assert [row["config"] for row in recorded("seconds")[:4]] == [run.config.key() for run in study.members]


def test_a_config_read_back_trains_to_the_same_figures(recorded):
    train_one(CONFIG.replace(lr=3.0))
    (row,) = recorded("runs")
    assert through_json(facts(train_one(RunConfig.from_dict(row["config"])))) == row


def test_numbers_that_are_not_finite_have_names_that_json_knows():
    run = train_one(CONFIG.replace(activation="identity", output_activation="identity", lr=1e4, n_epochs=500))
    assert run.diverged
    row = json.loads(json.dumps(facts(run)), parse_constant=pytest.fail)
    assert row["results"]["train_loss"] in ("nan", "inf")


def test_arrays_without_a_configuration_are_not_recorded(recorded):
    from labkit import load_dataset

    train_one(CONFIG.replace(dataset="given"), data=load_dataset("xor"))
    assert recorded("runs") == []


def test_fingerprint_tells_numbers_not_byte_orders():
    run = train_one(CONFIG)
    assert fingerprint(run.flat) == fingerprint(run.flat.astype(">f4"))
    assert fingerprint(run.flat) != fingerprint(run.flat + 1e-7)
