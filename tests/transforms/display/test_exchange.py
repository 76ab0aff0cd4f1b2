"""What other tools read back is what the rows say: Web Annotations by their selectors, brat by its standoff."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.display.articles import annotated, article, hostile, quote
from transforms.display.brat import fragments_of, standoff
from transforms.display.web_annotation import annotation_page
from transforms.records import Document, Entity, Quote

CASES = {"plain": annotated(), "hostile": hostile()}
Article = tuple[Document, list[Entity], list[Quote]]


@pytest.fixture(params=CASES.values(), ids=CASES)
def found(request: pytest.FixtureRequest) -> Article:
    case: Article = request.param
    return case


# Web Annotation ------------------------------------------------------------------------------------------------------


def resolve(text: str, item: dict[str, Any]) -> tuple[int, int]:
    """The stretch that the two selectors of an annotation name, each read by itself."""
    position, quoted = item["target"]["selector"]
    assert (position["type"], quoted["type"]) == ("TextPositionSelector", "TextQuoteSelector")
    start, end = position["start"], position["end"]
    around = quoted["prefix"] + quoted["exact"] + quoted["suffix"]
    at = start - len(quoted["prefix"])
    assert text[at : at + len(around)] == around
    assert text[start:end] == quoted["exact"]
    return start, end


def linked(item: dict[str, Any], role: str) -> list[str]:
    return [body["source"] for body in item["body"] if body.get("onrecord:role") == role]


def test_web_annotations_lead_back_to_the_rows(found: Article) -> None:
    document, entities, quotes = found
    written = json.loads(json.dumps(annotation_page(*found)))
    assert written["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert written["type"] == "AnnotationPage"
    items = {item["id"]: item for item in written["items"]}
    assert len(items) == len(written["items"])
    for row in entities:
        item = items[f"urn:onrecord:mention:{row.mention_id}"]
        assert resolve(document.text, item) == (row.start, row.end)
        assert {body["value"] for body in item["body"]} == {row.label, row.canonical_name}
    for row in quotes:
        item = items[f"urn:onrecord:quote:{row.quote_id}"]
        assert resolve(document.text, item) == (row.content_start, row.content_end)
        (speaker,) = linked(item, "onrecord:speaker")
        assert resolve(document.text, items[speaker]) == (row.speaker_start, row.speaker_end)
        assert row.speaker_canonical in {body.get("value") for body in items[speaker]["body"]}
        (cue,) = linked(item, "onrecord:cue")
        assert resolve(document.text, items[cue]) == (row.cue_start, row.cue_end)
        assert item["onrecord:confidence"] == row.confidence
    known = {source for item in items.values() for role in ("speaker", "cue", "mention")
             for source in linked(item, f"onrecord:{role}")}  # fmt: skip
    assert known <= items.keys()


def test_a_quote_without_speaker_and_cue_links_to_nothing() -> None:
    document = article("“We wait.”")
    (item,) = annotation_page(document, [], [quote(document.text, "“We wait.”", None, None)])["items"]
    assert [body["value"] for body in item["body"]] == ["direct"]
    assert "onrecord:addressee" not in item


# brat ----------------------------------------------------------------------------------------------------------------


@dataclass
class Brat:
    """Standoff as its definition says: https://brat.nlplab.org/standoff.html"""

    spans: dict[str, tuple[str, list[tuple[int, int]]]] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    events: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def read_brat(text: str, annotations: str) -> Brat:
    read = Brat()
    for line in annotations.splitlines():  # as brat cuts lines
        match line.split("\t"):
            case [key, told, words] if key[0] == "T":
                kind, places = told.split(" ", 1)
                fragments = [(int(start), int(end)) for start, end in (one.split() for one in places.split(";"))]
                assert " ".join(text[start:end] for start, end in fragments) == words
                assert words == words.strip()
                assert re.fullmatch(r"[A-Za-z0-9_-]+", kind)
                read.spans[key] = kind, fragments
            case [key, told] if key[0] == "R":
                kind, first, second = told.split(" ")
                read.relations.append((kind, first.removeprefix("Arg1:"), second.removeprefix("Arg2:")))
            case [key, told] if key[0] == "E":
                trigger, *roles = (item.split(":") for item in told.split(" "))
                read.events.append((trigger[1], dict(roles)))
            case [key, told, note] if key[0] == "#":
                read.notes[told.removeprefix("AnnotatorNotes ")] = note
            case _:
                raise AssertionError(line)
    return read


def covered(fragments: list[tuple[int, int]]) -> tuple[int, int]:
    return fragments[0][0], fragments[-1][1]


def test_brat_leads_back_to_the_rows(found: Article) -> None:
    document, entities, quotes = found
    written = standoff(*found)
    assert written.text == document.text
    read = read_brat(written.text, written.annotations)
    kinds = {kind for kind, _ in read.spans.values()}
    assert all(re.search(rf"\b{re.escape(kind)}\b", written.configuration) for kind in kinds)
    by_place = {(kind, covered(fragments)): key for key, (kind, fragments) in read.spans.items()}
    for row in quotes:
        content = by_place[str(row.quote_type).title(), (row.content_start, row.content_end)]
        speaker = next(second for _, first, second in read.relations if first == content)
        assert covered(read.spans[speaker][1]) == (row.speaker_start, row.speaker_end)
        trigger, roles = next(event for event in read.events if event[1]["Content"] == content)
        assert covered(read.spans[trigger][1]) == (row.cue_start, row.cue_end)
        assert roles["Speaker"] == speaker
        assert read.notes[content] == f"{row.attribution_method}, {row.confidence:.2f}"
    assert len(read.relations) == len(read.events) == len(quotes)
    assert len(read.spans) == len(entities) + 3 * len(quotes)


def test_a_quote_over_a_line_end_is_in_fragments() -> None:
    text = "“nobody\n\n asked”"
    assert list(fragments_of(text, 0, len(text))) == [(0, 7), (10, 16)]


@given(st.text(st.sampled_from("ab \t\n\r\x85\u2028é😀"), max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_fragments_leave_out_white_space_alone(text: str, start: int, end: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    places = list(fragments_of(text, start, end))
    left = "".join(text[first:last] for first, last in places)
    assert left.replace(" ", "") == "".join(text[start:end].split())
    for first, last in places:
        assert start <= first < last <= end
        assert len(text[first:last].splitlines()) == 1
