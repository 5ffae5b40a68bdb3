"""What the names in a configuration stand for in this process: a notebook may add rows to a registry, or replace one.

The engine's own functions are told by their names, since a key holds the engine's version; any other function by its
code and all that the code reads. Where something cannot be told for certain the answer is `Unsure`, and nothing is
cached: training again costs seconds, a wrong run from the cache costs the report.
"""

import builtins
import dataclasses
import dis
import functools
import hashlib
import sys
import types
from operator import is_not

import numpy as np

from ..data.sources import is_delivered
from ..engine import FOLDERS
from ..errors import LabError
from ..nn import DELIVERED, REGISTRIES
from ..training.config import RunConfig
from ..training.front import parse

ENGINE = tuple(f"labkit.{folder}." for folder in FOLDERS)  # how the names of its modules begin
KNOWN_PACKAGES = {"numpy", "math", "scipy"}  # whose functions are what their names and versions say
NUMERIC = "abs all any bool divmod enumerate float int isinstance len list map max min pow range round sum tuple zip"
PURE_BUILTINS = {*NUMERIC.split(), "reversed", "sorted", "TypeError", "ValueError"}
READS_FILES = {"load", "loadtxt", "genfromtxt", "fromfile", "memmap"}
UNSEEN = {"IMPORT_NAME", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_BUILD_CLASS"}  # instructions that reach beyond a code


class Unsure(LabError):
    """What a row of a registry computes cannot be told."""


def rows_of(config: RunConfig, registries: tuple[dict, ...]) -> list:
    """The rows that a config uses, other than its data set; None for a name that is in no registry."""
    activations, initializers, bias_initializers, losses, optimizers = registries
    names = [config.activation, config.output_activation, *(parse(text)[0] for text in config.front)]
    return [
        *map(activations.get, names),  # softmax and convolutions are in none
        initializers.get(config.init),
        bias_initializers.get(config.bias_init),
        losses.get(config.loss),
        optimizers.get(config.optimizer),
    ]


def meaning(config: RunConfig) -> str:
    """A text that differs where two processes understand different things by the names in a config. Raises Unsure."""
    return repr([told(row, ()) for row in rows_of(config, REGISTRIES)])


def is_own(config: RunConfig) -> bool:
    """Whether a config uses what only this process knows: rows or a data set that a notebook registered."""
    rows = map(is_not, rows_of(config, REGISTRIES), rows_of(config, DELIVERED))
    return not is_delivered(config.dataset) or any(rows)


def told(value: object, above: tuple) -> tuple:
    """A value in words and numbers that repr shows whole; `above` are the functions that it is a part of."""
    if value is None or value is Ellipsis or type(value) in (bool, int, float, complex, str, bytes):
        return ("value", type(value).__name__, repr(value))
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
        content = hashlib.sha256(np.ascontiguousarray(value)).hexdigest()
        return ("array", value.dtype.str, value.shape, content)
    if isinstance(value, tuple):
        return ("tuple", *(told(part, above) for part in value))
    if isinstance(value, frozenset):
        return ("set", *sorted((told(part, above) for part in value), key=repr))
    if isinstance(value, functools.partial):
        parts = (value.func, value.args, *sorted(value.keywords.items()))
        return ("partial", *(told(part, above) for part in parts))
    if isinstance(value, types.CodeType):
        return code_told(value, above)
    if dataclasses.is_dataclass(value) and type(value).__module__.startswith(ENGINE):
        fields = (getattr(value, f.name) for f in dataclasses.fields(value))
        return ("row", type(value).__qualname__, *(told(part, above) for part in fields))
    return named(value) or function_told(value, above)


def named(value: object) -> tuple | None:
    """A module, function or class of numpy, of the engine or of Python that is what its name says."""
    module = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
    if isinstance(value, np.ufunc) and getattr(np, value.__name__, None) is value:
        return ("name", "numpy", value.__name__)
    package = str(module).partition(".")[0]
    version = getattr(sys.modules.get(package), "__version__", "")
    if isinstance(value, types.ModuleType) and package in KNOWN_PACKAGES:
        return ("name", module, version)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    known = str(module).startswith(ENGINE) or package in KNOWN_PACKAGES
    if known and name and getattr(sys.modules.get(module), name, None) is value:
        return ("name", module, name, version)
    if module == "builtins" and name in PURE_BUILTINS and getattr(builtins, name) is value:
        return ("name", module, name)
    return None


def function_told(value: object, above: tuple) -> tuple:
    """A function of Python: its code, what it was made with, and every global that its code reads."""
    if not isinstance(value, types.FunctionType):
        raise Unsure(f"a {type(value).__name__} may compute anything")
    if value in above:
        return ("again", above.index(value))
    above = (*above, value)
    try:
        closure = tuple(cell.cell_contents for cell in value.__closure__ or ())
    except ValueError:  # a name that has no value yet
        raise Unsure(f"{value.__name__} reads a name without a value") from None
    given = [tuple(sorted((part or {}).items())) for part in (value.__kwdefaults__, vars(value))]
    read = []
    for name in sorted(globals_read(value.__code__)):
        if name not in value.__globals__ and name not in PURE_BUILTINS:
            raise Unsure(f"{value.__name__} reads {name}, of which nothing is known")
        read.append((name, value.__globals__.get(name, getattr(builtins, name, None))))
    code = code_told(value.__code__, above)
    return ("code", code, *(told(part, above) for part in (value.__defaults__, closure, *given, tuple(read))))


def code_told(code: types.CodeType, above: tuple) -> tuple:
    """Everything of a code that a call of it depends on; neither its file nor its line."""
    for step in dis.get_instructions(code):
        changed = step.opname == "STORE_DEREF" and step.argval in code.co_freevars  # a closure that counts
        reads = step.opname in ("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_METHOD") and step.argval in READS_FILES
        if step.opname in UNSEEN or changed or reads:
            raise Unsure(f"{code.co_name} does not depend on its arguments alone")
    parts = (code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags)
    parts += (code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount, code.co_exceptiontable)
    return ("bytes", sys.version_info[:3], parts, told(code.co_consts, above))


def globals_read(code: types.CodeType) -> set[str]:
    """The names of the globals that a code reads, or codes within it."""
    found = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return found.union(*(globals_read(part) for part in code.co_consts if isinstance(part, types.CodeType)))
