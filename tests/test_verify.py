"""Checking a bundle: an honest one passes, and each way of tampering is found and named."""

import base64
import getpass
import io
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import handed_in
import pytest
from handed_in import NAME, Entries, with_hashes, with_json, with_report, with_runs, with_text, write
from pypdf import PdfReader

from labkit.errors import LabError
from labkit.experiments.study import train_one
from labkit.training.config import RunConfig
from labreport.__main__ import main
from labreport.build.terminal import Terminal
from labreport.hand_in import bundle
from labreport.mark.page import report_folder
from labreport.project.project import Project
from labreport.run import drawing
from labreport.run.record import facts
from labreport.verify import child, examine
from labreport.verify.bundles import bundles, check_all
from labreport.verify.check import Checker
from labreport.verify.checks.retrain import Budget
from labreport.verify.reading.findings import BundleVerdict

FIRST, RUNS, CSV = "executed/01_first.ipynb", "runs/01_first.jsonl", "tables/01_first-rates.csv"


@dataclass
class Handed:
    """What a student handed in, and the assistant who checks it with a project of their own."""

    entries: Entries
    project: Project
    checker: Checker

    def check(self, folder: Path, entries: Entries, name: str = NAME) -> BundleVerdict:
        verdict = self.checker.check(write(folder, entries, name))
        print(*verdict.sorted(), sep="\n")  # shown by a test that fails
        return verdict


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handed]:
    """Built and handed in once; what the assistant trains and runs serves all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LABKIT_")]:
            patch.delenv(name)
        patch.setenv("LABKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        student = handed_in.write_lab(tmp_path_factory.mktemp("student"))
        entries = handed_in.submit(student)
        project = handed_in.assistants(student, tmp_path_factory.mktemp("assistant"))
        checker = Checker(project, Terminal(io.StringIO()), Budget())
        first = checker.check(write(tmp_path_factory.mktemp("first"), entries))
        assert first.word == "passed", first.sorted()
        assert first.counts["trained"] + first.counts["cached"] == 10
        yield Handed(entries, project, checker)


@pytest.fixture(autouse=True)
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read bundles in this process, which is faster, but where a test asks for the child that has limits."""
    if "in_a_child" not in request.fixturenames:
        monkeypatch.setattr(
            child, "run", lambda step, bundle, folder: through_json(examine.STEPS[step](bundle, folder))
        )


@pytest.fixture
def in_a_child() -> None:
    """Asks for the process that `verify` reads bundles in."""


def through_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def told(verdict: BundleVerdict, level: str = "failed") -> str:
    return "\n".join(finding.text for finding in verdict.sorted() if finding.level == level)


def outputs(book: dict, kind: str) -> dict:
    """The output that the report shows as a figure or table."""
    found = [output for cell in book["cells"] for output in cell.get("outputs", [])]
    return next(one for one in found if one.get("metadata", {}).get("report", {}).get("kind") == kind)


def in_table(old: str, new: str) -> Callable[[dict], None]:
    """Change a text of the table, as a reader sees it."""

    def change(book: dict) -> None:
        data = outputs(book, "table")["data"]
        assert old in data["text/html"]
        data.update({mime: text.replace(old, new) for mime, text in data.items()})

    return change


def first_accuracy(entries: Entries) -> str:
    """The median accuracy of the first row of the table."""
    cells = outputs(json.loads(entries[FIRST]), "table")["data"]["text/html"].split("<td>")
    return next(cell for cell in cells if "%" in cell).partition(" %")[0]


def test_an_honest_bundle_passes_and_says_what_was_compared(in_a_child: None, handed: Handed, tmp_path: Path) -> None:
    verdict = handed.check(tmp_path, handed.entries)
    assert (verdict.word, verdict.student_id, verdict.author) == ("passed", "B-31_7", "王小明")
    assert verdict.counts["files"] == len(handed.entries)
    assert verdict.counts["runs"] == 10 and verdict.counts["known"] == 10  # from the first check
    assert verdict.counts["numbers"] > 40 and verdict.counts["figures"] == 1
    assert verdict.how == ["runs bit for bit", "outputs equal to those made here"]
    assert told(verdict, "note") == "01_first: the student's own words: cell id-7"


