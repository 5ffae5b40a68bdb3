"""What is told of a notebook's runs: the same for the same runs, and enough to train them again."""

import json

import numpy as np
import pytest

from labkit import RunConfig, run_study, train_one
from labreport.run.products import SECONDS_HEADER
from labreport.run.record import facts, fingerprint

CONFIG = RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=20)


def through_json(row: dict) -> dict:
    return json.loads(json.dumps(row))


@pytest.fixture
def recorded(products):
    """The runs that the build is told of, so far."""
    path = products.runs
    return lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_every_run_of_a_study_is_recorded_trained_or_cached(recorded, products):
    study = run_study(CONFIG, lr=[0.1, 1.0], seed=range(2))
    first = recorded()
    assert first == [through_json(facts(run)) for run in study.members]
    run_study(CONFIG, lr=[0.1, 1.0], seed=range(2))
    assert recorded() == first * 2
    header, times = SECONDS_HEADER.strip().split(","), products.seconds.read_text().splitlines()
    assert times[4:] == times[:4]  # those of the cache
    rows = [dict(zip(header, line.split(","), strict=True)) for line in times[:4]]
    assert [(row["lr"], row["seed"], row["epochs"]) for row in rows] == [
        (lr, seed, "20") for lr in ("0.1", "1") for seed in ("0", "1")
    ]
    assert [float(row["seconds"]) for row in rows] == pytest.approx([run.seconds for run in study.members], abs=1e-6)


def test_a_config_read_back_trains_to_the_same_figures(recorded):
    train_one(CONFIG.replace(lr=3.0))
    (row,) = recorded()
    assert through_json(facts(train_one(RunConfig(**row["config"])))) == row


def test_numbers_that_are_not_finite_have_names_that_json_knows():
    run = train_one(CONFIG.replace(activation="identity", output_activation="identity", lr=1e4, n_epochs=500))
    assert run.diverged
    row = json.loads(json.dumps(facts(run)), parse_constant=pytest.fail)
    assert row["results"]["train_loss"] in ("nan", "inf")


def test_arrays_without_a_configuration_are_not_recorded(recorded):
    from labkit import load_dataset

    train_one(CONFIG.replace(dataset="given"), data=load_dataset("xor"))
    assert recorded() == []


def test_fingerprint_tells_numbers_not_byte_orders():
    run = train_one(CONFIG)
    assert fingerprint(run.flat) == fingerprint(run.flat.astype(">f4"))
    assert fingerprint(run.flat) != fingerprint(run.flat + 1e-7)


def test_fingerprint_knows_one_nan():
    nan = np.array([np.nan, -np.nan, 1.0], np.float32)
    assert nan[:1].tobytes() != nan[1:2].tobytes()
    assert fingerprint(nan) == fingerprint(np.array([-np.nan, np.nan, 1.0], np.float32))
    assert fingerprint(nan) != fingerprint(np.array([np.nan, 1.0, np.nan], np.float32))
