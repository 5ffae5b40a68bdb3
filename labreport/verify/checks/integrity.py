"""Whether the files of a bundle are those that its MANIFEST names, and what it says of where they were made."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

from labkit.engine import LOADED
from labkit.experiments.cache import engine_version
from labkit.experiments.platforms import machine

from ...build.freshness import CONVERTING, EXECUTING, sha256
from ...build.request import made_with
from ...hand_in import origin
from ...hand_in.bundle import EXECUTED, MANIFEST, PAGES, REPORT, RUNS, SOURCE, SUBMISSION, TABLES
from ...hand_in.submission import is_number, is_placeholder
from ...page.document import ReportMeta
from ...project.labs import Lab
from ...project.project import LIBRARY, MACHINERY, Project
from ...project.texts import listed
from ..reading.findings import FAILED, LOOK, NOTE, Finding

STEP = "integrity"
# The packages that decide how an executed notebook is converted.
CONVERTERS = ("pypandoc_binary", "typst", "nbconvert", "beautifulsoup4", "pillow", "fonttools")
DECIDED = ("title", "course", "subtitle", "language", "length")  # by the lab file


def check_files(manifest: Mapping[str, Any], entries: Mapping[str, str]) -> Iterator[Finding]:
    """The hashes of all files against the MANIFEST; what is missing, and what nobody named."""
    named = manifest["files"]
    there = {name: digest for name, digest in entries.items() if name != MANIFEST}
    changed = [name for name in named if name in there and there[name] != named[name]]
    if changed:
        yield Finding(FAILED, STEP, f"changed after the bundle was made: {listed(changed)}")
    if missing := [name for name in named if name not in there]:
        yield Finding(FAILED, STEP, f"missing, though the MANIFEST names it: {listed(missing)}")
    if extra := [name for name in there if name not in named]:
        yield Finding(FAILED, STEP, f"in the bundle, but not in the MANIFEST: {listed(extra)}")
    if absent := [name for name in expected(manifest) if name not in entries]:
        yield Finding(FAILED, STEP, f"a bundle needs {listed(absent)}")
    if strange := [name for name in there if not belongs(name, manifest)]:
        yield Finding(LOOK, STEP, f"no part of a bundle, not opened: {listed(strange)}")


def expected(manifest: Mapping[str, Any]) -> list[str]:
    """The entries that no bundle of these notebooks can lack."""
    executed = [f"{EXECUTED}{notebook['name']}.ipynb" for notebook in manifest["notebooks"]]
    sources = [f"{SOURCE}{notebook['key']}.ipynb" for notebook in manifest["notebooks"]]
    return [*REPORT, PAGES, *executed, *sources]


def belongs(name: str, manifest: Mapping[str, Any]) -> bool:
    """Whether an entry has a place in a bundle of these notebooks."""
    notebooks = [notebook["name"] for notebook in manifest["notebooks"]]
    path = PurePosixPath(name)
    if name.startswith(SOURCE):
        return path.suffix not in (".zip", ".py", ".sh", ".exe")
    if name.startswith(EXECUTED):
        return name in [f"{EXECUTED}{notebook}.ipynb" for notebook in notebooks]
    if name.startswith(RUNS):
        return name in [f"{RUNS}{notebook}.jsonl" for notebook in notebooks]
    if name.startswith(TABLES):
        return path.suffix == ".csv" and any(path.name.startswith(f"{notebook}-") for notebook in notebooks)
    return name in (*REPORT, PAGES, SUBMISSION)


def student(manifest: Mapping[str, Any], bundle: str) -> Iterator[Finding]:
    """The number and name in the MANIFEST, in the title block, and in the name of the file."""
    for name in ("student_id", "author", "title"):
        if manifest["report"].get(name, "") != manifest[name]:
            said = f"{manifest['report'].get(name, '')!r} in the title block, {manifest[name]!r} in the MANIFEST"
            yield Finding(FAILED, STEP, f"the {name.replace('_', ' ')} is {said}")
    if is_placeholder(manifest["author"]) or not manifest["author"].strip():
        yield Finding(LOOK, STEP, f"the name is not filled in: {manifest['author']!r}")
    if not is_number(manifest["student_id"]):
        yield Finding(LOOK, STEP, f"the student number is not filled in, or is none: {manifest['student_id']!r}")
    wanted = f"{manifest['student_id']}_{manifest['lab']}.zip"
    # a course's site may put a name of its own in front, and a second download has (1) at its end
    if wanted.removesuffix(".zip") not in bundle:
        yield Finding(LOOK, STEP, f"the file is called {bundle!r}, and would be {wanted!r} by its MANIFEST")


def making(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """What the report says of how it was made, against the rest of the MANIFEST."""
    right = {"made_with": made_with(manifest["versions"]), "command": f"make report LAB={manifest['lab']}"}
    if manifest["engine"] == engine_version():
        right["engine"] = LOADED
    for name, text in right.items():
        if (said := manifest["report"].get(name, "")) != text:
            what = f"{said!r} as its {name.replace('_', ' ')}, and by the MANIFEST it is {text!r}"
            yield Finding(FAILED, STEP, f"the report says {what}")


def same_engine(manifest: Mapping[str, Any]) -> bool:
    """Whether equal settings must give equal bits here: the platform, numpy and the engine are those of the bundle."""
    return manifest["platform"] == machine() and manifest["engine"] == engine_version()


def same_software(manifest: Mapping[str, Any]) -> bool:
    """Whether what runs notebooks, draws figures and prints tables is the same here."""
    own = origin.versions()
    packages = all(manifest["versions"].get(name) == own[name] for name in ("python", "numpy", "pandas", "matplotlib"))
    return packages and manifest["engine"] == engine_version() and not changed_library(manifest, EXECUTING)


def same_converter(manifest: Mapping[str, Any]) -> bool:
    """Whether equal notebooks must give equal pages here."""
    own = origin.versions()
    packages = all(manifest["versions"].get(name) == own[name] for name in CONVERTERS)
    return packages and not changed_library(manifest, CONVERTING)


def changed_library(manifest: Mapping[str, Any], folders: Iterable[Path] = (LIBRARY, MACHINERY)) -> list[str]:
    """The files of labkit and labreport in these folders that are not the same here and where the bundle was made."""
    own, theirs = origin.library(), manifest["library"]
    within = tuple(f"{folder.relative_to(LIBRARY.parent).as_posix()}/" for folder in folders)
    changed = (name for name in own.keys() | theirs.keys() if own.get(name) != theirs.get(name))
    return sorted(name for name in changed if name.startswith(within))


def made_elsewhere(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Where the bundle was made, as far as it is not as here: to know, not a fault."""
    own = origin.versions()
    versions = [f"{k} {v} (here {own.get(k, 'none')})" for k, v in manifest["versions"].items() if own.get(k) != v]
    if versions:
        yield Finding(NOTE, STEP, f"made with other versions: {listed(versions)}")
    if differing := [name for name, value in machine().items() if manifest["platform"].get(name) != value]:
        yield Finding(NOTE, STEP, f"made on another platform: {listed(differing)} differ")
    age = age_of_labkit(manifest["commit"])
    if changed := changed_library(manifest):
        yield Finding(NOTE, STEP, f"made with {age} labkit: {len(changed)} files differ, as {listed(changed)}")
    if manifest["engine"] != engine_version():
        yield Finding(LOOK, STEP, f"the engine that trained, or its numpy, is not the one here, but of {age} labkit")


