"""What a notebook makes beside its outputs while it runs: tables, a record of its runs, a file to hand in."""

from dataclasses import dataclass
from pathlib import Path

SECONDS_SETTINGS = ("dataset", "hidden_sizes", "activation", "optimizer", "lr", "batch_size", "seed")
SECONDS_HEADER = ",".join([*SECONDS_SETTINGS, "epochs", "seconds"]) + "\n"


@dataclass(frozen=True)
class Products:
    """The places in a folder where the kernel of one notebook leaves them, and the build finds them.

    `made` goes into the report folder as it is. `progress`, `runs`, `seconds` and `trace` are files that grow line by
    line.
    """

    folder: Path

    @property
    def made(self) -> Path:
        return self.folder / "made"

    @property
    def tables(self) -> Path:
        return self.made / "tables"

    @property
    def progress(self) -> Path:
        return self.folder / "progress.jsonl"

    @property
    def runs(self) -> Path:
        return self.folder / "runs.jsonl"

    @property
    def seconds(self) -> Path:
        return self.folder / "seconds.csv"

    @property
    def trace(self) -> Path:
        return self.folder / "trace.jsonl"

    def files(self, name: str) -> dict[str, bytes]:
        """Content by place in the report folder, the same for every run of the notebook `name`."""
        paths = [path for path in sorted(self.made.rglob("*")) if path.is_file()]
        found = {place_in_report(path.relative_to(self.made), name): path.read_bytes() for path in paths}
        if self.runs.exists():
            found[f"runs/{name}.jsonl"] = once(self.runs.read_bytes())
        return found

    def times(self) -> bytes:
        """The training time of each run as CSV, which no two builds share."""
        return SECONDS_HEADER.encode() + once(self.seconds.read_bytes()) if self.seconds.exists() else b""


def place_in_report(path: Path, name: str) -> str:
    """Tables of different notebooks may have one name."""
    return f"tables/{name}-{path.name}" if path.parts[0] == "tables" else path.as_posix()


def once(lines: bytes) -> bytes:
    """Each line where it stands first: the runs of one study may be asked for again by another."""
    return b"".join(dict.fromkeys(lines.splitlines(keepends=True)))
