"""Quotes and entities for JSON lines, without a warehouse: the body of ``onrecord annotate``."""

import gzip
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TextIO

from flows.pool import Engine
from transforms.annotate.engine import Annotator
from transforms.annotate.rows import RowContext
from transforms.annotate.stages import EngineOptions
from transforms.records import Entity, Quote
from transforms.version import PIPELINE_VERSION

TEXTS_IN_A_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One text to annotate, or why there is none."""

    number: int
    id: str
    text: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines that a worker takes together."""

    model: str
    lines: tuple[Line, ...]
    engine: str = "fast"

    def __str__(self) -> str:
        return f"lines {self.lines[0].number} to {self.lines[-1].number}"


def open_text(path: Path, mode: Literal["rt", "wt"]) -> TextIO:
    """Open a UTF-8 text file, packed with gzip when its name ends in ``.gz``."""
    opener: Any = gzip.open if path.suffix == ".gz" else Path.open
    opened: TextIO = opener(path, mode, encoding="utf-8", newline="\n")
    return opened


def read_lines(source: Iterable[str]) -> Iterator[Line]:
    """The ``{"id", "text"}`` objects of a JSON-lines file; blank lines are passed over."""
    for number, content in enumerate(source, 1):
        if content.strip():
            yield _parse(number, content)


def _parse(number: int, content: str) -> Line:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        return Line(number, "", "", f"not JSON: {error}")
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return Line(number, "", "", 'not an object with a string "text"')
    return Line(number, str(value.get("id", number)), value["text"])


def annotate_lines(
    lines: Iterable[Line], model: str, engine: Engine, on_error: Callable[[Line], None], engine_words: str = "fast"
) -> Iterator[dict[str, Any]]:
    """One object a good line, in order: id, text, quotes and entities, with offsets into the text exactly as given.

    Args:
        lines: as :func:`read_lines` gives them.
        model: name of an installed spaCy pipeline.
        engine: where the work is done.
        engine_words: what may be done to be fast.
        on_error: is told the lines that have no text, or one that is too long for the model.
    """
    for line, value in _in_order(engine, _chunks(lines, model, engine_words)):
        if value is None:
            on_error(line)
        else:
            yield value


def _chunks(lines: Iterable[Line], model: str, engine: str) -> Iterator[Chunk]:
    iterator = iter(lines)
    while taken := tuple(islice(iterator, TEXTS_IN_A_CHUNK)):
        yield Chunk(model, taken, engine)


_Annotated = tuple[Line, dict[str, Any] | None]


def _in_order(engine: Engine, chunks: Iterator[Chunk]) -> Iterator[_Annotated]:
    """Keep every worker busy with one chunk waiting, so that memory does not grow with the input."""
    flying: deque[Future[list[_Annotated]]] = deque()
    with ThreadPoolExecutor(engine.workers + 1) as threads:
        for chunk in chunks:
            flying.append(threads.submit(engine.run, annotate_chunk, chunk))
            if len(flying) > engine.workers:
                yield from flying.popleft().result()
        while flying:
            yield from flying.popleft().result()


@lru_cache(maxsize=1)
def _annotator(model: str, engine: str) -> Annotator:
    return Annotator(model, EngineOptions.parse(engine))


def annotate_chunk(chunk: Chunk) -> list[_Annotated]:
    """The body of a worker: each line with its result, None where it has none."""
    annotator = _annotator(chunk.model, chunk.engine)
    good = [line for line in chunk.lines if line.error is None]
    contexts = [RowContext(line.id, annotator.model, PIPELINE_VERSION, None) for line in good]
    rows = annotator.rows([line.text for line in good], contexts)
    return [(line, None if line.error else as_json(line, *next(rows))) for line in chunk.lines]


def as_json(line: Line, entities: tuple[Entity, ...], quotes: tuple[Quote, ...]) -> dict[str, Any]:
    """The output object: quotes under the field names of common gold files, absent offsets as null."""
    return {
        "id": line.id,
        "text": line.text,
        "quotes": [_quote(row) for row in quotes],
        "entities": [
            {
                "start": row.start,
                "end": row.end,
                "text": row.text,
                "label": row.label,
                "label_model": row.label_model,
                "label_source": row.label_source,
                "canonical_name": row.canonical_name,
                "role": row.role,
            }
            for row in entities
        ],
    }


def _quote(row: Quote) -> dict[str, Any]:
    return {
        "start": row.content_start,
        "end": row.content_end,
        "text": row.content,
        "type": row.quote_type,
        "group": row.quote_group,
        "quoted_parts": [[part.start, part.end] for part in row.quoted_parts],
        "speaker_text": row.speaker,
        "speaker_start": _offset(row.speaker_start),
        "speaker_end": _offset(row.speaker_end),
        "speaker_kind": row.speaker_type,
        "speaker_canonical": row.speaker_canonical,
        "cue_text": row.cue,
        "cue_start": _offset(row.cue_start),
        "cue_end": _offset(row.cue_end),
        "cue_lemma": row.cue_lemma,
        "addressee": row.addressee,
        "via": row.via,
        "attribution_method": row.attribution_method,
        "confidence": round(row.confidence, 3),
    }


def _offset(value: int) -> int | None:
    return value if value >= 0 else None
