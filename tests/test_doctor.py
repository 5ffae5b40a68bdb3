"""`lab doctor`: well where all is well, and a line for each broken thing, never a traceback."""

import dataclasses
import shutil
import subprocess
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest
from matplotlib import font_manager
from small_project import make_project

from labkit.data import images
from labkit.figures.fonts import own_fonts
from labreport.__main__ import main
from labreport.doctor import checks as doctor
from labreport.doctor import diagnosis, machine, software
from labreport.page import pandoc
from labreport.run import drawing

ROOT = Path(__file__).parent.parent
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


def bad(check, project):
    """The one thing that a check finds wrong, and how to mend it."""
    (found,) = [one for one in check(project) if not one.ok]
    return found.text, found.mend


def good(check, project):
    found = list(check(project))
    assert found and all(one.ok for one in found)
    return " ".join(one.text for one in found)


def test_all_is_well_and_a_kernel_really_starts(capsys, project, monkeypatch, tmp_path):
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path / "no-data"))
    assert main(["--root", str(project.root), "doctor"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("ok")][:7] == list(doctor.CHECKS)[:7]
    assert "starts and imports labkit" in out
    assert "WRONG" not in out
    assert "-m labreport data mnist --download" in out
    assert out.endswith("All is well.\n")


def test_packages_are_held_against_the_pins(project):
    lines = [f"numpy=={metadata.version('numpy')}  # arrays", "labkit-none==1.0", 'appnope==1; sys_platform == "none"']
    project.requirements.write_text("\n".join(["# pins", *lines, "pytest==0.1"]))
    missing, other = software.packages(project)
    assert (missing.text, missing.ok) == ("not installed: labkit-none==1.0", False)
    assert other.text.endswith(f"pytest {metadata.version('pytest')} instead of 0.1")
    assert "pip install -r requirements.txt -e ." in missing.mend
    project.requirements.write_text(lines[0])
    assert good(software.packages, project).startswith("1, each in the version")
    project.requirements.unlink()
    assert "requirements.txt cannot be read" in bad(software.packages, project)[0]


def test_outside_an_environment_it_names_the_one_of_the_project(project, monkeypatch):
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert "-m venv .venv, then .venv" in diagnosis.install(project)
    own = project.root / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    own.parent.mkdir(parents=True)
    own.touch()
    assert diagnosis.install(project).startswith("the packages are in .venv: use .venv/")


def test_an_old_python(project, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 4, "final", 0))
    text, mend = bad(software.python, project)
    assert "3.11.4" in text and "3.11.5 or newer is needed" in text and mend.endswith("make report PYTHON=python3.12")