def test_a_bundle_says_nothing_of_the_machine(handed: Handed) -> None:
    """No folder, user, host or value of a variable; what a notebook shows is looked at in test_execute."""
    told = {str(Path.home()), sys.prefix, tempfile.gettempdir(), f"/{getpass.getuser()}/"}
    told |= {platform.node()} if re.search(r"\d", platform.node()) else set()  # "localhost" may be a word of a report
    told |= {value for value in os.environ.values() if len(value) > 7 and ("/" in value or "@" in value)}
    pdf = PdfReader(io.BytesIO(handed.entries["report.pdf"]))
    printed = "\n".join([*(page.extract_text() for page in pdf.pages), str(pdf.metadata)])
    assert "王小明" in printed
    texts = {name: content.decode("utf-8", "replace") for name, content in handed.entries.items()} | {"PDF": printed}
    found = {(name, one) for name, text in texts.items() for one in told if len(one) > 3 and one in text}
    assert found == set()


def test_a_report_edited_after_the_fact(handed: Handed, tmp_path: Path) -> None:
    accuracy = first_accuracy(handed.entries)
    edited = with_text(handed.entries, "report.html", f">{accuracy} %", ">99 %")
    plain = handed.check(tmp_path, edited)
    assert "changed after the bundle was made: report.html" in told(plain)
    careful = handed.check(tmp_path, with_hashes(edited))
    assert "changed after" not in told(careful)
    assert "report.html is not what the executed notebooks give" in told(careful) and "99 %" in told(careful)


def test_another_pdf(handed: Handed, tmp_path: Path) -> None:
    pdf = handed.entries["report.pdf"].replace(b"/Page", b"/page", 1)
    assert "report.pdf is not what" in told(handed.check(tmp_path, with_hashes(handed.entries | {"report.pdf": pdf})))
    none = with_hashes(handed.entries | {"report.pdf": b"%PDF-1.7 no more", "pages.csv": b"section,title,page\n"})
    assert "the PDF cannot be opened" in told(handed.check(tmp_path, none))


def other_curves(book: dict) -> None:
    data = outputs(book, "figure")["data"]
    data["image/svg+xml"] = data["image/svg+xml"].replace("</svg>", '<path d="M 0 0 L 9 9"/></svg>')


def test_a_swapped_figure(handed: Handed, tmp_path: Path) -> None:
    in_page = handed.entries["report.html"].replace(b"</svg>", b"<path/></svg>", 1)
    assert in_page != handed.entries["report.html"]
    verdict = handed.check(tmp_path, with_hashes(handed.entries | {"report.html": in_page}))
    assert "1 pictures are others" in told(verdict)

    everywhere = with_report(with_json(handed.entries, FIRST, other_curves))
    assert "cell id-4 is not what it gives here: curves: another picture" in told(handed.check(tmp_path, everywhere))


