"""The whole way: the default lab with its small parameters, built by the command line, and its HTML and PDF read."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from labkit.report.labs import load_lab
from labkit.report.project import Project

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
UNRESOLVED = re.compile(
    r"\?\?|@(fig|tbl|tab|eq|sec)[-:]|\\(ref|eqref|cite)\b|\{\{"
)  # "}}" alone ends a dict in shown code


def labkit(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "labkit", "--root", str(root), *arguments]
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder reports/backprop of a fresh copy of the project's notebooks, with nothing in the cache."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "requirements.txt", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LABKIT_CACHE", raising=False)
        options = ("--profile", "quick", "--author", "王小明", "--student-id", "312345678")
        done = labkit(root, "report", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        again = labkit(root, "report", *options)
    assert "Trained " in done.stdout
    assert again.stdout.startswith("Everything is up to date: nothing was trained, nothing was run.")
    return root / "reports" / "backprop"


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
    assert 4 * n_chapters <= len(pages) <= 12 * n_chapters
    assert [one.title for one in reader.outline if not isinstance(one, list)][-1].endswith("Handwritten digits")
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
