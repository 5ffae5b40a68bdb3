"""The schema read from a parameters cell, and every way a value can be wrong."""

import pytest

from labkit.errors import LabError
from labreport.project.parameters import resolve
from labreport.project.parameters_cell import find_parameters_cell, read_schema

CELL = """\
# a line of comment alone is allowed
n_seeds = 10  # seeds of each setting [1 .. 1000]
lr = 0.1  # learning rate = step size, see "#lr" [> 0]
momentum = 0.9  # weight of the past [>= 0, < 1]
hidden_sizes = (10, 10)  # units of the hidden layers [1 .. 10000]
lrs = [0.01, 1]  # learning rates [> 0]
activation = "sigmoid"  # hidden activation [sigmoid | tanh | relu]
label = "run #1"  # any text
patience = None  # epochs without improvement, None is never [None | >= 1]
init = None  # initializer [None | normal | zeros]
shuffle = True  # a new order each epoch
shift = -0.5  # added to x [-1 .. 1]
"""

SCHEMA = read_schema(CELL, "01_first")


def test_types_meanings_and_ranges() -> None:
    assert next(iter(SCHEMA)) == "n_seeds"
    assert SCHEMA["n_seeds"].kind is int
    assert SCHEMA["n_seeds"].meaning == "seeds of each setting"
    assert SCHEMA["n_seeds"].range == "1 .. 1000"
    assert SCHEMA["lr"].meaning == 'learning rate = step size, see "#lr"'
    assert (SCHEMA["hidden_sizes"].kind, SCHEMA["hidden_sizes"].container) == (int, tuple)
    assert (SCHEMA["lrs"].kind, SCHEMA["lrs"].container) == (float, list)
    assert SCHEMA["activation"].choices == ("sigmoid", "tanh", "relu")
    assert (SCHEMA["patience"].kind, SCHEMA["patience"].optional) == (int, True)
    assert (SCHEMA["init"].kind, SCHEMA["init"].choices) == (str, ("normal", "zeros"))
    assert SCHEMA["label"].default == "run #1"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n_seeds", "12", 12),
        ("n_seeds", " 1_000 ", 1000),
        ("lr", "1e-3", 0.001),
        ("lr", "1", 1.0),
        ("hidden_sizes", "8,8", (8, 8)),
        ("hidden_sizes", "(8, 8)", (8, 8)),
        ("hidden_sizes", "[8,]", (8,)),
        ("hidden_sizes", "8", (8,)),
        ("lrs", "0.1, 1e-2,1", [0.1, 0.01, 1.0]),
        ("activation", "relu", "relu"),
        ("label", "a = 'b', 中文", "a = 'b', 中文"),
        ("patience", "20", 20),
        ("patience", "None", None),
        ("shuffle", "false", False),
        ("shuffle", "True", True),
        ("shift", "-1", -1.0),
    ],
)
def test_values_typed_on_the_command_line(name: str, text: str, value: object) -> None:
    parsed = SCHEMA[name].parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("n_seeds", "1.5", "n_seeds must be a whole number; got 1.5"),
        ("n_seeds", "1e3", "n_seeds must be a whole number; got 1000.0"),
        ("n_seeds", "ten", "n_seeds must be a whole number; got 'ten'"),
        ("n_seeds", "", "n_seeds must be a whole number; got ''"),
        ("n_seeds", "0", "n_seeds must be within 1 .. 1000; got 0"),
        ("lr", "0", "lr must be > 0; got 0"),
        ("lr", "nan", "lr must be a number; got nan"),
        ("lr", "inf", "lr must be a number; got inf"),
        ("lr", "1e999", "lr must be a number; got inf"),
        ("lr", "0,1", "lr must be a number; got '0,1'"),
        ("lr", "None", "lr must be a number; got 'None'"),
        ("momentum", "1", "momentum must be >= 0, < 1; got 1"),
        ("hidden_sizes", "8,0", "hidden_sizes must be within 1 .. 10000; got [8, 0]"),
        (
            "hidden_sizes",
            "8,b",
            "hidden_sizes must be a tuple whose elements are each a whole number, as (10, 10); got [8, 'b']",
        ),
        ("lrs", "0.1;1", "lrs must be a list whose elements are each a number, as [0.01, 1]; got ['0.1;1']"),
        (
            "activation",
            "rulu",
            "activation must be one of 'sigmoid', 'tanh', 'relu'; got 'rulu' (did you mean 'relu'?)",
        ),
        ("patience", "0", "patience must be None or >= 1; got 0"),
        ("patience", "never", "patience must be a whole number or None; got 'never'"),
        ("shuffle", "1", "shuffle must be true or false; got '1'"),
        ("shift", "1.1", "shift must be within -1 .. 1; got 1.1"),
    ],
)
def test_wrong_values_typed_on_the_command_line(name: str, text: str, message: str) -> None:
    with pytest.raises(LabError) as error:
        SCHEMA[name].parse(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_seeds", True),
        ("n_seeds", 1.0),
        ("n_seeds", "3"),
        ("shuffle", 1),
        ("hidden_sizes", 3),
        ("lr", [0.1]),
    ],
)
def test_wrong_types_from_a_file(name: str, value: object) -> None:
    with pytest.raises(LabError, match=f"^{name} must be "):
        SCHEMA[name].check(value)


