"""A lab: a TOML file that names notebooks in order, their parameters and the report's title."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from labkit.errors import LabError, choice, shown

from .language import WORDS
from .limits import Limits
from .notebook_file import PYTHON, language_of, load_notebook
from .parameters import Schema, resolve
from .parameters_cell import find_parameters_cell, read_schema
from .project import Project, files_below
from .texts import is_line, printable

REPORT_KEYS = ("title", "course", "subtitle", "language", "date", "length")
AUTHOR_KEYS = ("name", "student_id")
NOTEBOOK_KEYS = ("path", "part", "parameters")
LENGTHS = ("full", "short")  # a short report leaves out cells tagged `detail`, the program and the settings
LONGEST = 200  # characters of a text of the title block
MOST = 1e6  # minutes or gigabytes
QUICK = "quick"  # the profile that every lab has
Profiles = dict[str, dict[str, dict[str, Any]]]  # values by profile, by key of a notebook, by parameter


@dataclass(frozen=True)
class LabNotebook:
    """A notebook of a lab. `key` is its path in the TOML file; outputs are called after `name`.

    Notebooks of one `part` that follow each other stand under a heading of that name in the report.
    """

    key: str
    path: Path
    schema: Schema
    content: Mapping[str, Any] = field(repr=False)
    parameters: dict[str, Any] = field(default_factory=dict)
    part: str = ""

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def lacks(self) -> str:
        """The package that the notebook's metadata say it needs, where it is not installed."""
        package = self.content["metadata"].get("needs_package")
        named = isinstance(package, str) and package.isidentifier()
        return package if named and find_spec(package) is None else ""


