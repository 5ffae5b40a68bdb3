"""A formula that pandoc cannot read, in words that it can: old switches, spaces by length, and commands of MathJax."""

import re
from functools import cache

from .macros import Macros
from .tokens import Token, skip_spaces, tex_of, tokens_of

# What MathJax knows and pandoc does not; of a size, a color or a frame the content stays.
TRANSLATIONS = r"""
\newcommand{\bra}[1]{\langle{#1}|} \newcommand{\ket}[1]{|{#1}\rangle} \newcommand{\braket}[1]{\langle{#1}\rangle}
\newcommand{\Bra}[1]{\left\langle{#1}\right|} \newcommand{\Ket}[1]{\left|{#1}\right\rangle}
\newcommand{\Braket}[1]{\left\langle{#1}\right\rangle}
\newenvironment{rcases}{\left.\begin{aligned}}{\end{aligned}\right\}}
\newenvironment{dcases}{\begin{cases}}{\end{cases}}
\newenvironment{drcases}{\left.\begin{aligned}}{\end{aligned}\right\}}
\newenvironment{subarray}[1]{\begin{array}{#1}}{\end{array}}
\newenvironment{darray}[1]{\begin{array}{#1}}{\end{array}}
\newcommand{\cfrac}[3][c]{\frac{#2}{#3}}
\newcommand{\binom}[2]{{#1 \choose #2}} \newcommand{\dbinom}[2]{{#1 \choose #2}}
\newcommand{\tbinom}[2]{{#1 \choose #2}}
\def\root#1\of#2{\sqrt[#1]{#2}} \def\buildrel#1\over#2{\overset{#1}{#2}}
\newcommand{\sideset}[3]{{}#1#3\nolimits#2}
\newcommand{\href}[2]{#2} \newcommand{\class}[2]{#2} \newcommand{\cssId}[2]{#2} \newcommand{\style}[2]{#2}
\newcommand{\enclose}[2]{#2} \newcommand{\bbox}[2][]{#2} \newcommand{\colorbox}[2]{#2} \newcommand{\fcolorbox}[3]{#3}
\newcommand{\textcolor}[2]{#2} \newcommand{\color}[1]{} \newcommand{\require}[1]{} \newcommand{\mathtoolsset}[1]{}
\newcommand{\mathchoice}[4]{#1} \newcommand{\smash}[2][]{#2} \newcommand{\mathnormal}[1]{#1} \newcommand{\mit}{}
\newcommand{\rlap}[1]{#1} \newcommand{\llap}[1]{#1} \newcommand{\clap}[1]{#1} \newcommand{\mathrlap}[1]{#1}
\newcommand{\mathllap}[1]{#1} \newcommand{\mathclap}[1]{#1} \newcommand{\raise}[2]{#2} \newcommand{\lower}[2]{#2}
\newcommand{\hphantom}[1]{\phantom{#1}} \newcommand{\vphantom}[1]{} \newcommand{\rule}[3][]{}
\newcommand{\mathstrut}{} \newcommand{\strut}{} \newcommand{\hfill}{\quad} \newcommand{\hfil}{\quad}
\newcommand{\fbox}[1]{\boxed{\text{#1}}} \newcommand{\mbox}[1]{\text{#1}} \newcommand{\hbox}[1]{\text{#1}}
\newcommand{\shoveleft}[1]{#1} \newcommand{\shoveright}[1]{#1} \newcommand{\intertext}[1]{\\ \text{#1}\\}
\newcommand{\shortintertext}[1]{\\ \text{#1}\\} \newcommand{\newline}{\\} \newcommand{\cr}{\\}
\newcommand{\hdashline}{\hline} \newcommand{\mathbbm}[1]{\mathbb{#1}} \newcommand{\Bbb}[1]{\mathbb{#1}}
\newcommand{\bm}[1]{\boldsymbol{#1}} \newcommand{\pmb}[1]{\boldsymbol{#1}} \newcommand{\ce}[1]{\mathrm{#1}}
\newcommand{\vcentcolon}{:} \newcommand{\eqqcolon}{=:} \newcommand{\cdotp}{\cdot} \newcommand{\ldotp}{.}
\newcommand{\colon}{:} \newcommand{\idotsint}{\int\cdots\int} \newcommand{\degree}{{}^\circ}
\newcommand{\negthinspace}{} \newcommand{\negmedspace}{} \newcommand{\negthickspace}{} \newcommand{\thinspace}{\,}
\newcommand{\medspace}{\:} \newcommand{\thickspace}{\;} \newcommand{\enspace}{\;} \newcommand{\enskip}{\;}
\newcommand{\space}{~} \newcommand{\nobreakspace}{~} \newcommand{\LaTeX}{\text{LaTeX}} \newcommand{\TeX}{\text{TeX}}
\newcommand{\S}{\text{§}} \newcommand{\P}{\text{¶}} \newcommand{\copyright}{\text{©}} \newcommand{\pounds}{\text{£}}
\newcommand{\euro}{\text{€}} \newcommand{\eqref}[1]{\text{(#1)}} \newcommand{\ref}[1]{\text{#1}}
\newcommand{\boldmath}{} \newcommand{\unboldmath}{} \newcommand{\nonscript}{} \newcommand{\allowbreak}{}
"""
LOST = {  # what is seen in JupyterLab, and not here
    "color": re.compile(r"\\(?:color|textcolor|colorbox|fcolorbox)(?![A-Za-z])"),
    "frame": re.compile(r"\\(?:enclose|bbox)(?![A-Za-z])"),
    "link": re.compile(r"\\href(?![A-Za-z])"),
    "notation of chemistry": re.compile(r"\\(?:ce|pu)(?![A-Za-z])"),
}
SWITCHES = {
    **{rf"\{name}": rf"\math{name}" for name in ("bf", "rm", "it", "cal", "sf", "tt", "frak", "scr")},
    **{rf"\{name}": "" for name in ("tiny", "Tiny", "scriptsize", "footnotesize", "small", "normalsize", "large")},
    **{
        rf"\{name}": "" for name in ("Large", "LARGE", "huge", "Huge", "em", "displaystyle", "textstyle", "scriptstyle")
    },
    r"\scriptscriptstyle": "",
    r"\bfseries": r"\mathbf",
    r"\oldstyle": "",
}
FRACTIONS = {
    r"\over": [r"\frac"],
    r"\brace": [r"\genfrac", [r"\{"], [r"\}"], ["0pt"], []],
    r"\brack": [r"\genfrac", ["["], ["]"], ["0pt"], []],
}
ENDS = {"&", r"\\", r"\middle", r"\hline"}  # of what a switch or an old fraction spans
PAIRS = {r"\left": r"\right", r"\begin": r"\end"}
LENGTH = r"(-?\s*\d*\.?\d+)\s*(mu|em|ex|pt|cm|mm|in|px|bp|pc)"
SPACE = re.compile(rf"\\(?:(?:hspace\*?|mspace)\s*\{{\s*{LENGTH}\s*\}}|(?:m?kern|[hm]skip)\s*{LENGTH})")
ROW_SPACE = re.compile(rf"(?<!\\)\\\\\*?\s*\[\s*{LENGTH}\s*\]")
VERBATIM = re.compile(r"\\verb\*?([^A-Za-z\s])(.*?)\1")
UNICODE = re.compile(r"\\unicode(?:\[[^\]]*\])?\s*\{\s*x([0-9A-Fa-f]{1,6})\s*\}")
MU = {"mu": 1, "em": 18, "ex": 8, "pt": 1.8, "cm": 51, "mm": 5.1, "in": 130, "px": 1.35, "bp": 1.8, "pc": 21.6}
MOST_SPACES = 20  # of a width in one place
WIDTHS = {36: r"\qquad ", 18: r"\quad ", 5: r"\;", 4: r"\:", 3: r"\,"}  # in units of 1/18 em


