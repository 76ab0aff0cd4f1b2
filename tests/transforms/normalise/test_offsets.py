"""Each character that cleaning keeps can be traced to the place in the source that it came from."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalise.offsets import offset_map, to_text
from transforms.normalise.text import normalise_text

WORDS = st.sampled_from(["harbour", "crane", "Thornbury", "café", "“never”", "Oslo", "1911", "ferry’s", "gate"])
# What stands in the body, and what becomes of it.
NOISE = st.sampled_from(["\u00ad", "\u200b", "\x07", "\x00", "\u2060"])
GAPS = st.sampled_from([" ", "  ", "\u00a0", "\t", "\r\n", "\n\n", "\r\n\r\n\r\n\r\n", " \u200b"])


@dataclass(frozen=True)
class Built:
    """A dirty body, and the places in it of the visible characters in order."""

    body: str
    places: list[int]


@st.composite
def dirty(draw: st.DrawFn) -> Built:
    body, places = "", []
    for word in draw(st.lists(WORDS, min_size=1, max_size=30)):
        cut = draw(st.integers(0, len(word)))
        noise = draw(st.one_of(st.just(""), NOISE))
        for part, offset in ((word[:cut], 0), (noise, 0), (word[cut:], 0)):
            if part != noise or not noise:
                places += [len(body) + offset + index for index in range(len(part))]
            body += part
        body += draw(GAPS)
    return Built(body, places)


@given(dirty())
def test_kept_characters_are_traced_to_their_places(built: Built) -> None:
    normalised = normalise_text(built.body)
    visible = [offset for offset, character in enumerate(normalised.text) if not character.isspace()]
    assert [normalised.to_source(offset) for offset in visible] == built.places
    for offset in visible:
        assert normalised.text[offset] == built.body[normalised.to_source(offset)]


@given(st.text(max_size=200))
def test_any_text_has_a_rising_map_inside_the_body(body: str) -> None:
    normalised = normalise_text(body)
    offsets = offset_map(body, normalised.text)
    assert len(offsets) == len(normalised.text) + 1
    assert offsets == sorted(offsets)
    assert all(0 <= offset <= len(body) for offset in offsets)
    for offset in range(len(normalised.text)):
        assert to_text(offsets, offsets[offset]) >= offset


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("The chair\u00e2\u20ac\u2122s caf\u00c3\u00a9 in Oslo reopens.", "Oslo"),  # mojibake
        ("Fish &amp; chips, he said. &quot;Never&quot; in Oslo &rsquo;", "Oslo"),
        ("Cafe\u0301s of Oslo", "Oslo"),
        ("\ufeff  \r\n\r\nIn Oslo", "Oslo"),
        (
            "   The harbour council of the old town voted on Monday to keep its\n"
            "crane for another year, after a debate that went on for hours and\n"
            "in which hardly anybody could say what the crane was for, except\n"
            "perhaps the man from Oslo.\n",
            "Oslo",
        ),
    ],
)
def test_words_after_a_repair_are_found_at_their_place(body: str, word: str) -> None:
    normalised = normalise_text(body)
    start = normalised.text.index(word)
    assert normalised.source_span(start, start + len(word)) == (body.index(word), body.index(word) + len(word))


def test_the_map_is_linear() -> None:
    body = ("The caf\u00c3\u00a9 of Oslo &amp; the crane.\u00ad " * 20_000).strip()
    normalised = normalise_text(body)
    assert normalised.to_source(len(normalised.text)) == len(body) - 1
