"""What an HTML page would load from elsewhere. Links that a reader may follow are none of it."""

import re
from html.parser import HTMLParser

LOADING = {"src", "srcset", "poster", "background", "data", "action", "formaction", "xlink:href"}
LINKS = {"a", "area"}
ADDRESS = re.compile(r"(?:^|[\s,])((?:[a-z]+:)?//[^\s\"'<>)]+)", re.IGNORECASE)  # srcset holds several
STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^\s\"'<>)]+)", re.IGNORECASE)


def network_references(html: str) -> list[str]:
    """The addresses that a browser would fetch to show the page, in the order of the page."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return list(dict.fromkeys(parser.found))


class _Parser(HTMLParser):
    """Collects the addresses of attributes that load, and of styles."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        for name, value in attributes:
            if not value or value.startswith("data:"):
                continue
            if name in LOADING or (name == "href" and tag not in LINKS):
                self.found += ADDRESS.findall(value)
            elif name == "style":
                self.found += STYLE.findall(value)

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.found += STYLE.findall(data)
