"""Plain text in Typst's markup."""

import re


def string(text: str) -> str:
    """A Typst string literal."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", ""), ("\t", "    ")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def as_typed(text: str) -> str:
    """The text with an invisible sign inside of what Typst would read as another: `...`, and `-?`, a soft hyphen."""
    return re.sub(r"(?<=\.\.)(?=\.)|(?<=-)(?=\?)", "\u2060", text)


def breakable(text: str, length: int = 60) -> str:
    """The text with zero-width spaces, so that a word longer than a line can be broken."""
    return re.sub(rf"[^\s\u200b\u2e80-\uffff]{{{length}}}(?=\S)", lambda match: match[0] + "\u200b", text)


# What the rules of the template look for in a text: Chinese and its kin, and numbers that must not be broken.
PIECE = re.compile("[\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]+|[%–-]")
MOST_PIECES = 150  # between two joints: Typst gives up where its rules find more than about 500 in a row
JOINT = "#lab.joint;"


class Joints:
    """Divides texts that follow each other where one stretch of them has too many pieces for Typst's rules."""

    def __init__(self) -> None:
        self.n_pieces = 0  # since the last joint

    def divide(self, text: str) -> list[str]:
        """The text in parts, between which joints belong; the first part is empty where one belongs in front."""
        ends = []
        for piece in PIECE.finditer(text):
            self.n_pieces += 1
            if self.n_pieces > MOST_PIECES:
                self.n_pieces = 1
                ends.append(piece.start())
        return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def as_content(text: str) -> str:
    """A text as content."""
    return JOINT.join(f"#text({string(part)})" for part in Joints().divide(text))