def test_a_machine_that_draws_differently_says_so_once(
    handed: Handed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken list of fonts of the assistant's gave 24 findings, and honest students failed."""
    monkeypatch.setattr(drawing, "DRAWN", "another")
    drawing.draws_as_pinned.cache_clear()
    verdict = handed.check(tmp_path, with_report(with_json(handed.entries, FIRST, other_curves)))
    drawing.draws_as_pinned.cache_clear()
    assert verdict.word == "look", verdict.sorted()
    (finding,) = [finding for finding in verdict.findings if finding.level == "look"]
    assert "figures were not compared: this machine draws them differently" in finding.text
    assert verdict.counts["figures"] == 0


def test_a_changed_accuracy_in_a_table(handed: Handed, tmp_path: Path) -> None:
    """In what a reader sees alone, and in every file that holds it, converted and hashed again."""
    accuracy = first_accuracy(handed.entries)
    seen = with_json(handed.entries, FIRST, in_table(f"<td>{accuracy} %", "<td>99 %"))
    verdict = handed.check(tmp_path, with_report(seen))
    assert "'99 %" in told(verdict) and f"here '{accuracy} %" in told(verdict)
    checker = Checker(handed.project, Terminal(io.StringIO()), Budget(sample=1), rerun=False)
    quick = checker.check(write(tmp_path, with_report(seen)))
    assert quick.word == "look" and "01_first: its outputs were not compared: --no-rerun" in told(quick, "look")
    lines = [line.split(",") for line in seen[CSV].decode().splitlines()]
    lines[1][lines[0].index("train_accuracy_median")] = "0.99"
    everywhere = with_report(seen | {CSV: ("\n".join(map(",".join, lines)) + "\n").encode()})
    verdict = handed.check(tmp_path, everywhere)
    assert "01_first-rates.csv is not what it gives here: '0.99', here" in told(verdict)


def test_a_table_under_a_cell_that_only_sets_values(handed: Handed, tmp_path: Path) -> None:
    def forge(book: dict) -> None:
        cell = next(cell for cell in book["cells"] if "parameters" in cell["metadata"].get("tags", []))
        report = {"kind": "table", "caption": "All right."}
        cell["outputs"] = [outputs(book, "table") | {"metadata": {"report": report}}]

    verdict = handed.check(tmp_path, with_report(with_json(handed.entries, FIRST, forge)))
    assert "a cell that only sets values, and yet shows something: cell id-1" in told(verdict)


def test_a_changed_sentence(handed: Handed, tmp_path: Path) -> None:
    lowest = handed.entries[FIRST].decode().partition("lowest loss is ")[2][:6]
    edited = with_report(with_text(handed.entries, FIRST, f"lowest loss is {lowest}", "lowest loss is 0.0001"))
    assert "lowest loss is 0.0001" in told(handed.check(tmp_path, edited))


def test_a_changed_result_of_one_run(handed: Handed, tmp_path: Path) -> None:
    def better(rows: list[dict]) -> list[dict]:
        rows[4]["results"]["train_accuracy"] = 1.0
        return rows

    verdict = handed.check(tmp_path, with_hashes(with_runs(handed.entries, RUNS, better)))
    assert "1 of 10 recorded runs are not what training gives" in told(verdict)
    assert "train_accuracy 1.0, here" in told(verdict) and "seed=1" in told(verdict)


def test_hashes_of_weights_are_compared(handed: Handed, tmp_path: Path) -> None:
    def other(rows: list[dict]) -> list[dict]:
        rows[0]["weights"] = "0" * 64
        return rows

    verdict = handed.check(tmp_path, with_hashes(with_runs(handed.entries, RUNS, other)))
    assert "another hash of its weights" in told(verdict)
    assert "1 of 10 recorded runs are not what training gives, but within the tolerance" in told(verdict)


def test_results_of_another_configuration(handed: Handed, tmp_path: Path) -> None:
    """Runs that are true, but not those of this notebook with these parameters."""

    def longer(rows: list[dict]) -> list[dict]:
        configs = [RunConfig(**row["config"]).replace(n_epochs=60) for row in rows]
        return [through_json(facts(train_one(config))) for config in configs]

    verdict = handed.check(tmp_path, with_hashes(with_runs(handed.entries, RUNS, longer)))
    assert "9 runs were recorded that it does not make with these parameters" in told(verdict)
    assert "n_epochs=60" in told(verdict) and "not what training gives" not in told(verdict)


def test_runs_removed(handed: Handed, tmp_path: Path) -> None:
    verdict = handed.check(tmp_path, with_hashes(with_runs(handed.entries, RUNS, lambda rows: rows[:-2])))
    assert "2 runs are missing with these parameters" in told(verdict)
    gone = {name: content for name, content in handed.entries.items() if name != RUNS}
    verdict = handed.check(tmp_path, with_hashes(gone))
    assert "the MANIFEST names 10 runs" in told(verdict) and "9 runs are missing" in told(verdict)


def test_changed_parameters(handed: Handed, tmp_path: Path) -> None:
    edited = handed.entries
    for name in (FIRST, "source/01_first.ipynb"):
        edited = with_text(edited, name, "n_seeds = 3", "n_seeds = 2")
    verdict = handed.check(tmp_path, with_report(edited))
    assert "3 runs were recorded that it does not make" in told(verdict)
    assert "cell id-3 is not what it gives here: rates:" in told(verdict) and "n_seeds = 2 (the lab: 3)" in told(
        verdict, "note"
    )


def test_parameters_that_no_build_takes(handed: Handed, tmp_path: Path) -> None:
    edited = handed.entries
    for name in (FIRST, "source/01_first.ipynb"):
        edited = with_text(edited, name, "n_seeds = 3", "n_seeds = 10000")
    assert "n_seeds must be within 1 .. 10" in told(handed.check(tmp_path, with_hashes(edited)))


def test_another_students_number(handed: Handed, tmp_path: Path) -> None:
    """In the MANIFEST; in the title block too; and as a copy whose every file agrees with itself."""
    one = with_json(handed.entries, bundle.MANIFEST, lambda manifest: manifest.update(student_id="B-99"))
    assert "the student id is 'B-31_7' in the title block, 'B-99'" in told(
        handed.check(tmp_path, one, "B-99_backprop.zip")
    )
    both = with_json(one, bundle.MANIFEST, lambda manifest: manifest["report"].update(student_id="B-99"))
    assert "report.html is not what" in told(handed.check(tmp_path, both, "B-99_backprop.zip"))
    assert "would be 'B-99_backprop.zip'" in told(handed.check(tmp_path, both), "look")
    paths = [
        write(tmp_path / "class", handed.entries),
        write(tmp_path / "class", with_report(both), "B-99_backprop.zip"),
    ]
    names = {path: path.name for path in paths}
    honest, copied = check_all(names, handed.checker.check, lambda verdict: None)
    assert "text of cell id-7 is 100% that of cell id-7 of 01_first in B-99_backprop.zip" in told(honest, "look")
    assert f"text of cell id-7 is 100% that of cell id-7 of 01_first in {NAME}" in told(copied, "look")
    more = {paths[0]: "a/x.zip", write(tmp_path / "more", handed.entries): "b/x.zip"}
    again = check_all(more, handed.checker.check, lambda verdict: None)
    assert "is also that of b/x.zip" in told(again[0], "look") and "is also that of a/x.zip" in told(again[1], "look")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"made_with": "labkit 9.9, Python 3.12.0, numpy 2.3"},
            "'labkit 9.9, Python 3.12.0, numpy 2.3' as its made with",
        ),
        ({"engine": "0" * 64}, "as its engine"),
        ({"command": "make report LAB=r1"}, "'make report LAB=r1' as its command"),
    ],
)
def test_a_report_that_was_made_otherwise_than_it_says(
    handed: Handed, tmp_path: Path, said: dict[str, str], words: str
) -> None:
    """Also where the page and the title block of the MANIFEST agree."""
    forged = with_report(with_json(handed.entries, bundle.MANIFEST, lambda manifest: manifest["report"].update(said)))
    failed = told(handed.check(tmp_path, forged))
    assert words in failed and "report.html" not in failed


