"""`open`: show a report in the browser."""

import argparse
import os
import webbrowser

from labkit.errors import LabError, choice

from ..build.due import COMBINED
from ..project.labs import lab_names
from ..project.project import Project
from .report import DEFAULT_LAB


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("lab", nargs="?", default=DEFAULT_LAB, help=f"lab (default {DEFAULT_LAB})")


def run(options: argparse.Namespace) -> int:
    """Open a report that is built, and print where it is."""
    project = Project(options.root.resolve())
    choice("lab", options.lab, lab_names(project))
    page = project.reports(options.lab) / f"{COMBINED}.html"
    if not page.exists():
        raise LabError(f"there is no {project.short(page)} yet: `make report LAB={options.lab}` builds it")
    print(page)
    if not in_browser(page.as_uri()):
        print("There is no browser here: open this file in one.")
    return 0


def in_browser(address: str) -> bool:
    """Open an address in a browser with a window, and tell whether there is one; one that is named by the user's own
    variable may have none."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser and not os.environ.get("BROWSER"):
        return False  # it would take this terminal
    return browser.open(address)
