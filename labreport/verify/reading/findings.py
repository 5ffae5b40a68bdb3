"""What a check finds: a sentence, how grave it is, and which step found it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...project.texts import printable

NOTE, LOOK, FAILED = "note", "look", "failed"  # to know | to be looked at by a person | something is not as it says
LEVELS = (NOTE, LOOK, FAILED)
NUMBERS, COPIES = "numbers", "copies"
STEPS = (NUMBERS, "archive", "integrity", "report", "runs", "notebooks", "answers", COPIES)
LONGEST = 400  # characters of a finding
MOST = 300  # findings of a bundle; who has more needs no more


@dataclass(frozen=True)
class Finding:
    """One finding. Its text holds nothing that a terminal or a page could take for a command.

    `cell` is what it is about, as "01_first/id-3"; `where` is where that stands in the report, as "2.1 Rates, page 7".
    `details` are all that was found of a kind, where the text names the first of them.
    """

    level: str
    step: str
    text: str
    cell: str = ""
    where: str = ""
    details: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text, LONGEST))
        object.__setattr__(self, "details", tuple(printable(one, LONGEST) for one in self.details[:MOST]))


@dataclass(frozen=True)
class OwnCell:
    """A cell that students write or one changed or added, and what stands in its place here, "" for one that was added.

    `prompt` asks for it, where the notebook asks for one; `where` is its place in the report.
    """

    notebook: str
    cell: str
    is_code: bool
    text: str
    here: str
    prompt: str = ""
    is_answer: bool = False
    where: str = ""

    @property
    def key(self) -> str:
        return f"{self.notebook}/{self.cell}"


@dataclass
class BundleVerdict:
    """All that was found about one bundle. `counts` says how many of what were compared, in words: {"files": 41}."""

    bundle: str
    student_id: str = ""
    author: str = ""
    lab: str = ""
    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    how: list[str] = field(default_factory=list)  # what was compared with what, and how closely
    own: list[OwnCell] = field(default_factory=list)
    seconds: float = 0.0  # that the check took
    is_whole: bool = True  # no limit and no fault of ours cut the check short

    def __post_init__(self) -> None:
        self.bundle = printable(self.bundle, 120)

    @property
    def word(self) -> str:
        """passed, look or failed: as the gravest finding says."""
        found = {finding.level for finding in self.findings}
        return FAILED if FAILED in found else LOOK if LOOK in found else "passed"

    def add(self, findings: Iterable[Finding]) -> None:
        """Take over findings, each once, and the gravest where there are too many."""
        self.findings = list(dict.fromkeys([*self.findings, *findings]))
        if len(self.findings) > MOST:
            self.findings = self.sorted()[:MOST]

    def count(self, **counts: int) -> None:
        for name, n in counts.items():
            self.counts[name] = self.counts.get(name, 0) + n

    def sorted(self) -> list[Finding]:
        """The findings: first the numbers that are others, then the gravest, then in the order of the steps."""
        return sorted(
            self.findings, key=lambda one: (one.step != NUMBERS, -LEVELS.index(one.level), STEPS.index(one.step))
        )
