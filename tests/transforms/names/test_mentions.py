from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Span

from transforms.names.components import (
    BorderSteps,
    Gazetteer,
    GazetteerSteps,
    LabelSteps,
    MentionFinder,
    NameBorders,
    NameLabels,
)
from transforms.names.spans import Mention

pytestmark = pytest.mark.model

ARTICLE = (
    "Norland will sign on one condition, Norlandic Foreign Minister Tomas Verrin declared Thursday.\n\n"
    "“We will respond,” Verrin told reporters in Harwick. Verrin’s deputy, Ilse Marrow, agreed.\n\n"
    "President Dana Okoye said the United States would wait. The U.S. is in no hurry, Okoye said."
)


def by_text(nlp: Language, text: str) -> dict[str, Mention]:
    doc = nlp(text)
    return {doc.text[mention.start : mention.end]: mention for mention in doc._.mentions}


def test_people_are_one_under_their_full_name(nlp: Language) -> None:
    doc = nlp(ARTICLE)
    names = {m.canonical_name for m in doc._.mentions if doc.text[m.start : m.end].endswith("Verrin")}
    assert names == {"Tomas Verrin"}


def test_roles_stand_beside_the_name(nlp: Language) -> None:
    mentions = by_text(nlp, ARTICLE)
    assert mentions["Tomas Verrin"].role == "Norlandic Foreign Minister"
    assert mentions["Dana Okoye"].role == "President"


def test_country_aliases_are_one_entity(nlp: Language) -> None:
    mentions = by_text(nlp, ARTICLE)
    assert mentions["U.S."].canonical_name == mentions["United States"].canonical_name == "United States"
    assert mentions["U.S."].cluster == mentions["United States"].cluster


def test_articles_possessives_and_marks_are_trimmed(nlp: Language) -> None:
    texts = set(by_text(nlp, ARTICLE))
    assert "United States" in texts
    assert "Verrin" in texts
    assert not {text for text in texts if text.lower().startswith("the ") or text.endswith("’s")}


def test_paragraphs_start_sentences_and_white_space_does_not(nlp: Language) -> None:
    doc = nlp("A first line without a stop\n\nAnother line follows it\n\n")
    starts = {sentence.start_char for sentence in doc.sents}
    assert {start for start, _ in doc._.paragraphs} <= starts
    assert all(not sentence.text.isspace() for sentence in doc.sents)


PIECES = st.sampled_from(
    [
        "Tomas Verrin",
        "Mr. Verrin’s",
        "the U.S.",
        "\n\n",
        "“",
        "”",
        "'",
        "said",
        "he",
        "The Harwick Times",
        "NORLAND",
        "Dana O’Keye",
        "United\nNations",
        "\t",
        "Dr.",
        "in",
        ".",
        ",",
        "–",
        "€5m",
        "May 5",
        "Žižek",
        "🙂",
        "\u200b",
    ]
)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_mentions_lie_in_the_text_sorted_and_apart(nlp: Language, text: str) -> None:
    doc = nlp(text)
    end = 0
    for mention in doc._.mentions:
        assert end <= mention.start < mention.end <= len(text)
        stretch = text[mention.start : mention.end]
        assert stretch == stretch.strip()
        assert "\n" not in stretch
        assert mention.canonical_name
        end = mention.end


def test_the_same_text_gives_the_same_mentions(nlp: Language) -> None:
    assert nlp(ARTICLE)._.mentions == nlp(ARTICLE)._.mentions


def test_a_surname_is_a_person_whatever_the_model_says(nlp: Language) -> None:
    doc = nlp(
        "Robert Hale won. Hale’s plan for Hale Steel was known; the Hale administration begins in May. Hale left."
    )
    hales = [m for m in doc._.mentions if doc.text[m.start : m.end] == "Hale"]
    assert {(m.label, m.canonical_name) for m in hales} == {("PERSON", "Robert Hale")}
    assert all(m.label_source != "model" for m in hales if m.label_model != "PERSON")


def test_honorifics_part_namesakes(nlp: Language) -> None:
    text = "Susan Marrow met Robert Marrow in Harwick. Mrs. Marrow spoke first. Mr. Marrow listened to Mrs. Marrow."
    doc = nlp(text)
    bare = [m.canonical_name for m in doc._.mentions if doc.text[m.start : m.end] == "Marrow"]
    assert bare == ["Susan Marrow", "Robert Marrow", "Susan Marrow"]


def test_each_step_has_its_switch(nlp: Language) -> None:
    doc = nlp.make_doc("Robert Hale spoke to Hale’s friends.")
    doc.set_ents([Span(doc, 4, 6, label="ORG")])
    for component in (
        NameBorders(BorderSteps(**dict.fromkeys(asdict(BorderSteps()), False))),
        Gazetteer(GazetteerSteps(**dict.fromkeys(asdict(GazetteerSteps()), False))),
        NameLabels(LabelSteps(**dict.fromkeys(asdict(LabelSteps()), False))),
        MentionFinder(),
    ):
        component(doc)
    (mention,) = doc._.mentions
    assert (doc.text[mention.start : mention.end], mention.label, mention.label_source) == ("Hale’s", "ORG", "model")


def test_one_switch_of_a_component_leaves_the_others_on(nlp: Language) -> None:
    made = nlp.create_pipe("onrecord_name_labels", config={"steps": {"carry_over": False}})
    assert made.steps == LabelSteps(carry_over=False)  # type: ignore[attr-defined]
