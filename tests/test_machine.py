"""Machines with less than most: long names of temporary folders, few open files, and what killed builds leave."""

import os
import resource
import subprocess
import sys
import tempfile

import pytest

from labkit.errors import LabError
from labreport.build.open_files import check_open_files
from labreport.project import temporary
from labreport.project.temporary import PREFIX, remove_what_was_left, temporary_folder


def test_temporary_folders_are_short_enough_for_sockets(tmp_path, monkeypatch):
    """With a TMPDIR of 95 characters doctor hung, and a build ended in a traceback."""
    (deep := tmp_path / ("x" * 95)).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with temporary_folder() as folder:
        assert len(str(folder)) < 90 and not folder.is_relative_to(deep)
    monkeypatch.setattr(temporary, "SHORT", ())
    with (
        pytest.raises(LabError, match="too long for the sockets of a notebook: set TMPDIR to a folder"),
        temporary_folder(),
    ):
        pass


def test_folders_of_killed_builds_go(tmp_path, monkeypatch):
    monkeypatch.setattr(temporary, "place", lambda: str(tmp_path))
    code = "import os, sys; from pathlib import Path; Path(f'{sys.argv[1]}{os.getpid()}-x').mkdir(); print(os.getpid())"
    command = [sys.executable, "-c", code, str(tmp_path / PREFIX)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    assert (tmp_path / f"{PREFIX}{ended}-x").exists()
    left = [f"{PREFIX}{os.getpid()}-y", f"{PREFIX}notes-z", f"labkit-00000000-{ended}-of-another-computer"]
    for name in left:
        (tmp_path / name).mkdir()
    remove_what_was_left()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(left)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_too_few_open_files_are_told(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda which: (64, 64))
    monkeypatch.setattr(resource, "setrlimit", lambda which, limits: None)
    with pytest.raises(LabError, match=r"only 64 files may be open at once here, and a build needs 128: .*ulimit -n"):
        check_open_files()
