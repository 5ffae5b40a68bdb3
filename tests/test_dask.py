"""Studies on a real Dask cluster on loopback: workers, the scheduler and the driver are killed, and nothing is lost."""

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("distributed", reason="needs Dask: pip install -r requirements-dask.txt")

from dask_cluster import Cluster

from labkit import Dataset, LabError, RunConfig, run_study
from labkit.experiments import cache, dask_workers
from labkit.experiments import study as studies
from labkit.experiments.dask_workers import DaskWorkers
from labkit.experiments.stored import load_stack
from labkit.training.stack import train_stack

ROOT = Path(__file__).parent.parent
STUDY = """
seeds = 20
[run]
dataset = "xor"
n_epochs = 1500
[grid]
activation = ["sigmoid", "tanh", "relu", "silu"]
hidden_sizes = [[2], [4], [6], [8], [10]]
lr = [0.03, 0.1, 0.3, 1.0, 3.0]
"""  # 2,000 runs in at least 20 stacks


@pytest.fixture(autouse=True)
def quiet():
    """Warnings are errors in these tests, but those of Dask about what the test itself kills are not its fault."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed")
        warnings.filterwarnings("ignore", category=ResourceWarning)
        yield
    dask_workers.connected.cache_clear()


@pytest.fixture
def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def cluster(tmp_path, environment):
    started = Cluster(tmp_path / "cluster", 3, environment)
    yield started
    started.stop()


class Driver:
    """`lab study` in a process of its own."""

    def __init__(self, root: Path, environment: dict[str, str], *options: str) -> None:
        (root / "large.toml").write_text(STUDY)
        self.stacks = root / "reports" / "studies" / "large" / "stacks"
        command = [sys.executable, "-m", "labreport", "--root", str(root), "study", str(root / "large.toml"), *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT, **pipes)

    def wait_for(self, n: int) -> None:
        """Until there are n stacks."""
        while len(self.kept()) < n:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)

    def kept(self) -> list[Path]:
        return [*self.stacks.glob("[!.]*")]

    def end(self) -> tuple[int, str]:
        out, err = self.process.communicate(timeout=300)
        assert "Traceback" not in err, err
        return self.process.returncode, out + err


def test_a_study_survives_the_death_of_a_worker_of_the_scheduler_and_of_the_driver(tmp_path, environment):
    """2,000 runs; at the end the table is that of one core, byte for byte."""
    here, alone = tmp_path / "here", tmp_path / "alone"
    here.mkdir(), alone.mkdir()
    first = Cluster(tmp_path / "first", 3, environment)
    try:
        driver = Driver(here, environment, "--dask", first.address)
        driver.wait_for(2)
        first.workers[0].send_signal(signal.SIGKILL)
        driver.wait_for(6)
        first.scheduler.send_signal(signal.SIGKILL)
        code, told = driver.end()
        assert code == 2 and "scheduler" in told and "was lost" in told
    finally:
        first.stop()
    at_first = sum(len(load_stack(path)) for path in driver.kept())
    assert 0 < at_first < 2_000

    second = Cluster(tmp_path / "second", 3, environment)
    try:
        driver = Driver(here, environment, "--dask", second.address)
        driver.wait_for(len(driver.kept()) + 3)
        driver.process.send_signal(signal.SIGKILL)
        driver.process.communicate()
        at_second = sum(len(load_stack(path)) for path in driver.kept())
        assert at_first < at_second < 2_000
        code, told = Driver(here, environment, "--dask", second.address).end()
        assert code == 0 and f"Trained {2_000 - at_second:,} runs" in told and f"{at_second:,} were there" in told
    finally:
        second.stop()

    code, told = Driver(alone, environment | {"LABKIT_JOBS": "1"}).end()
    assert code == 0 and "Trained 2,000 runs" in told
    tables = [root / "reports" / "studies" / "large" / "runs.csv" for root in (here, alone)]
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_run_study_on_a_cluster_gives_the_bits_of_this_process(cluster, monkeypatch):
    monkeypatch.setattr(studies, "WORTH_A_PROCESS", 0.0)
    monkeypatch.setenv("LABKIT_DASK", cluster.address)
    config = RunConfig(n_epochs=200, hidden_sizes=(4,))
    study = run_study(config, lr=[0.1, 1.0], seed=range(4))
    alone = train_stack([run.config for run in study.members])
    assert [run.flat.tobytes() for run in study.members] == [run.flat.tobytes() for run in alone]
    assert study.n_trained == 8 and run_study(config, lr=[0.1, 1.0], seed=range(4)).n_trained == 0  # the cache has them


def test_data_of_ones_own_go_to_the_workers(cluster, monkeypatch):
    monkeypatch.setattr(studies, "WORTH_A_PROCESS", 0.0)
    monkeypatch.setenv("LABKIT_DASK", cluster.address)
    rng = np.random.default_rng(0)
    data = Dataset.from_arrays(rng.normal(size=(60, 3)), rng.integers(0, 2, 60))
    config = RunConfig(n_epochs=50, hidden_sizes=(4,))
    study = run_study(config, data=data, seed=range(3))
    monkeypatch.delenv("LABKIT_DASK")
    monkeypatch.setattr(cache, "find_runs", lambda *_: {})
    assert [run.flat.tobytes() for run in study.members] == [
        run.flat.tobytes() for run in train_stack([run.config for run in study.members], data)
    ]


def test_a_worker_with_another_numpy_or_another_labkit_is_named(cluster, monkeypatch):
    workers = DaskWorkers(cluster.address)
    other = workers.caller | {"numpy": "1.0", "labkit": "0" * 64}
    monkeypatch.setattr(dask_workers, "loaded_versions", lambda: other)
    with pytest.raises(
        LabError, match=r"worker tcp://127.0.0.1:\d+ cannot train .* numpy \S+ instead of 1.0, another labkit"
    ):
        DaskWorkers(cluster.address)
    workers.caller = other  # as if it had joined later: its first stack tells
    with pytest.raises(LabError, match=r"worker tcp://127.0.0.1:\d+ cannot train .* another labkit"):
        list(workers.train([[RunConfig(n_epochs=2)]], None, studies.Progress(2)))


def test_a_cluster_of_ones_own_is_started_on_loopback(tmp_path, environment):
    script = tmp_path / "own.py"
    script.write_text(
        "from labkit import RunConfig, run_study\nfrom labkit.experiments import study as studies\n"
        "if __name__ == '__main__':\n    studies.WORTH_A_PROCESS = 0.0\n"
        "    print(len(run_study(RunConfig(n_epochs=20), seed=range(6)).members))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], env=environment | {"LABKIT_DASK": "local:2"}, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "6\n") and "Traceback" not in done.stderr, done.stderr


WRONG = {
    "127.0.0.1:8786": "a Dask cluster is tcp://HOST:PORT",
    "local:0": "local:4; got 'local:0'",
    "tcp://127.0.0.1:9": "no Dask scheduler answers at tcp://127.0.0.1:9",
}


@pytest.mark.parametrize("address", WRONG)
def test_a_cluster_that_cannot_be_is_refused(address, monkeypatch):
    monkeypatch.setattr(dask_workers, "SECONDS_TO_ANSWER", 1)
    with pytest.raises(LabError, match=WRONG[address]):
        DaskWorkers(address)


def test_dask_is_imported_only_where_it_is_asked_for(environment):
    code = (
        "import sys, labkit, labreport.cli.study\nfrom labkit import RunConfig, run_study\n"
        "run_study(RunConfig(n_epochs=2))\nsys.exit('distributed' in sys.modules or 'dask' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
