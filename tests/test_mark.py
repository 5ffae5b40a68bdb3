"""The page of a class: what it shows, that nothing of a bundle acts in it, and marks that are saved and read again."""

import csv
import io
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from handed_in import zipped

from labkit.errors import LabError
from labreport.mark.class_files import ClassFiles
from labreport.mark.differing import ADDED, REMOVED, SAME, differing
from labreport.mark.listing import from_harmless, harmless, verdicts_csv
from labreport.mark.marks import read_marks
from labreport.mark.reports import extract_reports
from labreport.verify.bundles import bundles
from labreport.verify.reading.findings import COPIES, FAILED, LOOK, NUMBERS, BundleVerdict, Finding, OwnCell

EVIL = "<script>document.title = 'evil'</script><b>=1+1</b>"
MODEL = "The larger rate came further, as its steps are longer."


def verdict(name: str, author: str, answer: str, *findings: Finding) -> BundleVerdict:
    own = [
        OwnCell(
            "01_first", "answer-rate", False, answer, MODEL, "> Why did it come further?", True, "2.1 Rates, page 7"
        ),
        OwnCell("01_first", "more", True, "print(1)", ""),
    ]
    return BundleVerdict(name, name.partition("_")[0], author, "backprop", list(findings), {"files": 9}, own=own)


def copied(other: str) -> Finding:
    return Finding(LOOK, COPIES, f"the text is 90% that of a cell in {other}", "01_first/answer-rate")


@pytest.fixture
def verdicts() -> list[BundleVerdict]:
    changed = tuple(f"'{i} %', here '{i + 1} %'" for i in range(9))
    number = Finding(
        LOOK, NUMBERS, "01_first: cell id-3 is not what it gives here", where="2 Rates, page 6", details=changed
    )
    return [
        verdict(
            "B-2_backprop.zip", "王小明", MODEL.replace("further", "much further"), number, copied("B-10_backprop.zip")
        ),
        verdict("B-10_backprop.zip", EVIL, EVIL, Finding(FAILED, "archive", EVIL), copied("B-2_backprop.zip")),
        verdict(
            "B-1_backprop.zip", "李", "I think that it depends on the data and on nothing else that we saw in class."
        ),
    ]


@pytest.fixture
def page(tmp_path: Path, verdicts: list[BundleVerdict]) -> Path:
    write_page(tmp_path, verdicts)
    return tmp_path / "class.html"


def write_page(folder: Path, verdicts: list[BundleVerdict]) -> ClassFiles:
    overview = ClassFiles({}, ["This machine draws figures differently."], folder / "class.html", folder / "class.csv")
    for one in verdicts:
        overview.add(one)
    overview.write()
    return overview


def test_the_table_of_a_class_opens_in_a_spreadsheet(page: Path) -> None:
    content = (page.parent / "class.csv").read_bytes()
    assert content.startswith("\ufeff".encode()), "or Chinese names are not read as UTF-8"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["author"] for row in rows] == ["王小明", EVIL, "李"]
    assert [(row["answers"], row["delivered"], row["alike"]) for row in rows] == [
        ("1", "1", "1"), ("1", "0", "1"), ("1", "0", "0")
    ]  # fmt: skip
    assert rows[0]["findings"].startswith("look: numbers"), "numbers that are others come first"
    assert "\n'=cmd" in verdicts_csv([BundleVerdict("=cmd|' /C calc'!A0<b>.zip")])


@pytest.mark.parametrize(
    "text", ["=1", " +1", "\uff1d1", "\uff0b1", "@x", "\t=1", "-5", "|calc", "'x", "'=x", "plain", ""]
)
def test_no_cell_is_a_formula_and_each_is_read_as_it_was(text: str) -> None:
    assert harmless(text).startswith("'") == (text not in ("plain", ""))
    assert from_harmless(harmless(text)) == text


