"""A class of authors: a lab is run once, and what is each author's is made side by side, whole, and not made twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import psutil
import pytest
from handed_in import write_lab

from labreport.__main__ import main
from labreport.authors.class_list import Author, read_class
from labreport.authors.side_by_side import Worker
from labreport.authors.worker import Answer
from labreport.project.project import Project, python_path
from labreport.verify.ending import end

FOUR = "\ufeffName;Student ID;mail\n王小明;B-31_7;a\nAnn Lee;B32;b\n\n李\u1780;B33;c\nZoë;B34;d\n"
PAGES = ("report.html", "report.pdf")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A lab that is built, with the list of a class beside it."""
    project = write_lab(tmp_path_factory.mktemp("project"))
    (project.root / "class.csv").write_text(FOUR, encoding="utf-8")
    assert main(["--root", str(project.root), "report"]) == 0
    return project


def of_class(project: Project, *words: str) -> int:
    return main(["--root", str(project.root), *words, "--authors", str(project.root / "class.csv")])


def files(project: Project, author: str) -> dict[str, bytes]:
    folder = project.reports("backprop") / "authors" / author
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "build.json"}


def test_a_class_is_read_as_spreadsheets_write_it(project: Project, tmp_path: Path) -> None:
    expected = [("王小明", "B-31_7", 2), ("Ann Lee", "B32", 3), ("李\u1780", "B33", 5), ("Zoë", "B34", 6)]
    assert read_class(project.root / "class.csv") == [Author(*one) for one in expected]
    plain = tmp_path / "plain.csv"
    plain.write_text('number,author\r\nB1,"Lee, Ann"\r\n', encoding="utf-8")
    assert read_class(plain) == [Author("Lee, Ann", "B1", 2)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("author,student_id\n", "names no author"),
        ("author,mail\nA,b\n", "no column called 'student_id' or 'number'"),
        ("author,name,number\nA,A,1\n", "2 columns called 'author' or 'name'"),
        ("author,number\n ,1\n", "line 2: the name is empty"),
        ("author,number\nA,\n", "line 2: the student number is empty"),
        ("author,number\nYour name,1\n", "line 2: 'Your name' is no name"),
        ("author,number\nA,../../x\n", "line 2: the student number may have up to 40 letters"),
        ("author,number\nA,NUL\n", "line 2: no folder may be called 'NUL' on Windows"),
        ("author,number\nA,1\nB,2\nC,1\n", "line 4: the student number '1' is that of line 2"),
        ("author,number\nA,b1\nB,B1\n", "line 3: the student number 'B1' is that of line 2"),
        ("author,number\nLee, Ann,1\n", 'line 2 has 3 cells, the heading 2; a comma belongs in "quotes"'),
        ("author,number\nA\n", "line 2 has 1 cells"),
        ('author,number\n"A,1\n', "cannot be read: line 2"),
        ("author,number\n王,1\n".encode("big5"), 'save it as "CSV UTF-8"'),
    ],
)
def test_a_class_that_cannot_be_is_told_by_its_lines(
    content: str | bytes, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main(["--root", str(tmp_path), "report", "--authors", str(path)]) == 2
    assert sentence in capsys.readouterr().err


def test_each_author_has_the_report_that_a_build_of_their_own_gives(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {name: (project.reports("backprop") / name).read_bytes() for name in PAGES}
    assert of_class(project, "report") == 1, "one has a name that no font has"
    told = capsys.readouterr()
    assert "4 of 4 authors: 3 made, 1 failed, in reports/backprop/authors" in told.out
    assert "Everything is up to date: nothing was trained" in told.out
    assert "error: B33 李\u1780 (line 5): the title block: no font of the report has" in told.err
    assert files(project, "B-31_7") == own, "the lab file names this author"
    assert "Ann Lee" in files(project, "B32")["report.html"].decode()
    assert {name: (project.reports("backprop") / name).read_bytes() for name in PAGES} == own

    assert of_class(project, "report") == 1
    told = capsys.readouterr()
    assert "4 of 4 authors: 3 up to date, 1 failed" in told.out and "B33" in told.err
    (project.reports("backprop") / "authors" / "B32" / "report.pdf").unlink()
    of_class(project, "report")
    assert "1 made, 2 up to date, 1 failed" in capsys.readouterr().out


def test_each_author_has_a_submission_that_can_be_checked(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert of_class(project, "submit") == 1
    told = capsys.readouterr()
    assert "4 of 4 authors: 3 made, 1 failed" in told.out
    assert "error: B33 李\u1780 (line 5): the title block" in told.err
    assert "run `lab report backprop --authors …`" in told.err
    assert not any(name.endswith(".zip") for name in files(project, "B33"))
    assert main(["--root", str(project.root), "submit"]) == 0
    name = "B-31_7_backprop.zip"
    assert files(project, "B-31_7")[name] == (project.reports("backprop") / name).read_bytes()
    assert of_class(project, "submit") == 1
    assert "3 up to date, 1 failed" in capsys.readouterr().out
    assert main(["--root", str(project.root), "verify", str(project.reports("backprop") / "authors")]) == 0
    assert "4 bundles: 4 look" in capsys.readouterr().out, "of one there is the PDF alone, and all gave one answer"


def test_an_answer_that_nobody_wrote_is_told_once(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    book = project.notebooks / "extras" / "02_second.ipynb"
    before = book.read_bytes()
    try:
        book.write_bytes(before.replace(b"run.results", b"run.results "))
        assert of_class(project, "submit") == 1
    finally:
        book.write_bytes(before)
    err = capsys.readouterr().err
    assert err.count("error:") == 2 and "error: B-31_7 王小明 (line 2), B32 Ann Lee (line 3), " in err
    assert "the report is older than what it is made from" in err


def test_a_process_that_breaks_off_takes_one_author_with_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = Worker.ask

    def asked(self: Worker, author: Author) -> Answer:
        if author.student_id == "B32":
            end(self.process)
        return ask(self, author)

    monkeypatch.setattr(Worker, "ask", asked)
    assert of_class(project, "report") == 1
    told = capsys.readouterr()
    assert "2 failed" in told.out
    assert "error: B32 Ann Lee (line 3): the process that made it broke off" in told.err


def test_other_authors_beside_a_class_are_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["report", "--author", "A"], ["report", "--why"], ["submit", "--student-id", "1"]):
        assert of_class(project, *words) == 2
        assert "--authors cannot be given together" in capsys.readouterr().err


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_class_goes_on(
    blow: signal.Signals, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    n, letter = 8, blow.name[-1]
    many = tmp_path / "class.csv"
    many.write_text("author,number\n" + "".join(f"A{i},{letter}{i}\n" for i in range(n)), encoding="utf-8")
    command = ["--root", str(project.root), "report", "--authors", str(many)]
    process = subprocess.Popen(
        [sys.executable, "-m", "labreport", *command],
        env=os.environ | python_path() | {"LABKIT_JOBS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    places = [project.reports("backprop") / "authors" / f"{letter}{i}" / "report.pdf" for i in range(n)]
    while process.poll() is None and not places[1].exists():
        sleep(0.02)
    started = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(blow)
    out, _ = process.communicate(timeout=60)
    if blow == signal.SIGINT:
        assert process.returncode == 130 and "stopped: the same command goes on with the others" in out
    _, alive = psutil.wait_procs(started, 60)
    assert not alive, "a worker that lost the one who asked ends with the author that it is at"
    made = {place: place.stat().st_mtime_ns for place in places if place.exists()}
    assert 2 <= len(made) < n
    assert main(command) == 0
    assert f"8 of 8 authors: {n - len(made)} made, {len(made)} up to date" in capsys.readouterr().out
    assert all(place.stat().st_mtime_ns == time for place, time in made.items())
    assert all(place.exists() for place in places)
