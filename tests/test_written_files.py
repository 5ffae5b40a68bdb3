"""What a notebook writes is none of its inputs, and what it reads is one: which of the two a file is, kind by kind."""

from pathlib import Path

import pytest
from small_project import LAB, build, cell, make_project, write_notebook

from labreport.build.build import explain
from labreport.build.request import Request
from labreport.project.labs import load_lab
from labreport.project.project import Project

HEAD = LAB.split("[[notebooks]]")[0]
TWO = LAB.split("[profiles")[0]
STILL = {"01_first": [], "02_second": [], "report": []}
FIGURE = """\
import random
from matplotlib.figure import Figure
ax = Figure().subplots()
ax.plot([random.random() for _ in range(9)])
ax.figure.savefig({!r})"""


def why(project: Project) -> dict[str, list[str]]:
    return explain(project, Request(load_lab(project, "backprop")))


def with_code(root: Path, first: str, second: str = "print('nothing to do with it')") -> Project:
    """A project of two notebooks with a cell of code each."""
    project = make_project(root, TWO)
    write_notebook(project, "01_first", cell("# First"), cell(first))
    write_notebook(project, "02_second", cell("# Second"), cell(second))
    return project


def built(project: Project) -> list[str]:
    """The notebooks that a build runs, none of which fails."""
    outcome, printed = build(project)
    assert not outcome.errors, printed
    return outcome.executed


