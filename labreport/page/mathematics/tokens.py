"""A formula as TeX's tokens: commands, signs, and groups of both, without comments."""

import re

Token = str | list  # a list is a group, without its braces

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|%[^\n]*\n?|.", re.S)


class Fixed(str):
    """A command that keeps its first meaning, whatever was defined since."""

    __slots__ = ()


def tokens_of(tex: str) -> list[Token]:
    """Raise ValueError where braces do not match."""
    above: list[list[Token]] = []
    tokens: list[Token] = []
    for match in TOKEN.finditer(tex):
        token = match[0]
        if token == "{":
            above.append(tokens)
            tokens = []
        elif token == "}":
            if not above:
                raise ValueError("a brace too many")
            above[-1].append(tokens)
            tokens = above.pop()
        elif token[0] != "%":
            tokens.append(token)
    if above:
        raise ValueError("a brace is not closed")
    return tokens


def tex_of(tokens: list[Token]) -> str:
    pieces: list[str] = []
    for token in tokens:
        text = f"{{{tex_of(token)}}}" if isinstance(token, list) else token
        if pieces and text[:1].isalpha() and re.search(r"\\[A-Za-z]+$", pieces[-1]):
            pieces.append(" ")
        pieces.append(text)
    return "".join(pieces)


def argument(tokens: list[Token]) -> list[Token]:
    """Take the next argument off the front: what is in a group, or one token."""
    skip_spaces(tokens)
    if not tokens:
        return []
    first = tokens.pop(0)
    return first if isinstance(first, list) else [first]


def bracketed(tokens: list[Token]) -> list[Token] | None:
    """Take an argument in square brackets off the front, if there is one."""
    skip_spaces(tokens)
    if not tokens or tokens[0] != "[" or "]" not in tokens:
        return None
    end = tokens.index("]")
    found = tokens[1:end]
    del tokens[: end + 1]
    return found


def skip_spaces(tokens: list[Token]) -> None:
    while tokens and isinstance(tokens[0], str) and tokens[0].isspace():
        tokens.pop(0)
