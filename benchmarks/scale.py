"""python -m benchmarks.scale: what docs/scale.md is computed from, in about four minutes. Needs requirements-dask.txt.

It measures how many runs a second one process, processes of this machine and workers of Dask train, what a task of Dask
costs beside its training, how many bytes a run is on disk, and the memory of the driver of studies of 10³, 10⁴ and 10⁵
runs, and writes docs/scale.csv and the figure drawn from it, docs/scale.svg.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from labkit import RunConfig
from labkit.experiments.dask_workers import DaskWorkers, connected
from labkit.experiments.processes import Cores, Pool
from labkit.experiments.progress import Progress
from labkit.experiments.stored import save_stack

from .scale_model import draw

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CONFIG = RunConfig(dataset="moons", hidden_sizes=(10,), n_epochs=1000, lr=1.0)
STACKS, RUNS_A_STACK = 48, 25
TASKS = 1000  # of almost no work
STUDY = """
seeds = 10
[run]
n_epochs = 5
hidden_sizes = [3]
[search]
n_settings = {n}
[search.space]
lr = {{ low = 0.01, high = 10.0, log = true }}
"""
DRIVER = r"""
import re, sys, time
from pathlib import Path
from labreport.__main__ import main
code = main(sys.argv[1:])
most = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())  # ru_maxrss may be the parent's
print("USED", most[1], time.process_time())
sys.exit(code)
"""


def main() -> None:
    rows = [*throughputs(), *overheads(), *disk(), *memories()]
    with (DOCS / "scale.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("what", "value", "unit"), *rows])
    draw(DOCS / "scale.csv", DOCS / "scale.svg")


def told(what: str, value: float, unit: str) -> tuple[str, str, str]:
    print(f"{what}: {value:.4g} {unit}", flush=True)
    return what, f"{value:.6g}", unit


def seconds_of(pool: Pool, stacks: list[list[RunConfig]]) -> float:
    """How long a pool takes for stacks, once its processes are there."""
    list(pool.train([[RunConfig(n_epochs=1, seed=i)] for i in range(2 * pool.size)], None, Progress(0)))
    began = time.perf_counter()
    assert sum(map(len, pool.train(iter(stacks), None, Progress(0)))) == sum(map(len, stacks))
    return time.perf_counter() - began


def throughputs():
    """Runs a second, of one process, of cores, and of workers of Dask."""
    stacks = [[CONFIG.replace(seed=RUNS_A_STACK * i + j) for j in range(RUNS_A_STACK)] for i in range(STACKS)]
    n = STACKS * RUNS_A_STACK
    for size in (1, 2, 3):
        yield told(f"runs a second, {size} processes of joblib", n / seconds_of(Cores(size), stacks), "1/s")
    for size in (1, 2, 3):
        yield told(f"runs a second, {size} workers of Dask", n / seconds_of(dask(size), stacks), "1/s")
    yield told("seconds a stack", seconds_of(Cores(1), stacks[:8]) / 8, "s")


def dask(size: int) -> DaskWorkers:
    connected.cache_clear()
    return DaskWorkers(f"local:{size}")


def overheads():
    """Seconds that a task of almost no work takes, one after another on one worker, and many on two."""
    stacks = [[RunConfig(n_epochs=1, hidden_sizes=(2,), seed=i)] for i in range(TASKS)]
    alone = seconds_of(Cores(1), stacks) / TASKS
    yield told("seconds a task of one epoch, this process", alone, "s")
    for size in (1, 2):
        yield told(
            f"overhead a task, {size} workers of Dask", seconds_of(dask(size), stacks) / TASKS - alone / size, "s"
        )


def disk():
    (runs,) = Cores(1).train([[CONFIG.replace(seed=i) for i in range(RUNS_A_STACK)]], None, Progress(0))
    with tempfile.TemporaryDirectory() as folder:
        save_stack(Path(folder, "stack"), runs)
        yield told("bytes a run on disk", Path(folder, "stack").stat().st_size / RUNS_A_STACK, "B")


def memories():
    """The most memory that the driver of a study held, and how long it took."""
    for n in (100, 1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "large.toml")
            file.write_text(STUDY.format(n=n), encoding="utf-8")
            began = time.perf_counter()
            command = [sys.executable, "-c", DRIVER, "--root", folder, "study", str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ)
            seconds = time.perf_counter() - began
            kib, used = map(float, done.stdout.split("USED")[1].split())
            yield told(f"memory of the driver of {10 * n:,} runs", kib / 1024, "MiB")
            yield told(f"seconds of a study of {10 * n:,} runs of 5 epochs", seconds, "s")
            yield told(f"CPU seconds of its driver, {10 * n:,} runs", used, "s")


if __name__ == "__main__":
    main()
