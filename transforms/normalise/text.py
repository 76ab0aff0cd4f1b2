"""The canonical text of a document: the steps in their order."""

from dataclasses import dataclass
from functools import cached_property

from transforms.normalise.characters import (
    CHARACTER_STEPS,
    drop_end_mark,
    has_odd_controls,
    one_line,
    only_entities,
    repair_encoding,
    trim_lines,
    unify_line_ends,
)
from transforms.normalise.decode import replace_surrogates
from transforms.normalise.offsets import offset_map
from transforms.normalise.paragraphs import rejoin_wrapped
from transforms.normalise.warnings import DocumentWarning, unique, warning

# Dropping or joining can bring characters together that then look like mojibake. Clean text needs one round and other
# text two; each further round shortens the text, and the bound is for hostile input.
_MAX_ROUNDS = 8


@dataclass(frozen=True)
class Normalised:
    """Clean text, the warnings that say what cleaning changed beyond white space, and the body that it came from."""

    text: str
    warnings: tuple[str, ...] = ()
    body: str = ""

    def to_source(self, offset: int) -> int:
        """The place in the decoded body of an offset into the text (from 0 to its length)."""
        return self._offsets[offset]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the decoded body that a stretch of the text came from."""
        return self.to_source(start), self.to_source(end - 1) + 1 if end > start else self.to_source(start)

    @cached_property
    def _offsets(self) -> list[int]:
        """Made when it is first asked for: most texts are never traced back."""
        return offset_map(self.body, self.text)


def normalise_text(body: str, *, hard_wrapped: bool = False) -> Normalised:
    """The canonical text of a decoded body: idempotent, linear; offsets of all tables point into its result."""
    text, had_surrogates = replace_surrogates(body)
    warnings = [warning(DocumentWarning.LONE_SURROGATES)] if had_surrogates else []
    text = trim_lines(drop_end_mark(unify_line_ends(text)))
    for _ in range(_MAX_ROUNDS):
        repaired = repair_encoding(text)
        warnings += _repair_warnings(text, repaired)
        text = repaired
        for step in CHARACTER_STEPS:
            text = step(text)
        trimmed = trim_lines(text)
        text = rejoin_wrapped(trimmed, hard_wrapped)
        if text != trimmed:
            warnings.append(warning(DocumentWarning.LINES_REJOINED))
        if text == repaired:
            break
    return Normalised(text, unique(warnings), body)


def normalise_line(value: str | None) -> str | None:
    """A title or a name on one line, cleaned like the text; None when nothing is left of it."""
    return one_line(normalise_text(value).text) or None if value else None


def _repair_warnings(text: str, repaired: str) -> list[str]:
    kinds = []
    if repaired != text:
        kinds.append(DocumentWarning.ENTITIES_UNESCAPED if only_entities(text) else DocumentWarning.ENCODING_REPAIRED)
    if has_odd_controls(repaired):
        kinds.append(DocumentWarning.CONTROL_CHARACTERS)
    return [warning(kind) for kind in kinds]
