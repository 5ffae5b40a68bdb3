"""The house: which package, folder and file may import which, what is called how, and how large a file may be."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("labkit", "labreport")
FILES = sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FOLDERS = sorted({path.parent for path in FILES})
MOST_LINES, MOST_FILES = 300, 16
# From the ground up: a part may import the parts in front of it. Parts in one line do not know each other.
ORDER = {
    "labkit": [
        *(
            "errors",
            "engine environment files rounding plain_tables",
            "words observer overview",
            "nn",
            "data",
            "training",
            "experiments",
            "display",
        ),
        *("tables", "figures", "analysis", "claims", "sklearn"),
    ],
    "labreport": [
        "project",
        "run",
        "page",
        "build",
        "preview hand_in hand_out study",
        "verify",
        "mark authors",
        "doctor",
        "cli",
        "__main__",
    ],
}
# What several files define on purpose: the commands of `lab`, `show` of figures and of tables, the doors of programs.
CONVENTIONS = {"add", "run", "show", "main", "__dir__"}
REPORTS = re.compile(
    r"labkit/claims/r\d\.py"
)  # the entries of five reports, a file each, are called after their claims
HOOKS = {
    "_repr_html_",
    "_render_traceback_",
    "_file_extension_default",
    "_async_interrupt_kernel",
}  # names that a library asks for


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path) for path in FILES}


def imports(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, full name, and whether it is written relative, of each import anywhere in a file."""
    package = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield node.lineno, full if full in MODULES else base, node.level > 0


def own_imports(path: Path) -> list[str]:
    """The modules of the file's own package that it imports."""
    return [name for _, name, _ in imports(path) if name.split(".")[0] == path.parts[0]]


def floor(name: str) -> int:
    """How far up the part of a package lies that a module belongs to; the package itself lies on top of all."""
    package, _, rest = name.partition(".")
    part = rest.split(".")[0]
    return next((i for i, parts in enumerate(ORDER[package]) if part in parts.split()), len(ORDER[package]))


def test_labkit_knows_nothing_of_reports() -> None:
    known = [f"{path}:{line}" for path in FILES if path.parts[0] == "labkit" for line, name, _ in imports(path)
             if name.split(".")[0] == "labreport"]  # fmt: skip
    assert known == []


def test_every_part_has_its_place() -> None:
    """A new folder is added to ORDER, and so gets a place among the others."""
    for package in PACKAGES:
        parts = {path.parts[1].removesuffix(".py") for path in FILES if path.parts[0] == package} - {"__init__"}
        assert parts == set(" ".join(ORDER[package]).split())


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    wrong = []
    for path in FILES:
        here = module(path)
        if path.parts[0] != package or here == package:
            continue
        for name in own_imports(path):
            inside = name.split(".")[1:2] == here.split(".")[1:2]
            if name != package and not inside and floor(name) >= floor(here):
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_no_file_needs_itself() -> None:
    """No circle of imports, those inside of functions included."""
    needs = {module(path): set(own_imports(path)) & MODULES - {module(path)} for path in FILES}
    left = {name: {other for other in found if "." in other} for name, found in needs.items() if "." in name}
    while free := [name for name, found in left.items() if not found & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}


def test_the_network_is_a_course() -> None:
    """A file of labkit/nn imports numpy, Python's own modules, the errors, and files that its reader has read."""
    text = ast.get_docstring(tree(Path("labkit/nn/__init__.py")))
    order = re.findall(r"\w+", text.split(":")[1].split(".")[0])
    assert sorted(order) == sorted(
        path.stem for path in FILES if path.parts[:2] == ("labkit", "nn") and path.stem != "__init__"
    )
    wrong = []
    for i, name in enumerate(order):
        for line, imported, relative in imports(Path(f"labkit/nn/{name}.py")):
            read = {"labkit.errors", *(f"labkit.nn.{earlier}" for earlier in order[:i])}
            if imported not in read if relative else imported.split(".")[0] not in {"numpy", *sys.stdlib_module_names}:
                wrong.append(f"{name}.py:{line} imports {imported}")
    assert wrong == []


def test_imports_are_relative_inside_a_package_and_absolute_between_them() -> None:
    wrong = [
        f"{path}:{line}: {name}"
        for path in FILES
        for line, name, relative in imports(path)
        if relative != (name.split(".")[0] == path.parts[0]) and path.name != "examine.py"
    ]
    assert wrong == []


def definitions() -> dict[str, list[str]]:
    """The files that define a class or function of a name, at their top level."""
    found = defaultdict(list)
    for path in FILES:
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not REPORTS.match(path.as_posix()):
                found[node.name].append(path.as_posix())
    return found


def test_a_name_stands_for_one_thing() -> None:
    shared = {name: files for name, files in definitions().items() if len(files) > 1 and name not in CONVENTIONS}
    assert shared == {}


def test_no_module_goes_by_two_names() -> None:
    """A module of ours is imported under its own name."""
    aliases = [
        f"{path}:{node.lineno}: {alias.name} as {alias.asname}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
        if alias.asname and alias.asname != alias.name
    ]
    assert aliases == []


def test_nothing_is_private_by_an_underscore() -> None:
    private = [
        f"{path}:{node.lineno}: {node.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if re.match(r"_[^_]", node.name) and node.name not in HOOKS
    ]
    assert private == []


def test_files_are_read_in_one_sitting() -> None:
    lines = {path.as_posix(): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: n for path, n in lines.items() if n > MOST_LINES} == {}
    sizes = {folder.as_posix(): sum(path.parent == folder for path in FILES) - 1 for folder in FOLDERS}
    assert {folder: n for folder, n in sizes.items() if n > MOST_FILES} == {}


def texts(path: Path) -> list[ast.Constant]:
    """The texts in the code of a file; docstrings are none of it, nor what a command says of its options."""
    spoken = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Expr):
            spoken.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg == "help":
            spoken |= set(ast.walk(node.value))
    return (
        n for n in ast.walk(tree(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str) and n not in spoken
    )


def test_one_module_of_each_package_names_its_variables_of_the_environment() -> None:
    named = [
        f"{path}:{text.lineno}: {text.value}"
        for path in FILES
        if path.as_posix() not in ("labkit/environment.py", "labreport/project/variables.py")
        for text in texts(path)
        if re.search(r"\bLABKIT_[A-Z]", text.value)
    ]
    assert named == []


def test_no_one_writes_into_the_environment_of_this_process() -> None:
    writing = {"update", "setdefault", "pop", "clear", "putenv", "unsetenv"}
    wrong = []
    for path in FILES:
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else [getattr(node, "target", None)]
            written = [target.value for target in targets if isinstance(target, ast.Subscript)]
            if isinstance(node, ast.AugAssign):
                written.append(node.target)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing:
                written.append(node.func.value)
            if any(ast.unparse(place) in ("os.environ", "environ") for place in written):
                wrong.append(f"{path}:{node.lineno}")
    assert wrong == []
