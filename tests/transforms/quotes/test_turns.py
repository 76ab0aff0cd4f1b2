"""Lines of transcripts and interviews: who takes turns, and which labels name nobody."""

import pytest

from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.marks import quoted_regions
from transforms.quotes.turns import label_of, spoken_lines, with_turns


def lines(text: str) -> list[tuple[str, str]]:
    return [
        (text[line.name.start : line.name.end], text[line.content.start : line.content.end])
        for line in spoken_lines(text, paragraphs(text))
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("QUILL: It is safe.", "QUILL"),
        ("Ada Quill: It is safe.", "Ada Quill"),
        ("MS QUILL-OSEI: It is safe.", "MS QUILL-OSEI"),
        ("Q: Is it safe?", "Q"),
        ("THE WITNESS: It is safe.", "THE WITNESS"),
        ("QUILL (for the city): It is safe.", "QUILL"),
        ("Minister of Works: It is safe.", "Minister of Works"),
    ],
)
def test_names_before_a_colon(line: str, name: str) -> None:
    label = label_of(line, 0, len(line), 0)
    assert label is not None
    assert line[label.name.start : label.name.end] == name


@pytest.mark.parametrize(
    "line",
    [
        "Harwick Steel Inc (NYSE: HWS) rose.",
        "Harwick Steel (NYSE:HWS) rose.",
        "Photo: Ada Quill at the bridge.",
        "Update: The bridge is open.",
        "Price: 20 crowns.",
        "Read more: The bridge is open.",
        "The price of the bridge: 20 crowns.",
        "Quill’s Basics: How to cross a bridge.",
        "At 10:30 the bridge opened.",
        "https://harwick.example/bridge is the page.",
        "QUILL:",
        "“Quill: the bridge is safe.”",
    ],
)
def test_other_things_before_a_colon(line: str) -> None:
    assert label_of(line, 0, len(line), 0) is None


def test_speakers_take_turns() -> None:
    text = "The talk began.\n\nQUILL: Safe?\n\nOSEI: It is.\n\nQUILL: Good."
    assert lines(text) == [("QUILL", "Safe?"), ("OSEI", "It is."), ("QUILL", "Good.")]


def test_third_speakers_belong_to_the_conversation() -> None:
    assert len(lines("QUILL: Safe?\n\nOSEI: It is.\n\nQUILL: Good.\n\nTHE CHAIR: Next.")) == 4


@pytest.mark.parametrize(
    "text",
    [
        "Quill: Bridge is safe.\n\nThe bridge was checked.",
        "Quill: One million.\n\nOsei: Two million.\n\nMarsh: Three million.",
        "Quill: Bridge is safe.\n\nQuill: Bridge is open.",
        "QUILL: Safe?\n\n" + "It rained.\n\n" * 8 + "OSEI: It is.\n\n" + "It rained.\n\n" * 8 + "QUILL: Good.",
    ],
    ids=["headline", "list", "one speaker", "far apart"],
)
def test_labels_without_turns_are_no_conversation(text: str) -> None:
    assert lines(text) == []


def test_marks_inside_a_line_do_not_cut_it() -> None:
    text = "Q: Is it “a toy” or not?\n\nA: She said, “It is.” It is.\n\nQ: Oh."
    stretches = paragraphs(text)
    found = with_turns(quoted_regions(text, stretches), spoken_lines(text, stretches))
    assert [text[region.start : region.end] for region in found] == [
        "Is it “a toy” or not?",
        "She said, “It is.” It is.",
        "Oh.",
    ]
    assert [len(region.parts) for region in found] == [1, 1, 0]