def test_differences_are_words_and_chinese_signs() -> None:
    assert differing("the loss falls fast", "the loss rises fast") == [
        (SAME, "the loss "), (REMOVED, "falls "), (ADDED, "rises "), (SAME, "fast")
    ]  # fmt: skip
    assert (ADDED, "慢") in differing("損失下降得更快", "損失下降得更慢")
    assert differing("the loss falls", "something else entirely") == [(SAME, "something else entirely")]


def test_marks_are_kept_and_written_as_feedback(tmp_path: Path, verdicts: list[BundleVerdict]) -> None:
    head = "bundle,student_id,author,mark,comment,01_first/answer-rate mark,01_first/answer-rate comment\n"
    row = 'B-2_backprop.zip,B-2,王小明,7.5,"see ""2.1""",3,\'=good\nB-1_backprop.zip,B-1,李,,,,\n'
    (tmp_path / "marks.csv").write_text(head + row, encoding="utf-8-sig")
    overview = write_page(tmp_path, verdicts)
    (feedback,) = (tmp_path / "class_files" / "feedback").iterdir()
    text = feedback.read_text(encoding="utf-8")
    assert feedback.name == "B-2_backprop.html" and overview.written()[-1].endswith("(1 files, by marks.csv)")
    assert "7.5" in text and "=good" in text and "see &#34;2.1&#34;" in text and "Why did it come further?" in text
    assert "01_first: cell id-3 is not what it gives here" in text
    assert "B-10" not in text, "a student reads nothing of another"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"bundle,student_id,author,mark\n", "no column 'comment'"),
        (b"", "no column 'bundle'"),
        ("bundle,student_id,author,mark,comment\nB,1,王,2,\n".encode("big5"), 'save it as "CSV UTF-8"'),
        (b"bundle,student_id,author,mark,comment\nB,1\n", "row 2: 2 cells, and the first row has 5"),
        (b'bundle,student_id,author,mark,comment\n"B', "cannot be read"),
    ],
)
def test_a_file_of_marks_that_is_none_is_told_before_any_work(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "marks.csv").write_bytes(content)
    with pytest.raises(LabError, match=said):
        ClassFiles({}, [], tmp_path / "class.html", None)


