"""Pandoc, fast: one process converts any number of small documents, each read on its own.

The wheel's binary speaks CGI when it is started as `pandoc-server.cgi`: a JSON list of documents on standard
input, a JSON list of results on standard output, no socket. A stray fence in one notebook cell therefore
cannot disturb the next one, and forty documents take about as long as one.
"""

import json
import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

# `smart` would turn the -- of `--lr` into a dash; implicit references would turn "[Results]" into a link.
MARKDOWN = "commonmark_x-implicit_header_references-smart"

MOST_SECONDS = 120  # of one call

Document = dict[str, object]
Node = dict[str, object]


def document(text: str, source: str, target: str, **options: object) -> Document:
    """One request: `text` in the format `source`, wanted in the format `target`."""
    # Without a final newline the server loses the last row of a pipe table (the command line adds one).
    return {"text": text.rstrip("\n") + "\n\n", "from": source, "to": target, "wrap": "none", **options}


def convert(documents: list[Document]) -> list[str]:
    """Convert all documents, in order."""
    if not documents:
        return []
    if os.name == "nt":  # Windows cannot start a program under another name
        return [convert_alone(one) for one in documents]
    return convert_batch(documents)


def read_trees(documents: list[Document]) -> list[list[Node]]:
    """The blocks of pandoc's syntax tree of each document (whose target is "json")."""
    return [json.loads(out)["blocks"] for out in convert(documents)]


def write_trees(trees: list[list[Node]], target: str) -> list[str]:
    """Each list of blocks, written in the format `target`."""
    head = {"pandoc-api-version": api_version(), "meta": {}}
    texts = [json.dumps({**head, "blocks": blocks}) for blocks in trees]
    return [out.strip() for out in convert([document(text, "json", target) for text in texts])]


@cache
def binary() -> Path:
    import pypandoc

    return Path(pypandoc.get_pandoc_path()).absolute()


@cache
def api_version() -> list[int]:
    return json.loads(convert([document("", MARKDOWN, "json")])[0])["pandoc-api-version"]


def convert_batch(documents: list[Document]) -> list[str]:
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
    done = subprocess.run(
        ["pandoc-server.cgi"],
        executable=binary(),
        input=body,
        env=environment,
        capture_output=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    head, _, payload = done.stdout.partition(b"\n\n")
    if b"200" not in head.split(b"\n")[0]:
        raise RuntimeError(f"pandoc: {head[:80]!r} {payload[:200]!r} {done.stderr[:200]!r}")
    results = json.loads(payload)
    for one, result in zip(documents, results, strict=True):
        if "error" in result:
            raise RuntimeError(f"pandoc: {result['error']} in {one['text'][:80]!r}")
    return [result["output"] for result in results]


def convert_alone(one: Document) -> str:
    command = [binary(), "--sandbox", "-f", one["from"], "-t", one["to"], "--wrap=none"]
    if one.get("html-math-method"):
        command.append("--mathml")
    if one.get("citeproc"):
        command.append("--citeproc")
    done = subprocess.run(command, input=one["text"].encode(), capture_output=True, timeout=MOST_SECONDS, check=True)
    return done.stdout.decode().replace("\r\n", "\n")


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
        new = walk_tree(child, visit)
        if isinstance(new, dict) and "t" in new:
            seen = visit(new)
            out.extend([new] if seen is None else seen if isinstance(seen, list) else [seen])
        else:
            out.append(new)
    return out


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
