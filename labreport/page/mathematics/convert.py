"""TeX to what both back ends set: what pandoc is given to read, and what is mended of its output."""

import json
import re
from html import escape
from itertools import accumulate

from .. import pandoc
from .arrays import drawn_in_mathml, drawn_in_typst, marked_arrays
from .delimiters import Formula
from .macros import DEFINITION
from .readable import readable

TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
LABEL = re.compile(r"\\label\{(eq-[\w-]*\w)\}")
LABELS = re.compile(r"\\tag\*?\{[^{}]*\}|\\label\{[^{}]*\}|\\nonumber\b|\\notag\b")
BAR = re.compile(
    r"(?P<size>\\(?:left|right|middle|[bB]igg?[lrm]?)\s*)?(?P<bar>\\Vert |\\[lr]vert(?![A-Za-z])|(?<!\\)\|)"
)
CLOSING = {"|": ("|", "|"), r"\Vert ": (r"\Vert ", r"\Vert "), r"\lvert": (r"\rvert", "|")}
REWRITES = [
    (re.compile(r"(?<!\\)\\(?:[lr]Vert(?![A-Za-z])|\|)"), r"\\Vert "),
    # {a^{(l)}}^T loses its group on the way: write both as one superscript
    (re.compile(r"\{(\\?[A-Za-z]+)\^(?:\{([^{}]*)\}|(\w))\}\^(\{[^{}]*\}|\\[a-z]+|\w)"), r"\1^{\2\3\\,\4}"),
    # a negative space makes typst overlap its neighbors
    (re.compile(r"(?<!\\)\\!"), ""),
]
# typst 0.15 removed names that pandoc 3.9 still writes (\odot, \cap, \otimes, \llbracket …).
RENAMED = [
    (re.compile(r"\bintegral\.sect\b"), "integral.inter"),
    (re.compile(r"\bsect\b"), "inter"),
    (
        re.compile(
            r"\b(dot|times|minus|plus|div|eq|gt|lt|parallel|perp|backslash|dash|bar\.v)\.circle\b",
        ),
        r"\1.o",
    ),
    (re.compile(r"\b(bracket|paren|brace)\.(l|r)\.double\b"), r"\1.\2.stroked"),
]
NESTING = re.compile(r"\\\\|\\[{}]|(?P<opens>\{|\\(?:left|begin)\b)|(?P<closes>\}|\\(?:right|end)\b)")
DEEPEST = 12  # groups in groups: from here on pandoc takes minutes, and Typst ends the process
EMPTY = re.compile(r"(?<=[a-z]\()(?=\s*[,)])|(?<=, )(?=[,)])")  # an argument that Typst wants and TeX does not
DETERMINANT = re.compile(r"\\begin\{([vV])matrix\*?\}")
# Combining marks as MathML accents sit too high or vanish; browsers place the plain marks well.
STROKE = "linear-gradient(to {} right,transparent 47%,currentColor 47%,currentColor 53%,transparent 53%)"
STROKES = {
    "updiagonalstrike": STROKE.format("bottom"),
    "downdiagonalstrike": STROKE.format("top"),
    "updiagonalstrike downdiagonalstrike": f"{STROKE.format('bottom')},{STROKE.format('top')}",
}
BRACES = "[⏞⏟⎴⎵]"
ACCENTS = {"̂": "^", "̃": "~", "̄": "¯", "̅": "¯", "⃗": "→", "̇": "˙", "̈": "¨"}


def equation_number(tex: str) -> str:
    """The equation number that a \\tag gives, "" if there is none; pandoc drops it."""
    match = TAG.search(tex)
    return match[1] if match else ""


def to_typst(formulas: list[Formula]) -> dict[Formula, str | None]:
    """Typst markup `$…$` of each formula, None where pandoc cannot read it."""
    return {
        formula: modern_typst(written, formula[1]) if written else None
        for formula, written in convert_formulas(formulas, "typst", r"^\$.*\$$").items()
    }


def to_mathml(formulas: list[Formula]) -> dict[Formula, str | None]:
    """A <math> element of each formula, None where pandoc cannot read it."""
    method = {"html-math-method": {"method": "mathml"}}
    return {
        formula: core_mathml(written, formula[1]) if written else None
        for formula, written in convert_formulas(formulas, "html5", r"<math.*</math>", **method).items()
    }


def convert_formulas(formulas: list[Formula], target: str, good: str, **options: object) -> dict[Formula, str | None]:
    out: dict[Formula, str | None] = dict.fromkeys(formulas)
    for simplify in (False, True):
        missing = [formula for formula in out if out[formula] is None and is_bounded(formula[1])]
        for_typst = target == "typst"
        marked = [marked_arrays(prepare_tex(tex, simplify), for_typst) for _, tex in missing]
        # MathML draws unmarked bars well, and marked ones too tall
        texts = [pair_bars(tex) if for_typst else tex for tex, _ in marked]
        trees = [math_document(display, tex) for (display, _), tex in zip(missing, texts, strict=True)]
        requests = [pandoc.document(tree, "json", target, **options) for tree in trees]
        draw = drawn_in_typst if for_typst else drawn_in_mathml
        for formula, (_, arrays), written in zip(missing, marked, pandoc.convert(requests, instead=""), strict=True):
            match = re.search(good, written.strip(), re.S)
            out[formula] = draw(match[0], arrays) if match else None
    return out


