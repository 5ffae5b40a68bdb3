"""Pandoc, fast: one process converts any number of small documents, each read on its own.

The wheel's binary speaks CGI when it is started as `pandoc-server.cgi`: a JSON list of documents on standard
input, a JSON list of results on standard output, no socket. A stray fence in one notebook cell therefore
cannot disturb the next one, and forty documents take about as long as one. What pandoc does not answer is asked again
in smaller parts, down to the one document that it refuses.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock

from labkit.errors import LabError

from ..project.places import at
from ..project.texts import printable

# What JupyterLab reads, and footnotes; it gives a `~`, a `:name:` or `{.x}` no meaning. See dialect.py for mathematics.
MARKDOWN = "commonmark+pipe_tables+strikeout+footnotes+raw_html+gfm_auto_identifiers+autolink_bare_uris"

NESTED = (dict, list)
MOST_SECONDS = 120  # of one call
MOST_DOCUMENTS, MOST_CHARACTERS = 250, 400_000  # of one call: a second or two on a busy machine
MOST_KEPT = 50_000_000  # characters of answers, for as long as the process lives

Document = dict[str, object]
Node = dict[str, object]

answers: dict[str, str] = {}  # what a document, as JSON, was converted to
asked: set[str] = set()  # the documents that were wanted, as JSON
sharing = Lock()  # of the answers: notebooks are converted side by side


class PandocError(Exception):
    """What pandoc says of a document that it does not convert, or of a call that it does not answer."""


def document(text: str, source: str, target: str, where: str = "", **options: object) -> Document:
    """One request: `text` in the format `source`, wanted in the format `target`; `where` it stands is for messages."""
    # Without a final newline the server loses the last row of a pipe table (the command line adds one).
    return {"text": text.rstrip("\n") + "\n\n", "from": source, "to": target, "wrap": "none", "where": where, **options}


def convert(documents: list[Document], instead: str | None = None) -> list[str]:
    """Convert all documents, in order. What pandoc refuses becomes `instead`, or without that a LabError.

    What was converted before is not asked again: a report repeats its chapters, and an edited chapter itself.
    """
    keys = [json.dumps({**one, "where": ""}) for one in documents]
    asked.update(keys)
    done = {key: known for key in keys if (known := answers.get(key)) is not None}
    new = {key: one for key, one in zip(keys, documents, strict=True) if key not in done}
    results = [result for part in calls_of(list(new.values())) for result in convert_part(part)]
    for (key, one), result in zip(new.items(), results, strict=True):
        if not isinstance(result, str) and instead is None:
            where, start = one["where"] or "the report", printable(one["text"])
            raise LabError(f"{where}: this text cannot be converted ({result}): {start}")
        done[key] = result if isinstance(result, str) else instead
    with sharing:
        answers.update((key, result) for key, result in zip(new, results, strict=True) if isinstance(result, str))
        if sum(len(key) + len(answer) for key, answer in answers.items()) > MOST_KEPT:
            answers.clear()
            asked.clear()
    return [done[key] for key in keys]


def calls_of(documents: list[Document]) -> Iterator[list[Document]]:
    """The documents in parts, each for one call."""
    part: list[Document] = []
    size = 0
    for one in documents:
        if part and (len(part) == MOST_DOCUMENTS or size + len(one["text"]) > MOST_CHARACTERS):
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one["text"])
    if part:
        yield part


def convert_part(documents: list[Document]) -> list[str | PandocError]:
    """What each document becomes, or why it does not. A call without an answer is repeated, in halves."""
    if os.name == "nt":  # Windows cannot start a program under another name
        return [convert_alone(one) for one in documents]
    try:
        return convert_batch(documents)
    except PandocError:
        if len(documents) == 1:
            return [convert_alone(documents[0])]
        middle = len(documents) // 2
        return convert_part(documents[:middle]) + convert_part(documents[middle:])


def read_trees(documents: list[Document]) -> list[list[Node]]:
    """The blocks of pandoc's syntax tree of each document (whose target is "json")."""
    trees = []
    for one, out in zip(documents, convert(documents), strict=True):
        with at(one["where"]):
            trees.append(json.loads(out)["blocks"])
    return trees


