"""Small executed notebooks, written by hand, for the tests of the conversion."""

import base64
import io
from dataclasses import replace
from pathlib import Path

from nbformat import v4

from labreport.page.document import Chapter, ReportMeta

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80" viewBox="0 0 200 80">'
    '<path d="M10 70 L100 10 L190 60" fill="none" stroke="#1f4e79" stroke-width="3"/></svg>'
)
META = ReportMeta("Lab 2: Back-propagation", "Deep Learning", author="王小明", student_id="B123", date="2026-11-21")
LAB = replace(META, command="make report")  # of a lab, where a stranger's notebook has no command


def png(width: int = 60, height: int = 40) -> str:
    """A small bitmap as notebooks store it."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#88aacc").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def markdown(source: str, **attachments: dict):
    return v4.new_markdown_cell(source, **({"attachments": attachments} if attachments else {}))


def code(source: str, *outputs, tags: tuple[str, ...] = ()):
    metadata = {"tags": list(tags)} if tags else {}
    return v4.new_code_cell(source, outputs=list(outputs), metadata=metadata, execution_count=1)


def shown(data: dict, **report: str):
    """A displayed output; `report` is what a figure or table says of itself."""
    return v4.new_output("display_data", data=data, metadata={"report": report} if report else {})


def figure(caption: str = "The loss falls.", alt: str = "A falling line", label: str = "", **data: str):
    return shown(
        data or {"image/svg+xml": SVG, "image/png": png()}, kind="figure", caption=caption, alt=alt, label=label
    )


def table(html: str, caption: str = "", label: str = ""):
    report = {"kind": "table", "caption": caption, "label": label} if caption else {}
    return shown({"text/html": html, "text/plain": "a table"}, **report)


def stream(text: str, name: str = "stdout"):
    return v4.new_output("stream", name=name, text=text)


def chapter(*cells, name: str = "01_basic_training", path: Path = Path()) -> Chapter:
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i}"
    return Chapter(name, v4.new_notebook(cells=list(cells)), path)


def ordinary(name: str = "01_basic_training", title: str = "Basic training") -> Chapter:
    """A chapter with one of each: prose, mathematics, code, a log, a figure and a table."""
    rows = "<tr><th>0</th><td>0.25</td></tr><tr class='best'><th>1</th><td>0.125</td></tr>"
    grid = f"<table><thead><tr><th></th><th>val loss</th></tr></thead><tbody>{rows}</tbody></table>"
    return chapter(
        markdown(f"# {title}\n\nWhat does the [method](#Method) do?"),
        code("lr = 0.1  # learning rate", tags=("parameters",)),
        markdown(
            "## Method\n\nWe use $\\delta = (\\hat y - y) \\odot \\sigma'(z)$.\n\n"
            "$$\nL = \\frac12 \\|y\\|^2 \\tag{1}\n$$"
        ),
        code("hidden_plumbing()", stream("epoch 1 loss 0.5\n"), tags=("remove-input",)),
        code("secret()", stream("never seen"), tags=("remove-cell",)),
        markdown("## Results\n\n@fig-loss shows it, and @tbl-grid has the numbers."),
        code("draw()", figure("The loss falls by $\\eta$.", label="fig-loss"), tags=("show-code",)),
        code("tabulate()", table(grid, "Validation loss.", "tbl-grid")),
        name=name,
    )