def test_marks_that_a_spreadsheet_wrote_with_semicolons(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_bytes(
        b"bundle;student_id;author;mark;comment\r\nB.zip;B;x;7,5;a;b\r\n"[:-4] + b"\r\n"
    )
    assert [row["mark"] for row in read_marks(tmp_path / "marks.csv")] == ["7,5"]


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a site, and what it was asked for."""
    paths: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


def test_reports_are_extracted_so_that_nothing_in_them_acts(tmp_path: Path, browser, asked) -> None:
    site, paths = asked
    acting = (
        f"<html><head><meta http-equiv=refresh content='0;url={site}/refresh'></head><body>the report"
        f"<script>top.document.title = document.title = 'evil'</script><img src={site}/x.png><iframe src={site}/f>"
        "</iframe></body></html>"
    )
    bundle = tmp_path / "x.zip"
    bundle.write_bytes(zipped(("report.html", acting.encode()), ("report.pdf", b"%PDF-1.7"), ("../x", b"")))
    extract_reports(bundle, tmp_path / "out", "x.zip")
    assert not (tmp_path / "out").exists(), "a zip that leads out of its folder is not unpacked"
    bundle.write_bytes(zipped(("report.html", acting.encode()), ("report.pdf", b"MZ")))
    extract_reports(bundle, tmp_path / "out", "x.zip")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["handed_in.html", "report.html"]
    bundle.write_bytes(zipped(("report.html", acting.encode()), ("report.pdf", b"%PDF-1.7")))
    extract_reports(bundle, tmp_path / "again", "x.zip")
    assert (tmp_path / "again" / "report.pdf").exists()
    assert list(bundles([tmp_path])) == [bundle], "what was extracted is not handed in"
    view = browser.new_page()
    view.goto((tmp_path / "out" / "report.html").as_uri())
    view.wait_for_timeout(500)
    assert view.frame_locator("iframe").locator("body").inner_text().startswith("the report")
    assert view.title() == "x.zip: the report as it was handed in" and paths == []
    view.goto(f"{site}/proof")
    assert "/proof" in paths


def test_the_page_is_used_with_the_keyboard_alone(page: Path, browser) -> None:
    view = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True).new_page()
    asked, complaints = [], []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: complaints.append(message.text))
    view.on("pageerror", lambda error: complaints.append(str(error)))
    view.goto(page.as_uri())
    assert view.title() == "3 bundles: 1 passed, 1 look, 1 failed"
    first = "#class tbody tr:first-child th"
    view.get_by_role("button", name="Student", exact=True).focus()
    view.keyboard.press("Enter")
    assert view.locator(first).inner_text() == "B-1"
    view.keyboard.press("Enter")
    assert view.locator(first).inner_text() == "B-10", "numbers are sorted as numbers"
    view.get_by_role("link", name="B-2", exact=True).focus()
    view.keyboard.press("Enter")
    shown = view.locator("#bundle-1")
    assert shown.get_attribute("open") is not None
    assert "2 Rates, page 6" in shown.inner_text() and "Why did it come further?" in shown.inner_text()
    assert shown.locator("ins").last.inner_text().strip() == "much"
    assert shown.locator("li li").count() == 9, "all numbers that are others"
    shown.locator("[data-column='01_first/answer-rate mark']").fill("3")
    shown.locator("[data-column=comment]").fill('\'=see "2.1",\nplease')
    assert view.locator("td[data-mark='B-2_backprop.zip']").inner_text() == "answers: 3"
    saved = view.evaluate("toCsv(rows())")
    assert view.evaluate("toCsv(fromCsv(toCsv(rows()))) === toCsv(rows())")
    view.evaluate("unsaved = false")
    view.wait_for_timeout(1000)  # on a busy machine Chromium is late to keep what a page gives it
    view.reload()
    assert "typed here before" in view.locator("#status").inner_text(), "what was typed and not saved is there again"
    assert [url for url in asked if not url.startswith("file:")] == [] and complaints == []
    (page.parent / "marks.csv").write_text(saved, encoding="utf-8", newline="")
    row = read_marks(page.parent / "marks.csv")[0]
    assert (row["comment"], row["01_first/answer-rate mark"]) == ('\'=see "2.1",\nplease', "3")


def test_marks_of_bundles_that_are_not_on_the_page_are_kept(page: Path, verdicts: list[BundleVerdict], browser) -> None:
    rows = "bundle,student_id,author,mark,comment\nB-1_backprop.zip,B-1,李,9,\nB-77.zip,B-77,x,4,late\n"
    (page.parent / "marks.csv").write_text(rows, encoding="utf-8")
    write_page(page.parent, verdicts)
    view = browser.new_context(offline=True).new_page()
    view.goto(page.as_uri())
    assert view.locator("#bundle-3 [data-column=mark]").input_value() == "9"
    view.locator("#file").set_input_files(page.parent / "marks.csv")
    view.get_by_text("Loaded 2 rows. 1 are of bundles that are not here; they are kept.").wait_for()
    with view.expect_download() as saving:
        view.evaluate("delete window.showSaveFilePicker, window.showSaveFilePicker = undefined, save()")
    saved = saving.value.path()
    assert {row["bundle"]: row["mark"] for row in read_marks(Path(saved))} == {
        "B-2_backprop.zip": "", "B-10_backprop.zip": "", "B-1_backprop.zip": "9", "B-77.zip": "4"
    }  # fmt: skip
    assert json.loads(view.evaluate("JSON.stringify(unsaved)")) is False


def test_a_bundle_that_says_nothing_of_its_student_goes_by_its_name(tmp_path: Path) -> None:
    write_page(tmp_path, [BundleVerdict("report.pdf", findings=[Finding(LOOK, "archive", "it is a PDF alone")])])
    html = (tmp_path / "class.html").read_text(encoding="utf-8")
    assert "<h2>report.pdf </h2>" in html and '<a href="#bundle-1">report.pdf</a>' in html


def test_nothing_of_a_bundle_is_markup(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    assert EVIL not in html and "<b>=1" not in html and html.count("<script") == 2
