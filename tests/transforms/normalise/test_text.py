import time
import unicodedata

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalise.characters import _REPAIR, repair_encoding
from transforms.normalise.paragraphs import paragraphs
from transforms.normalise.text import normalise_line, normalise_text

WRAPPED = """The council of Port Marrow met for the whole of the evening and could
not agree on the price of the old crane, whose owner wants it to stay
where it has stood since the harbour was built.
    A second meeting was called by the chair, who said that she would
not go home without a vote, whatever the hour, and that the well-
known crane deserved no less.
 Reuter
\x03"""

FRAGMENTS = st.sampled_from(
    [
        "â€™",
        "Ã©",
        "&amp;",
        "&lt;",
        "\u00ad",
        "\u200b",
        "\u200d",
        "\u200c",
        "👩",
        "🎉",
        "\u00a0",
        "\t",
        "\r\n",
        "\r",
        "\n\n\n",
        "\x00",
        "\x85",
        "\x9d",
        "\u2028",
        "\ufeff",
        "\ud83d",
        "\ude00",
        "e\u0301",
        "می\u200cخواهم",
        " \n",
        "word",
        "Â ",
        "Ã ",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=15).map("".join), st.just(WRAPPED))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("  one \n\n\n\n two  \n", "one\n\n two"),
        ("gov\u00adern\u00adment\u200b no\u00a0more\u2009now\tthen", "government no more now then"),
        ("“as” ‘written’ «here» \"and\" 'there' ''so''", "“as” ‘written’ «here» \"and\" 'there' ''so''"),
        ("Itâ€™s a cafÃ©", "It’s a café"),
        ("â€œIt stays,â€ she said. â€œGood.â€", "“It stays,” she said. “Good.”"),
        ("the sign â€\u00a0 means dead", "the sign † means dead"),
        ("It stays.\n Reuter\n\x03", "It stays."),
        ("It stays.\nREUTER\x03\n", "It stays."),
        ("It stays.\nReuter", "It stays.\nReuter"),
        ("Smith &amp; Sons", "Smith & Sons"),
        ("<b>Smith &amp; Sons</b>", "<b>Smith &amp; Sons</b>"),
        ("cafe\u0301", "café"),
        ("ﬁrst ½ ①", "ﬁrst ½ ①"),
        ("family 👩\u200d👩\u200d👧 x\u200dy", "family 👩\u200d👩\u200d👧 xy"),
        ("می\u200cخواهم a\u200cb", "می\u200cخواهم ab"),
        ("a\x00b\x03c\x7fd", "abcd"),
        ("half \ud83d pair \ud83d\ude00", "half \ufffd pair 😀"),
        ("one\u2028two\u2029three", "one\ntwo\n\nthree"),
    ],
)
def test_steps(body, text):
    assert normalise_text(body).text == text


def test_wrapped_lines_become_paragraphs_and_are_told():
    made = normalise_text(WRAPPED)
    first, second = made.text.split("\n\n")
    assert first.startswith("The council of Port Marrow met for the whole of the evening and could not agree")
    assert "the well-known crane deserved no less." in second
    assert made.warnings == ("lines_rejoined",)
    assert len(paragraphs(WRAPPED.removesuffix("\x03"))) == 3


@pytest.mark.parametrize(
    "text",
    [
        "A short line.\nAnother line that is a little longer.\nA third.\nAnd the last of them all.",
        "The first paragraph is a long one that runs past any width of wrapped text, as paragraphs of news do.\n"
        "The second one is as long, because nobody wrapped this text, and every line of it stands for a paragraph.\n"
        "And the third.",
        "Roses are red in the town of Port Marrow,\nviolets are blue there,\nand the crane\nis old.",
        "Marrow 3 Thornbury 1 at half time in the rain\nVance 2 Harbour 2 after a long second period\n"
        "Gulls 0 Terns 4 with two goals by the keeper",
    ],
)
def test_lines_that_are_paragraphs_stay(text):
    assert normalise_text(text).text == text
    assert len(paragraphs(text)) == text.count("\n") + 1


@given(TEXTS)
def test_normalising_twice_changes_nothing_more(body):
    once = normalise_text(body).text
    assert normalise_text(once).text == once


@given(TEXTS)
def test_no_forbidden_character_remains(body):
    text = normalise_text(body).text
    assert text == text.strip()
    assert unicodedata.is_normalized("NFC", text)
    assert "\n\n\n" not in text
    assert " \n" not in text
    for character in text:
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cs", "Zl", "Zp") or character == "\n"
        assert category != "Zs" or character == " "
        assert character not in "\u00ad\u200b\u2060\ufeff\u202e"
    text.encode("utf-8")


@given(TEXTS)
def test_paragraphs_cover_all_words_of_any_text(text):
    covered = set()
    last = -1
    for start, end in paragraphs(text):
        assert last < start < end
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        covered.update(range(start, end))
        last = end - 1
    assert all(character.isspace() for index, character in enumerate(text) if index not in covered)


@pytest.mark.parametrize(
    "unit", [" ", "\n", "\u200d", "“", "a", " a\n", "a ", "\u00a0", "(", "&amp;", "\u00a0\n", "A ", "By Aa "]
)
def test_time_is_linear(unit):
    text = unit * (400_000 // len(unit))
    started = time.process_time()
    normalise_text(text)
    paragraphs(text)
    assert time.process_time() - started < 5


def test_lines_for_titles():
    assert normalise_line(" A\n  title\u00a0here ") == "A title here"
    assert normalise_line(" \u200b ") is None
    assert normalise_line(None) is None


DAMAGED = [
    "â€™",
    "Ã©",
    "Â ",
    "\nÃ ",
    "à ",
    "Œ\n",
    "œuvre",
    "&amp;",
    "&hellip;",
    "&#x80;",
    "&",
    "<b>",
    "\x1b[3m",
    "\x85",
]
CLEAN = ["“Yes”", "café", "–", " ", "\n", "a", "S", "1", "…"]


@given(st.lists(st.one_of(st.sampled_from([*DAMAGED, *CLEAN]), st.text(max_size=3))))
def test_encoding_repair_gives_what_ftfy_gives_for_the_whole_text(parts: list[str]) -> None:
    text = "".join(parts)
    assert repair_encoding(text) == ftfy.fix_text(text, _REPAIR)
