"""A class of bundles: what was checked is written after each, kept, and not checked again."""

from pathlib import Path

import pytest
from handed_in import zipped
from small_project import make_project

from labreport.__main__ import main
from labreport.verify.check import Checker
from labreport.verify.reading.findings import BundleVerdict


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
