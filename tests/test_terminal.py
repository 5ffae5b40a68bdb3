"""Progress: what is read from a kernel's file, and what a terminal and a plain stream show."""

import io
import json
import logging
import time
from pathlib import Path

import pytest

from labkit.experiments.progress import ProgressFile, duration
from labreport.build import terminal
from labreport.build.terminal import Terminal, WarningLines
from labreport.build.watch import WatchedNotebook, watched_kernel


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def append(path: Path, **entry: object) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def test_lines_are_summed_by_study_and_a_part_of_a_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    progress = ProgressFile(path)
    progress.read(0.0)
    append(path, study="xor", total=1000, add=0)
    append(path, study="xor", total=1000, add=400)
    append(path, study="linear", total=50, add=50, cached=True)
    with path.open("a") as file:
        file.write('{"study": "xor", "total": 1000, ')
    progress.read(1.0)
    xor, linear = progress.studies.values()
    assert (xor.done, xor.total) == (400, 1000)
    assert (linear.cached, linear.trained) == (50, 0)
    with path.open("a") as file:
        file.write('"add": 600}\n')
    progress.read(2.0)
    assert xor.done == 1000
    append(path, study="xor again", total=1000, add=100)
    progress.read(3.0)
    assert [study.done for study in progress.studies.values()] == [1000, 50, 100]


def test_status_tells_the_time_left(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    progress = ProgressFile(path)
    append(path, study="xor", total=1000, add=0)
    progress.read(0.0)
    append(path, study="xor", total=1000, add=100)
    progress.read(10.0)
    assert progress.latest.text(10.0) == "100 of 1,000 epochs, 1 min 30 s left"


def test_a_terminal_redraws_one_line_and_clears_it() -> None:
    screen = Screen()
    shown = Terminal(screen)
    shown.status("a long line of progress")
    shown.status("short")
    shown.line("done")
    assert screen.getvalue().splitlines()[-1] == "done"
    assert "\rshort" + " " * (len("a long line of progress") - len("short")) in screen.getvalue()


@pytest.mark.parametrize("stream", [Screen(), io.StringIO()])
def test_watch_follows_a_file(stream: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "REDRAW_SECONDS", 0.01)
    monkeypatch.setattr(terminal, "PLAIN_SECONDS", 0.02)
    path = tmp_path / "progress.jsonl"
    with watched_kernel(Terminal(stream), "01_first", path) as watched:
        watched.on_cell(2, 7)
        append(path, study="xor", total=20, add=5)
        time.sleep(0.2)
        append(path, study="xor", total=20, add=15)
    assert watched.progress.latest.done == 20
    assert "cell 2 of 7, study 1: 5 of 20 epochs" in stream.getvalue()
    assert ("\r" in stream.getvalue()) == stream.isatty()


def test_a_study_that_has_ended_is_no_longer_named(tmp_path: Path) -> None:
    watched = WatchedNotebook("01_first", ProgressFile(tmp_path / "progress.jsonl"))
    append(watched.progress.path, study="xor", total=20, add=20)
    watched.on_cell(3, 7)
    watched.progress.read(1.0)
    assert watched.status(1.0) == "cell 3 of 7"


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0.4, 59, 61.2, 3600)] == [
        "0 s",
        "59 s",
        "1 min 1 s",
        "60 min 0 s",
    ]


@pytest.mark.parametrize("package", ["labkit", "labreport"])
def test_warnings_are_lines_of_the_terminal(package: str) -> None:
    screen = Screen()
    shown = Terminal(screen)
    shown.status("running")
    with WarningLines(shown):
        logging.getLogger(f"{package}.test").warning("no glyph for %s", "x")
    assert screen.getvalue().endswith("\rwarning: no glyph for x\n")
