"""The protocol of every notebook: three kinds of code cell, one judge, no outputs, no number typed into prose."""

import ast
import re
import tomllib
from pathlib import Path
from statistics import median

import nbformat
import pytest

from labreport.project.exercises import MODEL_ANSWER, has_solution
from labreport.project.parameters_cell import find_parameters_cell, read_schema

FOLDER = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(path for path in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
TAGS = {"parameters", "answer", "prompt", "measured", "remove-input", "remove-cell", "show-code", "detail"}
NOT_PROSE = re.compile(r"\$\$.*?\$\$|\$[^$]+\$|`[^`]+`|\[[^]]*@[^]]+\]|@\w[\w-]*", re.S)
MEASURED = re.compile(r"\d*\.\d{3,}|\d+(\.\d+)?\s?%|\d{4,}|\d+,\d{3}")  # as only runs and their settings have
USUAL = {"RunConfig", "Dataset", "load_dataset", "run_study", "train_one", "say", "figures", "tables"}
SHOWS = {"figures", "tables"}
LESSONS = ("01", "02", "03", "04")


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def tags(cell):
    return cell.metadata.get("tags", [])


def called(cell):
    """What a cell that is one call of say, figures or tables calls; empty for every other cell, which computes."""
    body = ast.parse(cell.source).body
    if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Call):
        return ""
    function = body[0].value.func
    if isinstance(function, ast.Attribute) and getattr(function.value, "id", "") in SHOWS:
        return function.value.id
    return "say" if getattr(function, "id", "") == "say" else ""


def n_statements(cells):
    return sum(isinstance(node, ast.stmt) for cell in cells for node in ast.walk(ast.parse(cell.source)))


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


def test_tags_are_known(notebook):
    assert {tag for cell in notebook.cells for tag in tags(cell)} <= TAGS


def test_parameters_are_literals_with_a_meaning_and_a_range(notebook):
    if not code_cells(notebook):
        return
    schema = read_schema(find_parameters_cell(notebook, "notebook"), "notebook")
    assert schema and all(parameter.meaning for parameter in schema.values())
    assert all(parameter.range for parameter in schema.values() if parameter.kind in (int, float))


def test_what_shows_or_says_is_one_call_folded_here_and_without_code_in_the_report(notebook):
    for cell in code_cells(notebook):
        names = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
        if called(cell):
            assert "remove-input" in tags(cell), f"{cell.id} shows something"
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), f"{cell.id} is not folded"
        else:
            assert "say" not in names, f"{cell.id} says something and does something else"
            assert not re.search(r"caption=", cell.source), f"{cell.id} shows something and does something else"


def test_a_condition_stands_where_it_is_said(notebook):
    """One sentence, one condition: no text is put together from cases."""
    for cell in filter(called, code_cells(notebook)):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.IfExp | ast.NamedExpr), f"{cell.id} chooses between texts or binds a name"


def test_nothing_is_asserted_printed_or_patched(notebook):
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.Assert | ast.Global | ast.ClassDef), cell.id
            if isinstance(node, ast.Call):
                assert getattr(node.func, "id", "") not in ("print", "globals", "locals", "exec", "patch"), cell.id
        assert not re.search(r"^\s*(for epoch in |%|!)", cell.source, re.M), cell.id


def test_what_is_imported(notebook):
    names = [name for cell in code_cells(notebook) for name in imported_names(cell.source)]
    assert len(set(names) - USUAL - {"np", "pd"}) <= 6, sorted(set(names) - USUAL)


def imported_names(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def test_lines_are_short(notebook):
    for cell in code_cells(notebook):
        assert max(map(len, cell.source.splitlines())) <= 100, cell.id


def test_a_fifth_of_the_code_shows_and_cells_are_short():
    """A fifth of the statements of all notebooks; what is shown is a matter of labkit."""
    cells = [cell for path in PATHS for cell in code_cells(nbformat.read(path, as_version=4))]
    assert n_statements(filter(called, cells)) <= 0.2 * n_statements(cells)
    assert median(len(cell.source.splitlines()) for cell in cells) <= 6


def test_lessons_are_prose_with_code(path, notebook):
    if path.stem.startswith(LESSONS):
        words = sum(len(cell.source.split()) for cell in text_cells(notebook))
        assert words >= 10 * n_statements(code_cells(notebook))


def test_no_measured_number_is_typed_into_prose(notebook):
    for cell in text_cells(notebook):
        found = MEASURED.search(
            NOT_PROSE.sub("", cell.source).replace("80 %", "").replace("10 %", "").replace("90 %", "")
        )
        assert not found, f"{cell.id}: {found[0]} belongs into a sentence made by code"


def test_every_figure_and_table_is_named(notebook):
    """In the text, in a caption or in a sentence: @fig-rates, @tbl-rates."""
    text = "\n".join(cell.source for cell in notebook.cells)
    for cell in code_cells(notebook):
        if called(cell) in SHOWS:
            label = re.search(r'label="([\w-]+)"', cell.source)
            assert label, f"{cell.id} has no label"
            kind = "tbl" if called(cell) == "tables" else "fig"
            assert f"@{kind}-{label[1]}" in text, f"nothing names @{kind}-{label[1]}"


def test_a_notebook_has_one_finding(notebook):
    sentences = [cell for cell in code_cells(notebook) if "answers=" in cell.source]
    assert len(sentences) == bool(code_cells(notebook))


def test_answers_follow_a_prompt(notebook):
    for i, cell in enumerate(notebook.cells):
        if "answer" in tags(cell):
            above = notebook.cells[i - 1]
            assert cell.cell_type == above.cell_type == "markdown" and "prompt" in tags(above)
            assert cell.source.startswith(MODEL_ANSWER)
        if "prompt" in tags(cell):
            assert cell.source.startswith("> **Your turn.**")
            assert "answer" in tags(notebook.cells[i + 1]) or has_solution(notebook.cells[i + 1].source)


def test_reports_are_spoken_of_in_their_own_chapter_alone(path, notebook):
    if path.stem != "12_claims":
        for cell in notebook.cells:
            assert not re.search(r"\bR[0-4]\b", cell.source), f"{cell.id} names a report"


def test_the_ledger_alone_judges_claims(path, notebook):
    if path.stem != "12_claims":
        for cell in code_cells(notebook):
            assert "labkit.claims" not in cell.source, f"{cell.id} judges claims"


def test_quick_values_stand_for_parameters(path, notebook):
    key = path.relative_to(FOLDER).with_suffix("").as_posix()
    quick = tomllib.loads((FOLDER / "quick.toml").read_text(encoding="utf-8")).get(key, {})
    schema = read_schema(find_parameters_cell(notebook, "notebook"), "notebook") if quick else {}
    assert quick.keys() <= schema.keys()
