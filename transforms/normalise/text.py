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

# Dropping a character can bring two others together that then look like mojibake. Real text needs one or two rounds;
# each round makes a text shorter or leaves it alone, and the bound is for hostile input.
_MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Normalised:
    """Clean text and the warnings that say what cleaning changed beyond white space."""

    text: str
    warnings: tuple[str, ...] = ()


def normalise_text(body: str) -> Normalised:
    """The canonical text of a decoded body: idempotent, linear; offsets of all tables point into its result."""
    text, warnings = clean_characters(body)
    trimmed = trim_lines(text)
    text = rejoin_wrapped(trimmed)
    if text != trimmed:
        warnings.append(warning(DocumentWarning.LINES_REJOINED))
    return Normalised(text, unique(warnings))


def normalise_line(value: str | None) -> str | None:
    """A title or a name on one line, cleaned like the text; None when nothing is left of it."""
    return one_line(clean_characters(value)[0]) or None if value else None


def clean_characters(text: str) -> tuple[str, list[str]]:
    """Encoding repair and the character steps, repeated until nothing changes."""
    warnings = []
    text, had_surrogates = replace_surrogates(text)
    if had_surrogates:
        warnings.append(warning(DocumentWarning.LONE_SURROGATES))
    text = unify_line_ends(text)
    for _ in range(_MAX_ROUNDS):
        repaired = repair_encoding(text)
        if repaired != text:
            kind = DocumentWarning.ENTITIES_UNESCAPED if only_entities(text) else DocumentWarning.ENCODING_REPAIRED
            warnings.append(warning(kind))
        if has_odd_controls(repaired):
            warnings.append(warning(DocumentWarning.CONTROL_CHARACTERS))
        text = repaired
        for step in CHARACTER_STEPS:
            text = step(text)
        if text == repaired:
            break
    return text, warnings
