"""The reports of a class, beside its page: as they were handed in, and so that nothing in them acts.

The HTML stands in a frame without scripts, forms and windows, and behind a policy without a network.
"""

from html import escape
from pathlib import Path
from string import Template

from labkit.errors import LabError
from labkit.files import write_atomic

from ..project.temporary import temporary_folder
from ..verify import child
from ..verify.examine import REPORTS

PAGE, PDF = "report.html", "report.pdf"
FRAME = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'unsafe-inline'; frame-src 'self' file:">
<title>$name: the report as it was handed in</title>
<style>html, body, iframe { margin: 0; width: 100%; height: 100%; border: 0; display: block }</style>
</head>
<body>
<iframe sandbox src="$page" title="The report as it was handed in, without its scripts"></iframe>
</body>
</html>
""")


def extract_reports(bundle: Path, folder: Path, name: str) -> None:
    """Put the HTML and PDF of a bundle into `folder`, where they are not there already, or are older. What cannot be
    read is left out: the check says why."""
    frame = folder / PAGE
    if frame.exists() and frame.stat().st_mtime > bundle.stat().st_mtime:
        return
    with temporary_folder() as unpacked:
        try:
            made = child.run("reports", bundle, unpacked)["files"]
        except LabError:
            return
        for file in made:
            write_atomic(folder / file, (unpacked / file).read_bytes())
    if REPORTS[PAGE] in made:
        write_atomic(frame, FRAME.substitute(name=escape(name), page=REPORTS[PAGE]))
