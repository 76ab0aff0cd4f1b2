"""Text in, rows out: one case for each way in which news English reports speech."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.model
QuotesOf = Callable[[str], list]

CASES = {
    "conjoined cues": (
        "The mayor said the bridge was safe and promised to repair the road.",
        [
            ("indirect", "the bridge was safe", "The mayor", "said"),
            ("indirect", "to repair the road", "The mayor", "promised"),
        ],
    ),
    "the reporter's next deed": (
        "The mayor promised to look into it and left.",
        [("indirect", "to look into it", "The mayor", "promised")],
    ),
    "a condition": (
        "The mayor promised to close the bridge if it rains.",
        [("indirect", "to close the bridge if it rains", "The mayor", "promised")],
    ),
    "background on a person": (
        "Quill said the road was planned by Ada Osei, who retired in May.",
        [("indirect", "the road was planned by Ada Osei", "Quill", "said")],
    ),
    "parenthetical": (
        "The bridge, the mayor said, will be safe by May.",
        [("indirect", "The bridge", "the mayor", "said"), ("indirect", "will be safe by May", "the mayor", "said")],
    ),
    "reported on both sides": (
        "The bridge is safe, the mayor said on Monday, and it will stay open.",
        [
            ("indirect", "The bridge is safe", "the mayor", "said"),
            ("indirect", "and it will stay open", "the mayor", "said"),
        ],
    ),
    "a long subject at the end": (
        "The bridge will close in May, the head of the city's road department said.",
        [("indirect", "The bridge will close in May", "the head of the city's road department", "said")],
    ),
    "as she said": (
        "As the mayor of the town said, the bridge was built in 1901.",
        [("indirect", "the bridge was built in 1901", "the mayor of the town", "said")],
    ),
    "that behind an occasion": (
        "The mayor said in a statement on Monday that the bridge was safe.",
        [("indirect", "that the bridge was safe", "The mayor", "said")],
    ),
    "a gerund": (
        "The report recommends selling the bridge.",
        [("indirect", "selling the bridge", "The report", "recommends")],
    ),
    "a figure": (
        "The mayor put the damage at two million crowns.",
        [("indirect", "the damage at two million crowns", "The mayor", "put")],
    ),
    "a noun phrase": (
        "The mayor denounced the plan to sell the bridge.",
        [("indirect", "the plan to sell the bridge", "The mayor", "denounced")],
    ),
    "a name for the object": (
        "The mayor called the plan a mistake.",
        [("indirect", "the plan a mistake", "The mayor", "called")],
    ),
    "quoted as saying": (
        "State radio quoted Ada Quill as saying that the bridge was safe.",
        [("indirect", "that the bridge was safe", "Ada Quill", "saying")],
    ),
    "fragments joined by a coordinator": (
        "The crowd chanted “save the bridge” and “no more cars”.",
        [("mixed", "“save the bridge” and “no more cars”", "The crowd", "chanted")],
    ),
    "one word before the mark": (
        "They “never checked the bridge,” said Ada Quill.",
        [("mixed", "They “never checked the bridge,”", "Ada Quill", "said")],
    ),
    "content that ends in a mark": (
        "The mayor said the city was checking the bridge and would reply “in due course.”",
        [("mixed", "the city was checking the bridge and would reply “in due course.”", "The mayor", "said")],
    ),
    "according to": (
        "The bridge was safe, according to a report by the city.",
        [("indirect", "The bridge was safe", "a report by the city", "according to")],
    ),
    "a noun of speech": (
        "Nobody believed his claim that the bridge was safe.",
        [("indirect", "that the bridge was safe", "his", "claim")],
    ),
    "asked in front of the answer": (
        "Asked if the bridge was safe, Quill said it was.",
        [("indirect", "if the bridge was safe", None, "Asked"), ("indirect", "it was", "Quill", "said")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_reported_speech(quotes_of: QuotesOf, text: str, expected: list[tuple[str, str, str | None, str]]) -> None:
    found = [(quote.type, quote.content, quote.speaker, quote.cue) for quote in quotes_of(text)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "content", "hearer"),
    [
        ("The mayor urged people to stay at home.", "to stay at home", "people"),
        ("The mayor asked the clerk to open the bridge.", "to open the bridge", "the clerk"),
        ("The mayor told drivers not to use the bridge.", "not to use the bridge", "drivers"),
        ("The mayor called on drivers to use the ferry.", "to use the ferry", "drivers"),
        (
            "Quill told councillors that 64 jobs would go within a year.",
            "that 64 jobs would go within a year",
            "councillors",
        ),
        ("The clerk asked her whether the bridge was safe.", "whether the bridge was safe", "her"),
    ],
)
def test_the_hearer_is_no_part_of_the_content(quotes_of: QuotesOf, text: str, content: str, hearer: str) -> None:
    (quote,) = quotes_of(text)
    assert (quote.content, quote.addressee) == (content, hearer)


@pytest.mark.parametrize(
    ("text", "speaker", "via"),
    [
        ("State radio quoted Ada Quill as saying that the bridge was safe.", "Ada Quill", "State radio"),
        (
            "The bridge was safe, Ada Quill said on Monday, the Harwick Gazette reports.",
            "Ada Quill",
            "the Harwick Gazette",
        ),
        ("“The bridge is safe,” Quill told reporters, Reuters reports.", "Quill", "Reuters"),
        ("“The bridge is safe,” Quill said.", "Quill", None),
        ("The mayor said the bridge was safe.", "The mayor", None),
    ],
)
def test_second_hand_reports(quotes_of: QuotesOf, text: str, speaker: str, via: str | None) -> None:
    (quote,) = quotes_of(text)
    assert (quote.speaker, quote.via) == (speaker, via)


@pytest.mark.parametrize(
    "text",
    [
        "The mayor declined to comment on the bridge.",
        "The clerk, who asked not to be named, left.",
        "She works for a firm called Quill and Sons.",
        "The mayor called her lawyer.",
        "The mayor wants to sell the bridge.",
        "The mayor believes that the bridge is safe.",
        "The mayor plans to repair the bridge in May.",
        "They discussed her memoir, “Low Water.”",
        "They took the stage to “Harbour Lights.”",
        "Harwick Steel (NYSE: HWS) rose on Monday.",
        "Photo: the bridge in May.",
        "Price: 20 crowns.\n\nColour: red.\n\nPrice: 30 crowns.",
    ],
)
def test_nothing_is_reported(quotes_of: QuotesOf, text: str) -> None:
    assert quotes_of(text) == []


def test_a_subheading_in_single_marks_is_no_quotation(quotes_of: QuotesOf) -> None:
    text = "“The bridge is safe,” Quill said.\n\n'A long way to go'\n\n“We checked it,” Quill said."
    assert len(quotes_of(text)) == 2


def test_short_turns_of_a_dialogue(quotes_of: QuotesOf) -> None:
    text = "“Is the bridge safe?” the clerk asked.\n\n“It is.”\n\n“Sure?”\n\n“Yes,” Quill said."
    assert [quote.content for quote in quotes_of(text)] == ["“Is the bridge safe?”", "“It is.”", "“Sure?”", "“Yes,”"]


def test_lines_of_an_interview_are_direct(quotes_of: QuotesOf) -> None:
    text = "QUILL: Is it “a toy” or not?\n\nOSEI: She said, “It is.” It is.\n\nQUILL: Oh."
    found = quotes_of(text)
    assert [(quote.type, quote.method, quote.speaker, quote.cue) for quote in found] == [
        ("direct", "transcript", "QUILL", None),
        ("direct", "transcript", "OSEI", None),
        ("direct", "transcript", "QUILL", None),
    ]
    assert found[1].content == "She said, “It is.” It is."
    assert found[1].parts == ["“It is.”"]
    assert len({quote.group for quote in found}) == 3


def test_a_headline_may_name_its_source(quotes_of: QuotesOf) -> None:
    (quote,) = quotes_of("Ada Quill: The bridge is safe and open\n\nIt was checked in May.")
    assert (quote.type, quote.speaker, quote.content) == ("indirect", "Ada Quill", "The bridge is safe and open")
