"""The form that everything in a bundle must have, as JSON Schema, and the sentence on what does not have it."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from reprlib import Repr
from typing import Any

import fastjsonschema

from ...hand_in.bundle import FORMAT, MANIFEST_KEYS, RUN_KEYS
from ...page.document import ReportMeta
from ...project.texts import printable
from .strict import Unreadable

Schema = dict[str, Any]
Form = Callable[[Any], Any]  # a compiled schema
STOPPED = ("n_epochs", "loss_target", "accuracy_target", "patience", "diverged")
RESULTS = [f"{part}_{what}" for part in ("train", "val", "test") for what in ("loss", "accuracy")]
NAMES = {"object": "an object", "array": "a list", "string": "a text", "integer": "a whole number", "null": "null"}
RULES = {"maxLength": "characters", "maxItems": "elements", "maxProperties": "entries"}
SCALAR = ["string", "number", "boolean", "null"]
SHORT = Repr()  # of what may be endless


def compiled(schema: Schema) -> Form:
    return fastjsonschema.compile(schema, use_default=False)


def require(value: Any, form: Form, what: str) -> Any:
    """`value`, if it has the form. Raise Unreadable, which says where it has not, and what is allowed there."""
    try:
        return form(value)
    except fastjsonschema.JsonSchemaValueException as error:
        place = printable(error.name.removeprefix("data"), 80)
        got = printable(SHORT.repr(error.value), 60)
        raise Unreadable(f"{what}{f' at {place}' if place else ''} {rule(error)}; got {got}") from None


def rule(error: fastjsonschema.JsonSchemaValueException) -> str:
    """What is allowed, in words."""
    allowed = error.rule_definition
    match error.rule:
        case "type":
            kinds = [allowed] if isinstance(allowed, str) else allowed
            return f"must be {' or '.join(NAMES.get(kind, f'a {kind}') for kind in kinds)}"
        case "required":
            return f"has no {next(name for name in allowed if name not in error.value)!r}"
        case "additionalProperties":
            return "has an entry that has no place there"
        case "enum" | "const":
            return f"must be {' or '.join(map(str, allowed)) if isinstance(allowed, list) else allowed}"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"may have at most {allowed:,} {RULES[error.rule]}"
    return f"must keep to {error.rule} {allowed}"


def text(longest: int = 200) -> Schema:
    return {"type": "string", "maxLength": longest}


def matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": rf"\A{pattern}\Z"}


def having(required: Iterable[str] = (), **properties: Schema) -> Schema:
    """An object with at least the entries that are required, and those of a form in theirs."""
    return {"type": "object", "required": list(required), "properties": properties}


def only(required: Iterable[str] = (), **properties: Schema) -> Schema:
    """An object of these entries and no others."""
    return having(required, **properties) | {"additionalProperties": False}


def mapping(entry: Schema, most: int = 5000, longest: int = 200) -> Schema:
    """Any names, each with an `entry`."""
    names = {"maxLength": longest}
    return {"type": "object", "maxProperties": most, "propertyNames": names, "additionalProperties": entry}


def nested(depth: int) -> Schema:
    """Texts, numbers, and small lists and objects of them."""
    if not depth:
        return {"type": SCALAR, "maxLength": 200}
    inner = nested(depth - 1)
    sizes = {"maxLength": 200, "maxItems": 200, "maxProperties": 200}
    return {"items": inner, "additionalProperties": inner, **sizes}


SHA = matching("[0-9a-f]{64}")
NAME = matching(r"\w[\w.-]{0,79}")
VALUES = {"type": SCALAR, "maxLength": 60}
NUMBER = {"type": ["number", "string"], "pattern": r"\A(nan|inf|-inf)\Z"}  # a text stands for what JSON has not
LINES = {"type": ["string", "array"], "items": {"type": "string"}}
MIME_BUNDLE = {"type": "object", "patternProperties": {r"(?<!json)\Z": LINES}}
OUTPUT_NEEDS = {
    "stream": ["name", "text"],
    "error": ["ename", "evalue", "traceback"],
    "display_data": ["data", "metadata"],
    "execute_result": ["data", "metadata"],
}
OUTPUT = having(
    ["output_type"],
    output_type={"enum": list(OUTPUT_NEEDS)},
    name=text(),
    text=LINES,
    ename={"type": "string"},
    evalue={"type": "string"},
    traceback={"type": "array", "items": {"type": "string"}},
    data=MIME_BUNDLE,
    metadata=having(report={"type": "object", "additionalProperties": {"type": SCALAR}}),
) | {
    "allOf": [
        {"if": having(output_type={"const": kind}), "then": {"required": needed}}
        for kind, needed in OUTPUT_NEEDS.items()
    ]
}
CELL = compiled(
    having(
        ["cell_type", "metadata", "source"],
        cell_type={"enum": ["code", "markdown", "raw"]},
        id=matching(r"[\w-]{1,64}"),
        source=LINES,
        metadata=having(tags={"type": "array", "items": text()}),
        attachments={"type": "object", "additionalProperties": MIME_BUNDLE},
        outputs={"type": "array", "maxItems": 500, "items": OUTPUT},
    )
    | {"if": having(cell_type={"const": "code"}), "then": {"required": ["outputs"]}}
)
NOTEBOOK = compiled(
    having(["nbformat", "cells"], nbformat={"const": 4}, metadata=having(), cells={"type": "array", "maxItems": 1_000})
)
MANIFEST = compiled(
    having(
        MANIFEST_KEYS,
        format={"const": FORMAT},
        lab=NAME,
        title=text(),
        author=text(),
        student_id=text(),
        report=only(["title"], **{field.name: text(500) for field in fields(ReportMeta)}),
        notebooks={
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": having(
                ["name", "key", "part"], name=NAME, key=matching(r"(?!.*\.\.)\w[\w./ -]{0,150}"), part=text()
            ),
        },
        files=mapping(SHA),
        versions=mapping(text(), 200),
        engine=text(),
        library=mapping(SHA),
        platform=mapping(nested(3), 100),
        data=mapping(nested(3), 100),
        commit={"type": ["string", "null"], "maxLength": 200},
        n_runs={"type": "integer"},
    )
)
RUN = compiled(
    only(
        RUN_KEYS,
        config=mapping(VALUES | {"type": [*SCALAR, "array"], "maxItems": 50, "items": VALUES}, 100, 40),
        results=only(RESULTS, **dict.fromkeys(RESULTS, NUMBER)),
        epochs={"type": "integer", "minimum": 0},
        stopped={"enum": list(STOPPED)},
        weights=SHA,
        history=SHA,
    )
)