def test_a_number_of_runs_that_was_changed_in_the_report(handed: Handed, tmp_path: Path) -> None:
    edited = with_hashes(with_text(handed.entries, "report.html", "10 recorded runs", "90 recorded runs"))
    failed = told(handed.check(tmp_path, edited))
    assert "report.html is not what the executed notebooks give" in failed and "90 recorded runs" in failed


def on_another_platform(entries: Entries, change: Callable[[dict], object]) -> Entries:
    """The bundle as another machine would make it, whose results `change` moves."""

    def moved(rows: list[dict]) -> list[dict]:
        for row in rows:
            row |= {"weights": "1" * 64, "history": "2" * 64}
            change(row["results"])
        return rows

    entries = with_runs(entries, RUNS, moved)
    elsewhere = {"system": "Darwin", "machine": "arm64"}
    return with_hashes(with_json(entries, bundle.MANIFEST, lambda manifest: manifest.update(platform=elsewhere)))


def test_another_platform_passes_within_a_tolerance(handed: Handed, tmp_path: Path) -> None:
    def little(results: dict) -> None:
        results["train_loss"] *= 1.0005

    verdict = handed.check(tmp_path, on_another_platform(handed.entries, little))
    assert verdict.word == "passed", verdict.sorted()
    assert "within a tolerance for another machine (losses 0.1 % or 0.00001, accuracies 0.2 points" in verdict.how[0]
    assert "made on another platform" in told(verdict, "note")

    def much(results: dict) -> None:
        results["train_loss"] *= 0.9

    verdict = handed.check(tmp_path, on_another_platform(handed.entries, much))
    assert verdict.word == "failed"
    assert "9 of 10 recorded runs lie beyond the tolerance" in told(verdict)


def test_one_run_beyond_the_tolerance_is_to_be_looked_at(handed: Handed, tmp_path: Path) -> None:
    """Training may be chaotic: on another platform a run may end elsewhere, and a person decides."""
    seen = iter(range(100))
    moved = on_another_platform(handed.entries, lambda r: r.update(train_loss=0.5) if next(seen) == 0 else None)
    verdict = handed.check(tmp_path, moved)
    assert verdict.word == "look"
    assert "1 of 10 recorded runs lie beyond" in told(verdict, "look") and "train_loss 0.5" in told(verdict, "look")


