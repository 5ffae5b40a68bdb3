"""What a build step was made from and what it made: nothing is made twice, and the build can say why it runs.

The inputs of a step are a flat dict from what a reader calls a thing ("labkit/nn/layers.py", "parameter lr") to
its hash or value. They are kept in build.json beside the report, with the hashes of the files made.
"""

import hashlib
import json
import platform
import re
import threading
from collections.abc import Container, Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from labkit.files import write_all

from ..project.fetched import is_here
from ..project.labs import LabNotebook
from ..project.project import LIBRARY, MACHINERY, Project, files_below
from ..run.executed import what_runs
from ..run.traced import MISSING

RECORD = "build.json"
EXECUTING = (LIBRARY, MACHINERY / "run")  # decide what an executed notebook holds
CONVERTING = (MACHINERY / "page", MACHINERY / "project", LIBRARY / "fonts", LIBRARY / "nn")  # what is made of it

Inputs = dict[str, str]


def sha256(content: bytes | str) -> str:
    """SHA-256 of a file's bytes or a text."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content).hexdigest()


def execution_inputs(project: Project, notebook: LabNotebook, values: Mapping[str, Any], given: Inputs) -> Inputs:
    """All that can change the outputs of a notebook: its code, parameters, what is `given`, as the engine and the files
    beside the notebooks, packages."""
    inputs = {"the notebook": sha256(json.dumps(what_runs(notebook.content["cells"])))}
    inputs |= {f"parameter {key}": repr(value) for key, value in values.items()}
    return inputs | given | software(project) | optional()


def rendering_inputs(project: Project, meta: Mapping[str, str], made: Mapping[str, bytes], given: Inputs) -> Inputs:
    """All that can change a page beside its pictures: what was `made`, as executed notebooks, the title block, what may
    be cited, the packages, and what is `given`, as the converter and the source that is printed."""
    inputs = {name: sha256(content) for name, content in made.items()}
    inputs |= {key.replace("_", " "): value for key, value in meta.items()}
    if project.bibliography.exists():
        inputs |= hashes_of([project.bibliography], project.root)
    return inputs | given | software(project)


def software(project: Project) -> Inputs:
    """The versions of all required packages and of Python."""
    return package_versions(project.requirements) | {"Python": platform.python_version()}


@cache
def package_versions(requirements: Path) -> Inputs:
    """The installed versions of the packages that requirements.txt names."""
    if not requirements.exists():
        return {}
    names = re.findall(r"^[\w.-]+", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    return {f"package {name}": package_version(name) for name in names}


def package_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def optional() -> Inputs:
    """What a notebook can do without, but tells more with: a report must not stay as it was once this is installed."""
    return {"MNIST": "installed" if is_here("mnist") else "not installed", "package torch": package_version("torch")}


def hashes_below(folders: Iterable[Path]) -> Inputs:
    """SHA-256 of each file in some folders of the two packages, by its path from the folder above these."""
    return hashes_of([path for folder in folders for path in files_below(folder)], LIBRARY.parent)


def hashes_of(paths: Iterable[Path], root: Path) -> Inputs:
    return {path.relative_to(root).as_posix(): sha256(path.read_bytes()) for path in paths}


def from_to(old: str, new: str) -> str:
    """` from 0.1 to 0.2`, but nothing of two hashes, which tell a reader nothing, nor of long texts."""
    return f" from {old} to {new}" if max(len(old), len(new)) < 40 else ""


class Record:
    """build.json of a folder: by step, the inputs, which of them are files that it read, hashes of the files that it
    made, and what is to be looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / RECORD
        self.lock = threading.Lock()
        try:
            steps = json.loads(self.path.read_text(encoding="utf-8"))
            self.steps: dict[str, dict[str, Any]] = {}
            for name, step in steps.items():
                self.steps[name] = {kind: dict(step[kind]) for kind in ("inputs", "outputs")}
                self.steps[name] |= {kind: list(map(str, step[kind])) for kind in ("read", "doubts")}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            self.steps = {}  # missing or damaged: everything is built again

    def read(self, step: str) -> Inputs:
        """The files that a step read when it ran, with their hashes then."""
        noted = self.steps.get(step, {"inputs": {}, "read": []})
        return {name: noted["inputs"].get(name, "") for name in noted["read"]}

    def why(self, step: str, inputs: Inputs, ignored: Container[str] = ()) -> list[str]:
        """Why `step` must run: what changed since it ran, in words. Empty if nothing did.

        Inputs that it had then, and has no more, are `ignored` if they are named there.
        """
        if step not in self.steps:
            return ["first build"]
        before, outputs = self.steps[step]["inputs"], self.steps[step]["outputs"]
        reasons = []
        for key in sorted({key for key in before if key in inputs or key not in ignored} | inputs.keys()):
            if key not in before or before[key] == MISSING != inputs.get(key):
                reasons.append(f"{key} is new")
            elif inputs.get(key) == MISSING != before[key]:
                reasons.append(f"{key} is gone")
            elif key not in inputs:
                reasons.append(f"{key} is gone" if "/" in key else f"{key} is back at its default")
            elif before[key] != inputs[key]:
                reasons.append(f"{key} changed" + from_to(before[key], inputs[key]))
        for name, expected in outputs.items():
            path = self.folder / name
            if not path.is_file():
                reasons.append(f"{name} is missing")
            elif sha256(path.read_bytes()) != expected:
                reasons.append(f"{name} is damaged")
        return reasons

    def doubts(self, steps: Iterable[str]) -> list[str]:
        """What was noted of some steps, each sentence once."""
        return list(dict.fromkeys(doubt for step in steps for doubt in self.steps.get(step, {}).get("doubts", [])))

    def done(
        self,
        step: str,
        inputs: Inputs,
        outputs: Mapping[str, bytes],
        read: Iterable[str] = (),
        doubts: Iterable[str] = (),
    ) -> None:
        """Write the files of a step and note them, and remove those that it made before and makes no more.

        A build killed in between only takes the step again.
        """
        hashes = {name: sha256(content) for name, content in outputs.items()}
        with self.lock:  # the notebooks of a lab are built side by side
            stale = set(self.steps.get(step, {}).get("outputs", ())) - hashes.keys()
            self.steps[step] = {"inputs": inputs, "outputs": hashes, "read": sorted(read), "doubts": list(doubts)}
            self.write(outputs)
            for name in stale:
                (self.folder / name).unlink(missing_ok=True)

    def renew(self, step: str, outputs: Mapping[str, bytes], read: Inputs) -> None:
        """Replace some of the files that a step made, and what it is to have read, where they differ."""
        with self.lock:
            noted = self.steps[step]
            changed = {name: content for name, content in outputs.items() if noted["outputs"][name] != sha256(content)}
            if changed or read.items() - noted["inputs"].items():
                noted["outputs"] |= {name: sha256(content) for name, content in changed.items()}
                noted["inputs"] |= read
                self.write(changed)

    def write(self, outputs: Mapping[str, bytes]) -> None:
        """Write the files, and the note of all steps, together."""
        note = json.dumps(self.steps, indent=1, sort_keys=True) + "\n"
        write_all({self.folder / name: content for name, content in outputs.items()} | {self.path: note})
