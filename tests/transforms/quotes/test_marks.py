"""Quotation marks: styles, nesting, apostrophes, unclosed and continued stretches, and time."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.quotes.work import calls
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
        ("»We are late«, she said.", ["»We are late«"]),
        ("‹We are late›, she said.", ["‹We are late›"]),
        ("‚We are late‘, she said.", ["‚We are late‘"]),
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
        ("‘He said, “Go home.”’ She went.", ["‘He said, “Go home.”’"]),
        ("«He told me: ‹Go home.› I went,» she said.", ["«He told me: ‹Go home.› I went,»"]),
        ("“He said, ‘She said, “Go,” twice,’ and left,” she said.", ["“He said, ‘She said, “Go,” twice,’ and left,”"]),
        ('"The pipe was 14" wide, maybe more," she said.', ['"The pipe was 14" wide, maybe more,"']),
        ('"The pipe was 14" she said, "or 15."', ['"The pipe was 14"', '"or 15."']),
        ("“The pipe was 14” she said.", ["“The pipe was 14”"]),
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
    text = "“We are late and it rains.\n\nThe boat left. “All is well,” he said."
    assert regions(text) == ["“We are late and it rains.", "“All is well,”"]


@pytest.mark.parametrize(
    "text",
    [
        "“We are late, said Ada Quill, the mayor.",
        "“We are late, she said.",
        "“We are late, the mayor said.",
        "“We are late, says a neighbour.",
    ],
)
def test_a_reporting_clause_shows_where_a_mark_was_forgotten(text: str) -> None:
    assert regions(text) == ["“We are late,"]


def test_a_reopening_mark_continues_the_paragraph_before() -> None:
    text = "“We are late.\n\n“The boat left,” she said."
    found = quoted_regions(text, paragraphs(text))
    assert [region.continued for region in found] == [False, True]
    assert [region.closed for region in found] == [False, True]


@pytest.mark.parametrize("mark", ["‘", "'"])
def test_single_marks_reopen_too(mark: str) -> None:
    text = f"{mark}We are late.\n\n{mark}The boat left.\n\n{mark}It rained,{'’' if mark == '‘' else mark} she said."
    assert [text[region.start] for region in quoted_regions(text, paragraphs(text))] == [mark] * 3


def test_an_apostrophe_at_the_start_of_two_paragraphs_opens_nothing() -> None:
    assert regions("’Twas late.\n\n’Twas dark.") == []


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


SOUND = [
    "“We are late,” she said.",
    '"We are late," she said. "Go."',
    "‘We’re late,’ she said.",
    "It rained.",
    "«Yes», he said.",
]


@given(
    st.lists(st.sampled_from(SOUND), min_size=1, max_size=5),
    st.lists(st.sampled_from(SOUND), min_size=1, max_size=5),
    st.sampled_from(SOUND),
    st.sampled_from("\"'“”‘’„«»`"),
    st.data(),
)
def test_one_odd_mark_never_changes_other_paragraphs(
    before: list[str], after: list[str], odd: str, mark: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(odd)))

    def others(middle: str) -> list[list[str]]:
        text = "\n\n".join([*before, middle, *after])
        found: list[list[str]] = [[] for _ in range(len(before) + len(after) + 1)]
        for region in quoted_regions(text, paragraphs(text)):
            found[region.paragraph].append(text[region.start : region.end])
        return found[: len(before)] + found[len(before) + 1 :]

    assert others(odd[:at] + mark + odd[at:]) == others("It rained.")


MANY = {
    "nested": lambda size: "“" * size + "x" + "”" * size,
    "straight": lambda size: '" ' * size,
    "apostrophes": lambda size: "'a " * size,
    "single": lambda size: "‘a’ " * size,
    "pairs": lambda size: '"a" ' * size,
    "unclosed": lambda size: "“a " * size,
    "inches": lambda size: '"a 1" b ' * size,
    "reporting clauses": lambda size: "“a, said A " * size,
    "singles around doubles": lambda size: "‘" + "“a” " * size + "b’",
}


@pytest.mark.parametrize("many", MANY.values(), ids=MANY)
def test_twice_the_marks_take_twice_the_work(many: Callable[[int], str]) -> None:
    def work(size: int) -> int:
        text = many(size).rstrip()
        return calls(lambda: quoted_regions(text, [(0, len(text))]))

    assert work(4_000) <= 2.2 * work(2_000) + 1_000
