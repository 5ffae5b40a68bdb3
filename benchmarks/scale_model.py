"""python -m benchmarks.scale_model: the table and the figure of docs/scale.md, computed from docs/scale.csv.

A study of n runs takes as long as the slowest of three that work side by side: the workers, who train; the scheduler,
who hands out a stack at a time; and the driver, who makes the runs, writes each stack and then the table.
"""

import csv
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from .figure import RC

DOCS = Path(__file__).parent.parent / "docs"
SIZES, WORKERS = (10**5, 10**6, 10**7), (10, 100, 1000)
RUNS_A_STACK = 100
COLORS = ("#0072B2", "#E69F00", "#009E73")


def read(path: Path) -> dict[str, float]:
    """What was measured, in the units of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["what"]: float(row["value"]) for row in csv.DictReader(file)}


def parts(measured: dict[str, float], n: float, workers: int) -> dict[str, float]:
    """Seconds that each of the three is busy in a study of n runs."""
    driver = measured["CPU seconds of its driver, 100,000 runs"] / 100_000
    return {
        "workers": n / measured["runs a second, 1 processes of joblib"] / workers,
        "scheduler": n / RUNS_A_STACK * measured["overhead a task, 2 workers of Dask"],
        "driver": n * driver,
    }


def table(measured: dict[str, float]) -> str:
    """The table of docs/scale.md."""
    lines = [
        "| runs | stacks | on disk | workers | training | scheduler | driver | slowest |",
        "|" + "--:|" * 7 + "---|",
    ]
    for n in SIZES:
        for workers in WORKERS:
            busy = parts(measured, n, workers)
            texts = [in_words(seconds) for seconds in busy.values()]
            size = f"{n * measured['bytes a run on disk'] / 1e9:.1f} GB"
            slowest = max(busy, key=busy.get)
            lines.append(f"| {n:,} | {n // RUNS_A_STACK:,} | {size} | {workers:,} | {' | '.join(texts)} | {slowest} |")
    return "\n".join(lines)


def in_words(seconds: float) -> str:
    """`40 s`, `3.2 h`"""
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def draw(source: Path, path: Path) -> None:
    """Hours against runs: solid where the workers are the slowest, and what the driver alone takes."""
    measured, n = read(source), np.geomspace(1e4, 1e8, 200)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(6, 3.4), layout="constrained")
        ax = figure.add_subplot()
        for workers, color in zip(WORKERS, COLORS, strict=True):
            hours = [max(parts(measured, size, workers).values()) / 3600 for size in n]
            ax.plot(n, hours, color=color, label=f"{workers:,} workers")
        ax.plot(n, [parts(measured, size, 1)["driver"] / 3600 for size in n], "k:", lw=1, label="the driver alone")
        ax.set(xscale="log", yscale="log", xlabel="runs", ylabel="hours")
        ax.grid(alpha=0.3)
        ax.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    draw(DOCS / "scale.csv", DOCS / "scale.svg")
    print(table(read(DOCS / "scale.csv")))
