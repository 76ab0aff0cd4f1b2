"""Labels and borders beyond the model: each sentence is there for one rule."""

import pytest
from spacy.language import Language

pytestmark = pytest.mark.model


def labels(nlp: Language, text: str) -> dict[str, str]:
    doc = nlp(text)
    return {doc.text[m.start : m.end]: m.label for m in doc._.mentions}


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("The Harwick Road Safety Board (HRSB) met. It was HRSB that asked.", "HRSB", "ORG"),
        ("The talks follow the Cuban Missile Crisis of 1962.", "Cuban Missile Crisis", "EVENT"),
        ("She won the U.S. Open in New York.", "U.S. Open", "EVENT"),
        ("He posted it on Twitter. Twitter said nothing.", "Twitter", "ORG"),
        ("HARWICK WAITS\n\nTALLINN (Reuters) - The mayor of Harwick waited.", "TALLINN".capitalize(), "GPE"),
    ],
)
def test_a_name_has_the_label(nlp: Language, text: str, name: str, label: str) -> None:
    assert labels(nlp, text).get(name) == label


def test_a_city_is_no_place_in_a_longer_name_nor_as_a_surname(nlp: Language) -> None:
    found = labels(nlp, "Jack London wrote it. London was young. Torvik beat Manchester United.")
    assert found["London"] == "PERSON"
    assert "Manchester" not in found


def test_the_government_of_a_people_is_its_state(nlp: Language) -> None:
    doc = nlp("The Russian government agreed with Russia’s neighbours. Russian songs were sung.")
    names = [(doc.text[m.start : m.end], m.canonical_name) for m in doc._.mentions]
    assert names == [("Russian", "Russia"), ("Russia", "Russia"), ("Russian", "Russian")]


def test_speakers_are_the_entities_of_the_names(nlp: Language) -> None:
    doc = nlp("“It holds,” said Mayor Susan Marrow. “It will,” Marrow said.")
    canonical = {m.canonical_name for m in doc._.mentions}
    assert {quote.speaker_canonical for quote in doc._.quotes} == {"Susan Marrow"} == canonical
