"""The picture of the README, from the current report: `python docs/picture.py` after `make report` (needs pdftoppm)."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
PAGES = sys.argv[1:] or ["1", "4", "6", "9"]
WIDTH, GAP = 520, 14  # pixels of a page and between pages


def main() -> None:
    """Write docs/report.png: the pages side by side."""
    with tempfile.TemporaryDirectory() as folder:
        pages = [picture_of(int(page), Path(folder)) for page in PAGES]
    whole = Image.new("RGB", (len(pages) * (WIDTH + GAP) + GAP, pages[0].height + 2 * GAP), "#e8e8e8")
    for i, page in enumerate(pages):
        whole.paste(page, (GAP + i * (WIDTH + GAP), GAP))
    whole.quantize(200).save(ROOT / "docs" / "report.png", optimize=True)


def picture_of(page: int, folder: Path) -> Image.Image:
    report = ROOT / "reports" / "backprop" / "report.pdf"
    place = folder / str(page)
    command = ["pdftoppm", "-png", "-singlefile", "-f", str(page), "-l", str(page), "-scale-to-x", str(WIDTH)]
    subprocess.run([*command, "-scale-to-y", "-1", report, place], check=True)
    return Image.open(place.with_suffix(".png")).convert("RGB")


if __name__ == "__main__":
    main()
