"""Kill a build at random moments, look at what it left, build again, and count how often all was well.

    python tests/kill_builds.py FOLDER N SEED

Everything is imported before the first build, and each build is a fork of this process: so 50 of them take a minute
or two, and the moments fall on the work, not on imports. It is a program of its own because a fork needs a process
without threads.
"""

import io
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from small_project import PARAMETERS, build, cell, make_project, write_notebook

from labreport.build import workers  # noqa: F401  imported for the forks, as the next two
from labreport.page.html import render as html  # noqa: F401
from labreport.page.pdf import render as pdf  # noqa: F401
from labreport.project import project
from labreport.run import execute, products  # noqa: F401

NAMES = ("report.html", "report.pdf", "01_first.html", "01_first.pdf", "02_second.html", "02_second.pdf")
TRAIN = """\
from labkit import RunConfig, run_study, say
study = run_study(RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=200), seed=range(4))
say(f"The median loss is {study.runs.train_loss.median():.6f}.")"""


def write_version(place: project.Project, version: str) -> None:
    """The sources of one of two states between which the builds go back and forth."""
    write_notebook(
        place,
        "01_first",
        cell(f"# First, {version}"),
        cell(PARAMETERS, "parameters"),
        cell(f"{TRAIN}\nprint('{version}')"),
    )
    write_notebook(place, "02_second", cell(f"# Second, {version}"), cell(f"print('{version}')"))


def files(place: project.Project) -> dict[str, bytes]:
    """All that is in the report folder but measured times."""
    folder = place.reports("backprop")
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "seconds"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def cache_of(place: project.Project) -> Path:
    return place.root / ".cache" / "labkit"


def forked_build(place: project.Project) -> int:
    """The process number of a build that has begun."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    os.environ["LABKIT_CACHE"] = str(cache_of(place))  # each project has its own, so that its builds train
    try:
        sys.stdout = sys.stderr = io.StringIO()
        outcome, _ = build(place)
        code = bool(outcome.errors)
    finally:
        os._exit(code)


def one_kill(place: project.Project, moment: float, good: dict[str, dict[str, bytes]], version: str) -> str:
    """Edit the sources, kill their build after `moment` seconds, build again; "" or what was wrong."""
    write_version(place, version)
    shutil.rmtree(cache_of(place), ignore_errors=True)  # the kernel of a killed build lives a second longer
    pid = forked_build(place)
    time.sleep(moment)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    left = files(place)
    for name in NAMES:
        if left.get(name) not in [states[name] for states in good.values()]:
            return f"{name} was lost or spoilt"
    pid = forked_build(place)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        return "the next build failed"
    after = files(place)
    if differing := [
        name for name in after.keys() | good[version].keys() if after.get(name) != good[version].get(name)
    ]:
        return f"the next build differs in {', '.join(sorted(differing))}"
    return ""


def main(folder: Path, n: int, seed: int) -> int:
    """Print what went wrong, and `n of N`; 0 if it is all of them."""
    rng = random.Random(seed)
    good = {}
    for version in ("red", "blue"):  # the undisturbed builds, each in a place of its own
        undisturbed = make_project(folder / version)
        write_version(undisturbed, version)
        began = time.monotonic()
        assert not os.waitpid(forked_build(undisturbed), 0)[1]
        duration = time.monotonic() - began
        good[version] = files(undisturbed)
    place = project.Project(Path(shutil.copytree(folder / "blue", folder / "killed")))
    n_good = 0
    for i in range(n):
        moment = rng.uniform(0, duration)
        wrong = one_kill(place, moment, good, ("red", "blue")[i % 2])
        if wrong:
            print(f"kill {i + 1}, after {moment:.2f} of {duration:.2f} s: {wrong}")
        n_good += not wrong
    print(f"{n_good} of {n}")
    return n_good != n


if __name__ == "__main__":
    folder, n, seed = sys.argv[1:]
    sys.exit(main(Path(folder), int(n), int(seed)))
