"""The fonts of figures, by file: matplotlib's own, the face of the report's text and one with Chinese characters.

matplotlib finds a font by its name in a list of all fonts of the machine, which it keeps in the user's home folder.
There, a name may stand for another version of a font, or for a file that is damaged or gone.
"""

from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontEntry, fontManager

FOLDERS = (Path(matplotlib.get_data_path(), "fonts", "ttf"), Path(__file__).parents[1] / "fonts")


@cache
def own_fonts() -> list[FontEntry]:
    """What matplotlib knows of each font in the folders."""
    n_before = len(fontManager.ttflist)
    for path in sorted(path for folder in FOLDERS for path in folder.glob("*.ttf")):
        fontManager.addfont(path)
    return fontManager.ttflist[n_before:]


def use_own_fonts() -> None:
    """Let the names of these fonts stand for these files in this process; fonts of other names stay what they are."""
    own = own_fonts()
    if fontManager.ttflist[0] is own[0]:
        return  # matplotlib reads its list again where a file of it is gone, so that this is asked at every drawing
    names = {font.name for font in own}
    fontManager.ttflist = own + [font for font in fontManager.ttflist if font.name not in names]
    fontManager.addfont(own[0].fname)  # which lets it forget where it found a name before