def test_a_table_from_another_platform_is_compared_too(handed: Handed, tmp_path: Path) -> None:
    accuracy = first_accuracy(handed.entries)
    seen = with_json(handed.entries, FIRST, in_table(f"<td>{accuracy} %", "<td>99 %"))
    verdict = handed.check(tmp_path, with_report(on_another_platform(seen, lambda results: None)))
    assert "cell id-3 lies beyond the tolerance for another machine: rates: '99 %" in told(verdict, "look")


@pytest.mark.parametrize(("points", "word"), [("0.5", "passed"), ("40", "look")])
def test_a_figure_from_another_platform_is_compared_line_by_line(
    handed: Handed, tmp_path: Path, points: str, word: str
) -> None:
    def move(book: dict) -> None:
        data = outputs(book, "figure")["data"]
        start, x = re.search(r'(<path d="M )([\d.]+)', data["image/svg+xml"]).groups()
        data["image/svg+xml"] = data["image/svg+xml"].replace(start + x, f"{start}{float(x) + float(points):g}", 1)

    moved = on_another_platform(with_json(handed.entries, FIRST, move), lambda results: None)
    verdict = handed.check(tmp_path, with_report(moved))
    assert verdict.word == word, verdict.sorted()
    assert ("curves: another picture" in told(verdict, "look")) == (word == "look")


def test_another_picture_attached_to_a_text_and_other_tags_are_told(handed: Handed, tmp_path: Path) -> None:
    edited = handed.entries

    def change(book: dict) -> None:
        cell = next(cell for cell in book["cells"] if cell["id"] == "id-6")
        cell["attachments"] = {"x.png": {"image/png": "AAAA"}}
        cell["metadata"] = {"tags": ["remove-cell"]}

    for name in (FIRST, "source/01_first.ipynb"):
        edited = with_json(edited, name, change)
    edited |= {"source/secret.csv": b"1,2"}
    verdict = handed.check(tmp_path, with_report(edited))
    assert "changed text that is no answer: cell id-6" in told(verdict, "look")
    assert "other tags, which may hide what the lab shows (remove-cell): cell id-6" in told(verdict, "look")
    assert "files of the student's own beside the notebooks: secret.csv" in told(verdict, "note")


def own_code(entries: Entries, source: str) -> Entries:
    """The cell of the sentence rewritten by the student, with what it then shows."""

    def change(book: dict) -> None:
        cell = next(cell for cell in book["cells"] if cell["id"] == "id-5")
        cell["source"] = source
        if cell["outputs"]:
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "100 % right\n"}]

    return with_report(with_json(with_json(entries, FIRST, change), "source/01_first.ipynb", change))


