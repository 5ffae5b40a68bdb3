"""What can happen to a build from outside: the last good report stays, the message says what happened, and the next
build gives what an undisturbed one gives."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from kill_builds import files
from small_project import PARAMETERS, build, cell, make_project, write_notebook

from labkit import files as writing
from labreport.project.project import Project

SLOW = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_project(tmp_path_factory.mktemp("built"))
    assert not build(project)[0].errors
    return project


@pytest.fixture
def changed(copied: Project) -> Project:
    """The project after an edit, so that the next build has all its files to write."""
    write_notebook(copied, "02_second", cell("# Changed"), cell("print('changed')"))
    return copied


def undisturbed(project: Project, tmp_path: Path) -> dict[str, bytes]:
    """What a build of the same sources gives where nothing happens."""
    fresh = Project(tmp_path / "undisturbed")
    shutil.copytree(project.notebooks, fresh.notebooks)
    shutil.copy(project.requirements, fresh.requirements)
    assert not build(fresh)[0].errors
    return files(fresh)


def labkit(project: Project, *prefix: str) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "labreport", "--root", str(project.root), "report"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_build_killed_at_fifty_random_moments(tmp_path: Path, record_property) -> None:
    script = Path(__file__).with_name("kill_builds.py")
    halves = [
        subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / str(seed)), "25", str(seed)],
            env=os.environ | {"LABKIT_JOBS": "2"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for seed in (1, 2)
    ]
    said = [half.communicate()[0] for half in halves]
    n_good = sum(int(re.search(r"^(\d+) of 25$", text, re.MULTILINE)[1]) for text in said)
    record_property("kills survived", f"{n_good} of 50")
    print(f"{n_good} of 50")
    assert n_good == 50, "\n".join(said)


@pytest.mark.parametrize("n_written", [0, 1, 3])
def test_a_disk_that_fills_up(changed: Project, tmp_path: Path, monkeypatch, n_written: int) -> None:
    before, original, count = files(changed), os.fsync, iter(range(100))

    def fsync(handle: int) -> None:
        if next(count) >= n_written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(handle)

    monkeypatch.setattr(writing.os, "fsync", fsync)
    try:
        outcome, _ = build(changed)
        message = " ".join(map(str, outcome.errors.values()))
    except writing.LabError as error:
        message = str(error)
    assert "cannot be written: No space left on device; what was there is still there" in message
    after = files(changed)
    for name in ("report.html", "report.pdf", "02_second.html", "02_second.pdf"):
        assert after[name] == before[name]
    monkeypatch.setattr(writing.os, "fsync", original)
    assert not build(changed)[0].errors
    assert files(changed) == undisturbed(changed, tmp_path)


def test_a_disk_that_is_really_full(changed: Project, tmp_path: Path) -> None:
    disk = changed.root / "reports"
    kept = tmp_path / "kept"
    shutil.move(disk, kept)
    disk.mkdir()
    size = sum(path.stat().st_size for path in kept.rglob("*")) + 60_000  # room for a few files, not for the report
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk here")
    try:
        shutil.copytree(kept, disk, dirs_exist_ok=True)
        ballast = os.open(disk / "ballast", os.O_WRONLY | os.O_CREAT)
        with pytest.raises(OSError, match="No space"):
            while True:
                os.write(ballast, bytes(4096))
        os.close(ballast)
        before = files(changed)
        done = labkit(changed)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        after = files(changed)
        assert {name: after[name] for name in before if name != "build.json"} == {
            name: content for name, content in before.items() if name != "build.json"
        }
        (disk / "ballast").unlink()
        subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
        assert labkit(changed).returncode == 0
        assert files(changed) == undisturbed(changed, tmp_path)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_folder_that_can_only_be_read(changed: Project, tmp_path: Path) -> None:
    prefix = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # root obeys permissions only without these rights
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if not shutil.which("setpriv"):
            pytest.skip("root may write everywhere, and there is no setpriv to give that up")
    before, folder = files(changed), changed.reports("backprop")
    folder.chmod(0o555)
    try:
        done = labkit(changed, *prefix)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 1
    assert "cannot be written: Permission denied" in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: content for name, content in files(changed).items() if not name.startswith("failed/")} == before
    assert labkit(changed, *prefix).returncode == 0
    assert files(changed) == undisturbed(changed, tmp_path)


def test_a_kernel_killed_from_outside(copied: Project, tmp_path: Path) -> None:
    before = files(copied)
    write_notebook(copied, "02_second", cell("# Slow"), cell(SLOW))
    command = [sys.executable, "-m", "labreport", "--root", str(copied.root), "report"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.kill(wait_for_pid(copied), signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "02_second, cell 2: the kernel died" in said
    assert "reports/backprop/failed/02_second.ipynb" in said
    after = files(copied)
    assert {name: after[name] for name in before} == before
    write_notebook(copied, "02_second", cell("# Quick"), cell("print('quick')"))
    assert labkit(copied).returncode == 0
    assert files(copied) == undisturbed(copied, tmp_path)


def test_a_killed_build_takes_its_kernel_with_it_and_the_next_one_says_so(copied: Project, tmp_path: Path) -> None:
    write_notebook(copied, "02_second", cell("# Slow"), cell(SLOW))
    command = [sys.executable, "-m", "labreport", "--root", str(copied.root), "report"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kernel = wait_for_pid(copied)
    process.kill()
    process.wait()
    write_notebook(copied, "02_second", cell("# Quick"), cell("print('quick')"))
    done = labkit(copied)
    assert done.returncode == 0
    assert f"The last build, process {process.pid} on " in done.stdout
    assert files(copied) == undisturbed(copied, tmp_path)
    deadline = time.monotonic() + 30
    while alive(kernel) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(kernel)


def test_a_limit_of_the_lab_file_stops_one_notebook_and_not_the_others(copied: Project) -> None:
    lab = copied.labs / "backprop.toml"
    lab.write_text(lab.read_text() + "[limits]\nminutes = 0.05\n")
    write_notebook(copied, "01_first", cell("# Slow"), cell(PARAMETERS, "parameters"), cell(SLOW))
    write_notebook(copied, "02_second", cell("# Quick"))
    outcome, _ = build(copied)
    assert "01_first, cell 3: stopped after 0.05 minutes, the limit for a notebook" in str(outcome.errors["01_first"])
    assert outcome.built == ["02_second"]


def wait_for_pid(project: Project) -> int:
    """The process number that a slow cell writes beside its notebook."""
    path = project.notebooks / "pid"
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    pid = int(path.read_text())
    path.unlink()  # or it would count as data beside the notebooks
    return pid


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
