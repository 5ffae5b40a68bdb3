"""The command line as a student types it: messages, exit codes, and that nothing heavy is imported for them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_project import PARAMETERS, cell, make_project, write_notebook

from labreport.project.project import Project

ROOT = Path(__file__).parent.parent


def labkit(project: Project, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `lab` on a project, with no terminal and no standard input."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LABKIT_")}
    command = [sys.executable, "-m", "labreport", "--root", str(project.root), *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=clean | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project built once by the command line, of one notebook that reports progress as the engine does."""
    project = make_project(tmp_path_factory.mktemp("built"))
    code = "import os\nwith open(os.environ['LABKIT_PRODUCTS'] + '/progress.jsonl', 'a') as file:\n"
    code += '    file.write(\'{"study": "xor", "total": 1000, "add": 1000, "cached": true}\\n\')'
    write_notebook(project, "01_first", cell("# First"), cell(PARAMETERS, "parameters"), cell(code))
    done = labkit(project, "report", "--profile", "quick", LABKIT_AUTHOR="王小明")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "01_first: running (first build)" in done.stdout
    assert "No training: 1 study from the cache." in done.stdout
    assert "Built with profile quick." in done.stdout
    assert done.stdout.splitlines()[-6:] == [
        "  reports/backprop/report.html",
        "  reports/backprop/report.pdf",
        "  reports/backprop/01_first.html",
        "  reports/backprop/01_first.pdf",
        "  reports/backprop/02_second.html",
        "  reports/backprop/02_second.pdf",
    ]
    return project


@pytest.fixture
def copied(built: Project, tmp_path: Path) -> Project:
    return Project(Path(shutil.copytree(built.root, tmp_path / "copy")))


