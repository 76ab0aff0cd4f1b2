"""Annotated texts as people keep them: one JSON object a line, ``{"id", "text", "quotes": [{"start", "end", …}]}``."""

import json
from dataclasses import dataclass
from typing import Any

from transforms.errors import OnrecordError
from transforms.evaluation.scoring import Kind, Row


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """One document; ``text`` is None where a file of predictions leaves it out."""

    id: str
    text: str | None
    quotes: tuple[Row, ...]


class BadAnnotationError(OnrecordError):
    """A line is no annotated text."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"not an annotated text: {what}.",
            remedy='Lines look like {"id": …, "text": …, "quotes": [{"start": 0, "end": 9, "type": "direct", …}]}.',
        )


def annotated_text(line: str) -> AnnotatedText:
    """Read one line.

    Raises:
        BadAnnotationError: it is no JSON object with an ``id`` and a list of ``quotes`` that have offsets.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadAnnotationError(f"not JSON ({error})") from error
    if not isinstance(value, dict) or "id" not in value or not isinstance(value.get("quotes"), list):
        raise BadAnnotationError('no object with "id" and a list "quotes"')
    text = value.get("text")
    if text is not None and not isinstance(text, str):
        raise BadAnnotationError('"text" is no string')
    try:
        rows = tuple(row_of(quote) for quote in value["quotes"])
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise BadAnnotationError(f"a quote without whole numbers as offsets ({error!r})") from error
    if text is not None and any(not 0 <= place <= len(text) for row in rows for place in (row.start, row.end)):
        raise BadAnnotationError(f"a quote of {value['id']} reaches beyond its text of {len(text)} code points")
    return AnnotatedText(str(value["id"]), text, rows)


def row_of(quote: dict[str, Any]) -> Row:
    """A quotation as these files hold it: offsets in code points, absent ones null, -1 or left out.

    A type that is none of ours counts as UNKNOWN: in gold nobody is asked to find it, a prediction of it is looked at
    where all types are.
    """
    speaker, cue = _offsets(quote, "speaker"), _offsets(quote, "cue")
    kind = quote.get("type", Kind.DIRECT)
    return Row(
        start=int(quote["start"]),
        end=int(quote["end"]),
        kind=Kind(kind) if kind in list(Kind) else Kind.UNKNOWN,
        speaker=quote.get("speaker_text"),
        speaker_start=speaker[0],
        speaker_end=speaker[1],
        speaker_canonical=quote.get("speaker_canonical"),
        speaker_type=quote.get("speaker_kind"),
        cue=quote.get("cue_text"),
        cue_start=cue[0],
        cue_end=cue[1],
    )


def _offsets(quote: dict[str, Any], part: str) -> tuple[int, int]:
    start, end = quote.get(f"{part}_start"), quote.get(f"{part}_end")
    return (-1, -1) if start is None or end is None else (int(start), int(end))
