"""python -m benchmarks: labkit against PyTorch, JAX, scikit-learn and a plain numpy loop, each in its own process.

Prints ratios, final losses and targets, and writes docs/bench.csv and docs/bench.svg, in about ten minutes; `--quick`
takes three and writes nothing. The peers are those of benchmarks/requirements.txt; what is not installed is left out.
"""

import argparse
import platform
from pathlib import Path

from . import cores, results
from .figure import draw
from .timing import PEERS, STUDY_PEERS, measure, one_core
from .work import WORKS, tasks_of
from .worker import Worker

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="3 rounds, R = 1 and 30, nothing written")
    parser.add_argument("--only", help="works to measure, such as a,b,e32", metavar="NAMES")
    parser.add_argument("--rounds", type=int, help="rounds of a task; default 15, and 7 of (e) and of whole studies")
    parser.add_argument("--out", type=Path, default=DOCS, help="folder of bench.csv and bench.svg")
    options = parser.parse_args()
    names = [work.name for work in WORKS]
    only = options.only.split(",") if options.only else names
    if unknown := set(only) - set(names):
        parser.error(f"--only takes {', '.join(names)}; got {', '.join(sorted(unknown))}")

    measured = []
    with one_core():
        workers = {name: Worker(name) for name in dict.fromkeys(PEERS + STUDY_PEERS)}
        print(f"{platform.machine()}, Python {platform.python_version()}, float32; one thread each, CPU time")
        for worker in workers.values():
            if worker.missing:
                print(f"left out: {worker.name}: {worker.missing}")
        for work in (w for w in WORKS if w.name in only):
            for task in (t for t in tasks_of(work) if not options.quick or t.n_runs in (1, 30)):
                peers = [workers[name] for name in (STUDY_PEERS if task.study else PEERS)]
                n_rounds = options.rounds or (3 if options.quick else 7 if work.digits or task.study else 15)
                measured += measure(task, [w for w in peers if not w.missing], n_rounds)
            print("", results.table([m for m in measured if m.task.work is work]), sep="\n", flush=True)
        for worker in workers.values():
            worker.stop()

    if not options.quick and set(only) == set(names):
        options.out.mkdir(exist_ok=True)
        results.write_csv(measured, options.out / "bench.csv")
        draw(measured, options.out / "bench.svg")

    full = [w for w in WORKS if w.name in only and w.name in "abcd"]
    n_epochs = 3_000 if options.quick else 30_000  # as the labs have it
    sections = {
        "Beyond 1.00 labkit is faster. First calls, not in the times": results.first_calls(measured),
        "Loss of the first run in its last epoch": results.losses(measured),
        "History": "\n".join(cores.recording(w, 30, n_epochs) for w in full if w.name in "ad"),
        "Memory of 100 runs": "\n".join(cores.memory(w) for w in full),
        "Cores": cores.two_cores(n_epochs, 2) if not options.only else "",
        "Targets": results.targets(measured),
    }
    for title, text in sections.items():
        if text:
            print(f"\n{title}\n{text}", flush=True)


if __name__ == "__main__":
    main()
