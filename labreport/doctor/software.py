"""Checks of what is installed: labkit itself, Python, packages, fonts, converters, and a kernel that starts."""

import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import labkit

from ..project.project import LIBRARY, Project
from ..project.texts import listed
from .diagnosis import PYTHON, Diagnosis, install, wrong
from .pins import installed, oldest_python, pins

KERNEL_MINUTES = 2.0
FONTS = {
    "DejaVuSans-arabic.ttf": "97a6b9516efe4339df7118496691ee8f4d8e264e78b1d7b6289a4ca526d78730",
    "DejaVuSans-signs.ttf": "e288ccb40481f92df3b2681c1775108dfd6d42d59d8bf017b47d4b43f4f74631",
    "Inconsolata-Regular.ttf": "0b3c93d6fbe1d5b115399f111f9c830133e56e1c3344420fcaeb619d54d97b0e",
    "LibertinusSerif-Bold-core.ttf": "5bf300c7acc1e9d0201611519ced8e9565c1cd9ecfaed28815e823114efd64bd",
    "LibertinusSerif-Italic-core.ttf": "c5634d0ceeee80d3a120e5980551390132379bf3730dbdec8e380215ff64d37f",
    "LibertinusSerif-Regular-core.ttf": "31be56e674cba0ec18f2e6a90eefac2749a00cebf041aac4915b4514548ba8c4",
    "NotoEmoji-Regular.ttf": "1d6333d20dd692c4be6a02eef7edf706ab16c5710860ead020868fb91ea0bfc0",
    "NotoSansDevanagari-Regular.ttf": "aca3e20beb8dfcabff25e38e6c8c79f7fe8a6036e2234c7bc874e2e19d75b315",
    "NotoSansKR-Regular-ksx1001.ttf": "c4c9c9ffd49b8db643349a5e5e9428a88bb5de26579fb4c0efceeb75dd022721",
    "NotoSansSC-Regular-beyond-big5.ttf": "1c5604479eb4ef5e4bdfe3d5399487efb8188f36b0f8d4573dbf8d9c3c4c61f3",
    "NotoSansSC-marks.ttf": "b2021a621708e1f8d9bbb74ec104a5017be32a04f493dfa83c91247c3983e0fc",
    "NotoSansTC-Regular-big5.ttf": "b0e9a20eeb27148756a1d0baf38261edd0261866077dda716acc37b143c61e8a",
    "NotoSansThai-Regular.ttf": "4c069d783cbc4ffe21c64ed35ba03b295881e2870c584331bc67293829b0dc13",
    "STIXTwoMath-core.woff2": "1232a035e7a9c6a57e3cd93d04d8c84e517ab6ed22c8e337d0f918654447d88b",
}


def version(project: Project) -> Iterator[Diagnosis]:
    command = ["git", "-C", str(project.root), "describe", "--always", "--dirty= and changes", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        commit = f", commit {done.stdout.strip()}"
    except (OSError, subprocess.SubprocessError):
        commit = ""  # a copy without git, which is none the worse
    yield Diagnosis(f"{labkit.__version__}{commit}, in {LIBRARY}")


def python(project: Project) -> Iterator[Diagnosis]:
    text = f"{'.'.join(map(str, sys.version_info[:3]))}, {sys.executable}"
    oldest = oldest_python()
    if sys.version_info >= tuple(map(int, oldest.split("."))):
        yield Diagnosis(text)
    else:
        yield wrong(f"{text}; {oldest} or newer is needed", "name another one: make report PYTHON=python3.12")


def packages(project: Project) -> Iterator[Diagnosis]:
    try:
        wanted = dict(pins(project.requirements))
    except OSError as error:
        yield wrong(
            f"{project.requirements} cannot be read: {error.strerror}", "restore it: git checkout requirements.txt"
        )
        return
    found = {name: installed(name) for name in wanted}
    missing = [f"{name}=={wanted[name]}" for name, there in found.items() if there is None]
    other = {name: there for name, there in found.items() if there not in (None, wanted[name])}
    if missing:
        yield wrong(f"not installed: {listed(missing, 6)}", install(project))
    if other:
        names = ", ".join(f"{name} {there} instead of {wanted[name]}" for name, there in other.items())
        yield wrong(f"other versions than requirements.txt has: {names}", install(project))
    if not missing and not other:
        yield Diagnosis(f"{len(wanted)}, each in the version that requirements.txt has")


def fonts(project: Project) -> Iterator[Diagnosis]:
    bad = []
    for name, expected in FONTS.items():
        path = LIBRARY / "fonts" / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        if found != expected:
            bad.append(f"{name} is {'damaged' if found else 'missing'}")
    if bad:
        yield wrong(", ".join(bad), f"restore them: git checkout {LIBRARY / 'fonts'}")
    else:
        yield Diagnosis(f"{len(FONTS)}, whole")


def figures(project: Project) -> Iterator[Diagnosis]:
    from ..run.drawing import draws_as_pinned

    if draws_as_pinned():
        yield Diagnosis("drawn as everywhere")
    else:
        text = "figures are drawn differently here: matplotlib is another one than is pinned, or its fonts are damaged"
        version = dict(pins(project.requirements)).get("matplotlib", "")
        yield wrong(text, f"{PYTHON} -m pip install --force-reinstall --no-deps matplotlib=={version}")


def pandoc(project: Project) -> Iterator[Diagnosis]:
    from ..page import pandoc

    began = time.monotonic()
    out = pandoc.convert([pandoc.document("a *word*", pandoc.MARKDOWN, "html5")])[0].strip()
    if out == "<p>a <em>word</em></p>":
        yield Diagnosis(f"converts Markdown, in {time.monotonic() - began:.1f} s")
    else:
        yield wrong(f"made {out!r} of 'a *word*'", install(project))


def typst(project: Project) -> Iterator[Diagnosis]:
    from ..page.pdf.setting import set_accessible

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="labkit") as folder:
        Path(folder, "main.typ").write_text("#set document(title: [T])\na _word_", encoding="utf-8")
        made, _ = set_accessible(Path(folder))
    if made.startswith(b"%PDF"):
        yield Diagnosis(f"makes a PDF, in {time.monotonic() - began:.1f} s")
    else:
        yield wrong(f"made no PDF, but {made[:20]!r}", install(project))


def kernel(project: Project) -> Iterator[Diagnosis]:
    from ..build.open_files import check_open_files
    from ..project.limits import Limits
    from ..project.temporary import temporary_folder
    from ..run.execute import NotebookError, NotebookSource, run_notebook
    from ..run.guard import Guard

    cell = {"cell_type": "code", "metadata": {}, "source": "from labkit import figures, run_study, tables"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    began = time.monotonic()
    check_open_files()
    with temporary_folder() as folder:
        source = NotebookSource("a notebook of one cell", folder / "doctor.ipynb", content, {})
        try:
            run_notebook(source, {}, Guard(Limits(minutes=KERNEL_MINUTES)))
        except NotebookError as error:
            yield wrong(str(error), install(project))
            return
    yield Diagnosis(f"starts and imports labkit, in {time.monotonic() - began:.1f} s")
