"""Runs trained again for a check: what they may cost, which of them are chosen; and the limits of the child process."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from labkit.experiments.study import train_one
from labkit.training.config import RunConfig
from labreport.run.record import facts
from labreport.verify.checks import retrain
from labreport.verify.checks.retrain import Budget, Recorded, Trainer


def recorded_now(config: RunConfig) -> dict[str, Any]:
    """The line that is recorded of a run."""
    return json.loads(json.dumps(facts(train_one(config))))


HUGE = {
    "wide": {"hidden_sizes": (10**9, 10**9)},
    "deep": {"hidden_sizes": (100_000,) * 50},
    "many examples": {"dataset": "moons", "n_examples": 10**12},
    "padded": {"dataset": "digits", "front": ("conv2d(1, 1, 1000000)",)},
}


@pytest.mark.parametrize("case", HUGE)
def test_a_run_that_would_not_fit_is_not_begun(case: str) -> None:
    config = RunConfig(n_epochs=1).replace(**HUGE[case])
    (found,) = retrain.retrain([Recorded("01", config, {})], True, Budget(), Trainer()).findings
    assert found.level == "look" and "too much memory" in found.text


def test_runs_above_the_limit_of_time_are_named_and_not_begun() -> None:
    quick = recorded_now(RunConfig(hidden_sizes=(2,), n_epochs=5))
    runs = [Recorded("01", RunConfig(n_epochs=10**14), {}), Recorded("01", RunConfig(**quick["config"]), quick)]
    trainer = Trainer()
    result = retrain.retrain(runs, True, Budget(minutes=1), trainer)
    (found,) = result.findings
    assert found.level == "look" and trainer.n_trained == result.n_compared == 1
    assert "1 run not re-trained: it would take" in found.text and "--limit 1 (min)" in found.text


def test_configurations_that_are_none() -> None:
    found: list = []
    lines = [{"lr": 10**400}, {"nonsense": 1}, {"seed": -1}, {"front": ["conv2d(8, 99, 0)"], "dataset": "digits"}]
    good = retrain.recorded([{"name": "01", "runs": [{"config": line} for line in lines]}], found)
    assert "3 runs without a valid configuration" in found[0].text and len(good) == 1
    assert "does not fit" in retrain.retrain(good, True, Budget(), Trainer()).findings[0].text


def test_a_sample_is_chosen_by_its_seed() -> None:
    lines = [recorded_now(RunConfig(hidden_sizes=(2,), n_epochs=5, seed=seed)) for seed in range(6)]
    runs = retrain.recorded([{"name": "01", "runs": lines}], [])
    chosen = []
    for seed in (0, 0, 1, 2, 3):
        trainer = Trainer()
        result = retrain.retrain(runs, True, Budget(sample=2, seed=seed), trainer)
        assert [finding.text for finding in result.findings] == [
            f"only 2 of 6 runs were trained again (--sample), chosen by seed {seed}"
        ]
        assert result.n_compared == 2
        chosen.append(frozenset(trainer.known))
    assert chosen[0] == chosen[1] and len(set(chosen)) > 1
    assert trainer.n_cached + trainer.n_trained == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of memory for a process")
def test_the_child_has_little_memory_and_one_folder(tmp_path: Path) -> None:
    code = """
import sys, socket
from pathlib import Path
from labreport.verify.examine import confine, limit
folder = Path(sys.argv[1])
limit()
confine(folder)
refused = []
(folder / "inside.txt").write_text("fine")
for action in (
    lambda: Path(sys.argv[2]).write_text("outside"),
    lambda: (folder / ".." / "up.txt").write_text("outside"),
    lambda: Path(sys.argv[3]).read_bytes(),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: bytearray(8 * 1024**3),
):
    try:
        action()
    except (PermissionError, MemoryError) as error:
        refused.append(type(error).__name__)
print(*refused)
"""
    folder, secret = tmp_path / "folder", tmp_path / "secret.png"
    folder.mkdir()
    secret.write_bytes(b"a picture of the assistant")
    command = [sys.executable, "-c", code, str(folder), str(tmp_path / "evil.txt"), str(secret)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["PermissionError"] * 4 + ["MemoryError"] * (sys.platform == "linux")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "secret.png"]


def test_training_is_ended_when_its_time_is_over_whatever_was_estimated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retrain, "within_limits", lambda configs, minutes: (configs, []))
    endless = Recorded("01", RunConfig(hidden_sizes=(1,) * 50, n_epochs=10**9), {})
    began = time.monotonic()
    result = retrain.retrain([endless], True, Budget(minutes=0.05), Trainer())
    assert time.monotonic() - began < 20 and result.n_left == 1
    assert "it took more than --limit 0.05 (min)" in result.findings[0].text
