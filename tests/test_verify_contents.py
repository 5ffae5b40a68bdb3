"""Hostile content: JSON, notebooks, runs and tables that are not of the types they should be, each in a sentence."""

import copy
import json
from collections.abc import Callable, Iterator

import pytest

from labkit.training.config import RunConfig
from labreport.hand_in import bundle
from labreport.verify.checks import outputs
from labreport.verify.checks.claimed import unheld_numbers
from labreport.verify.checks.sources import Sources
from labreport.verify.reading import contents, numbers, schemas
from labreport.verify.reading.cells import ExecutedCell, Output, read_cells
from labreport.verify.reading.findings import Finding, OwnCell, printable
from labreport.verify.reading.strict import Unreadable, load

SHA = "0" * 64
MANIFEST = {
    "format": 1,
    "lab": "backprop",
    "title": "A lab",
    "author": "王小明",
    "student_id": "1",
    "report": {"title": "A lab"},
    "notebooks": [{"name": "02_second", "key": "extras/02_second", "part": "Extra"}],
    "files": {"report.html": SHA},
    "versions": {"numpy": "2"},
    "engine": SHA,
    "library": {"labkit/layers.py": SHA},
    "platform": {"system": "Linux", "blas": ["one"]},
    "data": {},
    "commit": None,
    "n_runs": 0,
}
CELL = {"id": "a", "cell_type": "code", "metadata": {"tags": []}, "source": "1", "outputs": []}
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]}
RESULTS = dict.fromkeys(sorted(schemas.RESULTS), 0.5) | {"val_loss": "nan"}
RUN = {
    "config": {"lr": 0.1, "hidden_sizes": [3, 3], "seed": 0, "batch_size": None},
    "results": RESULTS,
    "epochs": 5,
    "stopped": "n_epochs",
    "weights": SHA,
    "history": SHA,
}


def written(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe{}", "not UTF-8"),
        (b"{", "not valid JSON"),
        (b"", "not valid JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too large"),
        (b'{"a": 12345678901234567}', "too large"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested too deeply"),
        (b'"' + b"\x01" * 3 + b'"', "not valid JSON"),
    ],
)
def test_json_is_read_strictly(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        load(data, "a file")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 300


def changed(value: dict, **changes: object) -> dict:
    return copy.deepcopy(value) | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"lab": "../../etc"},
        {"lab": "<script>"},
        {"lab": ["backprop"]},
        {"author": 5},
        {"author": "a" * 10_000},
        {"student_id": None},
        {"report": {"title": "A lab", "template": "evil"}},
        {"report": {"title": {}}},
        {"report": {}},
        {"notebooks": []},
        {"notebooks": [{"name": "x", "key": "../x", "part": ""}]},
        {"notebooks": [{"name": "x", "key": "y", "part": ""}]},
        {"notebooks": [{"name": "x/y", "key": "x/y", "part": ""}]},
        {"notebooks": ["01"]},
        {"notebooks": [{"name": "x", "key": "x", "part": 5}]},
        {"notebooks": [{"name": "x", "key": "x", "part": ""}] * 2},
        {"notebooks": [{"name": f"n{i}", "key": f"n{i}", "part": ""} for i in range(101)]},
        {"files": [SHA]},
        {"files": {"report.html": "0"}},
        {"files": {f"{i}": SHA for i in range(6000)}},
        {"versions": {"numpy": 2}},
        {"library": {"labkit/layers.py": None}},
        {"platform": "Linux"},
        {"platform": {"a": [[[[["deep"]]]]]}},
        {"data": {"digits": "x" * 5000}},
        {"n_runs": True},
        {"engine": SHA * 4},
        {"files": {"report.html": SHA + "\n"}},
        {"n_runs": "1"},
        {"commit": {}},
    ],
)
def test_a_manifest_of_wrong_types_is_refused(changes: dict) -> None:
    assert contents.read_manifest(written(MANIFEST))["lab"] == "backprop"
    with pytest.raises(Unreadable):
        contents.read_manifest(written(changed(MANIFEST, **changes)))


def test_a_manifest_needs_every_entry() -> None:
    for name in bundle.MANIFEST_KEYS:
        with pytest.raises(Unreadable, match=r"format|has no"):
            contents.read_manifest(written({key: value for key, value in MANIFEST.items() if key != name}))
    with pytest.raises(Unreadable, match="an object"):
        contents.read_manifest(b"[]")


DISPLAY = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "x"}}


