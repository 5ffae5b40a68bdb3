"""The Makefile: what it hands on, what it answers to what is mistyped, and that no environment is ever lost."""

import os
import shutil
import subprocess
import sys
from importlib import metadata
from io import StringIO
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from labreport.build.terminal import Terminal
from labreport.doctor import install
from labreport.doctor.pins import oldest_python, pins

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder as a person does, also if these tests are run by make."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "LABKIT_"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, env=clean | env, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose .venv is installed. Its Python is a stand-in that prints the title block and its arguments."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    stand_in = tmp_path / ".venv" / "bin" / "python"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text('#!/bin/sh\n[ "$1" = -c ] || printf "%s|%s|%s\\n" "$LABKIT_AUTHOR" "$LABKIT_STUDENT_ID" "$*"\n')
    stand_in.chmod(0o755)
    for name in ("requirements.txt", ".venv/pyvenv.cfg", ".venv/installed"):
        (tmp_path / name).touch()
    return tmp_path


NAMES = [("王小明", "王小明"), ('Ann "A" O\'Hara', 'Ann "A" O\'Hara'), ("$x $$y", "$x $$y")]


@pytest.mark.parametrize(("author", "shown"), NAMES)
def test_make_hands_the_author_over_as_it_is(folder: Path, author: str, shown: str) -> None:
    done = make(folder, "report", f"AUTHOR={author}", "STUDENT_ID=0042", "PROFILE=quick")
    assert done.stdout == f"{shown}|0042|-m labreport report backprop --profile quick\n"
    done = make(folder, "submit", f"AUTHOR={author}", "STUDENT_ID=0042", "LAB=r2")
    assert done.stdout == f"{shown}|0042|-m labreport submit r2\n"


@pytest.mark.parametrize(("author", "shown"), NAMES)
def test_variables_of_the_environment_mean_the_same(folder: Path, author: str, shown: str) -> None:
    """They were ignored without a word, and the full lab was built."""
    done = make(folder, "report", AUTHOR=author, STUDENT_ID="7", PROFILE="quick", LAB="r2")
    assert done.stdout == f"{shown}|7|-m labreport report r2 --profile quick\n"
    done = make(folder, "submit", LABKIT_AUTHOR=author, LABKIT_STUDENT_ID="7")
    assert done.stdout == f"{shown}|7|-m labreport submit backprop\n"
    done = make(folder, "report", "AUTHOR=Ann", AUTHOR=author, LABKIT_AUTHOR=author)
    assert done.stdout.startswith("Ann|")


@pytest.mark.parametrize("value", ["a b", 'it\'s "$HOME" $$x `id` $(id)', "交作業/王小明.zip"])
def test_other_values_reach_the_command_as_they_are(folder: Path, value: str) -> None:
    assert make(folder, "verify", f"BUNDLE={value}").stdout == f"||-m labreport verify {value}\n"
    assert (
        make(folder, "preview", f"NOTEBOOK={value}").stdout == f"||-m labreport preview backprop {value} --profile \n"
    )
    assert make(folder, "reproduce", f"PROFILE={value}").stdout == f"||-m labreport reproduce --profile {value}\n"


def test_a_report_is_opened_and_a_chapter_is_previewed(folder: Path) -> None:
    assert make(folder, "open", "LAB=r2").stdout == "||-m labreport open r2\n"
    assert make(folder, "preview", "PROFILE=quick").stdout == "||-m labreport preview backprop --profile quick\n"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["reports"], "there is no `make reports`: did you mean `make report`?"),  # a folder has that name
        (["Report"], "did you mean `make report`?"),
        (["pdf"], "did you mean `make report`?"),
        (["html"], "did you mean `make report`?"),
        (["report", "clean-cach"], "there is no `make clean-cach`: did you mean `make clean-cache`?"),
        (["jupyter"], "there is no `make jupyter` (`make` lists what there is)"),
        (["report", "Lab=r2"], "there is no value Lab=…: did you mean LAB=…?"),
        (["report", "n_seeds=3"], "there is no value n_seeds=… (there are LAB PROFILE AUTHOR"),
    ],
)
def test_near_misses_are_answered_with_the_nearest(folder: Path, arguments: list[str], answer: str) -> None:
    (folder / "reports").mkdir()
    done = make(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert answer in done.stderr and len(done.stderr.splitlines()) == 1


def test_make_alone_prints_help_and_an_old_python_is_named(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "requirements.txt").touch()
    done = make(tmp_path)
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "help",
        "report",
        "open",
        "edit",
        "preview",
        "submit",
        "starter",
        "verify",
        "reproduce",
        "doctor",
        "test",
        "bench",
        "clean",
        "clean-cache",
    ]
    old = tmp_path / "python3.11"
    version = "import sys; sys.version_info = (3, 11, 4); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{version}" "$2"\n')
    old.chmod(0o755)
    for target in ("report", "doctor"):
        done = make(tmp_path, target, f"PYTHON={old}")
        assert done.returncode == 2
        assert f"Python 3.11.5 or newer is needed; {old} is 3.11.4" in done.stderr
        assert not (tmp_path / ".venv").exists()


