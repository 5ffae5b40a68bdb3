"""The whole way: the default lab with its small parameters, built by the command line, and its HTML and PDF read."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from labreport.project.labs import load_lab
from labreport.project.project import Project

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
UNRESOLVED = re.compile(
    r"\?\?|@(fig|tbl|tab|eq|sec)[-:]|\\(ref|eqref|cite)\b|\{\{"
)  # "}}" alone ends a dict in shown code


OPTIONS = ("--profile", "quick", "--author", "王小明", "--student-id", "312345678")


def start(root: Path, **env: str) -> subprocess.Popen[str]:
    """A build of the default lab that has begun, in a fresh copy of the notebooks, with nothing in the cache."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "requirements.txt", root)
    command = [sys.executable, "-m", "labreport", "--root", str(root), "report", *OPTIONS]
    without = {name: value for name, value in os.environ.items() if name not in ("LABKIT_CACHE", "LABKIT_JOBS")}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    env = without | {"LABKIT_CACHE": str(root / ".cache")} | env
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, encoding="utf-8", **pipes)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The folder reports/backprop of two builds: with a process for each of two cores, and with one in all."""
    roots = [tmp_path_factory.mktemp("clone") / name for name in ("project", "another folder {with} $signs")]
    builds = [start(root, LABKIT_JOBS=jobs) for root, jobs in zip(roots, ("2", "1"), strict=True)]
    for build in builds:
        said, _ = build.communicate()
        assert build.returncode == 0, said
        assert "Trained " in said
    return [root / "reports" / "backprop" for root in roots]


@pytest.fixture(scope="module")
def lab(both: list[Path]) -> Path:
    """The first of the two, asked for again."""
    folder = both[0]
    command = [sys.executable, "-m", "labreport", "--root", str(folder.parents[1]), "report", *OPTIONS]
    env = os.environ | {"LABKIT_CACHE": str(folder.parents[1] / ".cache")}
    again = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert again.stdout.startswith("Everything is up to date: nothing was trained, nothing was run.")
    return folder


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file but measured seconds, by place."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "seconds"]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_another_folder_and_another_number_of_workers_give_the_same_bytes(both: list[Path]) -> None:
    first, second = map(contents, both)
    assert {Path(name).suffix for name in first} >= {".html", ".pdf", ".ipynb", ".csv", ".jsonl", ".json"}
    assert [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []


@pytest.fixture
def page(lab: Path) -> BeautifulSoup:
    return BeautifulSoup((lab / "report.html").read_text(encoding="utf-8"), "html.parser")


def notebook_names() -> list[str]:
    return [notebook.name for notebook in load_lab(Project(ROOT), "backprop").notebooks]


def test_every_notebook_has_its_files(lab: Path) -> None:
    for name in ["report", *notebook_names()]:
        assert (lab / f"{name}.html").stat().st_size > 10_000
        assert (lab / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    assert not (lab / "failed").exists()


def test_html_title_block_and_references(page: BeautifulSoup) -> None:
    text = page.get_text()
    for words in ("Back-Propagation from Scratch", "Deep Learning Lab 1", "王小明", "312345678"):
        assert words in text
    for code in page.find_all(["code", "pre", "script", "style"]):
        code.extract()
    assert not UNRESOLVED.search(page.get_text())
    anchors = {tag["id"] for tag in page.find_all(id=True)}
    missing = {tag["href"] for tag in page.find_all("a", href=re.compile("^#."))} - {f"#{one}" for one in anchors}
    assert not missing


def test_html_carries_everything_inside(page: BeautifulSoup) -> None:
    assert page.find("math")
    assert page.find("figure")
    assert page.find("table")
    for tag in page.find_all(src=True):
        assert tag["src"].startswith("data:")
    for tag in page.find_all("img"):
        assert tag["alt"].strip()
    assert not page.find_all("link", href=re.compile("^(https?:)?//"))


def test_pdf_pages_text_and_outline(lab: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(lab / "report.pdf")
    pages = [one.extract_text() for one in reader.pages]
    n_chapters = len(notebook_names())
    assert 2 * n_chapters <= len(pages) <= 4 * n_chapters
    chapters = [one.title for one in reader.outline if not isinstance(one, list)]
    assert chapters[-5:-3] == ["6 Conclusion", "References"]
    assert chapters[-3:] == ["A The program", "B Settings", "C How it was made"]
    text = " ".join(" ".join(pages).split())  # a no-break space stands before a figure's number
    for words in (
        "Back-Propagation from Scratch",
        "Deep Learning Lab 1",
        "王小明",
        "312345678",
        "Contents",
        "Figure 1",
    ):
        assert words in text
    assert not UNRESOLVED.search(text)
    assert reader.outline
    assert all(one.strip() for one in pages)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [1280, 390])
def test_html_opens_without_a_network_and_without_a_request(lab: Path, width: int) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
        view = context.new_page()
        requests, problems = [], []
        view.on("request", lambda request: requests.append(request.url))
        view.on("pageerror", lambda error: problems.append(str(error)))
        view.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        address = (lab / "report.html").as_uri()
        view.goto(address, wait_until="load")
        inner = view.evaluate("[document.documentElement.scrollWidth, document.body.innerText.length]")
        broken = view.evaluate("[...document.images].filter(image => !image.naturalWidth).length")
        browser.close()
    assert [url for url in requests if not url.startswith("data:")] == [address]
    assert problems == []
    assert inner[0] <= width
    assert inner[1] > 1000
    assert broken == 0
