"""`jupyter nbconvert --to labhtml` and labpdf serve any notebook, or answer in one sentence."""

import json
import re
import subprocess
import sys
from html import unescape

import pytest
from nbconvert.nbconvertapp import NbConvertApp
from nbformat import v4
from report_samples import chapter, code, markdown, stream
from small_project import cell

from labkit.errors import LabError
from labreport.page.exporters import LabHTMLExporter, LabPDFExporter

FINE = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell("# Title") | {"id": "a"}]}


def written(folder, content) -> str:
    path = folder / "strange.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(path)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        3,
        {"report": None},
        {"report": "yes"},
        {"report": {"date": "2026-13-45", "title": ["a"], "author": None}},
        {"report": {"language": "fr"}},
        {"kernelspec": None, "language_info": 3, "language": 3},
    ],
)
def test_metadata_that_are_none_of_ours_harm_nobody(tmp_path, metadata) -> None:
    path = written(tmp_path, FINE | {"metadata": metadata})
    assert "Title" in LabHTMLExporter().from_filename(path)[0]
    assert LabPDFExporter().from_filename(path)[0].startswith(b"%PDF")


@pytest.mark.parametrize(
    "change",
    [{"nbformat_minor": 99}, {"cells": [{"cell_type": "markdown", "metadata": {}}]}, {"cells": None}, {"cells": [3]}],
)
def test_a_notebook_that_is_not_as_the_format_says_is_written(tmp_path, change) -> None:
    assert LabHTMLExporter().from_filename(written(tmp_path, FINE | change))[0].startswith("<!doctype html>")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", [], None, {"nbformat": 5}, {"nbformat": 3, "worksheets": None}]
)
def test_what_is_no_notebook_is_a_sentence(tmp_path, content) -> None:
    with pytest.raises(LabError, match=r"^strange: this is not a notebook that can be read \("):
        LabHTMLExporter().from_filename(written(tmp_path, content))


def test_nbconvert_ends_with_the_sentence_and_no_traceback(tmp_path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "labhtml", written(tmp_path, b"{")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: strange: this is not a notebook that can be read")


@pytest.mark.parametrize(
    "source",
    ["msg = None", "import os\nx = 3", "%matplotlib inline\nx = 3", "x = 2 ** 5", "x = {1: 2}", "x: Any = object()"],
)
def test_parameters_that_are_not_ours_are_left_alone(source, caplog) -> None:
    notebook = chapter(markdown("# Title"), code(source, tags=("parameters",))).notebook
    html, _ = LabHTMLExporter().from_notebook_node(notebook)
    assert "there is no table of the settings: Notebook, parameters cell, line 1: " in caplog.text
    assert 'details class="code"' in html  # the cell is there as any other
    assert "parameters" in notebook.cells[1].metadata.tags  # and the caller's notebook as it was


def test_parameters_with_annotations_are_a_table(caplog) -> None:
    html, _ = LabHTMLExporter().from_notebook_node(chapter(code("lr: float = 0.1", tags=("parameters",))).notebook)
    assert "The settings of all chapters." in html
    assert caplog.text == ""


def test_a_bibliography_that_cannot_be_read_is_none(tmp_path, caplog):
    (tmp_path / "references.bib").write_bytes("@misc{a, title = {Zoë}}".encode("latin-1"))
    assert "Title" in LabHTMLExporter().from_filename(written(tmp_path, FINE))[0]
    assert "nothing is cited: references.bib: it cannot be read (UnicodeDecodeError" in caplog.text


@pytest.mark.parametrize(
    ("options", "left_out"),
    [
        ("", ""),
        ("--no-prompt", ""),
        ("--no-input", "source, secret source"),
        ("--TemplateExporter.exclude_input=True", "source, secret source"),
        ("--TemplateExporter.exclude_output=True", "output, secret output"),
        ("--TemplateExporter.exclude_code_cell=True", "source, output, secret source, secret output"),
        ("--TemplateExporter.exclude_markdown=True", "Markdown"),
        ("--TemplateExporter.exclude_raw=True", "raw"),
        ("--TagRemovePreprocessor.remove_cell_tags=secret", "secret source, secret output"),
        ("--TagRemovePreprocessor.remove_input_tags=secret", "secret source"),
        ("--TagRemovePreprocessor.remove_all_outputs_tags=secret", "secret output"),
        ("--ClearOutputPreprocessor.enabled=True", "output, secret output"),
        ("--RegexRemovePreprocessor.patterns=.*the.raw", "raw"),
    ],
)
def test_the_options_of_nbconvert_do_what_they_say(tmp_path, monkeypatch, options, left_out) -> None:
    cells = [
        markdown("the Markdown"),
        code("'the source'", stream("the output")),
        code("'the secret source'", stream("the secret output"), tags=("secret",)),
        v4.new_raw_cell("the raw"),
    ]
    monkeypatch.chdir(tmp_path)
    app = NbConvertApp()
    app.initialize(["--to", "labhtml", *options.split(), written(tmp_path, chapter(*cells).notebook)])
    app.start()
    page = unescape(re.sub("<[^>]*>", "", (tmp_path / "strange.html").read_text(encoding="utf-8")))
    kinds = ["Markdown", "source", "output", "secret source", "secret output", "raw"]
    assert [kind for kind in kinds if f"the {kind}" not in page] == (left_out.split(", ") if left_out else [])
