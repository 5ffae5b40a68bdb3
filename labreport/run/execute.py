"""Run one notebook with papermill, in a kernel of this interpreter, and bring the result into one fixed form.

papermill and nbclient leave traces of the moment in a notebook (times, random cell ids, banners, temporary
file names); they are taken out here, so that the same source and parameters give the same bytes.
"""

import copy
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode as Node
from papermill.execute import ERROR_MARKER_TAG
from papermill.translators import PythonTranslator, Translator, papermill_translators
from traitlets.config import Config

from labkit.errors import LabError

from ..project.limits import Limits
from ..project.parameter_table import INJECTED
from ..project.project import python_path
from ..project.temporary import temporary_folder
from ..project.texts import ESCAPE, without_addresses
from ..project.variables import TRACED
from .drawing import USERS_SETTINGS, matplotlib_folder
from .executed import tidy
from .guard import Guard
from .paths import without_folders

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KERNEL_LOG = "kernel.log"
EXTENSION = "--IPKernelApp.extra_extensions=labreport.run.kernel"  # by which it speaks to the build
BLAS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
STYLER_ID = re.compile(r"\bT_[0-9a-f]{5}(?![0-9a-f])")  # pandas draws one at random for each styled table
KERNEL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


class ExactTranslator(PythonTranslator):
    """Python literals as they are: papermill's own makes a tuple a string, and lets black reformat."""

    @classmethod
    def translate(cls, val: Any) -> str:
        return repr(val)

    codify = classmethod(Translator.codify.__func__)


papermill_translators.register("python", ExactTranslator)
papermill_translators.register(KERNELSPEC["name"], ExactTranslator)
# Its messages are told in our own words. Its check of names overlooks a line with an `=` in the comment.
logging.getLogger("papermill").setLevel(logging.CRITICAL)


class NotebookError(LabError):
    """A notebook did not run to its end. `partial` is the notebook as far as it ran."""

    def __init__(self, message: str, partial: Node) -> None:
        super().__init__(message)
        self.partial = partial


@dataclass(frozen=True)
class NotebookSource:
    """What is run: `content` is the JSON of the file at `path`, `parameters` replace its defaults."""

    name: str
    path: Path
    content: Mapping[str, Any]
    parameters: Mapping[str, Any]


def run_notebook(
    source: NotebookSource,
    env: Mapping[str, str],
    guard: Guard | None = None,
    on_cell: Callable[[int, int], None] = lambda number, n_cells: None,
) -> Node:
    """The executed notebook. `env` is added to the kernel's environment; its folder is that of the notebook.

    `on_cell` is told the number of each cell that begins, and how many there are, as the messages count them.

    Raise NotebookError if a cell that is not tagged `raises-exception` fails, or the kernel dies or is ended by the
    guard.
    """
    guard = guard or Guard(Limits())
    prepared = prepare(source.content)
    cells = {cell.id: number for number, cell in enumerate(prepared.cells, start=1)}
    with guard, temporary_folder() as folder:
        private = str(folder)
        before, after = Path(private, "source.ipynb"), Path(private, "executed.ipynb")
        nbformat.write(prepared, before)
        died = ""
        try:
            papermill.execute_notebook(
                str(before),
                str(after),
                parameters=dict(source.parameters),
                kernel_name=KERNELSPEC["name"],
                progress_bar=False,
                start_timeout=120,
                iopub_timeout=120,  # after 4 s, the default, nbclient leaves out what a busy machine sends later
                coalesce_streams=True,
                kernel_manager_class=kernel_manager(env, private, guard),
                config=connection(private),
                on_cell_start=lambda cell, cell_index: cell.id in cells and on_cell(cells[cell.id], len(cells)),
                resources={"metadata": {"path": str(source.path.parent)}},
            )
        except papermill.PapermillExecutionError:
            pass  # found again below, where errors in cells tagged raises-exception are told apart
        except DeadKernelError:
            died = "the kernel died: too little memory, or the code ended it" + last_words(private)
        except RuntimeError as error:  # jupyter_client's, before the first cell
            died = f"the kernel did not start ({error}); `labkit doctor` may tell why" + last_words(private)
        finally:
            if threading.current_thread() is not threading.main_thread():
                ensure_event_loop().close()  # nbclient leaves a loop open in each thread
        notebook = nbformat.read(after if after.exists() else before, as_version=4)
    number = last_begun(notebook, cells)
    normalize(notebook, Path(env.get(TRACED, source.path.parent)))
    if failed := failed_cell(notebook):
        raise NotebookError(failure_text(source.name, cells, *failed), notebook)
    if died or number < len(cells):
        reason = guard.reason or died or "the run stopped here"
        raise NotebookError(f"{source.name}, cell {number}: {reason}", notebook)
    return notebook