def printed_by(project: Project, name: str) -> str:
    return (project.reports("backprop") / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")


WRITES = {
    "a log": "import time\nopen('log.txt', 'w').write(str(time.time()))",
    "a log that grows": "import time\nopen('log.txt', 'a').write(str(time.time()))",
    "a figure": FIGURE.format("curve.png"),
    "a figure in a folder": "import os\nos.makedirs('figures/new', exist_ok=True)\n"
    + FIGURE.format("figures/new/a.svg"),
    "a table": "import os\nimport pandas as pd\npd.DataFrame({'a': [os.urandom(4).hex()]}).to_csv('table.csv')",
    "an array": "import os\nimport numpy as np\nnp.save('a.npy', np.frombuffer(os.urandom(8)))",
    "a cell": "%%writefile made.py\nx = 1",
    "a program": "!date +%s%N > log.txt",
    "a shell": "%%bash\ndate +%s%N > log.txt",
    "a data base": "import sqlite3, time\nwith sqlite3.connect('runs.db') as db:\n"
    "    db.execute('create table if not exists runs (t)')\n"
    "    db.execute('insert into runs values (?)', [time.time()])",
    "a name of its own each time": "import time\nopen(f'log-{time.time_ns()}.txt', 'w').write('x')",
    "written, then read": "import os\nopen('x', 'w').write(os.urandom(4).hex())\nlen(open('x').read())",
    "written by a program, then read": "!date +%s%N > x.txt\nlen(open('x.txt').read())",
    "deleted and written again": "import os, time\nfrom pathlib import Path\nPath('x').unlink(missing_ok=True)\n"
    "Path('x').write_text(str(time.time()))",
    "written and deleted": "from pathlib import Path\nPath('x').write_text('1')\nPath('x').unlink()",
    "written, and moved": "import os, shutil\nopen('x.part', 'w').write(os.urandom(4).hex())\n"
    "shutil.move('x.part', 'x.txt')",
    "a folder anew": "import os, shutil\nshutil.rmtree('out', ignore_errors=True)\nos.makedirs('out/a')\n"
    "open('out/a/x', 'w').write(os.urandom(4).hex())",
    "by another process": "import subprocess, sys\n"
    "subprocess.run([sys.executable, '-c', 'import os; open(\"x\", \"wb\").write(os.urandom(4))'], check=True)",
}


@pytest.mark.parametrize("there", [False, True])
def test_what_notebooks_write_makes_nothing_stale(tmp_path: Path, there: bool) -> None:
    """Also where such a file lay there before, from JupyterLab. Each kind has a folder of its own."""
    names = [f"{number:02}_{kind.replace(' ', '_').replace(',', '')}" for number, kind in enumerate(WRITES)]
    keys = [f"{name}/{name}" for name in names]
    lab = "".join(f'[[notebooks]]\npath = "{key}"\n' for key in [*keys, "plain"])
    project = make_project(tmp_path, HEAD + lab)
    for key, code in zip(keys, WRITES.values(), strict=True):
        path = write_notebook(project, key, cell("# Writes"), cell(code))
        for name in ("log.txt", "curve.png", "table.csv", "made.py", "x", "x.txt") if there else ():
            (path.parent / name).write_text("of before", encoding="utf-8")
    write_notebook(project, "plain", cell("# Plain"), cell("print(1)"))
    assert built(project) == [*names, "plain"]
    assert set(map(tuple, why(project).values())) == {()}
    write_notebook(project, "plain", cell("# Plain"), cell("print(2)"))
    assert built(project) == ["plain"]
    if there:
        for key, code in zip(keys, WRITES.values(), strict=True):
            write_notebook(project, key, cell("# Writes"), cell(code + "\n"), cell("print('more')"))
        assert built(project) == names
        assert set(map(tuple, why(project).values())) == {()}


def test_what_a_notebook_has_written_may_be_written_anew_in_jupyterlab(tmp_path: Path) -> None:
    project = with_code(tmp_path, "open('log.txt', 'w').write('1')")
    built(project)
    (project.notebooks / "log.txt").write_text("2")
    assert why(project) == STILL
    (project.notebooks / "log.txt").unlink()
    assert why(project) == STILL


def test_a_notebook_that_fails_leaves_nothing_that_runs_the_others(tmp_path: Path) -> None:
    project = with_code(tmp_path, "import time\nopen('log.txt', 'w').write(str(time.time()))\n1 / 0")
    assert list(build(project)[0].errors) == ["01_first"]
    assert why(project)["02_second"] == []


READS = {
    "a file": "print(open('data.csv').read())",
    "pandas": "import pandas as pd\nprint(pd.read_csv('data.csv', header=None))",
    "a path": "from pathlib import Path\nprint(Path.cwd().joinpath('data.csv').read_text())",
    "a program": "!cat data.csv",
    "its own name": "print(open('../notebooks/data.csv').read())",
    "read, then overwritten": "text = open('data.csv').read()\nprint(text)\nopen('data.csv', 'w').write(text.strip())",
}


@pytest.mark.parametrize("code", READS.values(), ids=READS)
def test_data_that_a_person_changes_are_read_again(tmp_path: Path, code: str) -> None:
    project = with_code(tmp_path, code)
    (project.notebooks / "data.csv").write_text("17\n")
    built(project)
    assert why(project) == STILL
    (project.notebooks / "data.csv").write_text("18\n")
    assert why(project)["01_first"] == ["notebooks/data.csv changed"]
    assert "01_first" in built(project)
    assert "18" in printed_by(project, "01_first")
    assert why(project) == STILL


def test_data_elsewhere_in_the_project_count_for_those_who_read_them(tmp_path: Path) -> None:
    project = with_code(tmp_path, "print(open('../data/points.csv').read())")
    (project.root / "data").mkdir()
    (project.root / "data" / "points.csv").write_text("17\n")
    built(project)
    (project.root / "data" / "points.csv").write_text("18\n")
    assert why(project) == STILL | {"01_first": ["data/points.csv changed"], "report": ["01_first is to be run"]}


def test_a_module_beside_the_notebooks_is_read_again(tmp_path: Path) -> None:
    project = with_code(tmp_path, "import helpers\nprint(helpers.x)")
    (project.notebooks / "helpers.py").write_text("x = 17\n")
    built(project)
    assert why(project) == STILL
    (project.notebooks / "helpers.py").write_text("x = 1800\n")
    assert "01_first" in built(project)
    assert "1800" in printed_by(project, "01_first")


@pytest.mark.parametrize("text", ["'17'", "str(time.time_ns())"], ids=["the same", "other each time"])
def test_a_notebook_reads_what_one_in_front_of_it_wrote(tmp_path: Path, text: str) -> None:
    """They start side by side: what was read too early is read again, in the same build."""
    project = with_code(
        tmp_path,
        f"import time\ntime.sleep(1)\nopen('result.txt', 'w').write('A' + {text})",
        "print('read', open('result.txt').read())",
    )
    assert set(built(project)) == {"01_first", "02_second"}
    result = project.notebooks / "result.txt"
    assert f"read {result.read_text()}" in printed_by(project, "02_second")
    assert why(project) == STILL
    write_notebook(
        project, "01_first", cell("# First"), cell(f"import time\nopen('result.txt', 'w').write('B' + {text})")
    )
    assert built(project) == ["01_first", "02_second"]
    assert f"read {result.read_text()}" in printed_by(project, "02_second")
    assert why(project) == STILL
    result.write_text("by hand")
    assert why(project)["02_second"] == ["notebooks/result.txt changed"]
    assert why(project)["01_first"] == []


def test_two_that_write_the_same_file_do_not_run_each_other(tmp_path: Path) -> None:
    code = "import os\nbefore = open('log.txt').read() if os.path.exists('log.txt') else ''\n"
    code += "open('log.txt', 'w').write(before + os.urandom(4).hex())"
    project = with_code(tmp_path, code, code)
    built(project)
    assert why(project) == STILL


def test_pages_show_the_picture_that_was_drawn_last(tmp_path: Path) -> None:
    """A picture that code has drawn and a text shows: new pages where it is another, and no run."""
    project = make_project(tmp_path, TWO)
    write_notebook(
        project, "01_first", cell("# First\n\n![A line](curve.svg)"), cell("print('shows what the second draws')")
    )
    write_notebook(project, "02_second", cell("# Second"), cell(FIGURE.format("curve.svg")))
    assert set(built(project)) == {"01_first", "02_second"}
    assert why(project) == STILL
    page = project.reports("backprop") / "01_first.html"
    before = page.read_bytes()
    write_notebook(project, "02_second", cell("# Second"), cell(FIGURE.format("curve.svg") + "\nprint('again')"))
    assert built(project) == ["02_second"]
    assert page.read_bytes() != before
    assert why(project) == STILL
    (project.notebooks / "curve.svg").unlink()
    assert why(project) == {
        "01_first": ["notebooks/curve.svg is gone"],
        "02_second": [],
        "report": ["01_first is to be written"],
    }


def test_a_picture_that_a_text_waits_for_is_shown_once_it_is_there(tmp_path: Path) -> None:
    project = with_code(tmp_path, "print(1)")
    write_notebook(project, "02_second", cell("# Second\n\n![A dot](dot.svg)"))
    built(project)
    (project.notebooks / "dot.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="3"/></svg>'
    )
    build(project)
    assert "<circle" in (project.reports("backprop") / "02_second.html").read_text(encoding="utf-8")


def test_another_lab_is_not_stale_by_what_one_wrote(tmp_path: Path) -> None:
    project = with_code(tmp_path, "print(1)")
    write_notebook(project, "03_third", cell("# Third"), cell(WRITES["a log"]))
    (project.labs / "other.toml").write_text(TWO.replace("01_first", "03_third"), encoding="utf-8")
    built(project)
    assert not build_other(project).errors
    assert why(project) == STILL


def build_other(project: Project):
    import io

    from labreport.build.build import build_lab
    from labreport.build.terminal import Terminal

    return build_lab(project, Request(load_lab(project, "other")), Terminal(io.StringIO()))