def test_the_oldest_python_is_the_oldest_that_all_pins_take() -> None:
    needed = {name: SpecifierSet(metadata.metadata(name).get("Requires-Python", "")) for name in pinned()}
    major, minor, patch = oldest_python().split(".")
    assert [name for name, versions in needed.items() if not versions.contains(oldest_python())] == []
    assert not all(versions.contains(f"{major}.{minor}.{int(patch) - 1}") for versions in needed.values())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Python {oldest_python()} or newer" in readme and f"older than {oldest_python()}" in readme


def pinned() -> list[str]:
    return [name for name, _ in pins(ROOT / "requirements.txt")]


@pytest.mark.parametrize("changed", ["requirements.txt", "pyproject.toml"])
@pytest.mark.parametrize("linked", [False, True])
def test_what_changed_is_installed_and_nothing_is_removed(folder: Path, changed: str, linked: bool) -> None:
    """It was `venv --clear`, which also empties the folder that a symbolic link points to."""
    venv = folder / ".venv"
    if linked:
        venv.rename(folder / "shared")
        venv.symlink_to("shared")
    (venv / "extra").write_text("torch, say")
    os.utime(folder / changed, (2e9, 2e9))
    done = make(folder, "report", "PYTHON=false")
    assert done.stdout.splitlines() == [
        "||-m labreport.doctor.install requirements.txt .venv/installed",
        "||-m labreport report backprop --profile ",
    ]
    assert (venv / "extra").read_text() == "torch, say" and venv.is_symlink() == linked


def test_doctor_needs_no_environment_and_makes_none(folder: Path) -> None:
    assert make(folder, "doctor", "PYTHON=false").stdout == "||-m labreport doctor\n"
    shutil.move(folder / ".venv" / "bin" / "python", folder / "python")
    shutil.rmtree(folder / ".venv")
    assert make(folder, "doctor", "PYTHON=./python").stdout == "||-m labreport doctor\n"
    assert not (folder / ".venv").exists()


@pytest.fixture
def installing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install pins with a stand-in for pip that prints its arguments, and `said` if it fails; what was shown."""

    def run(pinned: str, said: str = "") -> tuple[int, str, bool]:
        requirements, stamp = tmp_path / "requirements.txt", tmp_path / "installed"
        requirements.write_text(pinned)
        code = f"import sys; print('Collecting', *sys.argv[1:], file=open({str(tmp_path / 'calls')!r}, 'a'))\n"
        code += f"print('Collecting it'); said = {said!r}; print(said); sys.exit(bool(said))"
        monkeypatch.setattr(install, "PIP", (sys.executable, "-c", code))
        shown = StringIO()
        code = install.main(requirements, stamp, Terminal(shown))
        return code, shown.getvalue(), stamp.exists()

    return run


def test_pins_are_installed_and_then_the_project_itself(installing, tmp_path) -> None:
    code, shown, done = installing("numpy==1.0\n")
    assert (code, done) == (0, True)
    first, second = (tmp_path / "calls").read_text().splitlines()
    assert first == f"Collecting -r {tmp_path / 'requirements.txt'}"
    assert second == "Collecting --no-build-isolation --no-deps -e ."
    assert len(shown.splitlines()) == 2


def test_without_network_what_is_installed_goes_on_working(installing) -> None:
    """The environment was emptied first; then pip found no network, and nothing worked."""
    retrying = (
        "WARNING: Retrying (Retry(total=4)) after connection broken\nERROR: No matching distribution for numpy==1.0"
    )
    code, shown, done = installing("numpy==1.0\n", retrying)
    assert (code, done) == (0, False)  # tried again by the next make
    (line,) = shown.splitlines()[1:]
    assert line.startswith("warning: ") and "what is installed is used as it is" in line
    assert line.endswith("the network does not answer; No matching distribution for numpy==1.0")


def test_without_network_a_package_that_is_missing_is_named(installing) -> None:
    code, shown, done = installing("numpy==1.0\nlabkit-none==1.0\n", "ERROR: No matching distribution for labkit-none")
    assert (code, done) == (1, False)
    (line,) = shown.splitlines()[1:]
    assert line.startswith("error: ") and "labkit-none must be" in line
