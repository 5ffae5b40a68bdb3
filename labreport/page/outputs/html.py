"""The HTML of an output, cut into its tables and what stands around them, without what a page cannot show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from ..markdown.folds import CLASSES, FOLD, mark_folds
from ..pictures.inline import address_of, replace_drawings, title_of
from ..tables.grid import Grid, put_in_order, read_grid, styles_by_id

MARK = re.compile(r"<!--(\d+)-->")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
RULES_OF_DEVICES = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.I)
LOST = "lost"  # what an element is called while it waits for the words that stand in its place
PLAYERS = ("iframe", "video", "audio", "canvas", "object", "embed", "applet")
PLAYED_OR_SET = re.compile(rf"<(?:svg|table|{'|'.join([*CLASSES, *PLAYERS])})\b", re.I)
CONTROLS = ("input", "progress", "meter")  # seen where no text beside them says the same
DRAWN_INTO = ("div", "span", "p", "figure")
PAINTED = re.compile(r"background", re.I)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class HtmlOutput:
    """`pieces` are tables, and the HTML between them; `lost` is what only a browser can show, with words in its place.

    It `is_empty` if nothing but such words is left.
    """

    pieces: list[Grid | str]
    lost: list[str]
    is_empty: bool


def read_html(source: str, words: str) -> HtmlOutput:
    """`words` stand where something is lost, followed by its name."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(replace_drawings(source, as_image), "html.parser")
    put_in_order(soup)
    styles = styles_by_id(soup)
    is_program = soup.find("script") is not None
    if is_program:
        mark_what_it_fills(soup)
    remove_hidden(soup)
    mark_folds(soup)
    mark_what_is_played(soup)
    is_empty = is_blank(soup)
    lost = [put_words(element, words) for element in soup.find_all(LOST)]
    if is_empty and not lost:
        lost = ["script"] if is_program else ["style"] if soup.find(style=PAINTED) else []
    for heading in soup.find_all(HEADINGS):  # those of an output are none of the report's sections
        heading.name = "b"
        heading.wrap(soup.new_tag("p"))
    return HtmlOutput(list(cut(soup, styles)), lost, is_empty)


def read_html_of_markdown(source: str, words: str) -> tuple[str, list[str]]:
    """The HTML of a Markdown text with its tables in order, and words in the place of what a page cannot play; and what
    that is."""
    from bs4 import BeautifulSoup

    if not PLAYED_OR_SET.search(source):
        return source, []
    soup = BeautifulSoup(replace_drawings(source, as_image), "html.parser")
    put_in_order(soup)
    mark_folds(soup)
    mark_what_is_played(soup)
    lost = [put_words(element, words) for element in soup.find_all(LOST)]
    return str(soup), lost


def cut(soup, styles: dict[str, str]) -> Iterator[Grid | str]:
    """The tables, and the HTML between them."""
    from bs4 import BeautifulSoup, Comment

    tables = soup.select(f"table:not(table table, .{FOLD} table)")
    grids = [read_grid(table, styles) for table in tables]
    for number, table in enumerate(tables):
        table.replace_with(Comment(str(number)))
    for i, piece in enumerate(MARK.split(str(soup))):
        if i % 2:
            if grids[int(piece)].cells:
                yield grids[int(piece)]
            continue
        around = BeautifulSoup(piece, "html.parser")  # a cut through an element leaves both of its parts open
        if not is_blank(around):
            yield str(around).strip()


def mark_what_it_fills(soup) -> None:
    """A program draws into elements that are empty as yet."""
    for element in soup.find_all(DRAWN_INTO, id=True):
        if not element.find() and is_blank(element):
            mark_as_lost(element, "script")
    for element in soup.find_all("img", src=False):
        element.decompose()


def mark_what_is_played(soup) -> None:
    for element in soup.find_all(PLAYERS):
        mark_as_lost(element, element.name)
    for element in soup.find_all(CONTROLS):
        if is_blank(element.parent) and not element.parent.find(LOST):
            mark_as_lost(element, element.name)


def is_blank(element) -> bool:
    """Whether nothing of it can be seen: no text, picture or rule, and no cell of a table that has a color."""
    seen = element.get_text(strip=True) or element.find(["img", "hr", "math"])
    return not seen and not element.find(["td", "th"], style=PAINTED) and not element.find(["td", "th"], bgcolor=True)


def mark_as_lost(element, name: str) -> None:
    address = element.get("src") or element.get("data") or ""
    element.attrs = {"what": f"{name} {address[:80]}".strip()}
    element.name = LOST
    element.clear()


def put_words(element, words: str) -> str:
    """Put the words that say what is lost in its place, and return what it is."""
    what = element["what"]
    element.name = "span" if element.find_parent(["p", "td", "th", "li", "span"]) else "p"
    element.attrs = {}
    element.string = f"[{words}: {what}]"
    return what


def remove_hidden(soup) -> None:
    """Take out programs, comments, and what is not displayed, as far as that is said plainly."""
    from bs4 import Comment

    rules = RULES_OF_DEVICES.sub("", "".join(style.get_text() for style in soup.find_all("style")))
    hidden = soup.find_all(["script", "style", "template", "noscript", "title", "meta", "link"])
    hidden += soup.find_all(style=NOT_DISPLAYED)
    if not rules:  # they show what is `hidden` where they can be read, as scikit-learn's do
        hidden += soup.find_all(hidden=True)
    for selectors, declarations in RULE.findall(rules):
        if NOT_DISPLAYED.search(declarations):
            hidden += selected(soup, selectors)
    for element in hidden:
        element.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()


def selected(soup, selectors: str) -> list:
    from soupsieve import SelectorSyntaxError

    try:
        return [] if ":" in selectors else soup.select(selectors)
    except SelectorSyntaxError:  # one of a browser's own
        return []


def as_image(drawing: str) -> str:
    address = address_of(drawing)
    return f'<img alt="{escape(title_of(drawing))}" src="{address}">' if address else ""
