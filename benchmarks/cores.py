"""What is measured of labkit alone: two cores against one, the memory of a stack, and the cost of the history."""

import os
import time
import tracemalloc

from labkit.experiments.cost import cost
from labkit.experiments.processes import WORKING_SET
from labkit.experiments.study import run_study
from labkit.training.arithmetic import quiet_single_thread
from labkit.training.config import RunConfig
from labkit.training.stack import Stack, recorded_epochs

from .labkit_peer import stacks_of
from .labkit_study import empty_cache
from .work import Work
from .worker import CLOCK

STUDY = RunConfig(dataset="linear", n_examples=100, hidden_sizes=(10, 10), data_seed=0, init="xavier", lr=0.1)


def study_seconds(n_jobs: int, n_epochs: int) -> tuple[float, tuple]:
    """Seconds of a study of 60 runs with an empty cache, and all that it found, to compare."""
    with empty_cache():
        start = time.perf_counter()
        study = run_study(STUDY.replace(n_epochs=n_epochs), n_jobs=n_jobs, seed=range(20), lr=[0.03, 0.1, 0.3])
        seconds = time.perf_counter() - start
    weights = tuple(run.flat.tobytes() for run in study.members)
    history = study.history.drop(columns="seconds", errors="ignore").to_numpy(float).tobytes()
    return seconds, (weights, history)


def two_cores(n_epochs: int, n_rounds: int) -> str:
    """One process against two, alternating; the first round starts the second process, later ones find it running."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if cores < 2:
        return "two cores: there is only one"
    rounds = [[study_seconds(n_jobs, n_epochs) for n_jobs in (1, 2)] for _ in range(n_rounds)]
    same = all(found == rounds[0][0][1] for pair in rounds for _, found in pair)
    text = "; ".join(f"{one:.1f} s and {two:.1f} s, ratio {two / one:.2f}" for (one, _), (two, _) in rounds)
    equal = "equal bit for bit" if same else "DIFFERENT"
    return f"60 runs of {n_epochs:,} epochs on one core and on two: {text}; weights and histories are {equal}"


def memory(work: Work) -> str:
    """Peak bytes of numpy while 100 runs train, in stacks one after the other, and in a single one."""
    work.x, work.y  # noqa: B018 – the data are no part of it
    configs = work.configs(100, 2)
    chunks = [[*stack.configs] for stack in stacks_of(work, 100, 2)]
    chunked, whole = peak(work, chunks), peak(work, [configs])
    bound = max(WORKING_SET, cost(configs[0]).step_bytes)
    return (
        f"({work.name}) {len(chunks)} stacks of at most {len(chunks[0])} runs: peak {chunked / 1e6:.2f} MB, "
        f"chunk bound {bound / 1e6:.2f} MB; one stack of 100: {whole / 1e6:.2f} MB"
    )


def peak(work: Work, chunks: list) -> int:
    tracemalloc.start()
    with quiet_single_thread():
        for chunk in chunks:
            stack = Stack(chunk, work.dataset)
            stack.epoch(want_accuracy=False)
            stack.epoch(want_accuracy=False)
            del stack
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def recording(work: Work, n_runs: int, n_epochs: int) -> str:
    """What history, evaluation, stop rules and results add to the epochs of the loop that the table times."""
    loop, full = (Stack(work.configs(n_runs, n_epochs), work.dataset) for _ in range(2))
    with quiet_single_thread():
        start = CLOCK()
        for _ in range(n_epochs):
            loop.epoch(want_accuracy=False)
        middle = CLOCK()
        full.train()
        share = (CLOCK() - middle) / (middle - start) - 1
    return (
        f"({work.name}) {n_runs} runs, {n_epochs:,} epochs, of which {len(recorded_epochs(n_epochs))} are recorded: "
        f"training takes {share:.0%} longer than its epochs alone"
    )
