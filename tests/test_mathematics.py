"""TeX that JupyterLab sets is set in both formats; what is not stays as TeX, with a warning that names its cell."""

import io
import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import META, chapter, markdown

from labreport.page.html.render import render_html
from labreport.page.mathematics.convert import to_mathml, to_typst
from labreport.page.mathematics.macros import Macros
from labreport.page.mathematics.readable import readable
from labreport.page.pdf.render import render_pdf

SET = r"""
p({\bf x}) = u_{\rm max} + {\cal L} + {\it a}_{\sf b}^{\tt c}
\mathop{\rm argmax}_x \bf a + b
{\bf \left( x \right)} \begin{aligned} \bf a &= \rm b \\ c \end{aligned}
{a \over b} + {a+1 \atop b} + {n \choose k} + {n \brace k} + \left( a \over b \right)
a \cr b
\begin{array}{cc} a & b \cr c & d \end{array}
\begin{matrix} a \\[2pt] b \\ [1ex] c \end{matrix}
a\hspace{1cm}b\hspace*{2em}c\mkern18mu d\kern 2pt e\hskip 1em f\mspace{3mu}g\hspace{-3pt}h
{\scriptsize x} + \tiny y + {\Large z} + \displaystyle\sum_i
\href{https://example.org}{y} + \class{a}{x} + \cssId{b}{y} + \style{color:red}{z}
\sideset{_a^b}{_c^d}\sum_i x
\cancel{x} + \bcancel{x} + \xcancel{x} + \require{cancel}\cancel{y}
\color{red}{x} + \textcolor{blue}{y} + {\color{green} z} + \colorbox{yellow}{w}
\bra{a}\ket{b} + \braket{c|d} + \Braket{e}
\begin{rcases} a \\ b \end{rcases} + \begin{dcases} a & b \\ c & d \end{dcases} + \begin{cases} a & x<0 \end{cases}
\begin{pmatrix}1\end{pmatrix}\begin{bmatrix}2\end{bmatrix}\begin{vmatrix}3\end{vmatrix}\begin{smallmatrix}4\end{smallmatrix}
\begin{split} a &= b \\ &= c \end{split}
\begin{gathered} a \\ b \end{gathered}
\dfrac{a}{b} + \tfrac{c}{d} + \cfrac{e}{f} + \binom nk + \dbinom{n}{k} + \root 3 \of x
\mathbbm{1} + \Bbb{R} + \mathnormal{x} + \bm{x} + \pmb{y} + \boldsymbol\beta
\smash{x} + \rlap{y} + \mathclap{z} + \raise{2pt}{x} + \vphantom{y} + \hphantom{z} + \rule{1cm}{1pt}
\mbox{a} + \hbox{b} + \textbf{c} + \textrm{d} + \fbox{e} + \boxed{f} + \verb|a_b| + \text{a $b$ c}
\S + \P + \copyright + \LaTeX + \degree + \unicode{x263A} + \enclose{circle}{x} + \bbox[5px]{y}
\negthinspace x \thinspace y \enspace z \nobreakspace w \hfill v \mathstrut
\vcentcolon= + \coloneqq + \eqqcolon + \idotsint + \ldotp + \cdotp + \colon
\operatorname*{arg\,max}_x + \operatorname{softmax} + \xrightarrow{a} + \underbrace{a}_{n} + \substack{a\\b}
\begin{alignat}{2} a &= b & c &= d \end{alignat}
\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}
\begin{multline} a \\ b \end{multline}
\odot + \cap + \otimes + \llbracket x \rrbracket
""".strip().splitlines()


def test_what_jupyterlab_sets_is_set() -> None:
    formulas = [(display, tex) for tex in SET for display in (True, False)]
    for write in (to_mathml, to_typst):
        assert [formula for formula, markup in write(formulas).items() if markup is None] == []


def test_formulas_compile_in_the_pdf(caplog) -> None:
    cells = [markdown(f"$${tex}$$\n\nand ${tex}$") for tex in SET]
    assert render_pdf([chapter(*cells)], META)
    assert [
        record.message for record in caplog.records if "as TeX" in record.message or "typst" in record.message
    ] == []


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"{\bf x y} z", r"{\mathbf{x y}} z"),
        (r"u_{\rm max}", r"u_{\mathrm{max}}"),
        (r"\bf a & b \\ c", r"\begin{gathered}\mathbf{a }& b \\ c\end{gathered}"),
        (r"{\bf \left( x \right) y}", r"{\mathbf{\left( x \right) y}}"),
        (r"\left( a \over b \right)", r"\left(\frac{ a }{ b }\right)"),
        (r"{\scriptsize x} y", r"{x} y"),
        ("x % a comment\n+ y", "x + y"),
        (r"a \% b % c", r"a \% b "),
        (r"\hspace{2em}\mkern3mu\hskip -3pt", r"\qquad \, "),
        (r"a \cr[2pt] b", r"\begin{gathered}a \\[2pt] b\end{gathered}"),
        (r"{a", r"{a"),
    ],
)
def test_old_tex_in_new_words(tex: str, plain: str) -> None:
    assert readable(tex) == plain