@pytest.mark.parametrize(
    ("check", "module"),
    [
        ("pandoc", "pypandoc"),
        ("typst", "typst"),
        ("kernel", "papermill"),
        ("kernel", "nbformat"),
        ("kernel", "psutil"),
        ("cores", "joblib"),
        ("BLAS", "threadpoolctl"),
        ("BLAS", "numpy"),
        ("digits", "numpy"),
        ("MNIST", "numpy"),
    ],
)
def test_a_missing_package_is_a_line(project, monkeypatch, check, module):
    for name in ("execute", "guard"):
        monkeypatch.delitem(sys.modules, f"labreport.run.{name}", raising=False)
    monkeypatch.delitem(sys.modules, "labkit.data.images", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(doctor, "CHECKS", {check: doctor.CHECKS[check]})
    pandoc.binary.cache_clear()
    pandoc.answers.clear()
    ((name, found),) = doctor.examine(project)
    assert name == check and not found.ok
    assert module in found.text
    assert "pip install -r requirements.txt -e ." in found.mend


def test_without_numpy_the_commands_say_so(project, tmp_path):
    def labkit(*arguments):
        block = (
            "import sys; sys.modules['numpy'] = None; from labreport.__main__ import main; sys.exit(main(sys.argv[1:]))"
        )
        command = [sys.executable, "-c", block, "--root", str(project.root), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)

    done = labkit("report", "01", "-p", "lr=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ") and "numpy" in done.stderr
    assert done.stderr.endswith("`lab doctor` says how to mend it\n")
    done = labkit("doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert "WRONG  BLAS" in done.stdout and "ok     typst" in done.stdout


def test_on_a_python_without_any_package_each_missing_thing_is_a_line(project):
    command = [sys.executable, "-S", "-m", "labreport", "--root", str(project.root), "doctor"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "ok     Python" in done.stdout and "WRONG  kernel" in done.stdout and "WRONG  BLAS" in done.stdout
    assert done.stdout.count("-m pip install -r requirements.txt") == 1  # one remedy for all of them


def test_a_kernel_that_does_not_start(project, monkeypatch, tmp_path):
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit('no kernel today')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    text, mend = bad(software.kernel, project)
    assert "kernel" in text and "pip install" in mend


def test_fonts_that_are_damaged_or_missing(project, monkeypatch, tmp_path):
    assert good(software.fonts, project) == "14, whole"
    shutil.copytree(software.LIBRARY / "fonts", tmp_path / "fonts")
    monkeypatch.setattr(software, "LIBRARY", tmp_path)
    (tmp_path / "fonts" / "STIXTwoMath-core.woff2").unlink()
    font = tmp_path / "fonts" / "NotoSansTC-Regular-big5.ttf"
    font.write_bytes(font.read_bytes()[:-1])
    text, mend = bad(software.fonts, project)
    assert text == "NotoSansTC-Regular-big5.ttf is damaged, STIXTwoMath-core.woff2 is missing"
    assert "git checkout" in mend


def test_a_machine_that_draws_differently(project, monkeypatch):
    """A list of fonts in which one was another gave other figures, and doctor said that all is well."""
    drawing.draws_as_pinned.cache_clear()
    assert good(software.figures, project) == "drawn as everywhere"
    drawing.draws_as_pinned.cache_clear()
    monkeypatch.setattr("labkit.figures.style.use_own_fonts", lambda: None)
    (font,) = (font for font in own_fonts() if font.fname.endswith("DejaVuSerif.ttf"))
    others = [font for font in own_fonts() if font.name != "Libertinus Serif Core"]
    wrong = dataclasses.replace(font, name="Libertinus Serif Core")
    font_manager.fontManager.ttflist = [wrong, *others]  # the next drawing rights it
    font_manager.fontManager.addfont(software.LIBRARY / "fonts" / "NotoSansTC-Regular-big5.ttf")
    text, mend = bad(software.figures, project)
    drawing.draws_as_pinned.cache_clear()
    assert text.startswith("figures are drawn differently here: ")
    assert "--force-reinstall --no-deps matplotlib" in mend


def test_converters_that_answer_nonsense(project, monkeypatch):
    monkeypatch.setattr(pandoc, "convert", lambda documents: ["<p>something else</p>"])
    assert "something else" in bad(software.pandoc, project)[0]
    monkeypatch.setattr("labreport.page.pdf.setting.set_accessible", lambda folder: (b"no PDF", None))
    assert "made no PDF" in bad(software.typst, project)[0]


def test_a_full_disk_and_folders_that_cannot_be_written(project, monkeypatch):
    assert "GB free for reports" in good(machine.disk, project)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 10**8))
    text, mend = next((one.text, one.mend) for one in machine.disk(project) if not one.ok)
    assert "0.1 GB free" in text and "1 GB are needed" in text and "make clean-cache" in mend
    good(machine.writing, project)
    (project.root / "reports").write_text("a file in the way")
    text, mend = bad(machine.writing, project)
    assert text == "reports cannot be written to: it is a file" and mend.startswith("move ")


def test_a_folder_without_the_right_to_write(project, monkeypatch):
    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    found = list(machine.writing(project))
    assert len(found) == 3 and not any(one.ok for one in found)
    assert "Permission denied" in found[0].text and "the right to write" in found[0].mend


def test_blas_that_keeps_its_threads_and_jobs_that_are_no_number(project, monkeypatch):
    assert "of which a run takes one" in good(machine.blas, project)
    stubborn = {"user_api": "blas", "internal_api": "stubborn", "version": "1", "num_threads": 8}
    monkeypatch.setattr("threadpoolctl.threadpool_info", lambda: [stubborn])
    assert "stubborn 1 (8 threads) cannot be held to one thread" in bad(machine.blas, project)[0]
    monkeypatch.setenv("LABKIT_JOBS", "two")
    assert "LABKIT_JOBS must be a whole number >= 1; got 'two'" in bad(machine.cores, project)[0]


def test_damaged_and_missing_data(project, monkeypatch, tmp_path):
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    mnist = tmp_path / "mnist"
    mnist.mkdir()
    assert "not installed" in good(machine.mnist_data, project)
    names = [file.name for file in images.MNIST.values()]
    (mnist / names[0]).write_bytes(b"not an image")
    assert bad(machine.mnist_data, project)[0].startswith(f"{', '.join(names[1:])} missing")
    for name in names:
        (mnist / name).write_bytes(b"not an image")
    text, mend = bad(machine.mnist_data, project)
    assert "is damaged: size in bytes expected" in text and "data mnist --download" in mend
    monkeypatch.setattr(images, "DIGITS", tmp_path / "digits.csv.gz")
    assert "digits.csv.gz" in bad(machine.digits_data, project)[0]
    (tmp_path / "digits.csv.gz").write_bytes(b"1f8b")
    assert "git checkout" in bad(machine.digits_data, project)[1]
