"""A table of bad inputs: each is answered before a kernel starts, with what was given and what is allowed."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from small_project import LAB, cell, make_project, write_notebook

from labreport.__main__ import main
from labreport.project.project import Project

ROOT = Path(__file__).parent.parent
WHOLE = "a tuple whose elements are each a whole number, as (4, 4)"
LINE = "must be one line of text of up to 200 characters, without control characters; got "
TOML = "notebooks/labs/backprop.toml"
CELL = "01_first, parameters cell, line"
PLAIN_LAB = LAB.partition("[profiles")[0]


@dataclass(frozen=True)
class Bad:
    """One bad input, and what the message says. `real` asks the project's own notebooks, else a small project."""

    says: str
    arguments: tuple[str, ...] = ()
    lab: str | bytes | None = None
    cell: str | None = None
    notebook: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    real: bool = False


def line(says: str, *arguments: str, real: bool = False) -> Bad:
    return Bad(says, arguments, real=real)


def p(says: str, *texts: str, real: bool = False, notebook: str = "01") -> Bad:
    return Bad(says, (notebook, *(word for text in texts for word in ("-p", text))), real=real)


def lab(says: str, old: str, new: str) -> Bad:
    """The lab file with one piece replaced."""
    assert old in LAB
    return Bad(f"{TOML}{says}", lab=LAB.replace(old, new, 1))


def values(says: str, parameters: str) -> Bad:
    """A lab file that sets parameters of the first notebook."""
    path = 'path = "01_first"'
    return lab(f", parameters of 01_first: {says}", path, f"{path}\nparameters = {{ {parameters} }}")


def source(says: str, text: str) -> Bad:
    """A parameters cell."""
    return Bad(says, lab=PLAIN_LAB, cell=text)


