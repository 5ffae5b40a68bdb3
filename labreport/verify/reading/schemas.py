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


def check(value: Any, form: Form, what: str) -> Any:
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


def word(pattern: str) -> Schema:
    return {"type": "string", "pattern": rf"\A{pattern}\Z"}


def record(required: Iterable[str] = (), **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def table(entry: Schema, most: int = 5000, longest: int = 200) -> Schema:
    """Any names, each with an `entry`."""
    names = {"maxLength": longest}
    return {"type": "object", "maxProperties": most, "propertyNames": names, "additionalProperties": entry}


def plain(depth: int) -> Schema:
    """Texts, numbers, and small lists and objects of them."""
    if not depth:
        return {"type": SCALAR, "maxLength": 200}
    inner = plain(depth - 1)
    sizes = {"maxLength": 200, "maxItems": 200, "maxProperties": 200}
    return {"items": inner, "additionalProperties": inner, **sizes}


def closed(required: Iterable[str] = (), **properties: Schema) -> Schema:
    """A record without other entries."""
    return record(required, **properties) | {"additionalProperties": False}


SHA = word("[0-9a-f]{64}")
NAME = word(r"\w[\w.-]{0,79}")
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
OUTPUT = record(
    ["output_type"],
    output_type={"enum": list(OUTPUT_NEEDS)},
    name=text(),
    text=LINES,
    ename={"type": "string"},
    evalue={"type": "string"},
    traceback={"type": "array", "items": {"type": "string"}},
    data=MIME_BUNDLE,
    metadata=record(report={"type": "object", "additionalProperties": {"type": SCALAR}}),
) | {
    "allOf": [
        {"if": record(output_type={"const": kind}), "then": {"required": needed}}
        for kind, needed in OUTPUT_NEEDS.items()
    ]
}
CELL = compiled(
    record(
        ["cell_type", "metadata", "source"],
        cell_type={"enum": ["code", "markdown", "raw"]},
        id=word(r"[\w-]{1,64}"),
        source=LINES,
        metadata=record(tags={"type": "array", "items": text()}),
        attachments={"type": "object", "additionalProperties": MIME_BUNDLE},
        outputs={"type": "array", "maxItems": 500, "items": OUTPUT},
    )
    | {"if": record(cell_type={"const": "code"}), "then": {"required": ["outputs"]}}
)
NOTEBOOK = compiled(
    record(["nbformat", "cells"], nbformat={"const": 4}, metadata=record(), cells={"type": "array", "maxItems": 1_000})
)
MANIFEST = compiled(
    record(
        MANIFEST_KEYS,
        format={"const": FORMAT},
        lab=NAME,
        title=text(),
        author=text(),
        student_id=text(),
        report=closed(["title"], **{field.name: text(500) for field in fields(ReportMeta)}),
        notebooks={
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": record(["name", "key"], name=NAME, key=word(r"(?!.*\.\.)\w[\w./ -]{0,150}")),
        },
        files=table(SHA),
        versions=table(text(), 200),
        engine=text(),
        library=table(SHA),
        platform=table(plain(3), 100),
        data=table(plain(3), 100),
        commit={"type": ["string", "null"], "maxLength": 200},
        n_runs={"type": "integer"},
    )
)
RUN = compiled(
    closed(
        RUN_KEYS,
        config=table(VALUES | {"type": [*SCALAR, "array"], "maxItems": 50, "items": VALUES}, 100, 40),
        results=closed(RESULTS, **dict.fromkeys(RESULTS, NUMBER)),
        epochs={"type": "integer", "minimum": 0},
        stopped={"enum": list(STOPPED)},
        weights=SHA,
        history=SHA,
    )
)