def test_a_list_from_a_file_becomes_the_tuple_of_the_default() -> None:
    assert SCHEMA["hidden_sizes"].check([4, 5]) == (4, 5)


def test_resolve_drops_what_equals_the_default() -> None:
    given = {"n_seeds": 10, "lr": 1, "hidden_sizes": [10, 10]}
    assert resolve(SCHEMA, given, "here") == {"lr": 1.0}


def test_resolve_names_the_place_and_the_nearest_name() -> None:
    with pytest.raises(
        LabError, match=r"^lab.toml: parameter must be one of .*; got 'n_seed' \(did you mean 'n_seeds'"
    ):
        resolve(SCHEMA, {"n_seed": 3}, "lab.toml")
    with pytest.raises(LabError, match=r"^lab.toml: the notebook has no parameters; got 'n_seed'"):
        resolve({}, {"n_seed": 3}, "lab.toml")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "a = 1\nlrs = np.logspace(0, 1)",
            "line 2: lrs must be a literal, as 0.1 or (8, 8); got 'np.logspace(0, 1)'",
        ),
        ("a = 1\nb = a", "line 2: b must be a literal, as 0.1 or (8, 8); got 'a'"),
        ("b = 2 * 3", "line 1: b must be a literal, as 0.1 or (8, 8); got '2 * 3'"),
        (
            "import numpy",
            "line 1: only lines `name = value  # meaning [range]` may stand here; got 'import numpy'",
        ),
        ("a = b = 1", "line 1: only lines `name = value  # meaning [range]` may stand here; got 'a = b = 1'"),
        ("a = 1\na = 2", "line 2: a is set twice"),
        ("a = (", "line 1: '(' was never closed"),
        ("a = 0  # must be more [> 0]", "line 1: a must be > 0; got 0"),
        (
            "a = 1  # unclear [about 3]",
            "line 1: a range is written like [1 .. 100], [> 0] or [relu | tanh]; got [about 3]",
        ),
        ("a = 1  # no names [one | two]", "line 1: the range [one | two] does not fit a = 1"),
        ('a = "x"  # no numbers [> 1]', "line 1: the range [> 1] does not fit a = 'x'"),
        (
            "a = None  # what?",
            "line 1: a = None needs a range that tells its type, as in [None | >= 1], or `a: int | None`",
        ),
        ("a = {}", "line 1: a must be True or False, a number, a text, or a tuple or list of one of these; got {}"),
        (
            "a = ()",
            "line 1: a = () needs a range that tells its type, as in [None | >= 1], or `a: tuple[int]`",
        ),
    ],
)
def test_wrong_parameters_cells(source: str, message: str) -> None:
    with pytest.raises(LabError) as error:
        read_schema(source, "01_first")
    assert str(error.value) == f"01_first, parameters cell, {message}"


def test_an_empty_tuple_takes_its_type_from_the_range() -> None:
    schema = read_schema("hidden_sizes = ()  # units [>= 1]", "01")
    assert schema["hidden_sizes"].parse("8,8") == (8, 8)


def test_at_most_one_parameters_cell() -> None:
    tagged = {"metadata": {"tags": ["parameters"]}, "source": ["a = 1\n", "b = 2"]}
    assert find_parameters_cell({"cells": [tagged]}, "01") == "a = 1\nb = 2"
    assert find_parameters_cell({"cells": []}, "01") is None
    with pytest.raises(LabError, match="01: one cell may be tagged 'parameters'; got 2"):
        find_parameters_cell({"cells": [tagged, tagged]}, "01")


@pytest.mark.parametrize(
    ("written", "kind", "container", "optional"),
    [
        ("lr: float = 0.1", float, None, False),
        ("lr: float = 1  # learning rate [> 0]", float, None, False),
        ("n: int = 3", int, None, False),
        ("name: 'str' = 'relu'  # [relu | tanh]", str, None, False),
        ("msg: str | None = None", str, None, True),
        ("msg: Optional[int] = None", int, None, True),
        ("sizes: list[int] = [8, 8]", int, list, False),
        ("sizes: typing.Tuple[float, ...] = (1, 2)", float, tuple, False),
        ("sizes: list[int] | None = None", int, list, True),
        ("sizes: list[int] = []", int, list, False),
        ("x: Any = 3", int, None, False),
        ("x: np.float32 = 0.5", float, None, False),
    ],
)
def test_annotations_tell_the_type(written, kind, container, optional) -> None:
    """papermill's documentation writes them."""
    [parameter] = read_schema(written, "01").values()
    assert (parameter.kind, parameter.container, parameter.optional) == (kind, container, optional)


def test_an_annotated_value_is_checked() -> None:
    schema = read_schema("lr: float = 1  # learning rate [> 0]\nsizes: list[int] | None = None", "01")
    assert schema["lr"].parse("0.5") == 0.5
    assert schema["sizes"].parse("8, 8") == [8, 8]
    assert schema["sizes"].parse("none") is None
    with pytest.raises(LabError, match="lr must be > 0"):
        schema["lr"].parse("0")