@pytest.mark.parametrize(
    "cell",
    [
        [],
        changed(CELL, cell_type="evil"),
        changed(CELL, source=5),
        changed(CELL, source=[1]),
        changed(CELL, metadata=[]),
        changed(CELL, metadata={"tags": "parameters"}),
        changed(CELL, metadata={"tags": [{}]}),
        changed(CELL, id="<b>"),
        changed(CELL, id=7),
        changed(CELL, outputs={}),
        changed(CELL, outputs=[None]),
        changed(CELL, outputs=[{"output_type": "evil"}]),
        changed(CELL, outputs=[{"output_type": "stream", "name": "stdout", "text": {}}]),
        changed(CELL, outputs=[{"output_type": "error", "ename": 1, "evalue": "", "traceback": []}]),
        changed(CELL, outputs=[changed(DISPLAY, data=[])]),
        changed(CELL, outputs=[changed(DISPLAY, data={"text/html": {"a": 1}})]),
        changed(CELL, outputs=[changed(DISPLAY, data={"image/png": 3})]),
        changed(CELL, outputs=[changed(DISPLAY, metadata={"report": []})]),
        changed(CELL, outputs=[changed(DISPLAY, metadata={"report": {"caption": ["x"]}})]),
        changed(CELL, outputs=[DISPLAY] * 501),
        changed(CELL, attachments=[]),
        changed(CELL, cell_type="markdown", outputs=[{}]),
    ],
)
def test_a_notebook_of_wrong_types_is_refused(cell: object) -> None:
    assert read_cells(contents.read_notebook(written(NOTEBOOK), "a notebook"))[0].source == "1"
    with pytest.raises(Unreadable):
        contents.read_notebook(written(changed(NOTEBOOK, cells=[cell])), "a notebook")


@pytest.mark.parametrize(
    "changes", [{"nbformat": 3}, {"cells": {}}, {"cells": [CELL, CELL]}, {"cells": [CELL] * 2000}, {"metadata": 1}]
)
def test_a_notebook_of_another_form_is_refused(changes: dict) -> None:
    with pytest.raises(Unreadable):
        contents.read_notebook(written(changed(NOTEBOOK, **changes)), "a notebook")


@pytest.mark.parametrize(
    "source",
    [
        "n = __import__('os').system('touch evil')",
        "import os",
        "n = 1\nprint(n)",
        "n = " + "(" * 5000 + ")" * 5000,
        "n = " + "-" * 50_000 + "1",
        "n = 1e999",
        "n = b'bytes'",
        "n = {1: 2}",
        "n = [[1]]",
        "n = \x00",
    ],
)
def test_parameters_are_literals_and_nothing_is_evaluated(source: str) -> None:
    cell = changed(CELL, source=source, metadata={"tags": ["parameters"]})
    with pytest.raises(Unreadable, match=r"cannot be read|is no number"):
        contents.read_parameters(changed(NOTEBOOK, cells=[cell]), "a notebook")


@pytest.mark.parametrize(
    "change",
    [
        lambda run: run.update(config=[]),
        lambda run: run.update(config={"lr": {"a": 1}}),
        lambda run: run.update(config={"dataset": "x" * 100}),
        lambda run: run.update(config={"hidden_sizes": [1] * 100}),
        lambda run: run.update(config={str(i): 1 for i in range(200)}),
        lambda run: run["results"].pop("val_loss"),
        lambda run: run["results"].update(train_loss=[0.1]),
        lambda run: run["results"].update(train_loss="low"),
        lambda run: run["results"].update(train_loss=True),
        lambda run: run.update(epochs=-1),
        lambda run: run.update(epochs=1.5),
        lambda run: run.update(stopped="by hand"),
        lambda run: run.update(weights="0"),
        lambda run: run.update(more=1),
        lambda run: run.pop("history"),
    ],
)
def test_runs_of_wrong_types_are_refused(change: Callable[[dict], object]) -> None:
    run = copy.deepcopy(RUN)
    assert contents.read_runs(written(run) + b"\n", "runs") == [run]
    change(run)
    with pytest.raises(Unreadable, match="line 1 of runs"):
        contents.read_runs(written(run), "runs")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"author": "a" * 10**6}, "MANIFEST.json at .author may have at most 200 characters; got 'aaaaaaaaaaaa…"),
        ({"report": {}}, "MANIFEST.json at .report has no 'title'; got {}"),
        ({"notebooks": [{"name": "x", "key": 5}]}, "MANIFEST.json at .notebooks[0] has no 'part'; got {'key': 5"),
        ({"versions": {"\x1b[2J\n": 2}}, "MANIFEST.json at .versions.\ufffd[2J must be a text; got 2"),
        ({"files": [["deep"] * 9] * 9}, "MANIFEST.json at .files must be an object; got [['deep', 'deep',…"),
        ({"platform": {"a": [0] * 201}}, "MANIFEST.json at .platform.a may have at most 200 elements; got [0, 0, 0…"),
        ({"commit": {}}, "MANIFEST.json at .commit must be a text or null; got {}"),
        ({"format": 2}, "MANIFEST.json at .format must be 1; got 2"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence_that_names_the_place(change: dict, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        contents.read_manifest(written(changed(MANIFEST, **change)))
    said = str(caught.value)
    assert said.startswith(message.removesuffix("…"))
    assert said.isprintable() and len(said) < 300


HOSTILE = [
    None,
    True,
    -1,
    1e308,
    "x" * 300,
    "{0.__class__}",
    "\x1b[2J",
    [],
    [[]],
    {},
    {"{0}": {"\x00": {"a" * 500: 1}}},
]


def replaced(value: object) -> Iterator[object]:
    """The value with each part of it, one at a time, replaced by something hostile."""
    yield from HOSTILE
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        for other in replaced(value[key]):
            new = copy.copy(value)
            new[key] = other
            yield new


def test_whatever_stands_anywhere_is_refused_in_a_sentence_or_can_be_read() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["x"]}
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["x"]}
    cell = changed(CELL, outputs=[DISPLAY, stream, error], attachments={"a": {"image/png": "x"}})
    n_read = n_refused = 0
    for read, value in (
        (contents.read_manifest, MANIFEST),
        (lambda data: contents.read_runs(data, "runs"), RUN),
        (lambda data: read_cells(contents.read_notebook(data, "a notebook")), changed(NOTEBOOK, cells=[cell])),
    ):
        for part in replaced(value):
            try:
                read(written(part))
                n_read += 1
            except Unreadable as said:
                assert str(said).isprintable() and len(str(said)) < 300
                n_refused += 1
    assert n_read > 50 and n_refused > 500