def readable(tex: str) -> str:
    """The formula as pandoc is more likely to read it; as it is where its braces do not match."""
    tex = VERBATIM.sub(lambda match: r"\texttt{" + re.sub(r"[_^&%$#{}]", r"\\\g<0>", match[2]) + "}", tex)
    tex = UNICODE.sub(lambda match: rf"\text{{{chr(min(int(match[1], 16), 0x10FFFF))}}}", tex)
    tex = ROW_SPACE.sub(r"\\\\ ", SPACE.sub(lambda match: space(*filter(None, match.groups())), tex))
    try:
        tokens = rewritten(tokens_of(translations().expand(tex)))
    except ValueError:
        return tex
    lines = r"\begin{gathered}%s\end{gathered}" if has_lines(tokens) else "%s"
    return lines % tex_of(tokens)


def lost_from(tex: str) -> list[str]:
    """What a formula is set without."""
    return [name for name, command in LOST.items() if command.search(tex)]


def has_lines(tokens: list[Token]) -> bool:
    """Whether a line ends outside of all environments."""
    depth = 0
    for token in tokens:
        depth += (token == r"\begin") - (token == r"\end")
        if token == r"\\" and not depth:
            return True
    return False


@cache
def translations() -> Macros:
    return Macros(TRANSLATIONS)


def space(number: str, unit: str) -> str:
    """Spaces of about a length; none for a negative one, which the back ends would overlap."""
    left = float(number.replace(" ", "")) * MU[unit]
    commands = ""
    for width, command in WIDTHS.items():
        count = min(max(int(left // width), 0), MOST_SPACES)
        commands += command * count
        left -= width * count
    return commands or " "


def rewritten(rest: list[Token], closing: str = "") -> list[Token]:
    """Take tokens off the front up to the one that closes them, and give them without switches and old fractions.

    Both span the rest of their group, cell or pair of brackets.
    """
    out: list[Token] = []
    part: list[Token] = []
    while rest:
        token = rest.pop(0)
        if isinstance(token, list):
            part.append(rewritten(list(token)))
        elif token == closing:
            return [*out, *spanned(part), token]
        elif token in PAIRS:
            skip_spaces(rest)
            part += [token, *rest[:1]]  # with the bracket, or the name of the environment
            del rest[:1]
            part += rewritten(rest, PAIRS[token])
        elif token in ENDS:
            out += [*spanned(part), token]
            part = []
        else:
            part.append(token)
    return [*out, *spanned(part)]


def spanned(part: list[Token]) -> list[Token]:
    for place, token in enumerate(part):
        if token == r"\atop":
            return [
                r"\begin",
                ["matrix"],
                *spanned(part[:place]),
                r"\\",
                *spanned(part[place + 1 :]),
                r"\end",
                ["matrix"],
            ]
        if isinstance(token, str) and token in FRACTIONS:
            return [*FRACTIONS[token], spanned(part[:place]), spanned(part[place + 1 :])]
    for place, token in enumerate(part):
        if isinstance(token, str) and token in SWITCHES:
            rest = part[place + 1 :]
            skip_spaces(rest)
            rest = spanned(rest)
            font = SWITCHES[token]
            return [*part[:place], *([font, rest] if font and rest else rest)]
    return part
