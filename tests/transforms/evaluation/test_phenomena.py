"""What a quotation is counted as, and that the counts add up."""

import pytest

from transforms.evaluation.phenomena import Confusion, Phenomenon, value_of
from transforms.evaluation.rows import BadAnnotationError, annotated_text, row_of
from transforms.evaluation.scoring import Kind, Row, View, compare

TEXT = (
    "“We stay,” said Ada Brill. She said that “most of it” was gone. ``Go,'' Moor said.\n"
    'He cried: "No." «Non», dit-il. ‘Yes,’ he said. It isn’t so, he added.'
)


def row(words: str, cue: str | None = None, kind: Kind = Kind.DIRECT, speaker_type: str | None = None) -> Row:
    start = TEXT.index(words)
    at = TEXT.index(cue, max(0, start - 12)) if cue else -1
    cue_end = at + len(cue) if cue else -1
    return Row(
        start, start + len(words), kind, cue=cue, cue_start=at, cue_end=cue_end, speaker="x", speaker_type=speaker_type
    )


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("“We stay,”", "curly “”"),
        ("We stay,", "curly “”"),
        ("that “most of it” was gone", "curly “”"),
        ("``Go,''", "typewriter ``''"),
        ('"No."', 'straight ""'),
        ("«Non»", "guillemets «»"),
        ("‘Yes,’", "single ‘’ ''"),
        ("It isn’t so", "none"),
    ],
)
def test_marks(words: str, marks: str) -> None:
    assert value_of(Phenomenon.MARKS, TEXT, row(words)) == marks


@pytest.mark.parametrize(
    ("phenomenon", "of", "value"),
    [
        (Phenomenon.TYPE, row("‘Yes,’", kind=Kind.MIXED), "mixed"),
        (Phenomenon.SPEAKER, row("‘Yes,’", speaker_type="org"), "organisation"),
        (Phenomenon.SPEAKER, row("‘Yes,’"), "not told"),
        (Phenomenon.SPEAKER, Row(0, 5, Kind.DIRECT), "none"),
        (Phenomenon.CUE, row("“We stay,”", "said"), "with a cue"),
        (Phenomenon.CUE, row("“We stay,”"), "without a cue"),
        (Phenomenon.POSITION, row("“We stay,”", "said"), "after"),
        (Phenomenon.POSITION, row('"No."', "cried"), "before"),
        (Phenomenon.POSITION, row("It isn’t so", "so"), "inside"),
        (Phenomenon.POSITION, Row(0, 5, Kind.DIRECT), "nowhere"),
        (Phenomenon.LENGTH, row("“We stay,”"), "1–3 words"),
        (Phenomenon.LENGTH, Row(0, len(TEXT), Kind.DIRECT), "16–40 words"),
        (Phenomenon.PARAGRAPHS, row("“We stay,”"), "one"),
        (Phenomenon.PARAGRAPHS, Row(0, len(TEXT), Kind.DIRECT), "several"),
    ],
)
def test_values(phenomenon: Phenomenon, of: Row, value: str) -> None:
    assert value_of(phenomenon, TEXT, of) == value


def test_a_mark_that_stays_open_at_the_end_of_a_paragraph_goes_on() -> None:
    text = "“We stay.\n“And so do they,” she said."
    assert value_of(Phenomenon.PARAGRAPHS, text, Row(0, 9, Kind.DIRECT)) == "several"
    assert value_of(Phenomenon.PARAGRAPHS, text, Row(10, 27, Kind.DIRECT)) == "one"


def test_the_counts_of_each_phenomenon_are_those_of_the_scorer() -> None:
    gold = [row("“We stay,”", "said"), row('"No."', "cried"), row("that “most of it” was gone", kind=Kind.MIXED)]
    predicted = [row("“We stay,”", "said"), row("that “most of it” was gone", kind=Kind.INDIRECT), row("«Non»")]
    compared = compare(TEXT, gold, predicted, View.ALL)
    confusion = Confusion()
    confusion.add(TEXT, compared)
    for tallies in confusion.tallies.values():
        assert sum(tally.gold for tally in tallies.values()) == compared.overlap.gold == 3
        assert sum(tally.found for tally in tallies.values()) == compared.overlap.right == 2
        assert sum(tally.right for tally in tallies.values()) == compared.attribution.right
        assert sum(tally.spurious for tally in tallies.values()) == 1
    assert confusion.types == {
        ("direct", "direct"): 1,
        ("mixed", "indirect"): 1,
        ("direct", "missed"): 1,
        ("spurious", "direct"): 1,
    }
    first = next(tally for phenomenon, value, tally in confusion.rows() if value == "direct")
    assert (first.recall, first.spurious) == (0.5, 1)


def test_a_row_as_files_hold_it() -> None:
    found = row_of({"start": 0, "end": 4, "type": "attitude", "speaker_start": None, "cue_start": 5, "cue_end": 9})
    assert (found.kind, found.speaker_start, found.cue_start, found.cue_end) == (Kind.UNKNOWN, -1, 5, 9)
    assert row_of({"start": 0, "end": 4}).kind is Kind.DIRECT


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "not JSON"),
        ("[1]", 'no object with "id"'),
        ('{"id": 1, "text": "a"}', 'a list "quotes"'),
        ('{"id": 1, "text": 2, "quotes": []}', '"text" is no string'),
        ('{"id": 1, "text": "a", "quotes": [{"start": 0}]}', "without whole numbers"),
        ('{"id": 1, "text": "a", "quotes": ["a"]}', "without whole numbers"),
        ('{"id": 1, "text": "a", "quotes": [{"start": 0, "end": 2}]}', "reaches beyond its text"),
    ],
)
def test_a_bad_line_is_told(line: str, words: str) -> None:
    with pytest.raises(BadAnnotationError, match=words):
        annotated_text(line)