def write_trees(trees: list[list[Node]], places: list[str], target: str) -> list[str]:
    """Each list of blocks, which comes from the place beside it, written in the format `target`."""
    head = {"pandoc-api-version": api_version(), "meta": {}}
    documents = []
    for blocks, where in zip(trees, places, strict=True):
        with at(where):
            documents.append(document(json.dumps({**head, "blocks": blocks}), "json", target, where))
    return [out.strip() for out in convert(documents)]


@cache
def binary() -> Path:
    import pypandoc

    return Path(pypandoc.get_pandoc_path()).absolute()


@cache
def api_version() -> list[int]:
    return json.loads(convert([document("", MARKDOWN, "json")])[0])["pandoc-api-version"]


def convert_batch(documents: list[Document]) -> list[str | PandocError]:
    """What each document becomes, or why it does not. Raise PandocError if there is no answer."""
    body = json.dumps(documents).encode()
    environment = {
        **os.environ,
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/batch",
        "CONTENT_TYPE": "application/json",
        "HTTP_ACCEPT": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "PANDOC_SERVER_TIMEOUT": str(MOST_SECONDS),  # its own 2 s end a long report, and any on a busy machine
    }
    out = answer(["pandoc-server.cgi"], body, env=environment)
    head, _, payload = out.partition(b"\n\n")
    if b"200" not in head.split(b"\n")[0]:
        raise PandocError(printable(f"{head.decode(errors='replace')} {payload[:200].decode(errors='replace')}"))
    return [PandocError(printable(one["error"])) if "error" in one else one["output"] for one in json.loads(payload)]


def convert_alone(one: Document) -> str | PandocError:
    command = ["pandoc", "--sandbox", "-f", one["from"], "-t", one["to"], "--wrap=none"]
    if one.get("html-math-method"):
        command.append("--mathml")
    if one.get("citeproc"):
        command.append("--citeproc")
    try:
        return answer(command, one["text"].encode()).decode().replace("\r\n", "\n")
    except PandocError as error:
        return error


def answer(command: list[str], given: bytes, **options: object) -> bytes:
    """What pandoc writes, called by the name that the command begins with."""
    try:
        done = subprocess.run(
            command,
            executable=binary(),
            input=given,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=True,
            **options,
        )
    except subprocess.TimeoutExpired:
        raise PandocError(f"it takes longer than {MOST_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        raise PandocError(printable(error.stderr.decode(errors="replace")) or f"exit code {error.returncode}") from None
    return done.stdout


def walk_tree(tree: object, visit: Callable[[Node], object]) -> object:
    """A copy of a syntax tree in which every node was offered to `visit`, children first.

    `visit` returns None to keep a node, a node to replace it, or a list of nodes to put in its place.
    """
    if isinstance(tree, dict):
        return {key: walk_tree(value, visit) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    out = []
    for child in tree:
        new = child if is_leaf(child) else walk_tree(child, visit)
        if isinstance(new, dict) and "t" in new:
            seen = visit(new)
            out.extend([new] if seen is None else seen if isinstance(seen, list) else [seen])
        else:
            out.append(new)
    return out


def is_leaf(node: object) -> bool:
    """Whether nothing is inside: most nodes are words and spaces, and to copy them would take most of the time."""
    return not isinstance(node.get("c") if isinstance(node, dict) and "t" in node else node, NESTED)


def plain_text(tree: object) -> str:
    """The text of a syntax tree without its marks; mathematics as TeX."""
    pieces = []

    def visit(node: Node) -> None:
        if node["t"] == "Str":
            pieces.append(node["c"])
        elif node["t"] in ("Space", "SoftBreak", "LineBreak"):
            pieces.append(" ")
        elif node["t"] in ("Code", "Math"):
            pieces.append(node["c"][1])

    walk_tree(tree, visit)
    return "".join(pieces).strip()