def test_nothing_to_do_is_said_and_imports_nothing_heavy(built: Project) -> None:
    done = labkit(built, "report", "--profile", "quick", LABKIT_AUTHOR="王小明", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "labreport.build.build" in imported
    assert not imported & {"papermill", "nbconvert", "nbformat", "typst", "pypandoc", "matplotlib", "bs4"}
    assert done.returncode == 0
    assert done.stdout.startswith("Everything is up to date: nothing was trained, nothing was run.")
    assert "reports/backprop/report.pdf" in done.stdout


def test_author_from_option_wins_over_environment(copied: Project) -> None:
    done = labkit(
        copied, "report", "--profile", "quick", "--author", 'O\'Hara "$x"', "--student-id", "7", LABKIT_AUTHOR="No"
    )
    assert done.returncode == 0
    assert "No training: the notebooks were not run again." in done.stdout
    html = (copied.reports("backprop") / "report.html").read_text(encoding="utf-8")
    assert "$x" in html
    assert "Hara" in html


def test_a_failing_cell(copied: Project) -> None:
    before = (copied.reports("backprop") / "report.pdf").read_bytes()
    write_notebook(copied, "02_second", cell("# Second"), cell("x = 1"), cell("y = x\nz = undefined"))
    done = labkit(copied, "report", "--profile", "quick", LABKIT_AUTHOR="王小明")
    assert done.returncode == 1
    expected = (
        "error: 02_second, cell 3, line 2: NameError: name 'undefined' is not defined\n    z = undefined\n"
        "  the notebook as far as it ran: reports/backprop/failed/02_second.ipynb\n"
    )
    assert expected in done.stderr
    assert "The last complete report is still in reports/backprop." in done.stderr
    assert "Traceback" not in done.stderr
    assert (copied.reports("backprop") / "report.pdf").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["backprp"],
            "lab or notebook must be one of 'backprop', '01_first', '02_second'; got 'backprp' (did you mean",
        ),
        (["backprop", "03"], "notebook of lab 'backprop' must be one of '01_first', '02_second'; got '03'"),
        (["--profile", "quik"], "profile must be one of 'quick'; got 'quik' (did you mean 'quick'?)"),
        (["-p", "n_seeds"], "-p must be name=value, as -p lr=0.1; got 'n_seeds'"),
        (["-p", "n_sed=3"], "got 'n_sed' (did you mean 'n_seeds'?)"),
        (["01", "-p", "lr=fast"], "lr must be a number; got 'fast'"),
        (["01", "-p", "hidden_sizes=8,0"], "hidden_sizes must be >= 1; got [8, 0]"),
    ],
)
def test_wrong_requests(built: Project, arguments: list[str], message: str) -> None:
    done = labkit(built, "report", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_build_and_kernel_and_keeps_the_report(copied: Project) -> None:
    before = (copied.reports("backprop") / "report.pdf").read_bytes()
    code = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(60)"
    write_notebook(copied, "02_second", cell("# Second"), cell(code))
    # tests that run in the background of a shell are deaf to Ctrl-C, and so would be what they start
    listen = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    start = listen + "from labreport.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "--root", str(copied.root), "report", "--profile", "quick"]
    build = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    pid = copied.notebooks / "pid"
    deadline = time.monotonic() + 60
    while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    build.send_signal(signal.SIGINT)
    _, errors = build.communicate(timeout=60)
    assert build.returncode == 130
    assert "stopped: no file was left half written" in errors
    assert "Traceback" not in errors
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert (copied.reports("backprop") / "report.pdf").read_bytes() == before


def test_no_command_and_unknown_command(built: Project) -> None:
    assert labkit(built).returncode == 2
    done = labkit(built, "reprot")
    assert done.returncode == 2
    assert "reprot" in done.stderr


def test_clean_removes_reports_only(copied: Project) -> None:
    (copied.root / "reports" / "README.md").write_text("kept")
    done = labkit(copied, "clean")
    assert done.returncode == 0
    assert done.stdout == "removed reports/backprop\n"
    assert [path.name for path in (copied.root / "reports").iterdir()] == ["README.md"]


def test_the_command_line_imports_nothing_slow() -> None:
    code = "import sys, labreport.__main__\nprint(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for module in ("papermill", "nbconvert", "nbformat", "typst", "pypandoc", "matplotlib.pyplot"):
        assert module not in loaded.split()


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder as a person does, also if these tests are run by make."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("author", "shown"), [("王小明", "王小明"), ('Ann "A" O\'Hara', 'Ann "A" O\'Hara'), ("$x $$y", "$x $$y")]
)
def test_make_hands_the_author_over_as_it_is(tmp_path: Path, author: str, shown: str) -> None:
    """The recipes of `report` and `submit` with a stand-in for python -m labreport that prints its environment."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    stand_in = tmp_path / ".venv" / "bin" / "python"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text('#!/bin/sh\nprintf "%s|%s|%s" "$LABKIT_AUTHOR" "$LABKIT_STUDENT_ID" "$*"\n')
    stand_in.chmod(0o755)
    for name in ("requirements.txt", ".venv/pyvenv.cfg", ".venv/installed"):
        (tmp_path / name).touch()
    done = make(tmp_path, "report", f"AUTHOR={author}", "STUDENT_ID=0042", "PROFILE=quick")
    assert done.stdout == f"{shown}|0042|-m labreport report backprop --profile quick"
    done = make(tmp_path, "submit", f"AUTHOR={author}", "STUDENT_ID=0042", "LAB=r2")
    assert done.stdout == f"{shown}|0042|-m labreport submit r2"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_prints_help_and_an_old_python_is_named(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    done = make(tmp_path)
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "help",
        "report",
        "submit",
        "verify",
        "reproduce",
        "edit",
        "doctor",
        "test",
        "bench",
        "clean",
        "clean-cache",
    ]
    old = tmp_path / "python3.10"
    version = "import sys; sys.version_info = (3, 10, 2); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{version}" "$2"\n')
    old.chmod(0o755)
    done = make(tmp_path, "report", f"PYTHON={old}")
    assert done.returncode == 2
    assert f"Python 3.11 or newer is needed; {old} is 3.10.2" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_data_asks_for_a_known_set_and_a_way_to_get_it(tmp_path):
    project = make_project(tmp_path)
    result = labkit(project, "data", "mnits", "--download")
    assert (
        result.returncode == 2
        and "data set must be one of 'mnist'; got 'mnits' (did you mean 'mnist'?)" in result.stderr
    )
    result = labkit(project, "data", "mnist", "--from", str(tmp_path))
    assert result.returncode == 2 and "has neither train-images-idx3-ubyte nor" in result.stderr
    result = labkit(project, "data", "mnist")
    assert result.returncode == 2 and "one of the arguments --from --download is required" in result.stderr


def test_a_reader_that_goes_away_is_no_error(built: Project) -> None:
    command = f"'{sys.executable}' -m labreport --root '{built.root}' params; echo $? >&2"
    done = subprocess.run(["bash", "-c", f"({command}) | true"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "0"