@pytest.mark.parametrize(
    ("definition", "use", "text"),
    [
        (r"\newcommand{\vx}{\mathbf{x}}", r"\vx_i + \vx y", r"\mathbf{x}_i + \mathbf{x} y"),
        (r"\newcommand\R{\mathbb R}", r"\R^n", r"\mathbb R^n"),
        (r"\newcommand{\norm}[1]{\lVert #1 \rVert}", r"\norm{w}+\norm w", r"\lVert w \rVert+\lVert w \rVert"),
        (r"\newcommand{\pd}[3][]{\frac{\partial^{#1} #2}{#3}}", r"\pd[2]{f}{x}", r"\frac{\partial^{2} f}{x}"),
        (r"\newcommand{\pd}[3][]{\frac{\partial^{#1} #2}{#3}}", r"\pd f x", r"\frac{\partial^{} f}{x}"),
        (r"\def\a{\alpha}", r"\a x", r"\alpha x"),
        (r"\def\pair(#1,#2){\langle #1|#2\rangle}", r"\pair(x,{y,z})", r"\langle x|y,z\rangle"),
        (r"\DeclareMathOperator{\relu}{ReLU}", r"\relu(x)", r"\operatorname{ReLU}(x)"),
        (r"\DeclareMathOperator*{\argmin}{arg\,min}", r"\argmin_x", r"\operatorname*{arg\,min}_x"),
        (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}", r"\abs{x}", r"\left\lvert x\right\rvert"),
        (r"\let\oldphi\phi \renewcommand{\phi}{\varphi}", r"\phi\oldphi", r"\varphi\phi"),
        (r"\newcommand{\a}{\b\b}\newcommand{\b}{c}", r"\a", r"cc"),
        (r"\providecommand{\x}{1}\providecommand{\x}{2}", r"\x", r"1"),
        (
            r"\newenvironment{eq}[1]{\begin{cases}#1}{\end{cases}}",
            r"\begin{eq}{a}b\end{eq}",
            r"\begin{cases}ab\end{cases}",
        ),
        (r"\newcommand{\a}{\a\a}", r"\a", r"\a"),  # for ever
        (r"\newcommand{\a", r"\a", r"\a"),
    ],
)
def test_macros(definition: str, use: str, text: str) -> None:
    macros = Macros()
    macros.expand(definition)
    assert macros.expand(use) == text


def test_macros_hold_for_the_later_cells_of_their_notebook(caplog) -> None:
    first = chapter(
        markdown("# One\n\n$\\newcommand{\\vx}{\\mathbf{x}}$"),
        markdown("| a |\n|---|\n| $\\vx$ |"),
        markdown("$$\\begin{aligned}\\vx &= 1\\end{aligned}$$"),
        name="01_one",
    )
    page = BeautifulSoup(render_html([first, chapter(markdown("# Two\n\n$\\vx$"), name="02_two")], META), "html.parser")
    assert [math.get_text() for math in page.find_all("math")] == ["𝐱", "𝐱=1"]
    assert [code.get_text() for code in page.select("section.chapter:nth-of-type(2) p code")] == ["\\vx"]
    assert [record.message for record in caplog.records] == [
        "02_two, cell 1: the formula cannot be set, and stands there as TeX: \\vx"
    ]


def test_what_cannot_be_set_is_shown_as_tex_in_both_formats(caplog) -> None:
    cells = [markdown(r"Inline $\foo{x}$ stays."), markdown(r"$$\begin{itemize}\item y\end{itemize}$$")]
    page = BeautifulSoup(render_html([chapter(*cells)], META), "html.parser")
    assert [code.get_text() for code in page.select("main p code")] == [
        r"\foo{x}",
        r"\begin{itemize}\item y\end{itemize}",
    ]
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "01_basic_training, cell 1",
        "01_basic_training, cell 2",
    ]
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(render_pdf([chapter(*cells)], META))).pages)
    assert r"\foo{x}" in text and r"\begin{itemize}\itemy\end{itemize}" in re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("x^{", "}"), (r"\frac{1}{", "}"), (r"\left(", r"\right)"), (r"\begin{pmatrix}", r"\end{pmatrix}")],
)
def test_a_formula_nested_too_deep_stands_as_tex(opening: str, closing: str) -> None:
    """Pandoc took minutes for it, or Typst ended the whole process."""
    few, many = ((False, opening * n + "x" + closing * n) for n in (6, 500))
    for convert in (to_mathml, to_typst):
        done = convert([few, many])
        assert done[few]
        assert done[many] is None


