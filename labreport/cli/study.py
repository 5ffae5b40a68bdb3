"""`study`: train a grid or a search of any size outside a notebook, and write its table."""

import argparse
import time
from pathlib import Path

from labkit.environment import STUDIES
from labkit.experiments.platforms import platform_words
from labkit.experiments.progress import duration
from labkit.experiments.study import find_pool

from ..build.lock import study_lock
from ..project.project import Project
from ..study.conduct import Conduct, conduct
from ..study.study_file import read_study
from ..study.survey import Survey, survey


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE.toml", help="what is trained; docs/rates.toml is an example")
    command.add_argument("--dry-run", action="store_true", help="check it, say what it takes, and train nothing")
    command.add_argument(
        "--dask",
        default="",
        metavar="ADDRESS",
        help="train on a Dask cluster: tcp://HOST:8786, or local:4 for one that is started here (or LABKIT_DASK)",
    )
    command.add_argument("--parquet", action="store_true", help="write the table as Parquet, not as CSV")


def run(options: argparse.Namespace) -> int:
    """Check a study, train what is missing of it, and say where its table is."""
    project = Project(options.root.resolve())
    study = read_study(options.file)
    size = survey(study)
    print(*size_lines(size, most=study.adaptive), sep="\n", flush=True)
    if options.dry_run:
        return 0
    folder = project.root / "reports" / STUDIES.name / study.name
    table = folder / ("runs.parquet" if options.parquet else "runs.csv")
    with study_lock(project, study.name, print):
        pool, began = find_pool(dask=options.dask), time.monotonic()
        work = conduct(study, size, folder, pool, table)
    print(*result_lines(project, work, table, time.monotonic() - began), sep="\n")
    return 0


def size_lines(size: Survey, most: bool) -> list[str]:
    """What a study takes, in words."""
    at_most = "at most " if most else ""
    return [
        f"{at_most}{size.runs:,} runs in {size.stacks:,} stacks, {size.epochs:,} epochs",
        f"{at_most}about {duration(size.seconds)} of one core and {size.stored_bytes / 1e6:,.1f} MB on disk; "
        f"{size.stack_bytes / 1e6:,.0f} MB of memory a process",
    ]


def result_lines(project: Project, work: Conduct, table: Path, seconds: float) -> list[str]:
    """What was done, and how a notebook reads it."""
    there = f"; {work.n_there:,} were there" if work.n_there else ""
    lines = [f"Trained {work.n_trained:,} runs in {duration(seconds)}{there}."]
    if len(work.platforms) > 1:
        lines += ["They were trained on different machines, whose results may differ in their last digits:"]
        lines += [f"  {n:,} runs on {platform_words(platform)}" for platform, n in work.platforms.most_common()]
    return [*lines, "", f"  {project.short(table)}", f"  labkit.load_study({work.study.name!r}) in a notebook draws it"]
