"""Macros: what one formula defines holds for all after it, as in JupyterLab."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tokens import Fixed, Token, argument, bracketed, skip_spaces, tex_of, tokens_of

MOST_STEPS, MOST_CHARACTERS = 1000, 20_000  # of one formula: a macro may not name itself, or double, for ever
DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?(?:new)?command|(?:re)?newenvironment|[gex]?def|let|Declare(?:MathOperator|PairedDelimiter))"
    r"(?![A-Za-z])"
)


@dataclass
class Macro:
    """`body` with #1, #2, … for its arguments; each ends where the text of `ends` begins, or after one token.

    The first is `default` where it is not given in square brackets.
    """

    body: list[Token]
    ends: list[list[Token]] = field(default_factory=list)
    default: list[Token] | None = None
    before: list[Token] = field(default_factory=list)  # what stands between its name and the first argument


class Macros:
    """The macros and environments of one notebook."""

    def __init__(self, definitions: str = "") -> None:
        self.known: dict[str, Macro] = {}
        self.environments: dict[str, tuple[Macro, list[Token]]] = {}
        self.steps = self.characters = 0
        self.expand(definitions)

    def expand(self, tex: str) -> str:
        """The formula without definitions, which are kept, and with the text of each macro in its place.

        One that cannot be read is given back as it is.
        """
        if not DEFINITION.search(tex) and not self.known and not self.environments:
            return tex
        self.steps = self.characters = 0
        try:
            return tex_of(self.expand_tokens(tokens_of(tex)))
        except ValueError:
            return tex

    def expand_tokens(self, tokens: list[Token]) -> list[Token]:
        rest, out = list(tokens), []
        while rest:
            token = rest.pop(0)
            if isinstance(token, list):
                out.append(self.expand_tokens(token))
            elif isinstance(token, Fixed):
                out.append(token)
            elif DEFINITION.fullmatch(token):
                self.define(token, rest)
            elif token in self.known:
                rest[:0] = self.call(self.known[token], rest)
            elif token in (r"\begin", r"\end") and (
                name := tex_of(rest[0]) if rest and isinstance(rest[0], list) else ""
            ):
                rest.pop(0)
                if name not in self.environments:
                    out += [token, [name]]
                    continue
                opening, closing = self.environments[name]
                rest[:0] = self.call(opening, rest) if token == r"\begin" else closing
            else:
                out.append(token)
        return out

    def call(self, macro: Macro, rest: list[Token]) -> list[Token]:
        """The text of a macro, whose arguments are taken off what follows it."""
        if macro.before:
            delimited(rest, macro.before)
        arguments = []
        for number, end in enumerate(macro.ends):
            if number == 0 and macro.default is not None:
                given = bracketed(rest)
                arguments.append(macro.default if given is None else given)
            else:
                arguments.append(delimited(rest, end) if end else argument(rest))
        text = fill(macro.body, arguments)
        self.steps += 1
        self.characters += len(tex_of(text))
        if self.steps > MOST_STEPS or self.characters > MOST_CHARACTERS:
            raise ValueError("macros without an end")
        return text

    def define(self, command: str, rest: list[Token]) -> None:
        starred = rest[:1] == ["*"]
        if starred:
            rest.pop(0)
        match command.removeprefix("\\"):
            case "def" | "gdef" | "edef" | "xdef":
                self.define_by_pattern(rest)
            case "let":
                name = tex_of(argument(rest))
                skip_spaces(rest)
                if rest[:1] == ["="]:
                    rest.pop(0)
                meant = tex_of(argument(rest))
                self.known[name] = self.known.get(meant) or Macro([Fixed(meant)])
            case "DeclareMathOperator":
                name = tex_of(argument(rest))
                self.known[name] = Macro([r"\operatorname", *(["*"] if starred else []), argument(rest)])
            case "DeclarePairedDelimiter":
                name, left, right = (argument(rest) for _ in range(3))
                self.known[tex_of(name)] = Macro([r"\left", *left, "#", "1", r"\right", *right], [[]])
            case "newenvironment" | "renewenvironment":
                name = tex_of(argument(rest))
                opening = numbered_arguments(rest)
                self.environments[name] = (opening, argument(rest))
            case kind:
                name = tex_of(argument(rest)).strip()
                macro = numbered_arguments(rest)
                if kind != "providecommand" or name not in self.known:
                    self.known[name] = macro

    def define_by_pattern(self, rest: list[Token]) -> None:
        """`\\def\\name#1, #2;{…}`: an argument ends where the text behind its number begins."""
        name = tex_of(argument(rest))
        before: list[Token] = []
        ends: list[list[Token]] = []
        while rest and not isinstance(rest[0], list):
            token = rest.pop(0)
            if token == "#":
                rest.pop(0)
                ends.append([])
            else:
                (ends[-1] if ends else before).append(token)
        self.known[name] = Macro(argument(rest), ends, before=[t for t in before if not t.isspace()])


def numbered_arguments(rest: list[Token]) -> Macro:
    """`[2][default]{…}`: the number of arguments, what the first is if it is not given, and the text."""
    count = bracketed(rest)
    default = bracketed(rest) if count else None
    number = int(tex_of(count)) if count else 0
    return Macro(argument(rest), [[] for _ in range(number)], default)


def delimited(rest: list[Token], end: list[Token]) -> list[Token]:
    """Take off what stands in front of the text `end`, and that text."""
    for place in range(len(rest) - len(end) + 1):
        if rest[place : place + len(end)] == end:
            found = rest[:place]
            del rest[: place + len(end)]
            return found[0] if len(found) == 1 and isinstance(found[0], list) else found
    raise ValueError("an argument does not end")


def fill(body: list[Token], arguments: list[list[Token]]) -> list[Token]:
    """The body with its arguments in the place of #1, #2, …"""
    out: list[Token] = []
    rest = list(body)
    while rest:
        token = rest.pop(0)
        if isinstance(token, list):
            out.append(fill(token, arguments))
        elif token == "#" and rest and isinstance(rest[0], str) and rest[0].isdigit():
            number = int(rest.pop(0))
            out += arguments[number - 1] if 0 < number <= len(arguments) else []
        else:
            out.append(token)
    return out