def prepare(content: Mapping[str, Any]) -> Node:
    """A copy without outputs, with a fixed id for every cell that has none."""
    notebook = nbformat.from_dict(copy.deepcopy(dict(content)))
    notebook.nbformat_minor = max(5, notebook.nbformat_minor)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", f"cell-{number}")
        cell.source = "".join(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def kernel_manager(env: Mapping[str, str], private: str, guard: Guard) -> type[AsyncKernelManager]:
    """A manager that starts this very interpreter: the user's kernelspec `python3` may be another one."""
    kernel_env = {key: value for key, value in os.environ.items() if key not in USERS_SETTINGS}
    kernel_env |= python_path() | env
    kernel_env["IPYTHONDIR"] = private  # no start-up files and no settings of the user
    kernel_env["MPLCONFIGDIR"] = matplotlib_folder(private)
    kernel_env["PYTHONHASHSEED"] = "0"
    kernel_env |= dict.fromkeys(BLAS_THREADS, "1")  # cores go to notebooks and to the workers of their studies

    class LabKernelManager(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", EXTENSION]
            return KernelSpec(argv=command, display_name=KERNELSPEC["display_name"], language="python")

        async def start_kernel(self, **options: Any) -> None:
            # what a kernel says on its own account, as while it shuts down, is nothing for the terminal
            with Path(private, KERNEL_LOG).open("wb") as log:
                await super().start_kernel(**options | {"env": kernel_env, "stdout": log, "stderr": log})
            guard.started(self.provisioner.pid)

        async def _async_interrupt_kernel(self) -> None:
            """Nothing: it is sent before the request to end, and an interrupted kernel may overlook that."""

    return LabKernelManager


def connection(private: str) -> Config:
    """Sockets in a folder of their own: in a common one messages cross, and TCP ports can be drawn twice."""
    # a kernel that overlooks the request to end is terminated after half of this time; the default is 5 s
    settings = {"connection_file": str(Path(private, "kernel.json")), "shutdown_wait_time": 1.5}
    if sys.platform != "win32":  # Windows has no such sockets
        settings |= {"transport": "ipc", "ip": str(Path(private, "k"))}
    return Config({"KernelManager": settings})


def last_words(private: str) -> str:
    """The last lines that the kernel itself wrote to its log, each on a line of its own."""
    text = Path(private, KERNEL_LOG).read_text(encoding="utf-8", errors="replace")
    return "".join(f"\n    {line}" for line in text.splitlines()[-3:])


def normalize(notebook: Node, root: Path) -> Node:
    """Take times, random ids, banners, paths of the machine and addresses in memory out of a notebook, and return it;
    paths of the project at `root` are told from there on."""
    language = notebook.metadata.get("language_info", {})
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": language})
    notebook.cells = [cell for cell in notebook.cells if not has_tag(cell, ERROR_MARKER_TAG)]
    ids: dict[str, str] = {}
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(tidy(cell.metadata))
        if has_tag(cell, INJECTED):
            cell.id = INJECTED
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = timeless(output.text, root)
            elif output.output_type == "error":
                output.evalue = timeless(output.evalue, root)
                output.traceback = [timeless(line, root) for line in output.traceback]
            else:
                for mime, content in output.data.items():
                    if mime.startswith("text/") and isinstance(content, str):
                        output.data[mime] = in_order(timeless(content, root), ids)
    return notebook


def timeless(text: str, root: Path) -> str:
    return without_addresses(without_folders(KERNEL_FILE.sub("cell", text), root))


def in_order(text: str, ids: dict[str, str]) -> str:
    """The text with random ids numbered as they come; `ids` are those seen so far."""
    return STYLER_ID.sub(lambda found: ids.setdefault(found[0], f"T_{len(ids) + 1:05}"), text)


def has_tag(cell: Node, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def failed_cell(notebook: Node) -> tuple[Node, Node] | None:
    """The cell that ended the run, and its error output."""
    for cell in notebook.cells:
        if has_tag(cell, "raises-exception"):
            continue
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return cell, output
    return None


def failure_text(name: str, cells: Mapping[str, int], cell: Node, error: Node) -> str:
    """`01_name, cell 7, line 2: NameError: …` and below it the line. `cells` is number by cell id."""
    where = f"cell {cells[cell.id]}" if cell.id in cells else "the cell of the given parameters"
    text = ESCAPE.sub("", "\n".join(error.traceback))
    found = re.findall(r"Cell In\[\d+\], line (\d+)", text)
    lines = cell.source.splitlines()
    message = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
    if not found or not 0 < int(found[0]) <= len(lines):
        return f"{name}, {where}: {message}"
    number = int(found[0])
    return f"{name}, {where}, line {number}: {message}\n    {lines[number - 1].strip()}"


def last_begun(notebook: Node, cells: Mapping[str, int]) -> int:
    """The number of the last cell that papermill began: the one in which the kernel died."""
    begun = [cell for cell in notebook.cells if cell.metadata.get("papermill", {}).get("start_time")]
    return max((cells.get(cell.id, 0) for cell in begun), default=0)
