"""The protocol that every notebook keeps: tags, no outputs, no number of a run typed into prose, one judge."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from labreport.project.parameters_cell import find_parameters_cell, read_schema

FOLDER = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(path for path in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
TAGS = {
    "parameters",
    "answer",
    "measured",
    "remove-input",
    "remove-cell",
    "show-code",
    "provenance",
    "raises-exception",
}
NOT_PROSE = re.compile(r"\$\$.*?\$\$|\$[^$]+\$|`[^`]+`|\bR[0-4]\b", re.S)
MEASURED = re.compile(r"\d*\.\d{3,}|\d+(\.\d+)?\s?%|\d{4,}|\d+,\d{3}")  # as only runs and their settings have


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def test_there_are_notebooks():
    assert PATHS


def test_format(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))


def test_cell_ids_are_words_that_stay(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) and not name.isdigit() for name in ids)


def test_no_code_cell_is_empty(notebook):
    for cell in code_cells(notebook):
        assert cell.source.strip(), f"{cell.id} is empty"


def test_tags_are_known(notebook):
    assert {tag for cell in notebook.cells for tag in tags(cell)} <= TAGS


def test_parameters_are_literals_with_a_meaning_and_a_range(notebook):
    schema = read_schema(find_parameters_cell(notebook, "notebook"), "notebook")
    assert schema and all(parameter.meaning for parameter in schema.values())
    assert all(parameter.range for parameter in schema.values() if parameter.kind in (int, float))


def test_sentences_come_from_cells_without_code_in_the_report(notebook):
    for cell in code_cells(notebook):
        if re.search(r"^\s*(say|provenance)\(", cell.source, re.M):
            assert "remove-input" in tags(cell), f"{cell.id} says something"


def test_no_measured_number_is_typed_into_prose(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = MEASURED.search(NOT_PROSE.sub("", cell.source).replace("80 %", ""))
            assert not found, f"{cell.id}: {found[0]} belongs into a sentence made by code"


def test_order(notebook):
    headings = re.findall(r"^## (.+)$", "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown"), re.M)
    expected = [
        "Question",
        "Parameters",
        "Method",
        "Experiment",
        "Results",
        "Discussion",
        "Conclusion",
        "How it was made",
    ]
    assert headings == expected
    assert notebook.cells[0].source.startswith("# ")


def test_answers_follow_a_quoted_question(notebook):
    answers = [i for i, cell in enumerate(notebook.cells) if "answer" in tags(cell)]
    assert answers
    for i in answers:
        assert notebook.cells[i].cell_type == "markdown"
        assert re.search(r"^> \*\*Your turn\.\*\*", notebook.cells[i - 1].source, re.M)


def test_a_last_cell_asserts_and_a_footer_tells_how(notebook):
    assert any(cell.source.startswith("assert ") for cell in code_cells(notebook)[-3:])
    assert "provenance" in tags(notebook.cells[-1])


@pytest.mark.parametrize("path", [path for path in PATHS if path.stem != "12_claims"], ids=lambda path: path.stem)
def test_the_ledger_alone_judges_claims(path):
    for cell in code_cells(nbformat.read(path, as_version=4)):
        for name in imported_modules(cell.source):
            assert not re.match(r"labkit\.(claims|claim_data|evidence|ledger)\b", name), f"{cell.id} imports {name}"


def imported_modules(source):
    """The dotted name of everything that a cell imports, `from a import b` as "a.b"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_class_and_no_training_loop(notebook):
    for cell in code_cells(notebook):
        assert not re.search(r"^\s*(class |for epoch in |%|!|import sys)", cell.source, re.M), cell.id
