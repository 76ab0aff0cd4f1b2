"""JSON lines in, JSON lines out: order, bad lines, offsets, gzip, and no more work at hand than workers can take."""

import gzip
import json
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from flows import annotate_lines as module
from flows.annotate_lines import TEXTS_IN_A_CHUNK, Chunk, Line, annotate_lines, open_text, read_lines
from flows.pool import InProcess
from tests.flows.landing import article
from transforms.annotate.engine import Annotator
from transforms.annotate.pipeline import DEFAULT_MODEL


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator(DEFAULT_MODEL)


@pytest.fixture
def loaded(annotator: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_annotator", lambda model, engine: annotator)


def lines_of(*values: object) -> list[str]:
    return [value if isinstance(value, str) else json.dumps(value) for value in values]


def annotate(lines: Iterable[str]) -> tuple[list[dict[str, Any]], list[Line]]:
    errors: list[Line] = []
    return list(annotate_lines(read_lines(lines), DEFAULT_MODEL, InProcess(), errors.append)), errors


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ('{"id": "7"}', "not an object"),
        ('{"text": 7}', "not an object"),
        ("null", "not an object"),
    ],
)
def test_bad_lines_say_why(content: str, told: str) -> None:
    (line,) = read_lines([content[:200_000]])
    assert line.error is not None
    assert line.error.startswith(told)


def test_blank_lines_count_but_are_passed_over() -> None:
    read = list(read_lines(["\n", json.dumps({"text": "One."}), "  \n", json.dumps({"id": 7, "text": "Two."})]))
    assert [(line.number, line.id) for line in read] == [(2, "2"), (4, "7")]


@pytest.mark.model
@pytest.mark.usefixtures("loaded")
def test_good_lines_keep_their_order_and_bad_ones_are_told() -> None:
    good = [{"id": f"a{n}", "text": article(n, 2)} for n in range(TEXTS_IN_A_CHUNK + 10)]
    out, errors = annotate(lines_of(*good[:3], "{", *good[3:], {"text": None}))
    assert [value["id"] for value in out] == [value["id"] for value in good]
    assert [error.number for error in errors] == [4, len(good) + 2]


@pytest.mark.model
@pytest.mark.usefixtures("loaded")
def test_offsets_are_into_the_text_as_given() -> None:
    text = "\t “It is 😀 late,”\u00a0said Orla Fennimore in Stanmoor.\r\n“Very late,” she added."
    (value,), errors = annotate(lines_of({"id": "odd", "text": text}))
    assert errors == []
    assert value["text"] == text
    assert [quote["text"] for quote in value["quotes"]] == ["“It is 😀 late,”", "“Very late,”"]
    for quote in value["quotes"]:
        assert text[quote["start"] : quote["end"]] == quote["text"]
        if quote["speaker_text"] is not None:
            assert text[quote["speaker_start"] : quote["speaker_end"]] == quote["speaker_text"]
    for entity in value["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]


@pytest.mark.model
@pytest.mark.usefixtures("loaded")
def test_what_is_absent_is_null_and_never_a_negative_offset() -> None:
    (value,), _ = annotate(lines_of({"id": "1", "text": "“Nobody is told to have said these many words.”"}))
    offsets = [quote[name] for quote in value["quotes"] for name in ("speaker_start", "cue_start", "speaker_end")]
    assert all(offset is None or offset >= 0 for offset in offsets)


@pytest.mark.model
@pytest.mark.usefixtures("loaded")
def test_a_text_longer_than_the_model_takes_is_annotated_in_pieces() -> None:
    text = "“I ran,” Ada Brandt said.\n\n" + "x" * 1_000_001 + "\n\nHe left."
    out, errors = annotate(lines_of({"id": "long", "text": text}, {"id": "short", "text": "He ran."}))
    assert not errors
    assert [value["id"] for value in out] == ["long", "short"]
    assert [quote["text"] for quote in out[0]["quotes"]] == ["“I ran,”"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_gzip_goes_by_the_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with open_text(path, "wt") as out:
        out.write("“æ”\n")
    content = path.read_bytes()
    assert (gzip.decompress(content) if name.endswith(".gz") else content) == "“æ”\n".encode()
    with open_text(path, "rt") as lines:
        assert list(lines) == ["“æ”\n"]


class Recording:
    """An engine that works on nothing and notes what it was given."""

    workers = 2

    def __init__(self) -> None:
        self.given = 0

    def run(self, function: object, chunk: Chunk) -> list[tuple[Line, dict[str, Any]]]:
        self.given += len(chunk.lines)
        return [(line, {"id": line.id}) for line in chunk.lines]


def test_an_endless_input_is_read_only_as_far_as_the_workers_need() -> None:
    def endless() -> Iterator[Line]:
        return (Line(number, str(number), "He ran.") for number in count(1))

    engine = Recording()
    values = annotate_lines(endless(), DEFAULT_MODEL, engine, lambda line: None)  # type: ignore[arg-type]
    assert next(values) == {"id": "1"}
    assert engine.given <= (engine.workers + 1) * TEXTS_IN_A_CHUNK
