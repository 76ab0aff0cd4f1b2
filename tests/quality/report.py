"""Writes figures as a table for the terminal and into the generated part of ``docs/quality.md``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from transforms.evaluation.scoring import Counts
from transforms.version import PIPELINE_VERSION

DOC = Path(__file__).resolve().parents[2] / "docs" / "quality.md"
BEGIN, END = "<!-- figures: begin (written by `make quality`) -->", "<!-- figures: end -->"
_PART = re.compile(rf"{re.escape(BEGIN)}\n(.*?){re.escape(END)}", re.DOTALL)
_HEADING = "### "


@dataclass(frozen=True, slots=True)
class Section:
    """The figures of one set."""

    title: str  # names the set, and is what a later run finds the section by
    size: str  # "44 articles"
    model: str
    command: str
    figures: dict[str, Counts]

    def plain(self) -> str:
        """For the terminal."""
        lines = [f"{self.title}: {self.size}", f"  {'':28}     P     R    F1   right  found   gold"]
        for name, counts in self.figures.items():
            shares = f"{counts.precision:6.3f}{counts.recall:6.3f}{counts.f1:6.3f}"
            lines.append(f"  {name:28}{shares}{counts.right:8}{counts.predicted:7}{counts.gold:7}")
        return "\n".join(lines)

    def markdown(self, today: date) -> str:
        """For the document."""
        rows = [
            f"| {name} | {counts.precision:.3f} | {counts.recall:.3f} | {counts.f1:.3f} | {counts.gold} |"
            for name, counts in self.figures.items()
        ]
        table = ["| figure | P | R | F1 | gold |", "|---|---|---|---|---|", *rows]
        return f"{_HEADING}{self.title}\n\n{_facts(self, today)}\n\n" + "\n".join(table) + "\n"


@dataclass(frozen=True, slots=True)
class Table:
    """A section that is a table of its own kind."""

    title: str
    size: str
    model: str
    command: str
    header: list[str]
    rows: list[list[str]]

    def plain(self) -> str:
        """For the terminal."""
        widths = [max(len(line[at]) for line in [self.header, *self.rows]) for at in range(len(self.header))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in self._lines()
        ]
        return "\n".join([f"{self.title}: {self.size}", *(f"  {line}" for line in lines)])

    def markdown(self, today: date) -> str:
        """For the document."""
        lines = ["| " + " | ".join(line) + " |" for line in self._lines()]
        lines.insert(1, "|" + "---|" * len(self.header))
        return f"{_HEADING}{self.title}\n\n{_facts(self, today)}\n\n" + "\n".join(lines) + "\n"

    def _lines(self) -> list[list[str]]:
        return [self.header, *self.rows]


def _facts(section: Section | Table, today: date) -> str:
    measured = f"{today.isoformat()}, pipeline version {PIPELINE_VERSION}, {section.model}"
    return f"{section.size}; {measured}, `{section.command}`"


def update(document: str, sections: Sequence[Section | Table], today: date) -> str:
    """The document with these sections in its generated part; sections of sets not measured now stay as they are.

    Raises:
        ValueError: the document has no generated part.
    """
    part = _PART.search(document)
    if part is None:
        raise ValueError(f"no lines {BEGIN!r} and {END!r} in the document")
    kept = _by_title(part[1])
    kept.update({section.title: section.markdown(today) for section in sections})
    return document[: part.start()] + f"{BEGIN}\n" + "\n".join(kept.values()) + END + document[part.end() :]


def _by_title(generated: str) -> dict[str, str]:
    bodies = generated.split(_HEADING)[1:]
    return {body.split("\n", 1)[0]: f"{_HEADING}{body.rstrip()}\n" for body in bodies}