@dataclass(frozen=True)
class Lab:
    """A lab as its TOML file says; `profiles` holds parameters by profile and notebook key, unchecked.

    Notebooks that need a package which is not installed are `left_out`.
    """

    name: str
    file: str
    report: dict[str, str]
    author: dict[str, str]
    notebooks: tuple[LabNotebook, ...]
    profiles: Profiles
    left_out: tuple[LabNotebook, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def find(self, given: str) -> LabNotebook:
        """The notebook called `given`, or the only one that begins so, as `01`. LabError if there is none."""
        exact = [notebook for notebook in self.notebooks if given in (notebook.name, notebook.key)]
        begins = [notebook for notebook in self.notebooks if given and notebook.name.startswith(given)]
        if exact or len(begins) == 1:
            return (exact or begins)[0]
        if begins:
            names = " and ".join(notebook.name for notebook in begins)
            raise LabError(f"{given!r} is the beginning of {names} in lab {self.name!r}; type more of one")
        choice(f"notebook of lab {self.name!r}", given, [notebook.name for notebook in self.notebooks])
        raise AssertionError("choice accepts only names that were found above")

    def profile(self, given: str) -> dict[str, dict[str, Any]]:
        """The parameters by notebook key of a profile, none for ''. LabError if it is not there."""
        if not given:
            return {}
        if not self.profiles:
            raise LabError(f"{self.file} has no [profiles]; got profile {given!r}")
        choice("profile", given, self.profiles)
        return self.profiles[given]


def lab_names(project: Project) -> list[str]:
    """The labs of a project, in alphabetical order."""
    return sorted(path.stem for path in project.labs.glob("*.toml"))


def load_lab(project: Project, name: str) -> Lab:
    """Read and check a lab and its notebooks' parameters cells. Raise LabError for what must be mended."""
    if not (names := lab_names(project)):
        raise LabError(f"there is no lab: no .toml file in {project.labs}")
    choice("lab", name, names)
    path = project.labs / f"{name}.toml"
    file = project.short(path)
    table = read_toml(path, file)
    check_keys(table, ("report", "author", "notebooks", "profiles", "limits"), "section", file)
    report = read_texts(table, "report", REPORT_KEYS, file)
    check_report(report, file)
    notebooks = read_notebooks(project, table.get("notebooks"), file)
    if all(notebook.lacks for notebook in notebooks):
        raise LabError(f"{file}: every notebook needs a package that is not installed: {notebooks[0].lacks}")
    return Lab(
        name=name,
        file=file,
        report=report,
        author=read_texts(table, "author", AUTHOR_KEYS, file),
        notebooks=tuple(notebook for notebook in notebooks if not notebook.lacks),
        left_out=tuple(notebook for notebook in notebooks if notebook.lacks),
        profiles=with_quick(project, read_profiles(table.get("profiles", {}), notebooks, file), notebooks),
        limits=read_limits(table.get("limits", {}), file),
    )


def read_toml(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError, as is a number without end
        raise LabError(f"{file} is not valid TOML: {error}") from None
    except OSError as error:
        raise LabError(f"{file} cannot be read: {error.strerror}") from None


def read_limits(table: Any, file: str) -> Limits:
    check_keys(table, [field.name for field in fields(Limits)], "[limits] key", file)
    for key, value in table.items():
        if type(value) not in (int, float) or not 0 < value <= MOST:
            raise LabError(f"{file}: {key} in [limits] must be a number > 0, <= {MOST:,.0f}; got {shown(value)}")
    return Limits(**table)


def check_keys(table: Any, allowed: tuple[str, ...] | list[str], what: str, file: str) -> None:
    if not isinstance(table, dict):
        raise LabError(f"{file}: {what.removesuffix(' key')} must be a table; got {shown(table)}")
    for key in table:
        try:
            choice(what, key, allowed)
        except LabError as error:
            raise LabError(f"{file}: {error}") from None


def read_texts(table: dict[str, Any], section: str, allowed: tuple[str, ...], file: str) -> dict[str, str]:
    values = table.get(section, {})
    check_keys(values, allowed, f"[{section}] key", file)
    texts = {key: str(value) if type(value) is date else value for key, value in values.items()}
    for key, value in texts.items():
        if value != "":
            check_text(f"{file}: {key} in [{section}]", value)
    return texts


def check_text(name: str, value: Any) -> None:
    """Raise LabError unless a value of the file is a text, and one line of it."""
    if not isinstance(value, str):
        raise LabError(f'{name} must be a text in "quotes"; got {shown(value)}')
    check_line(name, value)


def check_line(name: str, text: str) -> None:
    """Raise LabError unless a title or heading can be made of a text: one line, neither blank nor endless."""
    if not text.strip() or len(text) > LONGEST or not is_line(text):
        words = f"one line of text of up to {LONGEST} characters, without control characters"
        raise LabError(f"{name} must be {words}; got {shown(text)}")


def check_report(report: dict[str, str], file: str) -> None:
    """Raise LabError for a title block that no page could have."""
    if not report.get("title"):
        raise LabError(f"{file}: [report] needs a title")
    if "language" in report:
        choice(f"{file}: language in [report]", report["language"], WORDS)
    if "length" in report:
        choice(f"{file}: length in [report]", report["length"], LENGTHS)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", day := report.get("date", "")):
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise LabError(f"{file}: date in [report] must be a day of the calendar ({error}); got {day!r}") from None


def read_notebooks(project: Project, entries: Any, file: str) -> tuple[LabNotebook, ...]:
    if not isinstance(entries, list) or not entries:
        raise LabError(f"{file} needs at least one [[notebooks]] with a path")
    notebooks = []
    for entry in entries:
        check_keys(entry, NOTEBOOK_KEYS, "[[notebooks]] key", file)
        notebook = read_lab_notebook(project, entry, file)
        if notebook.name in [other.name for other in notebooks]:
            raise LabError(f"{file}: two notebooks are called {notebook.name!r}")
        notebooks.append(notebook)
    return tuple(notebooks)


def read_lab_notebook(project: Project, entry: dict[str, Any], file: str) -> LabNotebook:
    key, part, parameters = entry.get("path"), entry.get("part", ""), entry.get("parameters", {})
    visible = notebook_keys(project)
    if not visible:
        raise LabError(f"{file}: there is no notebook in {project.short(project.notebooks)}/")
    try:
        choice("notebook path (relative to notebooks/, without .ipynb)", key, visible)
    except LabError as error:
        raise LabError(f"{file}: {error}") from None
    path = project.notebooks / f"{key}.ipynb"
    if not isinstance(parameters, dict):
        raise LabError(f"{file}: parameters of {key!r} must be a table; got {shown(parameters)}")
    if "part" in entry:
        check_text(f"{file}: part of {key!r}", part)
    content = load_notebook(path, project.short(path))
    if (language := language_of(content)) != PYTHON:
        raise LabError(
            f"{project.short(path)} is in {printable(language, 40)}, and a lab runs Python alone: take it out of "
            f"{file}, or choose a Python kernel for it in JupyterLab"
        )
    schema = read_schema(find_parameters_cell(content, path.stem), path.stem)
    return LabNotebook(key=key, path=path, schema=schema, content=content, parameters=parameters, part=part)


def notebook_keys(project: Project) -> list[str]:
    """The notebooks of a project as a lab file names them: by path, without .ipynb."""
    paths = [path for path in files_below(project.notebooks) if path.suffix == ".ipynb"]
    return [path.relative_to(project.notebooks).with_suffix("").as_posix() for path in paths]


def read_profiles(table: Any, notebooks: Sequence[LabNotebook], file: str) -> Profiles:
    keys = [notebook.key for notebook in notebooks]
    if not isinstance(table, dict):
        raise LabError(f'{file}: profiles are tables such as [profiles.quick."{keys[0]}"]; got {shown(table)}')
    for name, profile in table.items():
        if not isinstance(profile, dict):
            example = f'[profiles.{name}."{keys[0]}"]'
            raise LabError(f"{file}: profile {name!r} has a table for each notebook, {example}; got {shown(profile)}")
        check_keys(profile, keys, f"notebook of profile {name!r}", file)
        for key, parameters in profile.items():
            if not isinstance(parameters, dict):
                raise LabError(f"{file}: profile {name!r} of {key!r} must be a table; got {shown(parameters)}")
    return table


def with_quick(project: Project, profiles: Profiles, notebooks: Sequence[LabNotebook]) -> Profiles:
    """The profiles of a lab and `quick`: the notebooks' own small values, and above them those of the lab."""
    if not project.quick.exists():
        return profiles
    file = project.short(project.quick)
    table = read_toml(project.quick, file)
    check_keys(table, notebook_keys(project), "notebook", file)
    quick = {}
    for notebook in notebooks:
        own = table.get(notebook.key, {})
        if not isinstance(own, dict):
            raise LabError(f"{file}: the parameters of {notebook.key!r} must be a table; got {shown(own)}")
        resolve(notebook.schema, own, f"{file}, {notebook.key}")
        quick[notebook.key] = own | profiles.get(QUICK, {}).get(notebook.key, {})
    return profiles | {QUICK: quick}