@pytest.mark.parametrize("data", [b"\xff", b'"open', b"a" * 200_000])
def test_a_csv_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="no CSV file"):
        contents.read_table(data, "a table")


def test_every_setting_of_a_run_passes_the_check() -> None:
    """The limits on texts and lists leave room for all that a configuration can say."""
    config = RunConfig(front=("conv2d(8, 3, 1)", "relu", "maxpool2d(2)"), hidden_sizes=(100,) * 8, dataset="digits")
    schemas.require(changed(RUN, config=json.loads(json.dumps(config.as_dict()))), schemas.RUN, "a run")


def test_findings_hold_nothing_that_acts() -> None:
    text = "\x1b[31mred\x1b[0m \u202eevil\ud800 <script>alert(1)</script>\r\nline"
    finding = Finding("failed", "archive", text)
    assert finding.text.isprintable()
    assert printable("a" * 500, 50) == "a" * 49 + "…"


def test_all_cells_are_told_where_a_sentence_names_the_first() -> None:
    for n_cells, told in ((2, 0), (10, 10)):
        sources = Sources("01")
        sources.tell("look", "changed code", [f"id-{i}" for i in range(n_cells)])
        (finding,) = sources.findings
        assert finding.cell == "01/id-0" and len(finding.details) == told


def test_numbers_of_an_answer_that_its_notebook_does_not_hold() -> None:
    table = Output("0", "display_data", grid=[["rate", "accuracy"], ["0.5", "97.48 %"]], texts={"": "1,234 epochs"})
    cells = [
        ExecutedCell("id-1", "code", "n_seeds = 30", [], [table]),
        ExecutedCell("id-2", "markdown", "99.9", [], []),
    ]
    held = "At 0.5 all 30 seeds come to 97.5 %, a share of −0.9748 or 1234 epochs, in 2 of 3 layers."
    for text, expected in ((held, []), (f"{held} It is 98.5 %, or 99.9.", ["98.5", "99.9"])):
        own = OwnCell("01", "id-2", False, text, "", is_answer=True)
        assert list(unheld_numbers([own], cells)) == [(own, expected)]


def test_numbers_in_texts() -> None:
    found = [(n.value, n.half) for n in numbers.numbers("1,234 and −3.2×10⁻⁵ (97.5–98.0 %), R2, 5.67 million, 10-20")]
    assert [value for value, _ in found] == pytest.approx([1234, -3.2e-5, 97.5, 98.0, 5.67e6, 10, 20])
    assert found[1][1] == pytest.approx(5e-7)
    assert numbers.deviation("loss 0.500", "loss 0.501") < 1 < numbers.deviation("loss 0.500", "loss 0.510")
    assert numbers.deviation("97.01–97.2 %", "97.1–97.2 %") < 1 < numbers.deviation("97.0 %", "97.8 %")
    assert numbers.deviation("52.0 % and loss 0.69", "52.1 % and loss 0.02") > 1, "a % is that of one number alone"
    assert numbers.deviation("3 of 10 diverged", "2 of 10 diverged") == float("inf"), "a count is exact"
    assert numbers.deviation("52.0 %", "1e2 %") > 1 and numbers.deviation("612.0", "1e3") > 1, "whatever its rounding"
    assert numbers.deviation("it rises by 1", "it falls by 1") == float("inf")


def test_of_measured_time_any_time_may_stand_there_and_nothing_else() -> None:
    def differing(*cells: str) -> list[str]:
        mine, theirs = (
            [["lr", "seconds a run"], *([str(i), t] for i, t in enumerate(c))] for c in (["1.2"] * 3, cells)
        )
        return [one.text for one in outputs.differing_rows(mine, theirs, outputs.measured_columns(mine[:1]))]

    assert differing("3.4", "0.002 s", "12 ± 3 ms") == []
    assert differing("3.4", "99.9 % right", "1.2") == ["'99.9 % right' in a column of measured time, here '1.2'"]
    assert len(differing("3.4", "loss 0.1", "best")) == 2