def is_bounded(tex: str) -> bool:
    """Whether pandoc can be asked for a formula; it would expand macros that were found to have no end."""
    return depth(tex) <= DEEPEST and not DEFINITION.search(tex)


def depth(tex: str) -> int:
    """How deep groups are nested in groups."""
    steps = [bool(match["opens"]) - bool(match["closes"]) for match in NESTING.finditer(tex)]
    return max(accumulate(steps), default=0)


def math_document(display: bool, tex: str) -> str:
    """One formula as pandoc's syntax tree: no sign of it can end it."""
    kind = {"t": "DisplayMath" if display else "InlineMath"}
    blocks = [{"t": "Plain", "c": [{"t": "Math", "c": [kind, tex]}]}]
    return json.dumps({"pandoc-api-version": pandoc.api_version(), "meta": {}, "blocks": blocks})


def prepare_tex(tex: str, simplify: bool) -> str:
    tex = LABELS.sub("", tex)
    tex = readable(tex) if simplify else tex
    for pattern, new in REWRITES:
        tex = pattern.sub(new, tex)
    return re.sub(r"\n\s*\n", "\n", tex.strip())


def pair_bars(tex: str) -> str:
    """Mark the bars of a norm or an absolute value as a pair.

    As relations they would get space around them, and typst sets the scripts of the relation "parallel" above
    and below it. A single bar, as in p(x|y), stays a relation.
    """
    pieces, done, opened = [], 0, None
    for match in [] if r"\begin{array}" in tex else BAR.finditer(tex):
        closing, bar = CLOSING.get(opened["bar"], ("", "")) if opened else ("", "")
        body = tex[opened.end() : match.start()] if opened else ""
        if match["size"]:
            opened = None
        elif match["bar"] == closing and is_balanced(body):
            pieces += [tex[done : opened.start()], rf"\left{bar}", body, rf"\right{bar}"]
            done, opened = match.end(), None
        else:
            opened = match
    return "".join([*pieces, tex[done:]])


def is_balanced(body: str) -> bool:
    depth = 0
    for char in body:
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return False
    return depth == 0 and bool(body.strip()) and "&" not in body and r"\\" not in body


def modern_typst(typst: str, tex: str) -> str:
    strings = re.split(r'("(?:[^"\\]|\\.)*")', typst)  # words inside \text{…} are no symbol names
    for pattern, new in RENAMED:
        strings[::2] = [pattern.sub(new, part) for part in strings[::2]]
    strings[::2] = [EMPTY.sub("zws", part) for part in strings[::2]]
    typst = "".join(strings).replace("#h(0em)", "#h(0.28em)")  # the space \\;
    for name in DETERMINANT.findall(tex):
        typst = typst.replace('delim: "||"', 'delim: "|"' if name == "v" else 'delim: "‖"', 1)
    if re.search(r"\\operatorname\*|\\mathop", tex):
        typst = re.sub(r'("[^"]*")(?=[_^])', r"op(\1, limits: #true)", typst)
    return typst


def core_mathml(element: str, tex: str) -> str:
    """Texmath's MathML as the MathML Core of today's browsers draws it."""
    element = element.replace("∥", "‖")
    element = re.sub(r' mathvariant="(?!normal)[^"]*"', "", element)  # the letters are mapped to Unicode already
    if re.search(r"\\(?:math)?bf\b", tex) and "\\boldsymbol" not in tex and "\\bm" not in tex:
        # \mathbf is upright; texmath writes bold italic
        element = re.sub("[\U0001d468-\U0001d49b]", lambda m: chr(ord(m[0]) - 0x68), element)
    for mark, plain in ACCENTS.items():
        element = element.replace(f'<mo accent="true">{mark}</mo>', f'<mo accent="true">{plain}</mo>')
    if "\\wide" not in tex:  # a hat over one letter keeps its width; a brace is there to span what it marks
        element = re.sub(f'<mo accent="true">(?!{BRACES})', '<mo accent="true" stretchy="false">', element)
    # the annotation repeats the TeX, which a screen reader does not need and a search would find twice
    element = re.sub(r"<semantics>(.*)<annotation.*</annotation></semantics>", r"\1", element, flags=re.S)
    for notation, drawn in STROKES.items():
        element = element.replace(f'<menclose notation="{notation}">', f'<mrow style="background:{drawn}">')
    boxed = r'<mrow style="border:1px solid;padding:.2em">\1</mrow>'
    element = re.sub(r'<menclose notation="box">(.*?)</menclose>', boxed, element)
    return element.replace("</menclose>", "</mrow>")


def tex_in_html(tex: str) -> str:
    """The TeX itself, for a formula that nothing can read."""
    return f"<code>{escape(tex)}</code>"