def test_macros_that_grow_without_an_end_stand_as_tex(caplog) -> None:
    """Pandoc was asked until its limit of two minutes."""
    twice = "".join(rf"\newcommand{{\{b}}}{{\{a}\{a}}}" for a, b in pairwise("abcdefghijklmnopqrstu"))
    eightfold = "".join(rf"\def\{a}#1{{\{b}{{{'#1' * 8}}}}}" for a, b in pairwise("abcdefghijklmnopqrstu"))
    tex = [rf"\newcommand{{\a}}{{x}}{twice}\u", rf"{eightfold}\a{{x}}"]
    page = BeautifulSoup(render_html([chapter(*(markdown(f"${one}$") for one in tex))], META), "html.parser")
    assert [code.get_text() for code in page.select("main p code")] == tex
    assert len(caplog.records) == 2


def test_what_a_formula_is_set_without_is_named(caplog) -> None:
    tex = [r"\newcommand{\red}[1]{\color{red}{#1}}", r"\red y", r"\bbox[red]{\textcolor{blue}{z}}", r"\ce{H2O}"]
    render_html([chapter(*(markdown(f"${one}$") for one in [*tex, r"\SI{3}{m}", r"\colon x"]))], META)
    assert [record.message.removeprefix("01_basic_training, ") for record in caplog.records] == [
        r"cell 2: the formula is set without its color: \color{red}{y}",
        r"cell 3: the formula is set without its color and its frame: \bbox[red]{\textcolor{blue}{z}}",
        r"cell 4: the formula is set without its notation of chemistry: \ce{H2O}",
    ]


def test_two_dollars_of_money_are_named(caplog) -> None:
    render_html([chapter(markdown("Costs $5 and $10."), markdown("$3 \\cdot 4$ and $0.5 x$"))], META)
    assert [record.message for record in caplog.records] == [
        "01_basic_training, cell 1: '$5 and$' is a formula, as in JupyterLab; write \\$ for a dollar in a text"
    ]


def test_what_pandoc_writes_and_typst_does_not_read_is_mended() -> None:
    """Bars around a matrix, an argument without content, a space of no width."""
    formulas = [r"\begin{vmatrix}1\end{vmatrix}\begin{Vmatrix}2\end{Vmatrix}", r"\frac{}{}+\sqrt{}", r"a\;b"]
    assert [to_typst([(False, tex)])[False, tex] for tex in formulas] == [
        '$mat(delim: "|", 1) mat(delim: "‖", 2)$',
        "$frac(zws, zws) + sqrt(zws)$",
        "$a #h(0.28em) b$",
    ]


@pytest.mark.parametrize(
    ("tex", "typst"),
    [
        (
            r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
            "$mat(delim: #none, augment: #(hline: (1,), vline: (1,)), a, b; c, d)$",
        ),
        (
            r"\left(\begin{array}{cc|c} a & b & c\end{array}\right)",
            "$(mat(delim: #none, augment: #(vline: (2,)), a, b, c))$",
        ),
        (r"x = \begin{array}{ll} a & b\\ c & d\end{array}", "$x = mat(delim: #none, align: #left, a, b; c, d)$"),
        (r"x = \begin{matrix} & b\\ c & d\end{matrix}", "$x = mat(delim: #none, zws, b; c, d)$"),
        (r"\begin{array}{rl} a &= b\end{array}", "$a & = b$"),  # lines that are aligned
    ],
)
def test_arrays_in_typst(tex: str, typst: str) -> None:
    assert to_typst([(False, tex)]) == {(False, tex): typst}


def test_rules_and_strokes_in_mathml() -> None:
    formulas = [(False, r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}"), (False, r"\cancel{x} + \boxed{y}")]
    array, strokes = (BeautifulSoup(element, "html.parser") for element in to_mathml(formulas).values())
    styles = {cell.get_text(): cell["style"] for cell in array.find_all("mtd")}
    assert {text for text, style in styles.items() if "border-left" in style} == {"b", "d"}
    assert {text for text, style in styles.items() if "border-top" in style} == {"c", "d"}
    assert not strokes.find("menclose")
    assert ["gradient" in row["style"] for row in strokes.select("mrow[style]")] == [True, False]


def test_text_right_behind_a_formula_stays_text_in_the_pdf() -> None:
    cells = [
        markdown("$x$.next $x$(a) $x$[b] $x$;c $$x$$.d"),
        markdown("$\\newcommand{\\q}{q}$ - no list, <br>- nor here"),
    ]
    pages = PdfReader(io.BytesIO(render_pdf([chapter(*cells)], META))).pages
    text = re.sub(r"\s", "", pages[0].extract_text())
    assert all(words in text for words in (".next", "(a)", "[b]", ";c", ".d", "-nolist,-norhere"))