def age_of_labkit(commit: str | None) -> str:
    """`an older` or the like, as far as git knows the commit that a bundle says it was made at."""
    if not commit or not re.fullmatch("[0-9a-f]{40}", commit):
        return "another"
    git = ["git", "-C", str(LIBRARY.parent)]
    with suppress(OSError, subprocess.SubprocessError):
        if origin.commit(LIBRARY.parent) == commit:
            return "a changed"
        is_before = [*git, "merge-base", "--is-ancestor", commit, "HEAD"]
        known = subprocess.run(is_before, capture_output=True, timeout=origin.GIT_SECONDS).returncode == 0
        return "an older" if known else "a newer, or another"
    return "another"


def beside(project: Project, entries: Mapping[str, str]) -> Iterator[Finding]:
    """What lies beside the notebooks, as pictures and data, against the files of this project."""
    theirs = {name.removeprefix(SOURCE): digest for name, digest in entries.items() if name.startswith(SOURCE)}
    other, more = [], []
    for name, digest in theirs.items():
        path = project.notebooks / name
        if path.suffix == ".ipynb" or path.is_relative_to(project.labs):
            continue
        if not path.is_file():
            more.append(name)
        elif sha256(path.read_bytes()) != digest:
            other.append(name)
    if other:
        yield Finding(LOOK, STEP, f"files beside the notebooks that are not as here: {listed(other)}")
    if more:
        yield Finding(NOTE, STEP, f"files of the student's own beside the notebooks: {listed(more)}")


def against_lab(lab: Lab, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """The notebooks of the report, and what else a lab file decides of it, against the lab here."""
    own = [(book.key, book.part) for book in lab.notebooks]
    theirs = [(book["key"], book["part"]) for book in manifest["notebooks"]]
    if missing := [key for key, _ in own if key not in dict(theirs)]:
        yield Finding(LOOK, STEP, f"notebooks of the lab that are not in the bundle: {listed(missing)}")
    if extra := [key for key, _ in theirs if key not in dict(own)]:
        yield Finding(LOOK, STEP, f"notebooks that are not in the lab here, and were not compared: {listed(extra)}")
    if [one for one in own if one[0] in dict(theirs)] != [one for one in theirs if one[0] in dict(own)]:
        yield Finding(LOOK, STEP, "the notebooks stand in another order, or in other parts, than in the lab here")
    here, there = asdict(ReportMeta(**lab.report)), manifest["report"]
    if other := [f"{name} = {there.get(name, '')!r}" for name in DECIDED if there.get(name, "") != here[name]]:
        yield Finding(LOOK, STEP, f"the lab file of the bundle is not as here: {listed(other)}")


def data(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """The data files that were trained on."""
    try:
        own = origin.data_hashes(manifest["data"])
    except OSError:
        yield Finding(LOOK, STEP, f"the data are not on this machine: {listed(manifest['data'])}")
        return
    if own != manifest["data"]:
        yield Finding(FAILED, STEP, f"trained on other data than the {listed(manifest['data'])} here")
