"""Quotation marks: styles, nesting, apostrophes, unclosed and continued stretches, and time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.marks import quoted_regions


def regions(text: str) -> list[str]:
    return [text[region.start : region.end] for region in quoted_regions(text, paragraphs(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We are late,” she said.", ["“We are late,”"]),
        ('"We are late," she said. "Go."', ['"We are late,"', '"Go."']),
        ("''We are late,'' she said.", ["''We are late,''"]),
        ("``We are late,'' she said.", ["``We are late,''"]),
        ("‘We’re late,’ she said.", ["‘We’re late,’"]),
        ("'We're late,' she said.", ["'We're late,'"]),
        ("«We are late», she said.", ["«We are late»"]),
        ("« We are late », she said.", ["« We are late »"]),
        ("„We are late“, she said.", ["„We are late“"]),
        ("„We are late”, she said.", ["„We are late”"]),
        ("”We are late”, she said.", ["”We are late”"]),
    ],
)
def test_every_style_of_marks(text: str, expected: list[str]) -> None:
    assert regions(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“He told me, ‘Go home,’ and I went,” she said.", ["“He told me, ‘Go home,’ and I went,”"]),
        ("\"He told me, 'Go home,' and I went,\" she said.", ["\"He told me, 'Go home,' and I went,\""]),
        ("“He told me, “Go home,” and I went,” she said.", ["“He told me, “Go home,” and I went,”"]),
        ('"He told me "Go home" and I went," she said.', ['"He told me "Go home" and I went,"']),
        ("‘The “Gull” sank,’ she said.", ["‘The “Gull” sank,’"]),
    ],
)
def test_inner_marks_stay_inside_the_outer_region(text: str, expected: list[str]) -> None:
    assert regions(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The Quills' house and the boys’ boat are for sale.",
        "It's Ada's, isn't it? ’Twas in the '90s, rock 'n' roll.",
        'She is 5\'11" and he is 6’2" tall.',
        'A 12" pipe burst.',
    ],
)
def test_apostrophes_and_inches_open_nothing(text: str) -> None:
    assert regions(text) == []


def test_an_unclosed_mark_ends_at_its_paragraph() -> None:
    text = "“We are late, she said.\n\nThe boat left. “All is well,” he said."
    assert regions(text) == ["“We are late, she said.", "“All is well,”"]


def test_a_reopening_mark_continues_the_paragraph_before() -> None:
    text = "“We are late.\n\n“The boat left,” she said."
    found = quoted_regions(text, paragraphs(text))
    assert [region.continued for region in found] == [False, True]
    assert [region.closed for region in found] == [False, True]


def test_a_quotation_that_does_not_reopen_is_closed_in_the_next_paragraph() -> None:
    assert regions("“We are late.\n\nThe boat left,” she said.") == ["“We are late.", "The boat left,”"]


def test_a_stray_closing_mark_costs_nothing() -> None:
    assert regions("We are late,” she said. “Go.”") == ["“Go.”"]


def test_mixed_curly_and_straight_marks_match() -> None:
    assert regions('“We are late," she said.') == ['“We are late,"']


@given(st.text(alphabet="ab.,'\"“”‘’„«»` \n", max_size=200))
def test_regions_are_ordered_and_stay_in_their_paragraph(text: str) -> None:
    stretches = paragraphs(text)
    last = 0
    for region in quoted_regions(text, stretches):
        start, end = stretches[region.paragraph]
        assert start <= region.start < region.end <= end
        assert last <= region.start <= region.inner_start <= region.inner_end <= region.end
        last = region.end


@pytest.mark.parametrize(
    "text",
    [
        "“" * 10_000 + "x" + "”" * 10_000,
        '" ' * 10_000,
        "'a " * 10_000,
        "‘a’ " * 20_000,
        '"a" ' * 50_000,
        "“a " * 20_000,
    ],
    ids=["nested", "straight", "apostrophes", "single", "pairs", "unclosed"],
)
def test_many_marks_take_linear_time(text: str) -> None:
    began = time.perf_counter()
    quoted_regions(text, [(0, len(text.rstrip()))])
    assert time.perf_counter() - began < 3
