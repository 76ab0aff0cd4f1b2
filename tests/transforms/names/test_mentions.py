import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

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
