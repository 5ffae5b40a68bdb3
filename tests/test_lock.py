"""One build at a time in a report folder, and what is said of the others."""

import json
import os
import subprocess
import sys

import pytest
from small_project import build, make_project

from labkit.errors import LabError
from labreport.build.lock import lab_lock
from labreport.project.project import Project


def test_a_second_build_says_who_is_at_work_and_touches_nothing(tmp_path):
    project = make_project(tmp_path)
    with (
        lab_lock(project, "backprop", print),
        pytest.raises(LabError, match=rf"'backprop' is being built by process {os.getpid()} on .* since 20.*wait"),
    ):
        build(project)
    assert not project.reports("backprop").exists()


def test_another_lab_is_not_kept_waiting(tmp_path):
    with lab_lock(Project(tmp_path), "r1", print), lab_lock(Project(tmp_path), "r2", print):
        pass


def test_the_lock_of_a_killed_build_is_stale_and_the_next_one_tells_so(tmp_path, capsys):
    code = (
        "import os, pathlib, sys\nfrom labreport.build.lock import lab_lock\n"
        "from labreport.project.project import Project\n"
        "with lab_lock(Project(pathlib.Path(sys.argv[1])), 'r1', print):\n    os.kill(os.getpid(), 9)"
    )
    died = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    assert died.wait() == -9
    for _ in range(2):
        with lab_lock(Project(tmp_path), "r1", print):
            pass
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert f"process {died.pid}" in said[0]
    assert "was ended from outside" in said[0]


def test_a_damaged_note_stops_nobody(tmp_path, capsys):
    note = tmp_path / ".cache" / "locks" / "r1.json"
    note.parent.mkdir(parents=True)
    note.write_text("{")
    with lab_lock(Project(tmp_path), "r1", print):
        assert json.loads(note.read_text())["process"] == os.getpid()
    assert "another process" in capsys.readouterr().out


def test_an_error_in_the_build_leaves_no_lock(tmp_path):
    with pytest.raises(ZeroDivisionError), lab_lock(Project(tmp_path), "r1", print):
        raise ZeroDivisionError
    with lab_lock(Project(tmp_path), "r1", pytest.fail):
        pass


def test_a_disk_without_locks_is_told_and_the_build_goes_on(tmp_path, monkeypatch, capsys):
    def none(*_, **__):
        raise NotImplementedError("FileSystem does not appear to support flock; use SoftFileLock instead")

    monkeypatch.setattr("labreport.build.lock.FileLock.acquire", none)
    with lab_lock(Project(tmp_path), "r1", print):
        pass
    assert "on a disk without locks" in capsys.readouterr().out