def notebook(says: str, text: str) -> Bad:
    """The first notebook's file, or, from a cell on, its one cell."""
    if text.startswith("{CELL"):
        text = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [' + text[5:] + "]}"
    return Bad(f"notebooks/01_first.ipynb {says}", lab=PLAIN_LAB, notebook=text)


def title(says: str, text: str) -> list[Bad]:
    """A bad name on the line and, unless it is none the system takes, in the environment; a bad number."""
    env = [Bad(f"author {says}", env={"LABKIT_AUTHOR": text})] if "\0" not in text else []
    return [line(f"author {says}", "--author", text), line(f"student number {says}", "--student-id", text), *env]


COMMAND_LINES = [
    line("lab or notebook must be one of 'backprop', '01_first', '02_second'; got 'backprp' (did you mean", "backprp"),
    line("got '01_FIRST' (did you mean '01_first'?)", "01_FIRST"),
    line("got 'notebooks/01_first.ipynb' (did you mean '01_first'?)", "notebooks/01_first.ipynb"),
    line("got '/etc/passwd'", "/etc/passwd"),
    line("'0' is the beginning of 01_first and 02_second in lab 'backprop'; type more of one", "0"),
    line("notebook of lab 'backprop' must be one of '01_first', '02_second'; got '99'", "01", "99"),
    line("notebook of lab 'backprop' must be one of '01_first', '02_second'; got ''", ""),
    line("got '../01_first' (did you mean '01_first'?)", "backprop", "../01_first"),
    line("profile must be one of 'quick'; got 'quik' (did you mean 'quick'?)", "--profile", "quik"),
    line("profile must be one of 'quick'; got ' '", "--profile", " "),
    line("unrecognized arguments: --unknown", "--unknown"),
    line("expected one argument", "-p"),
    line("there is no lab: no .toml file in", "--root", "no-such-folder"),
    line("there is no lab: no .toml file in", "--root", "requirements.txt"),
    Bad("LABKIT_JOBS must be a whole number >= 1; got 'two'", env={"LABKIT_JOBS": "two"}),
    Bad("LABKIT_JOBS must be a whole number >= 1; got '0'", env={"LABKIT_JOBS": "0"}),
    Bad("LABKIT_CACHE_GB must be a number > 0; got 'nan'", env={"LABKIT_CACHE_GB": "nan"}),
]
PARAMETERS = [
    p("-p must be name=value, as -p lr=0.1; got 'lr'", "lr"),
    p("-p must be name=value, as -p lr=0.1; got '=1'", "=1"),
    line("got '='", "-p", "lr", "=", "1"),
    p("parameter must be one of 'hidden_sizes', 'lr', 'n_seeds'; got 'n_sed' (did you mean 'n_seeds'?)", "n_sed=3"),
    p("got 'LR' (did you mean 'lr'?)", "LR=1"),
    p("got 'n seeds' (did you mean 'n_seeds'?)", "n seeds=1"),
    p("02_second has no parameters; got 'lr'", "lr=1", notebook="02"),
    p("-p lr must be given once; got '1' and '2'", "lr=1", "lr=2"),
    p("lr must be a number; got ''", "lr="),
    p("lr must be a number; got 'fast'", "lr=fast"),
    p("lr must be a number; got '0,1'", "lr=0,1"),
    p("lr must be a number; got 'True'", "lr=True"),
    p("lr must be a number; got 'None'", "lr=None"),
    p("lr must be a number; got '[1]'", "lr=[1]"),
    p("lr must be a number; got '=1'", "lr==1"),
    p("lr must be a number; got nan", "lr=nan"),
    p("lr must be a number; got -inf", "lr=-inf"),
    p("lr must be a number; got inf", "lr=1e999"),
    p("lr must be > 0; got 0", "lr=0"),
    p("lr must be > 0; got -1", "lr=-1"),
    p(f"lr must be a number of at most 18 digits; got {'1' * 100}…", "lr=" + "1" * 400),
    p("n_seeds must be a whole number; got 1.5", "n_seeds=1.5"),
    p("n_seeds must be a whole number; got 10.0", "n_seeds=1e1"),
    p("n_seeds must be a whole number; got 'true'", "n_seeds=true"),
    p("n_seeds must be within 1 .. 10; got 0", "n_seeds=0"),
    p("n_seeds must be within 1 .. 10; got 11", "n_seeds=11"),
    p("n_seeds must be a whole number; got inf", "n_seeds=" + "9" * 5000),
    p(f"hidden_sizes must be {WHOLE}; got ['']", "hidden_sizes="),
    p("hidden_sizes must have at least one element, as (4, 4); got []", "hidden_sizes=()"),
    p(f"hidden_sizes must be {WHOLE}; got [8, '', 8]", "hidden_sizes=8,,8"),
    p(f"hidden_sizes must be {WHOLE}; got ['(8', 8]", "hidden_sizes=(8,8"),
    p(f"hidden_sizes must be {WHOLE}; got ['[8', '8)']", "hidden_sizes=[8,8)"),
    p(f"hidden_sizes must be {WHOLE}; got ['8;8']", "hidden_sizes=8;8"),
    p(f"hidden_sizes must be {WHOLE}; got [8.5]", "hidden_sizes=8.5"),
    p("hidden_sizes must be >= 1; got [8, 0]", "hidden_sizes=8,0"),
    p("hidden_sizes must be a whole number of at most 18 digits; got [99999", "hidden_sizes=" + "9" * 30),
]
REAL_NOTEBOOKS = [
    p("'rates', 'rates_shown'; got 'rate' (did you mean 'rates'?)", "rate=1", real=True, notebook="02"),
    p("rates must be > 0; got [0.1, 0]", "rates=0.1,0", real=True, notebook="02"),
    p("rates must have at least one element", "rates=[]", real=True, notebook="02"),
    p("n_seeds must be within 2 .. 1000; got 1", "n_seeds=1", real=True, notebook="02"),
    p("lr must be > 0; got -0.5", "lr=-0.5", real=True, notebook="09"),
    p("batch_size must be a whole number; got 'None'", "batch_size=None", real=True, notebook="09"),
    p("leaky_slope must be >= 0, < 1; got 1", "leaky_slope=1", real=True, notebook="05"),
    p("dataset must be one of 'digits', 'mnist'; got 'mnits' (did you mean 'mnist'?)", "dataset=mnits", real=True,
      notebook="09"),
    line("n_seeds must be", "r3", "-p", "n_seeds=2", real=True),
    line("lab or notebook must be one of", "r6", real=True),
    line("got '05_activation '", "r4", "05_activation ", real=True),
    line("profile must be one of 'digits', 'quick'; got 'qiuck' (did you mean 'quick'?)", "r3", "--profile", "qiuck",
         real=True),
]  # fmt: skip
LAB_FILES = [
    Bad(f"{TOML} is not valid TOML: 'utf-8' codec can't decode", lab=b"\xff\xfe"),
    Bad(f"{TOML} is not valid TOML: ", lab="a = " + "[" * 5000),
    Bad(f"{TOML} is not valid TOML: ", lab="a = " + "1" * 5000),
    Bad(f"{TOML}: [report] needs a title", lab=""),
    Bad(f"{TOML}: [report] must be a table; got 3", lab="report = 3"),
    Bad(f"{TOML} needs at least one [[notebooks]]", lab='notebooks = []\n[report]\ntitle = "T"'),
    Bad(f"{TOML}: [[notebooks]] must be a table; got '01'", lab='notebooks = ["01"]\n[report]\ntitle = "T"'),
    lab(" is not valid TOML: Cannot overwrite a value (at line 11", "n_seeds = 2", "n_seeds = 2\nn_seeds = 3"),
    lab(": section must be one of 'report',", "[author]", "[autor]"),
    lab(": [report] key must be one of 'title',", "title =", "titel ="),
    lab(f": title in [report] {LINE}'  '", '"A small lab"', '"  "'),
    lab(f": title in [report] {LINE}'a\\x00'", '"A small lab"', '"a\\u0000"'),
    lab(": title in [report] must be a text in \"quotes\"; got ['x']", '"A small lab"', '["x"]'),
    lab(": language in [report] must be one of 'en', 'zh-TW'; got 'zh-tw' (did you mean 'zh-TW'?)", "[author]",
        'language = "zh-tw"\n[author]'),
    lab(": length in [report] must be one of 'full', 'short'; got 'shrot' (did you mean 'short'?)", "[author]",
        'length = "shrot"\n[author]'),
    lab(": date in [report] must be a day of the calendar", "[author]", 'date = "2026-02-30"\n[author]'),
    lab(": date in [report] must be a text", "[author]", "date = 2026-01-01T10:00:00\n[author]"),
    lab(" is not valid TOML", "[author]", "date = 2026-13-01\n[author]"),
    lab(": name in [author] must be a text in \"quotes\"; got 3", '"Your Name"', "3"),
    lab(f": name in [author] {LINE}'a\\nb'", '"Your Name"', '"a\\nb"'),
    lab(": notebook path (relative to notebooks/, without .ipynb) must be one of '01_first', '02_second'; got 3",
        'path = "01_first"', "path = 3"),
    lab(": notebook path (relative to notebooks/, without .ipynb) must be one of '01_first', '02_second'; got None",
        'path = "01_first"', ""),
    lab(": notebook path (relative to notebooks/, without .ipynb) must be one of '01_first', '02_second'; got '../x'",
        'path = "01_first"', 'path = "../x"'),
    lab(": two notebooks are called '01_first'", '"02_second"', '"01_first"'),
    lab(": parameters of '01_first' must be a table; got [1]", '"01_first"', '"01_first"\nparameters = [1]'),
    lab(": profile 'n_seeds' has a table for each notebook, [profiles.n_seeds.\"01_first\"]; got 2",
        'profiles.quick."01_first"', "profiles"),
    lab(": notebook of profile 'quick' must be one of '01_first', '02_second'; got '03'", 'quick."01_first"',
        'quick."03"'),
    lab(", profile 'quick' of 01_first: n_seeds must be a whole number; got '2'", "n_seeds = 2", 'n_seeds = "2"'),
    lab(": [limits] key must be one of 'minutes', 'gigabytes'; got 'minuts' (did you mean", "[author]",
        "[limits]\nminuts = 3\n[author]"),
    lab(": minutes in [limits] must be a number > 0, <= 1,000,000; got inf", "[author]",
        "[limits]\nminutes = inf\n[author]"),
    values("lr must be a number; got '0.1'", 'lr = "0.1"'),
    values("lr must be a number; got True", "lr = true"),
    values("lr must be a number; got nan", "lr = nan"),
    values("lr must be a number of at most 18 digits; got 1000", "lr = 1" + "0" * 400),
    values("lr must be a number of at most 18 digits; got something too long", "lr = 0x" + "f" * 5000),
    values("lr must be a number; got datetime.date(2026, 1, 1)", "lr = 2026-01-01"),
    values("n_seeds must be a whole number; got 2.0", "n_seeds = 2.0"),
    values("parameter must be one of 'n_seeds', 'hidden_sizes', 'lr'; got 'n_seed' (did you mean", "n_seed = 3"),
    values(f"hidden_sizes must be {WHOLE}; got 8", "hidden_sizes = 8"),
    values("hidden_sizes must have at least one element, as (4, 4); got []", "hidden_sizes = []"),
    values(f"hidden_sizes must be {WHOLE}; got [[8]]", "hidden_sizes = [[8]]"),
    values(f"hidden_sizes must be {WHOLE}; got [True]", "hidden_sizes = [true]"),
]  # fmt: skip
CELLS = [
    source(f"{CELL} 1: '(' was never closed", "lr = ("),
    source("01_first, parameters cell", "lr = 1\0"),
    source("01_first, parameters cell", "lr = " + "-" * 5000 + "1"),
    source(f"{CELL} 1: lr must be a literal, as 0.1 or (8, 8); got '10 ** 3'", "lr = 10**3"),
    source(f"{CELL} 2: b must be a literal, as 0.1 or (8, 8); got 'a'", "a = 1\nb = a"),
    source(f"{CELL} 1: a must be a literal", "a = __import__('os').system('touch made')"),
    source(f"{CELL} 1: a must be a literal", "a = 1 + 0x" + "f" * 5000),
    source(f"{CELL} 1: only lines `name = value  # meaning [range]` may stand here; got 'import os'", "import os"),
    source(f"{CELL} 1: only lines `name = value", "lr: float"),
    source(f"{CELL} 1: a must be a text; got 3", "a: str = 3"),
    source(f"{CELL} 1: a must be a literal", "a: int = 2 ** 5"),
    source(f"{CELL} 1: only lines `name = value", "a, b = 1, 2"),
    source(f"{CELL} 2: only lines `name = value", "a = 1\n%matplotlib inline"),
    source(f"{CELL} 1: only lines `name = value", "!pip install x"),
    source(f"{CELL} 1: invalid syntax", "a = = 1"),
    source(f"{CELL} 1: each parameter needs a line of its own; got 'b = 2'", "a = 1; b = 2  # two [1 .. 3]"),
    source(f"{CELL} 2: a is set twice", "a = 1\na = 2"),
    source(f"{CELL} 1: a must be > 0; got 0", "a = 0  # more [> 0]"),
    source(f"{CELL} 1: a must be within 5 .. 1; got 3", "a = 3  # turned round [5 .. 1]"),
    source(f"{CELL} 1: a must be a number; got inf", "a = 1e999"),
    source(f"{CELL} 1: a range is written like [1 .. 100], [> 0] or [relu | tanh]; got [1 ..]", "a = 1  # [1 ..]"),
    source(f"{CELL} 1: a range is written like [1 .. 100], [> 0] or [relu | tanh]; got [> 0_]", "a = 1  # [> 0_]"),
    source(f"{CELL} 1: a range stands in brackets at the end of the line, as [> 0]; got", "a = 3  # open [> 0"),
    source(f"{CELL} 1: a range stands in brackets at the end of the line, as [> 0]; got", "a = 3  # [> 0] early"),
    source(f"{CELL} 1: the range [> 0] does not fit a = True", "a = True  # [> 0]"),
    source(f"{CELL} 1: a must be one of 'relu', 'tanh'; got 'rulu' (did you mean", 'a = "rulu"  # [relu | tanh]'),
    source(f"{CELL} 1: a = None needs a range that tells its type, as in [None | >= 1]", "a = None"),
    source("or `a: int | None`", "a = None"),
    source(f"{CELL} 1: a must be True or False, a number, a text, or a tuple or list of one of these; got {{1: 2}}",
           "a = {1: 2}"),
    source(f"{CELL} 1: a must be a list whose elements are each a whole number; got [1, 'x']", "a = [1, 'x']"),
    source(f"{CELL} 1: a must be one line of text without control characters; got '\\x1b[31m'", r"a = '\x1b[31m'"),
    notebook("is not a notebook that can be read", ""),
    notebook("is not a notebook that can be read", "[" * 200_000),
    notebook("is not a notebook of format 4", '{"nbformat": 3, "worksheets": []}'),
    notebook("is not a notebook of format 4", '{"nbformat": 4, "cells": 3}'),
    notebook("is damaged in cell 1: its type must be one of code, markdown, raw", "{CELL3"),
    notebook("is damaged in cell 1: its source must be a text", '{CELL{"cell_type": "code", "source": null}'),
    notebook("is damaged in cell 1: its tags must be a list of texts",
             '{CELL{"cell_type": "code", "source": "lr = 1", "metadata": {"tags": "parameters"}}'),
]  # fmt: skip
TITLES = [
    *title(f"{LINE}'  '", "  "),
    *title(f"{LINE}'a\\nb'", "a\nb"),
    *title(f"{LINE}'a\\x00'", "a\0"),
    *title(f"{LINE}'\\udce4'", "\udce4"),
    *title(f"{LINE}'\\u202eabc'", "\u202eabc"),
    *title(f"{LINE}'xxxxx", "x" * 10_000),
]
TABLE = [*COMMAND_LINES, *PARAMETERS, *REAL_NOTEBOOKS, *LAB_FILES, *CELLS, *TITLES]


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Project:
    """The notebooks and labs of this project, in a folder that nothing else is written to."""
    root = tmp_path_factory.mktemp("real")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "requirements.txt", root)
    return Project(root)


