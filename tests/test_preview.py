"""What opens in a browser: a chapter that stays current while it is edited, a report, and JupyterLab."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from small_project import LAB, build, cell, make_project, write_notebook

from labreport.cli import edit
from labreport.project.project import Project

ROOT = Path(__file__).parent.parent
SECONDS = 60  # on a busy machine


class Preview:
    """`lab preview` of a project, as a browser sees it."""

    def __init__(self, project: Project, *arguments: str) -> None:
        command = [
            sys.executable,
            "-m",
            "labreport",
            "--root",
            str(project.root),
            "preview",
            "--no-browser",
            *arguments,
        ]
        env = os.environ | {"PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.address = re.search(r"http://127\.0\.0\.1:\d+/", self.process.stdout.readline())[0]

    def get(self, place: str, **headers: str) -> str:
        request = urllib.request.Request(self.address + place, headers=headers)
        return urllib.request.urlopen(request, timeout=SECONDS).read().decode()

    def until(self, name: str, text: str) -> dict:
        """The first state of the chapter `name` that is at rest with `text` in its page or error."""
        with urllib.request.urlopen(self.address + "changes", timeout=SECONDS) as changes:
            for line in changes:  # SECONDS hold between two of them
                if line.startswith(b"data: "):
                    state = json.loads(line.removeprefix(b"data: "))
                    at_rest = not state["busy"] and state["name"] == name
                    if at_rest and text in (state["error"] or self.get("chapter")):
                        return state
        raise AssertionError("the preview ended")

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = make_project(tmp_path, LAB.split("[profiles")[0])
    write_notebook(project, "01_first", cell("# First\n\nA word."), cell("print('ran', 6 * 7)"))
    return project


@pytest.fixture
def previewed(project: Project) -> Iterator[Preview]:
    preview = Preview(project, "01")
    yield preview
    preview.process.kill()
    preview.process.communicate()


def test_a_chapter_is_current_after_each_save_and_ends_with_a_line(project: Project, previewed: Preview) -> None:
    previewed.until("01_first", "ran 42")
    write_notebook(project, "01_first", cell("# First\n\nAnother word."), cell("print('ran', 6 * 7)"))
    previewed.until("01_first", "Another word.")
    write_notebook(project, "01_first", cell("# First"), cell("print('ran', 6 / 0)"))
    state = previewed.until("01_first", "ZeroDivisionError")
    assert state["error"].startswith("01_first, cell 2, line 1: ZeroDivisionError: division by zero")
    assert "Another word." in previewed.get("chapter")  # the last page that could be made
    (project.notebooks / "01_first.ipynb").write_text("{", encoding="utf-8")
    previewed.until("01_first", "01_first.ipynb is not a notebook that can be read")
    write_notebook(project, "01_first", cell("# First"), cell("print('ran', 6 * 8)"))
    previewed.until("01_first", "ran 48")
    code, said = previewed.end()
    assert code == 0 and "Traceback" not in said
    assert "error: 01_first, cell 2, line 1: ZeroDivisionError" in said


def test_what_a_preview_ran_is_not_run_again_by_the_build(project: Project, previewed: Preview) -> None:
    previewed.until("01_first", "ran 42")
    assert previewed.end()[0] == 0
    assert build(project)[0].executed == ["02_second"]


def test_a_notebook_that_writes_beside_itself_is_shown_once(project: Project, previewed: Preview) -> None:
    previewed.until("01_first", "ran 42")
    code = "import time\nopen('log.txt', 'w').write(str(time.time()))\n!date +%s%N > other.txt\nprint('wrote')"
    write_notebook(project, "01_first", cell("# First"), cell(code))
    version = previewed.until("01_first", "wrote")["version"]
    time.sleep(2)
    assert previewed.until("01_first", "wrote")["version"] == version


def test_data_beside_a_notebook_are_read_again(project: Project, previewed: Preview) -> None:
    previewed.until("01_first", "ran 42")
    (project.notebooks / "data.csv").write_text("17")
    write_notebook(project, "01_first", cell("# First"), cell("print('data', open('data.csv').read())"))
    previewed.until("01_first", "data 17")
    (project.notebooks / "data.csv").write_text("180")
    previewed.until("01_first", "data 180")


def test_without_a_name_the_notebook_that_was_saved_last_is_shown(project: Project) -> None:
    preview = Preview(project)
    try:
        write_notebook(project, "02_second", cell("# Second\n\nSaved last."), cell("print(1)"))
        preview.until("02_second", "Saved last.")
        write_notebook(project, "01_first", cell("# First\n\nSaved later."), cell("print(1)"))
        preview.until("01_first", "Saved later.")
    finally:
        assert preview.end()[0] == 0


def test_a_page_of_another_machine_gets_nothing(previewed: Preview) -> None:
    """A name of the network that leads here is how a page elsewhere would read what is on this machine."""
    assert "<iframe" in previewed.get("")
    for place in ("", "chapter", "changes"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            previewed.get(place, Host="example.com")


def lab(project: Project, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "labreport", "--root", str(project.root), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def test_wrong_names_and_ports_are_answered(project: Project) -> None:
    assert "must be one of" in lab(project, "preview", "03").stderr
    assert "one notebook is shown at a time" in lab(project, "preview", "01", "02").stderr
    done = lab(project, "preview", "--no-browser", "--port", "99999")
    assert (done.returncode, done.stderr) == (2, "error: --port must be 0 .. 65535; got 99999\n")


def test_open_shows_the_report_and_says_where_it_is(project: Project, tmp_path: Path) -> None:
    done = lab(project, "open")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no reports/backprop/report.html yet: `make report LAB=backprop` builds it" in done.stderr
    page = project.reports("backprop") / "report.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>")
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho $1 > {shown}\n")
    browser.chmod(0o755)
    done = lab(project, "open", BROWSER=str(browser))
    assert (done.returncode, done.stdout) == (0, f"{page}\n")
    assert shown.read_text() == f"{page.as_uri()}\n"
    done = lab(project, "open", BROWSER="", PATH="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.stdout == f"{page}\nThere is no browser here: open this file in one.\n"


def test_edit_opens_the_first_notebook_beside_the_files_of_the_project(project: Project) -> None:
    layouts = project.root / "layouts"
    options = edit.jupyterlab_options(project, layouts)
    assert f"--ServerApp.root_dir={project.root}" in options
    assert f"--LabApp.workspaces_dir={layouts}" in options
    edit.lay_out(project, layouts)
    [path] = layouts.iterdir()
    layout = json.loads(path.read_text(encoding="utf-8"))["data"]
    assert layout["filebrowser:cwd"] == {"path": ""}
    [name] = layout["layout-restorer:data"]["main"]["dock"]["widgets"]
    assert layout[name]["data"] == {"path": "notebooks/01_first.ipynb", "factory": "Notebook"}


def test_the_layout_of_the_last_time_is_kept(project: Project) -> None:
    layouts = project.root / "layouts"
    edit.lay_out(project, layouts)
    [path] = layouts.iterdir()
    path.write_text("{}")
    edit.lay_out(project, layouts)
    assert path.read_text() == "{}"


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot put a program in the place of another")
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_ending_edit_ends_jupyterlab_and_its_kernels(project: Project, tmp_path: Path, ending: signal.Signals) -> None:
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "labreport", "--root", str(project.root), "edit", "--no-browser"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command += [f"--port={port}", "--IdentityProvider.token=secret"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stderr=subprocess.PIPE, text=True)
    try:
        address = next(found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))

        def ask(place: str, **given: object) -> Any:
            data = json.dumps(given).encode() if given else None
            request = urllib.request.Request(address + place, data, {"Authorization": "token secret"})
            for _ in range(SECONDS):  # the address is told a moment before it answers
                with suppress(ConnectionError, urllib.error.URLError):
                    return json.loads(urllib.request.urlopen(request, timeout=SECONDS).read())
                time.sleep(1)
            raise AssertionError("no answer")

        assert {"notebooks", "requirements.txt"} <= {item["name"] for item in ask("api/contents")["content"]}
        assert "01_first" in json.dumps(ask("lab/api/workspaces"))
        news = ask("lab/api/settings/@jupyterlab/apputils-extension:notification")
        assert news["schema"]["properties"]["fetchNews"]["default"] == "false"
        ask("api/kernels", name="python3")
        kernels = psutil.Process(process.pid).children()
        assert kernels
    finally:
        process.send_signal(ending)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert psutil.wait_procs(kernels, timeout=10)[1] == []
