"""What a text has that another has not, word by word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

# A word with the space behind it; in Chinese each sign is one.
WORD = re.compile(r"(?:[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\w\s])\s*|\s+")
LONGEST = 2_000  # words of a text; comparing longer ones takes seconds
LIKE = 0.4  # below, two texts share too little for their differences to say anything
SAME, ADDED, REMOVED = "same", "ins", "del"


@cache  # the page is written after each bundle of a class
def differing(delivered: str, given: str) -> Sequence[tuple[str, str]]:
    """`given` as pieces that are the SAME in `delivered` or were ADDED, and what was REMOVED; one SAME piece where the
    two have little in common."""
    old, new = WORD.findall(delivered), WORD.findall(given)
    if max(len(old), len(new)) > LONGEST:
        return [(SAME, given)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LIKE:
        return [(SAME, given)]
    pieces = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append((SAME, "".join(new[c:d])))
            continue
        pieces += [(word, text) for word, text in ((REMOVED, "".join(old[a:b])), (ADDED, "".join(new[c:d]))) if text]
    return pieces