@pytest.fixture
def started(monkeypatch) -> list[str]:
    """The notebooks that were run; none ever is."""
    names: list[str] = []
    monkeypatch.setattr("labreport.run.execute.run_notebook", lambda source, *rest: names.append(source.name))
    return names


def small(bad: Bad, root: Path) -> Project:
    """A small project with what is bad."""
    project = make_project(root / "project", bad.lab if isinstance(bad.lab, str) else LAB)
    if isinstance(bad.lab, bytes):
        (project.labs / "backprop.toml").write_bytes(bad.lab)
    if bad.cell is not None:
        write_notebook(project, "01_first", cell("# First"), cell(bad.cell, "parameters"))
    if bad.notebook is not None:
        (project.notebooks / "01_first.ipynb").write_text(bad.notebook)
    return project


def answer(project: Project, capsys, *arguments: str) -> str:
    """What the command line says of a request that it refuses with exit code 2."""
    try:
        code = main(["--root", str(project.root), *arguments])
    except SystemExit as error:
        code = error.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert len(err) < 2000
    return err


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("bad", TABLE, ids=[f"{number:03d}" for number in range(len(TABLE))])
def test_it_is_refused_before_a_kernel_starts(bad: Bad, real, started, capsys, monkeypatch, tmp_path) -> None:
    project = real if bad.real else small(bad, tmp_path)
    for name, value in bad.env.items():
        monkeypatch.setitem(os.environ, name, value)
    arguments = list(bad.arguments)
    if "--root" in arguments:
        project = Project(project.root / arguments[arguments.index("--root") + 1])
        arguments = []
    before = files(tmp_path) | files(real.root)
    said = answer(project, capsys, "report", *arguments)
    assert bad.says in said
    assert "error: " in said
    if bad.lab is not None:  # other commands read it in the same way
        assert bad.says in answer(project, capsys, "params")
    assert started == []
    assert files(tmp_path) | files(real.root) == before


def test_the_table_is_long_and_no_row_is_there_twice() -> None:
    assert len(TABLE) >= 60
    assert len({repr(bad) for bad in TABLE}) == len(TABLE)
