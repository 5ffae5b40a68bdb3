"""The results: a table of ratios, a CSV with every number, and the targets that they are held against."""

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from .timing import Measured
from .work import Task

LIMIT = "products + tanh"
COLUMNS = ["work", "title", "timed", "n_runs", "n_epochs", "peer", "us_median", "us_min"]
COLUMNS += ["ratio_10", "ratio_50", "ratio_90", "first_call_s", "final_loss"]
WHOLE = "whole studies: run_study with history, validation and an empty cache, against peers that only train"


def rows(measured: list[Measured]) -> Iterator[dict]:
    """One row a task and peer; times in microseconds per run and epoch, ratios are the peer's time by labkit's."""
    for m in measured:
        low, middle, high = labkit_of(m, measured).ratio(m)
        task, work = m.task, m.task.work
        values = [work.name, work.title, "study" if task.study else "epochs", task.n_runs, task.n_epochs, m.peer]
        values += [np.median(m.times), m.times.min(), low, middle, high, m.first, m.loss]
        yield dict(zip(COLUMNS, [f"{v:.5g}" if isinstance(v, float) else v for v in values], strict=True))


def labkit_of(m: Measured, measured: list[Measured]) -> Measured:
    return next(o for o in measured if o.peer == "labkit" and o.task is m.task)


def write_csv(measured: list[Measured], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(measured))


def table(measured: list[Measured]) -> str:
    """For each task labkit's time, then how many times as long each peer takes, with the middle 80 % of rounds."""
    lines = []
    for (work, study), tasks in groupby(measured, key=lambda m: (m.task.work, m.task.study)):
        tasks = list(tasks)
        mine = list(dict.fromkeys(m.peer for m in tasks if m.peer != "labkit"))
        lines += [
            "",
            f"({work.name}) {work.title}{f'; {WHOLE}' if study else ''}",
            f"{'runs':>5}{'labkit µs':>12}" + "".join(f"{p:>20}" for p in mine),
        ]
        for n_runs, cells in groupby(tasks, key=lambda m: m.task.n_runs):
            found = {m.peer: m for m in cells}
            us = np.median(found["labkit"].times)
            ratios = {p: found["labkit"].ratio(found[p]) for p in mine}
            text = "".join(f"{f'{m:.2f} ({lo:.2f}–{hi:.2f})':>20}" for lo, m, hi in ratios.values())
            lines.append(f"{n_runs:>5}{f'{us:,.2f}':>12}{text}")
    return "\n".join(lines[1:])


def first_calls(measured: list[Measured]) -> str:
    """What the first call took longer than the later ones: JAX compiles, torch.func traces and fills its caches."""
    lines = []
    for peer in ("JAX", "torch.func"):
        seconds = [m.first for m in measured if m.peer == peer]
        if seconds:
            lines.append(f"{peer}: {np.median(seconds):.1f} s in the middle, {max(seconds):.1f} s at most")
    return "\n".join(lines)


def losses(measured: list[Measured]) -> str:
    """The first run's loss in its last epoch by each peer: proof that all did the same work."""
    lines = []
    for task, peers in groupby(measured, key=lambda m: m.task):
        found = ", ".join(f"{m.peer} {m.loss:.6f}" for m in peers if m.peer != LIMIT)
        lines.append(f"{task}: {found}")
    return "\n".join(lines)


def targets(measured: list[Measured]) -> str:
    """The targets of the engine, each with what was measured; a ratio is a peer's median time by labkit's."""
    lines = []

    def ratios(peer: str, keep) -> dict[str, float]:
        return {str(m.task): labkit_of(m, measured).ratio(m)[1] for m in measured if m.peer == peer and keep(m.task)}

    def tell(text: str, found: dict[str, float], least: float, mean: float | None = None) -> None:
        if not found:
            return
        worst = min(found, key=found.get)
        average = float(np.exp(np.mean(np.log(list(found.values())))))
        held = found[worst] >= least and (mean is None or average >= mean)
        wanted = f"each {least:.2f}" + (f", mean {mean:.2f}" if mean else "")
        lines.append(
            f"{'holds ' if held else 'MISSED'}  {text}: wanted {wanted}; "
            f"least {found[worst]:.2f} at {worst}, geometric mean {average:.2f} "
            f"(labkit takes {1 / found[worst]:.2f} and {1 / average:.2f} of the other's time)"
        )

    def full(task: Task) -> bool:
        return task.work.name in "abcd" and not task.study

    def digits(task: Task) -> bool:
        return task.work.digits is not None

    jax_studies = ratios("JAX", lambda t: t.study and t.n_runs == 30)
    tell("whole studies of 30 runs against JAX vmap", jax_studies, 1 / 1.05, 1 / 0.75)
    tell("R >= 30 against JAX vmap", ratios("JAX", lambda t: full(t) and t.n_runs >= 30), 1.0, 1 / 0.7)
    tell("R >= 30 against PyTorch", ratios("PyTorch", lambda t: full(t) and t.n_runs >= 30), 8.0, 20.0)
    tell("R = 1 against PyTorch", ratios("PyTorch", lambda t: full(t) and t.n_runs == 1), 3.0)
    for peer in ("PyTorch", "JAX", "scikit-learn"):
        tell(f"(e) against {peer}", ratios(peer, digits), 1.0)
    tell("(e) against the products alone", ratios(LIMIT, digits), 1 / 1.3)
    return "\n".join(lines)
