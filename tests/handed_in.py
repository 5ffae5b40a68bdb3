"""A small lab that trains, the bundle that is handed in, and ways to tamper with it."""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from small_project import cell, make_project, write_notebook

from labreport.__main__ import main
from labreport.hand_in import bundle
from labreport.hand_in.page_map import pages_csv, read_page_map
from labreport.page.document import Chapter, ReportMeta
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf
from labreport.project.project import Project

LAB = """\
[report]
title = "A small lab"
[author]
name = "王小明"
student_id = "B-31_7"
[[notebooks]]
path = "01_first"
[[notebooks]]
path = "extras/02_second"
"""
PARAMETERS = """\
n_seeds = 3  # seeds of each setting [1 .. 10]
rates = (0.5, 5.0, 10.0)  # learning rates [> 0]"""
STUDY = """\
from labkit import RunConfig, figures, run_study, say, tables
config = RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=50)
study = run_study(config, lr=list(rates), seed=range(n_seeds))"""
TABLE = 'tables.show(tables.comparison(study, by="lr"), caption="Rates compared.", label="rates")'
FIGURE = """\
figure = figures.learning_curves(study, by="lr")
figures.show(figure, caption="The loss falls.", alt="Two falling curves.", label="curves")"""
SENTENCE = 'say(f"The lowest loss is {study.runs.train_loss.min():.4f}, of {len(study.runs)} runs.")'
SECOND = """\
from labkit import RunConfig, train_one
run = train_one(RunConfig(dataset="linear", hidden_sizes=(2,), n_epochs=20))
print(round(run.results["test_accuracy"], 3))"""
ANSWER = "The larger rate came further, as its steps are longer, and none of them overshot the minimum here."
NAME = "B-31_7_backprop.zip"
Entries = dict[str, bytes]


def write_lab(root: Path) -> Project:
    """The lab as a student has it, before it is built; its answer is the student's."""
    project = make_project(root, LAB)
    (project.notebooks / "02_second.ipynb").unlink()
    write_notebook(
        project,
        "01_first",
        cell("# The first notebook\n\n## What is asked"),
        cell(PARAMETERS, "parameters"),
        cell(STUDY),
        cell(TABLE),
        cell(FIGURE),
        cell(SENTENCE),
        cell("# Conclusion"),
        cell("# ", "answer") | {"source": ANSWER},
    )
    write_notebook(project, "extras/02_second", cell("# The second notebook"), cell(SECOND))
    return project


def submit(project: Project, **environment: str) -> Entries:
    """Build the lab, hand it in, and return what is in the zip."""
    assert main(["--root", str(project.root), "report"]) == 0
    assert main(["--root", str(project.root), "submit"]) == 0
    return read(project.reports("backprop") / NAME)


def assistants(project: Project, root: Path) -> Project:
    """The project of the assistant: the same notebooks, without what the student wrote and built."""
    shutil.copytree(project.notebooks, root / "notebooks")
    shutil.copy(project.requirements, root)
    own = Project(root)
    change_notebook_file(own.notebooks / "01_first.ipynb", lambda book: book["cells"][-1].update(source="Your answer."))
    return own


def change_notebook_file(path: Path, change: Callable[[dict], object]) -> None:
    path.write_bytes(changed_json(path.read_bytes(), change))


def read(path: Path) -> Entries:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed_json(content: bytes, change: Callable[[dict], object]) -> bytes:
    value = json.loads(content)
    change(value)
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def with_json(entries: Entries, name: str, change: Callable[[dict], object]) -> Entries:
    """The entries with one JSON file changed by `change`, which may alter it in place."""
    return entries | {name: changed_json(entries[name], change)}


def with_text(entries: Entries, name: str, old: str, new: str) -> Entries:
    """The entries with a text replaced in one file."""
    assert old in entries[name].decode(), f"{old!r} is not in {name}"
    return entries | {name: entries[name].decode().replace(old, new).encode()}


def with_runs(entries: Entries, name: str, change: Callable[[list[dict]], list[dict]]) -> Entries:
    """The entries with the lines of one runs/*.jsonl changed."""
    rows = change([json.loads(line) for line in entries[name].splitlines()])
    entries = entries | {name: "".join(json.dumps(row) + "\n" for row in rows).encode()}
    n_runs = sum(len(content.splitlines()) for key, content in entries.items() if key.startswith(bundle.RUNS))
    return with_json(entries, bundle.MANIFEST, lambda manifest: manifest.update(n_runs=n_runs))


def with_hashes(entries: Entries) -> Entries:
    """The entries with all hashes of the MANIFEST recomputed: what a careful forger does."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in entries.items() if name != bundle.MANIFEST}
    return with_json(entries, bundle.MANIFEST, lambda manifest: manifest.update(files=hashes))


def with_report(entries: Entries) -> Entries:
    """The entries with the report converted again from the executed notebooks, and all hashes recomputed."""
    manifest = json.loads(entries[bundle.MANIFEST])
    meta = ReportMeta(**manifest["report"])

    def chapters() -> list[Chapter]:
        found = []
        for notebook in manifest["notebooks"]:
            text = entries[f"executed/{notebook['name']}.ipynb"].decode()
            runs = entries.get(f"runs/{notebook['name']}.jsonl", b"")
            found.append(
                Chapter(notebook["name"], nbformat.reads(text, as_version=4), Path(), notebook["part"], runs=runs)
            )
        return found

    pdf = render_pdf(chapters(), meta)
    made = {"report.html": render_html(chapters(), meta, pdf="report.pdf").encode(), "report.pdf": pdf}
    return with_hashes(entries | made | {bundle.PAGES: pages_csv(read_page_map(pdf))})


def write(folder: Path, entries: Entries, name: str = NAME) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bundle.zip_of(entries))
    return path


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of anything."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()
