"""Lines in capitals in true case: what changes, what stays, and that no offset moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from transforms.names.truecase import truecase

WORDS = frozenset({"minister", "quit", "after", "fire", "strike", "end"})


def is_word(word: str) -> bool:
    return word in WORDS or word.removesuffix("s") in WORDS


@pytest.mark.parametrize(
    ("line", "cased"),
    [
        ("MINISTER QUITS AFTER HARWICK FIRE", "Minister quits after Harwick fire"),
        ("O'BRIEN ENDS STRIKE IN NEW YORK", "O'Brien ends strike in New York"),
        ("UKRAINE: STRIKES ON KYIV", "Ukraine: strikes on Kyiv"),
        ("U.S. STRIKE AFTER FIRE", "U.S. strike after fire"),
        ("HARWICK’S FIRE ENDS", "Harwick’s fire ends"),
        ("NATO", "NATO"),
        ("TV", "TV"),
        ("Minister quits", "Minister quits"),
    ],
)
def test_headlines(line: str, cased: str) -> None:
    assert truecase(line, is_word) == cased


def test_the_text_itself_knows_best() -> None:
    text = "RSB BLAMES FIRE FOR TORVIK ENDS\n\nThe RSB said Fire Torvik was late. It blames the end."
    assert truecase(text, is_word).split("\n")[0] == "RSB blames Fire for Torvik end" + "s"


@pytest.mark.parametrize(
    ("line", "cased"),
    [
        ("HARWICK (Reuters) - The mayor spoke.", "Harwick (Reuters) - The mayor spoke."),
        ("HARWICK, Norland, May 5 — The mayor spoke.", "Harwick, Norland, May 5 — The mayor spoke."),
        ("UNITED NATIONS 1996-08-29", "United Nations 1996-08-29"),
        ("NATO said that it would wait.", "NATO said that it would wait."),
    ],
)
def test_datelines(line: str, cased: str) -> None:
    assert truecase(line, is_word) == cased


PIECES = st.sampled_from(
    [
        "HARWICK",
        "İSTANBUL",
        "STRASSE",
        "ß",
        "Ǆ",
        "NATO",
        "O'BRIEN",
        "said",
        "The",
        "U.S.",
        "\n",
        "\n\n",
        "—",
        "(AP)",
        "5",
        "🙂",
        ",",
    ]
)


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=80))
def test_nothing_but_the_case_changes(text: str) -> None:
    cased = truecase(text, is_word)
    assert len(cased) == len(text)
    assert all(one == other or one.casefold() == other.casefold() for one, other in zip(text, cased, strict=True))
    assert truecase(cased, is_word) is not None


@pytest.mark.model
def test_mentions_in_headlines_stand_where_the_text_has_them(nlp: Language) -> None:
    text = "MARROW QUITS AS MAYOR OF PARIS\n\nSusan Marrow quit as mayor on Monday. She left Paris."
    doc = nlp(text)
    found = {(text[m.start : m.end], m.canonical_name) for m in doc._.mentions if m.start < text.index("\n")}
    assert found == {("MARROW", "Susan Marrow"), ("PARIS", "Paris")}
    assert doc._.written == text
    assert len(doc.text) == len(text)
