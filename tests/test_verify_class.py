"""A class of bundles: what was checked is written after each, kept, and not checked again."""

import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from handed_in import zipped
from small_project import make_project

from labreport.__main__ import main
from labreport.verify import child, opening
from labreport.verify.check import Checker
from labreport.verify.opening import Ahead, Opened
from labreport.verify.reading.findings import BundleVerdict
from labreport.verify.reading.strict import Unreadable


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bundles that are checked in earnest; the third is where Ctrl-C comes first."""
    asked: list[str] = []

    def check(checker: Checker, path: Path, name: str) -> BundleVerdict:
        asked.append(name)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return BundleVerdict(name)

    monkeypatch.setattr(Checker, "check", check)
    return asked


def test_a_class_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(tmp_path / "project")
    for name in "abcd":
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "x.zip").write_bytes(zipped(("text", name.encode())))
    table, page = tmp_path / "class.csv", tmp_path / "class.html"
    command = ["--root", str(project.root), "verify", str(tmp_path / "in"), "--csv", str(table), "--html", str(page)]
    assert main(command) == 130
    assert "stopped: 2 of 4 are checked; the same command goes on with the others" in capsys.readouterr().out
    assert len(table.read_text().splitlines()) == 3 and page.read_text().count("<details") == 2
    assert main(command) == 0
    assert asked == ["a/x.zip", "b/x.zip", "c/x.zip", "c/x.zip", "d/x.zip"]
    assert len(table.read_text().splitlines()) == 5
    assert main(command) == 0 and len(asked) == 5
    assert main([*command, "--lab", "backprop"]) == 0 and len(asked) == 9, "other options are another check"


def test_bundles_are_opened_ahead_on_each_core_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def open_bundle(bundle: Path) -> Opened:
        begun.append(bundle.name)
        if bundle.name == "b":
            raise Unreadable("it is torn")
        return Opened({"name": bundle.name})

    monkeypatch.setattr(opening, "open_bundle", open_bundle)
    monkeypatch.setenv("LABKIT_JOBS", "2")
    paths = [tmp_path / name for name in "abcdef"]
    with Ahead(paths) as ahead:
        assert ahead.opened(paths[0]).read == {"name": "a"}
        with pytest.raises(Unreadable, match="it is torn"):
            ahead.opened(paths[1])
        assert ahead.opened(paths[2]).read == {"name": "c"}
        assert ahead.begun.keys() == set(paths[3:5])
    assert "f" not in begun


def test_what_was_opened_ahead_ends_with_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen] = []

    def open_bundle(bundle: Path) -> Opened:
        sleeping = [sys.executable, "-c", "import time; time.sleep(100)"]
        started.append(subprocess.Popen(sleeping, start_new_session=True))
        child.at_work.add(started[-1])
        return Opened({"code": started[-1].wait()})

    monkeypatch.setattr(opening, "open_bundle", open_bundle)
    monkeypatch.setenv("LABKIT_JOBS", "2")
    began = monotonic()
    with Ahead(tmp_path / name for name in "abc") as ahead:
        ahead.begin()
        while len(started) < 2:
            sleep(0.01)
    assert monotonic() - began < 50 and len(started) == 2
    assert all(process.poll() is not None for process in started)
