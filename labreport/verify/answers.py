"""What students answered: whether it is theirs, and how far two texts are the same to a reader's eye.

What counts is what a reader sees: letters of any script that look alike are one, signs that are not seen are none. A
text is the set of the pieces of a few characters in it, so a changed word changes little.
"""

import re
import unicodedata
from functools import cache

from ..hand_in.submission_checks import NO_ANSWER
from ..project.exercises import NO_LINES

EMPTY, DELIVERED, NEARLY = "empty", "as delivered", "nearly as delivered"
COMMENT = re.compile(r"<!--.*?-->|_", re.S)
LONGEST_EMPTY = 5000  # characters of an answer that may say nothing
PIECE = 6  # characters; in Chinese three words
LONGEST = 50_000  # characters of a cell
FEWEST = 12  # pieces of a text that is no chance
ALIKE = 0.6  # of the pieces of the shorter text stand in the other
# Greek, Cyrillic and other letters, in small, that look like Latin ones.
LOOK_ALIKES = str.maketrans("авеіјкмнорстухѕԁһԛԝӏαβεικνορτυχωϲ", "abeijkmhopctyxsdhqwlabeikvoptuxwc")
SEEN = re.compile(r"[^\W_]+")


@cache  # asked for by the findings, and each time the page of a class is written
def state(answer: str, delivered: str, is_code: bool = False) -> str:
    """EMPTY, DELIVERED or NEARLY; "" for an answer of the student's own. Code that is nearly the right solution may
    well be anyone's."""
    if (is_code and NO_LINES in answer) or is_empty(answer):
        return EMPTY
    if answer.split() == delivered.split():
        return DELIVERED
    return NEARLY if not is_code and share_of_delivered(answer, delivered) >= ALIKE else ""


def is_empty(answer: str) -> bool:
    return len(answer) < LONGEST_EMPTY and bool(NO_ANSWER.fullmatch(COMMENT.sub("", answer)))


def share_of_delivered(answer: str, delivered: str) -> float:
    """How much of an answer stands in the delivered one; 0 where either is too short to tell."""
    found, here = shingles(answer), shingles(delivered)
    return len(found & here) / len(found) if len(here) >= FEWEST <= len(found) else 0.0


def shingles(text: str) -> set[str]:
    seen = as_seen(text[:LONGEST])
    return {seen[i : i + PIECE] for i in range(len(seen) - PIECE + 1)}


def as_seen(text: str) -> str:
    """The letters and digits of a text, as far as they can be told apart by eye."""
    plain = unicodedata.normalize("NFKD", text)
    shown = (char for char in plain if unicodedata.category(char) not in ("Cf", "Cc", "Mn") or char in "\n\t")
    return "".join(SEEN.findall("".join(shown).casefold().translate(LOOK_ALIKES)))
