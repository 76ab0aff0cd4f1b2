"""What acts is seen and does not act."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.display.visible import visible, visible_characters, visible_json

ANY = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "⟨U+001B⟩[31mred"),
        ("\x00\x07\r\x7f", "⟨U+0000⟩⟨U+0007⟩⟨U+000D⟩⟨U+007F⟩"),
        ("\x9b2J", "⟨U+009B⟩2J"),
        ("a\u202eb\u202c", "a⟨U+202E⟩b⟨U+202C⟩"),
        ("in\u200bvi\ufeffsible\u00ad", "in⟨U+200B⟩vi⟨U+FEFF⟩sible⟨U+00AD⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("para\u2029graph", "para⟨U+2029⟩graph"),
    ],
)
def test_what_acts_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    ["", "“Plain” – naïve 東京\tand\nlines", "قال الوزير", "👩\u200d👧 and 👍🏽 and ☎\ufe0f", "می\u200cخواهم"],
)
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_a_joiner_between_latin_letters_is_hidden_text() -> None:
    assert visible("pay\u200dpal") == "pay⟨U+200D⟩pal"


@given(ANY)
def test_nothing_that_acts_is_left(text: str) -> None:
    for char in visible(text):
        assert char in "\n\t\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}, repr(char)
        assert unicodedata.bidirectional(char) not in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(ANY)
def test_characters_join_to_the_text(text: str) -> None:
    shown = visible_characters(text)
    assert len(shown) == len(text)
    assert "".join(shown) == visible(text)


@given(st.dictionaries(ANY, ANY, max_size=4))
def test_json_keeps_its_values(value: dict[str, str]) -> None:
    written = visible_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(written) == value
    assert visible(written) == written
