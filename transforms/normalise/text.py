"""The canonical text of a document: the steps in their order."""

from dataclasses import dataclass

from transforms.normalise.characters import (
    CHARACTER_STEPS,
    has_odd_controls,
    one_line,
    only_entities,
    repair_encoding,
    trim_lines,
    unify_line_ends,
)
from transforms.normalise.decode import replace_surrogates
from transforms.normalise.paragraphs import rejoin_wrapped
from transforms.normalise.warnings import DocumentWarning, unique, warning

# Dropping or joining can bring characters together that then look like mojibake. Clean text needs one round and other
# text two; each further round shortens the text, and the bound is for hostile input.
_MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Normalised:
    """Clean text and the warnings that say what cleaning changed beyond white space."""

    text: str
    warnings: tuple[str, ...] = ()


def normalise_text(body: str, *, hard_wrapped: bool = False) -> Normalised:
    """The canonical text of a decoded body: idempotent, linear; offsets of all tables point into its result."""
    text, had_surrogates = replace_surrogates(body)
    warnings = [warning(DocumentWarning.LONE_SURROGATES)] if had_surrogates else []
    text = trim_lines(unify_line_ends(text))
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
    return Normalised(text, unique(warnings))


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
