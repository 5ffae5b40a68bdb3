"""Where the references and links of a text lead: to what has a label or a heading, in this notebook or in another."""

import logging
import re
from difflib import get_close_matches
from urllib.parse import unquote

from labkit.errors import LabError

from ..project.texts import listed
from .document import Document, Fragment
from .numbering import PREFIXES, Numbering, slug

log = logging.getLogger(__name__)


class Links:
    """Looks up what the texts of a document name, and remembers it."""

    def __init__(self, document: Document, numbering: Numbering) -> None:
        self.document = document
        self.numbering = numbering
        self.used: set[tuple[int, str]] = set()  # chapter and label of what a text refers to

    def named(self, label: str, fragment: Fragment) -> tuple[str, str]:
        """Text and anchor of what has the label in the chapter of this text, or else in another.

        The anchor is "" for what is not in this document: the text then says so. To a stranger's notebook, whose
        `@fig-one` may mean anything, it is the text as it was written. In a lab raise LabError.
        """
        labels = self.numbering.labels
        found = [chapter for chapter, known in enumerate(labels) if label in known]
        own = [chapter for chapter in found if chapter == fragment.chapter]
        if len(own or found) == 1:
            chapter = (own or found)[0]
            self.used.add((chapter, label))
            return labels[chapter][label]
        if found:
            names = listed(self.document.sections[chapter].name for chapter in found)
            raise LabError(f"{fragment.where}: '@{label}' may be that of {names}; give them different labels")
        if self.document.meta.is_lab and self.document.alone:
            return self.elsewhere(label), ""
        every = [name for known in labels for name in known]
        near = get_close_matches(label, every, n=1, cutoff=0.4)
        hint = f" (did you mean '@{near[0]}'?)" if near else ""
        known = ", ".join(f"@{name}" for name in every) or "none"
        told = f"{fragment.where}: a reference must be one of the report's labels: {known}; got '@{label}'{hint}"
        if self.document.meta.is_lab:
            raise LabError(told)
        log.warning("%s; it stays as it is", told)
        return f"@{label}", ""

    def elsewhere(self, label: str) -> str:
        """Words for what is in the report, but not in this notebook of it."""
        words = self.document.meta.words
        prefix, _, name = label.partition("-")
        kind = next(kind for kind in PREFIXES if PREFIXES[kind] == prefix)
        return words["elsewhere"].format(kind=words[kind], name=name)

    def unused(self) -> list[str]:
        """What stands in a chapter with a number, and is named by no text of the report."""
        found = []
        for where, kind, chapter, label in self.numbering.numbered:
            if self.document.alone or self.document.sections[chapter].appendix or (chapter, label) in self.used:
                continue
            why = f"no sentence names the {kind} @{label}" if label else f"the {kind} has no label to name it by"
            found.append(f"{where}: {why}")
        return found

    def anchor_of(self, notebook: str, part: str, fragment: Fragment) -> str | None:
        """Where an internal link goes; a notebook that is not in this document is named, not linked."""
        chapter = fragment.chapter
        if notebook:
            names = [section.name for section in self.document.sections]
            name = unquote(notebook).rpartition("/")[2].removesuffix(".ipynb")
            if name not in names or not self.document.combined:
                return None
            if not part:
                return self.numbering.chapters[name]
            chapter = names.index(name)
        targets = self.numbering.targets[chapter]
        anchor = targets.get(part) or targets.get(slug(part)) or targets.get(slug(re.sub(r"^[\d.]+-", "", part)))
        if not anchor:
            log.warning("%s: there is no section %r to link to", fragment.where, part)
        return anchor
