"""The command line as a student types it: messages, exit codes, and that nothing heavy is imported for them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_project import PARAMETERS, cell, make_project, write_notebook

from labreport.__main__ import COMMANDS
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
    assert done.stdout.splitlines()[-8:] == [
        "  reports/backprop/report.html",
        "  reports/backprop/report.pdf",
        "  reports/backprop/01_first.html",
        "  reports/backprop/01_first.pdf",
        "  reports/backprop/02_second.html",
        "  reports/backprop/02_second.pdf",
        "",
        "All reports: reports/index.html",
    ]
    return project


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
    command = [sys.executable, "-m", "labreport", "--root", str(copied.root), "report", "--profile", "quick"]
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


@pytest.mark.parametrize(
    "arguments", [["--help"], *([name, "--help"] for name in ("clean", "doctor", "data", "verify"))]
)
def test_only_what_a_command_needs_is_loaded(arguments: list[str]) -> None:
    """Each command once imported all nine, with numpy and pandas: `lab clean --help` took 0.7 s of work."""
    command = [sys.executable, "-X", "importtime", "-m", "labreport", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "argparse" in loaded and "usage: lab" in done.stdout
    assert not loaded & {"numpy", "pandas", "matplotlib", "labkit.nn", "labkit.experiments", "labreport.build.build"}


def test_every_command_has_help_and_one_that_is_mistyped_its_nearest_name(built: Project) -> None:
    shown = labkit(built, "--help").stdout
    for name in COMMANDS:
        assert f"  {name} " in shown
        assert labkit(built, name, "--help").stdout.startswith(f"usage: lab {name} ")
    done = labkit(built, "repot")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("got 'repot' (did you mean 'report'?)\n")
    done = labkit(built, "clean", "--everything")
    assert done.returncode == 2 and "unrecognized arguments: --everything" in done.stderr


def test_the_command_line_imports_nothing_slow() -> None:
    code = "import sys, labreport.__main__\nprint(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for module in ("papermill", "nbconvert", "nbformat", "typst", "pypandoc", "matplotlib.pyplot"):
        assert module not in loaded.split()


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
