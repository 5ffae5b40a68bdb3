"""Figures are the same bytes whatever fonts, settings and lists of fonts the user has."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import font_manager

from labkit.figures import panels
from labkit.figures.fonts import own_fonts, use_own_fonts
from labkit.figures.inline import rendered

ROOT = Path(__file__).parent.parent
DRAW = """
import hashlib
from labkit import figures
from labkit.figures import inline
from labkit.figures.style import styled

@styled
def draw():
    ax = figures.panels("學習率 − \u2260")
    ax.plot([0, 1e-4], [0, 1], label=r"rate $\\eta = 10^{-2}$, $\\mathcal{L}$")
    ax.set_xlabel("epochs")
    ax.legend()
    return ax.figure

print(*(hashlib.sha256(inline.rendered(draw(), form)).hexdigest() for form in ("svg", "png")))
"""
SETTINGS = """
font.family: serif
font.sans-serif: Arial
font.size: 20
mathtext.fontset: stix
lines.linewidth: 9
axes.grid: False
savefig.dpi: 30
savefig.bbox: tight
svg.fonttype: path
path.sketch: 1, 100, 2
text.antialiased: False
axes.unicode_minus: False
legend.fontsize: 3
no.such.key: 1
"""


def drawn(home: Path, **env: str) -> tuple[str, str]:
    """What a process with this home folder draws, as two hashes, and what it says on the way."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MPL", "MATPLOTLIB", "XDG"))}
    command = [sys.executable, "-c", DRAW]
    env = kept | {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT)} | env
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return drawn(tmp_path_factory.mktemp("home"))


def test_settings_of_the_user_change_nothing(plain, tmp_path):
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "matplotlibrc").write_text(SETTINGS)
    said, _ = drawn(tmp_path, MPLCONFIGDIR=str(tmp_path / "settings"))
    assert said == plain[0]
    assert plain[1] == ""


def test_broken_fonts_in_the_home_folder_change_nothing(plain, tmp_path):
    for folder in (".fonts", ".local/share/fonts"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "DejaVuSans.ttf").write_bytes(b"no font")
    assert drawn(tmp_path) == plain


@pytest.mark.parametrize(
    "place", ["/nowhere/gone.ttf", "{home}/broken.ttf", "{other}"], ids=["gone", "broken", "other"]
)
def test_a_list_in_which_our_names_are_other_files_changes_nothing(plain, tmp_path, place):
    """A kernel that missed its fonts once stored such a list; figures then came with 20 warnings."""
    drawn(tmp_path, MPLCONFIGDIR=str(tmp_path))
    (listed,) = tmp_path.glob("fontlist-*.json")
    content = json.loads(listed.read_text())
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    for entry in content["ttflist"]:
        entry["fname"] = place.format(home=tmp_path, other="fonts/ttf/DejaVuSerif-Italic.ttf")
    listed.write_text(json.dumps(content))
    assert drawn(tmp_path, MPLCONFIGDIR=str(tmp_path)) == plain
    content["ttflist"] = content["ttflist"][:1]
    listed.write_text(json.dumps(content))
    assert drawn(tmp_path, MPLCONFIGDIR=str(tmp_path)) == plain


def test_the_list_is_ours_again_when_matplotlib_has_read_it_anew(monkeypatch):
    """As it does where a student's own figure asks for a font whose file is gone."""
    before = rendered(panels("a title").figure, "svg")
    manager = font_manager.fontManager
    wrong = [font for font in manager.ttflist if font.name == "DejaVu Serif"]

    monkeypatch.setattr(manager, "ttflist", [dataclasses.replace(font, name="Libertinus Serif Core") for font in wrong])
    assert rendered(panels("a title").figure, "svg") == before
    assert manager.ttflist[: len(own_fonts())] == own_fonts()


def test_fonts_of_other_names_stay_there_for_the_student(monkeypatch):
    other = font_manager.FontEntry(fname="/some/where.ttf", name="Their Own")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [other])
    use_own_fonts()
    assert other in font_manager.fontManager.ttflist