def test_a_students_own_code_is_listed_and_never_run(in_a_child: None, handed: Handed, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    source = f"open({str(witness)!r}, 'w').write('ran')\nprint('100 % right')"
    verdict = handed.check(tmp_path, own_code(handed.entries, source))
    assert verdict.word == "look", verdict.sorted()
    assert "01_first: changed code, which is not run here: cell id-5" in told(verdict, "look")
    assert not witness.exists()


def test_a_cell_before_the_students_code_is_still_checked(handed: Handed, tmp_path: Path) -> None:
    accuracy = first_accuracy(handed.entries)
    edited = own_code(with_json(handed.entries, FIRST, in_table(f"<td>{accuracy} %", "<td>99 %")), "print('mine')")
    assert "cell id-3 is not what it gives here" in told(handed.check(tmp_path, edited))


def cell_of(book: dict, identity: str) -> dict:
    return next(cell for cell in book["cells"] if cell["id"] == identity)


def everything_faked(book: dict) -> None:
    """Other digits in all that is shown, and a line through each figure."""
    for output in (output for cell in book["cells"] for output in cell.get("outputs", [])):
        for mime, text in output.get("data", {}).items():
            output["data"][mime] = re.sub(r"\d", "9", text) if mime.startswith("text") else text
    other_curves(book)


def as_kind(kind: str) -> Callable[[dict], object]:
    def change(book: dict) -> None:
        cell = cell_of(book, "id-2")
        for name in ("outputs", "execution_count"):
            del cell[name]
        cell["cell_type"] = kind

    return change


def hide(book: dict) -> None:
    for identity in ("id-3", "id-4", "id-5"):
        cell_of(book, identity)["metadata"] = {"tags": ["remove-cell"]}


def praise(book: dict) -> None:
    cell = cell_of(book, "id-1")
    cell["source"] = cell["source"].replace("# learning rates", "# the best rates")


def fold(book: dict) -> None:
    cell_of(book, "id-3")["metadata"] = {"jupyter": {"outputs_hidden": True}}


CHANGES = {
    "raw": (as_kind("raw"), "changed code, which is not run here: cell id-2"),
    "markdown": (as_kind("markdown"), "changed code, which is not run here: cell id-2"),
    "settings": (praise, "other comments on parameters, which the report prints: cell id-1"),
    "answer made raw": (
        lambda book: cell_of(book, "id-7").update(cell_type="raw"),
        "changed text that is no answer: cell id-7",
    ),
    "hidden": (hide, "may hide what the lab shows (remove-cell): cells id-3, id-4, id-5"),
    "folded": (fold, "may hide what the lab shows (outputs_hidden): cell id-3"),
    "moved": (lambda book: book["cells"].insert(0, book["cells"].pop()), "cells in another order, from: cell id-0"),
    "text": (
        lambda book: cell_of(book, "id-6").update(source="The loss is 0."),
        "changed text that is no answer: cell id-6",
    ),
    "empty": (lambda book: cell_of(book, "id-7").update(source="*TODO*"), "the answer is empty: cell id-7"),
    "delivered": (lambda book: cell_of(book, "id-7").update(source="Your  answer."), "came with the lab: cell id-7"),
    "removed": (lambda book: book["cells"].pop(), "the answer was removed: cell id-7"),
    "table": (
        lambda book: cell_of(book, "id-7").update(source="a | b\n--|--\n1 | 0"),
        "own words hold tables: cell id-7",
    ),
    "picture": (lambda book: cell_of(book, "id-7").update(source="![a](b.png) shows it"), "hold pictures: cell id-7"),
    "html": (lambda book: cell_of(book, "id-7").update(source="<b>0.0001</b>"), "own words hold HTML: cell id-7"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_a_student_changed_is_never_passed(handed: Handed, tmp_path: Path, case: str) -> None:
    change, words = CHANGES[case]
    edited = with_json(with_json(handed.entries, FIRST, change), "source/01_first.ipynb", change)
    verdict = handed.check(tmp_path, with_hashes(edited))
    assert words in told(verdict, "look"), verdict.sorted()


def test_outputs_behind_changed_code_are_counted_in_one_sentence(handed: Handed, tmp_path: Path) -> None:
    raw = as_kind("raw")
    edited = with_json(with_json(handed.entries, FIRST, raw), "source/01_first.ipynb", raw)
    verdict = handed.check(tmp_path, with_hashes(with_json(edited, FIRST, everything_faked)))
    assert "from cell id-2 on, cannot be checked: 5 of 5 outputs behind it differ" in told(verdict, "look")


def says_elsewhere(entries: Entries) -> Entries:
    """As who wants the tolerance for another machine."""
    return with_hashes(with_json(entries, bundle.MANIFEST, lambda m: m["platform"].update(cpu_features=["none"])))


def another_form(book: dict) -> None:
    outputs(book, "sentence")["data"]["text/latex"] = "$0.0001$"


def another_png(book: dict) -> None:
    from PIL import Image

    Image.new("RGB", (40, 40), "red").save(content := io.BytesIO(), "png")
    outputs(book, "figure")["data"]["image/png"] = base64.b64encode(content.getvalue()).decode()


@pytest.mark.parametrize("change", [everything_faked, another_form, another_png], ids=lambda change: change.__name__)
@pytest.mark.parametrize("same_bits", [True, False])
def test_another_platform_is_not_believed(handed: Handed, tmp_path: Path, change: Callable, same_bits: bool) -> None:
    """Where its runs have the same bits it is no other; where they have not, no more is allowed than was measured."""
    edited = says_elsewhere(with_json(handed.entries, FIRST, change))
    if not same_bits:
        edited = on_another_platform(edited, lambda results: None)
    verdict = handed.check(tmp_path, edited)
    differing = told(verdict, "failed" if same_bits else "look")
    assert "is not what it gives here" in differing or "lies beyond the tolerance for another machine" in differing


def test_another_converter_is_no_way_around_the_report(handed: Handed, tmp_path: Path) -> None:
    edited = with_text(handed.entries, "report.html", "</body>", "<script>1</script><style>p { top: 0 }</style></body>")
    edited = with_text(edited, "report.html", 'http-equiv="Content-Security-Policy"', "")
    forged = with_report(with_text(handed.entries, FIRST, "of 9 runs", "of 99 runs"))
    edited |= {name: forged[name] for name in ("report.pdf", "pages.csv")}
    edited = with_json(edited, bundle.MANIFEST, lambda manifest: manifest["versions"].update(typst="0.1"))
    failed = told(handed.check(tmp_path, with_hashes(edited)))
    for words in ("has scripts other", "has styles other", "has a policy against them other", "'99'"):
        assert words in failed


def test_a_notebook_that_did_not_make_its_outputs(handed: Handed, tmp_path: Path) -> None:
    edited = with_text(handed.entries, "source/01_first.ipynb", "n_epochs=50", "n_epochs=5")
    assert "not a run of the edited one" in told(handed.check(tmp_path, with_hashes(edited)))
    titled = with_json(handed.entries, FIRST, lambda book: book["metadata"].update(title="A loss of 0"))
    assert "says what no run leaves: title" in told(handed.check(tmp_path, with_hashes(titled)))


def test_files_missing_and_files_more(handed: Handed, tmp_path: Path) -> None:
    more = handed.check(tmp_path, handed.entries | {"evil.sh": b"rm -rf /"})
    assert "in the bundle, but not in the MANIFEST: evil.sh" in told(more)
    assert "no part of a bundle, not opened: evil.sh" in told(more, "look")
    fewer = handed.check(tmp_path, {name: c for name, c in handed.entries.items() if name not in ("report.pdf", CSV)})
    assert "missing, though the MANIFEST names it: report.pdf, tables/01_first-rates.csv" in told(fewer)
    assert "report.pdf is missing" in told(fewer)


def test_a_lab_that_is_not_here(handed: Handed, tmp_path: Path) -> None:
    other = with_json(handed.entries, bundle.MANIFEST, lambda manifest: manifest.update(lab="unknown"))
    assert "there is no lab 'unknown' here" in told(handed.check(tmp_path, other, "B-31_7_unknown.zip"))


def test_the_child_is_ended_when_its_time_is_over(in_a_child: None, handed: Handed, tmp_path: Path) -> None:
    path = write(tmp_path, handed.entries)
    (tmp_path / "work").mkdir()
    with pytest.raises(LabError, match=r"it took more than 0\.05 s"):
        child.run("read", path, tmp_path / "work", seconds=0.05)


def test_a_picture_elsewhere_is_not_read(in_a_child: None, handed: Handed, tmp_path: Path) -> None:
    """A notebook may name a picture of this machine; no page that is made of it holds it."""
    from PIL import Image

    Image.new("L", (4, 4)).save(tmp_path / "secret.png")
    secret = base64.b64encode((tmp_path / "secret.png").read_bytes()).decode()
    edited = handed.entries
    for name in (FIRST, "source/01_first.ipynb"):
        edited = with_text(edited, name, "What is asked", f"![x]({tmp_path / 'secret.png'})")
    honest = with_report(edited)
    assert secret not in honest["report.html"].decode()
    forged = with_hashes(honest | {"report.html": honest["report.html"].replace(b"</body>", secret.encode())})
    assert "report.html is not what the executed notebooks give" in told(handed.check(tmp_path, forged))


def test_the_command_checks_a_folder_and_no_bundle_stops_the_others(
    in_a_child: None, handed: Handed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    write(folder, handed.entries)
    (folder / "no.zip").write_bytes(b"PK\x03\x04 and nothing more")
    deep = handed.entries | {FIRST: b"[" * 100_000 + b"]" * 100_000}
    write(folder / "b", with_hashes(deep), "B-1_backprop.zip")
    lied = with_json(
        handed.entries, bundle.MANIFEST, lambda manifest: manifest.update(author="<script>alert(1)</script>")
    )
    write(folder / "c", lied, "B-2_backprop.zip")
    (folder / "link.zip").symlink_to("/dev/zero")
    page, table = tmp_path / "class.html", tmp_path / "class.csv"
    arguments = ["--no-rerun", "--sample", "1", "--html", str(page), "--csv", str(table)]
    assert main(["--root", str(handed.project.root), "verify", str(folder), *arguments]) == 1
    out = capsys.readouterr().out
    assert "5 bundles: 1 look, 4 failed" in out
    assert "Traceback" not in out and "the check itself broke" not in out
    assert "is 100% that of cell id-7 of 01_first in c/B-2_backprop.zip" in out
    assert "is also that of b/B-1_backprop.zip" in out
    for words in ("not a zip file", "not a plain file", "nested too deeply", "the author is"):
        assert words in out
    html = page.read_text(encoding="utf-8")
    assert html.count('<details class="bundle"') == 5 and "&lt;script&gt;" in html and "<script>alert" not in html
    assert len(table.read_text(encoding="utf-8").splitlines()) == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.csv", "class.html", "class_files", "in"]
    reports = tmp_path / "class_files" / "reports"
    opened = {path.relative_to(reports).as_posix() for path in reports.rglob("*.*")}
    names = [name.removesuffix(".zip") for name in (NAME, "b/B-1_backprop.zip", "c/B-2_backprop.zip")]
    assert opened == {f"{name}/{file}" for name in names for file in ("handed_in.html", "report.html", "report.pdf")}
    assert f'<a href="class_files/reports/{names[0]}/report.html">' in html


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_keeps_what_is_done(handed: Handed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "abc":
        write(tmp_path / "in" / name, handed.entries)
    table = tmp_path / "class.csv"
    arguments = ["--root", str(handed.project.root), "verify", str(tmp_path / "in"), "--no-rerun", "--csv", str(table)]
    command = [sys.executable, "-u", "-m", "labreport", *arguments]
    checking = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "1 of 3: " not in checking.stdout.readline():
        assert checking.poll() is None
    checking.send_signal(signal.SIGINT)
    out, errors = checking.communicate(timeout=60)
    assert checking.returncode == 130 and "Traceback" not in out + errors
    assert "stopped: 1 of 3 are checked; the same command goes on with the others" in out
    assert len(table.read_text(encoding="utf-8").splitlines()) == 2
    assert main(arguments) == 0
    assert len(table.read_text(encoding="utf-8").splitlines()) == 4


def test_exit_codes(handed: Handed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(handed.project.root), "verify"]
    path = str(write(tmp_path, handed.entries))
    assert main([*root, path, "--no-rerun", "--sample", "1"]) == 0
    assert main([*root, str(tmp_path / "none.zip")]) == 2
    assert main([*root, ""]) == 2
    assert main([*root, path, "--sample", "0"]) == 2
    assert main([*root, path, "--limit", "nan"]) == 2
    (tmp_path / "empty").mkdir()
    assert main([*root, str(tmp_path / "empty")]) == 2
    assert "there is no .zip file" in capsys.readouterr().err


def test_bundles_are_found_below_folders_each_once(tmp_path: Path) -> None:
    for name in ("b/2.zip", "a/1.ZIP", "a/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "report.pdf").touch()
    (tmp_path / "a" / "report.pdf").touch()
    assert list(bundles([tmp_path, tmp_path / "b" / "2.zip"]).values()) == ["a/1.ZIP", "b/2.zip", "c/report.pdf"]
    for name in ("flat/1.zip", "flat/2.zip", "flat/2.pdf", "flat/3.pdf", "other/2.zip", "..zip"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    flat, other = tmp_path / "in" / "flat", tmp_path / "in" / "other"
    assert list(bundles([flat, other]).values()) == ["1.zip", "2.zip", "3.pdf", "other/2.zip"], (
        "one handed in a PDF alone"
    )
    assert "flat/3.pdf" in bundles([tmp_path / "in"]).values()
    folders = {report_folder(BundleVerdict(name), tmp_path) for name in bundles([tmp_path / "in"]).values()}
    assert tmp_path not in folders and len(folders) == 5


def test_nothing_is_left_behind(
    in_a_child: None, handed: Handed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    before = {path: path.stat().st_mtime_ns for path in handed.project.root.rglob("*")}
    handed.check(tmp_path / "in", handed.entries)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in handed.project.root.rglob("*")} == before
    shutil.rmtree(tmp_path / "in")
