"""What every test has: a cache of its own, so that no test sees another's runs or the developer's."""

import shutil
import signal
import threading
from pathlib import Path

import pytest

from labkit import observer
from labreport.project.project import Project
from labreport.run.kernel import BuildObserver
from labreport.run.products import Products

if threading.current_thread() is threading.main_thread():
    # what a shell runs in the background is deaf to Ctrl-C, and so would be all that tests start
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def products(tmp_path, monkeypatch) -> Products:
    """What this process leaves for a build, as if it were the kernel of a notebook."""
    found = Products(tmp_path)
    monkeypatch.setattr(observer, "current", BuildObserver(found, cores=tmp_path))
    return found


@pytest.fixture
def copied(built: Project, tmp_path: Path) -> Project:
    """A copy of the project that a file of tests has `built` once."""
    return Project(Path(shutil.copytree(built.root, tmp_path / "copy")))


@pytest.fixture(scope="module")
def browser():
    if shutil.which("chromium") is None:
        pytest.skip("needs Chromium")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()
