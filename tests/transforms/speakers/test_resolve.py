"""Quotes come from a fake here: the speaker rules are tested apart from the quote extractor."""

import re

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from transforms.names.components import (
    BorderSteps,
    Gazetteer,
    GazetteerSteps,
    LabelSteps,
    MentionFinder,
    NameBorders,
    NameLabels,
)
from transforms.quotes.spans import QuoteSpan, Span
from transforms.records import QuoteType, SpeakerType
from transforms.speakers.lexicon import confidence_of
from transforms.speakers.resolve import resolve_speakers

pytestmark = pytest.mark.model


def resolved(
    nlp: Language, text: str, *speakers: str | None, cues: tuple[str, ...] = (), method: str = "test"
) -> list[QuoteSpan]:
    """Resolve the “…” stretches of ``text``; ``speakers[i]`` is the source as written nearest to the i-th of them."""
    doc: Doc = nlp(text)
    for component in (
        NameBorders(BorderSteps()),
        Gazetteer(GazetteerSteps()),
        NameLabels(LabelSteps()),
        MentionFinder(),
    ):
        component(doc)
    spans = [Span(match.start(), match.end()) for match in re.finditer("“[^”]*”", text)]
    doc._.quotes = [
        QuoteSpan(
            span,
            QuoteType.DIRECT,
            number,
            speaker=_nearest(text, span, speaker),
            confidence=1.0,
            attribution_method=method,
        )
        for number, (span, speaker) in enumerate(zip(spans, speakers, strict=True))
    ]
    for quote, cue in zip(doc._.quotes, cues, strict=False):
        quote.cue_lemma = cue
    resolve_speakers(doc)
    return list(doc._.quotes)


def _nearest(text: str, quote: Span, speaker: str | None) -> Span | None:
    if speaker is None:
        return None
    found = [Span(m.start(), m.end()) for m in re.finditer(rf"\b{re.escape(speaker)}\b", text)]
    outside = [span for span in found if span.end <= quote.start or span.start >= quote.end]
    return min(outside, key=lambda span: min(abs(span.start - quote.end), abs(quote.start - span.end)))


def test_a_surname_is_the_full_name(nlp: Language) -> None:
    text = "Mayor Tomas Verrin opened the bridge on Monday.\n\n“It will stand for a century,” Verrin said."
    (quote,) = resolved(nlp, text, "Verrin")
    assert (quote.speaker_type, quote.speaker_canonical) == (SpeakerType.NAMED, "Tomas Verrin")


def test_a_pronoun_is_the_person_quoted_before(nlp: Language) -> None:
    text = (
        "Tomas Verrin met Alan Prewitt in Harwick.\n\n“We are close,” Verrin told reporters.\n\n"
        "“Nobody wants a strike,” he said."
    )
    quotes = resolved(nlp, text, "Verrin", "he")
    assert (quotes[1].speaker_type, quotes[1].speaker_canonical) == (SpeakerType.PRONOUN, "Tomas Verrin")


@pytest.mark.parametrize(("pronoun", "name"), [("he", "Robert Hale"), ("she", "Susan Marrow")])
def test_a_pronoun_agrees_in_gender(nlp: Language, pronoun: str, name: str) -> None:
    text = f"Susan Marrow and Robert Hale visited the school in Harwick. “It needs a roof,” {pronoun} said."
    assert resolved(nlp, text, pronoun)[0].speaker_canonical == name


def test_people_do_not_name_themselves(nlp: Language) -> None:
    text = "Alan Prewitt spoke after Robert Hale. “Alan Prewitt is wrong about the bridge,” he said."
    assert resolved(nlp, text, "he")[0].speaker_canonical == "Robert Hale"


def test_a_title_is_its_only_holder(nlp: Language) -> None:
    text = (
        "Foreign Minister Tomas Verrin arrived in Harwick on Monday with Alan Prewitt.\n\n"
        "“We will sign,” the minister said."
    )
    (quote,) = resolved(nlp, text, "the minister")
    assert (quote.speaker_type, quote.speaker_canonical) == (SpeakerType.NOMINAL, "Tomas Verrin")


def test_a_title_with_two_holders_is_left_open(nlp: Language) -> None:
    text = "Senator Tomas Verrin and Senator Alan Prewitt voted in Harwick.\n\n“We will sign,” the senator said."
    assert resolved(nlp, text, "the senator")[0].speaker_canonical is None


@pytest.mark.parametrize(
    ("speaker", "kind"),
    [
        ("The report", SpeakerType.DOCUMENT),
        ("Reuters", SpeakerType.ORGANISATION),
        ("A neighbour", SpeakerType.NOMINAL),
        ("They", SpeakerType.PRONOUN),
    ],
)
def test_kinds_of_speakers(nlp: Language, speaker: str, kind: SpeakerType) -> None:
    (quote,) = resolved(nlp, f"It rained in Harwick all day. {speaker} said “the river rose by a metre”.", speaker)
    assert quote.speaker_type is kind


def test_nobody_is_guessed(nlp: Language) -> None:
    quotes = resolved(nlp, "“It is over,” he said. It rained.\n\n“Is it?”\n\nIt rained again.", "he", None)
    assert [quote.speaker_canonical for quote in quotes] == [None, None]
    assert quotes[0].speaker_type is SpeakerType.PRONOUN


def test_a_floating_paragraph_carries_the_speaker_on(nlp: Language) -> None:
    text = (
        "“We are close,” Tomas Verrin told reporters.\n\n“Nobody wants a strike. Nobody.”\n\n"
        "The talks go on. A sign read “No strike” in red."
    )
    quotes = resolved(nlp, text, "Tomas Verrin", None, None)
    assert (quotes[1].speaker_canonical, quotes[1].attribution_method) == ("Tomas Verrin", "carried")
    assert (quotes[2].speaker, quotes[2].speaker_type) == (None, SpeakerType.NONE)


def test_a_relative_pronoun_is_its_antecedent(nlp: Language) -> None:
    text = "The plan was drawn up by Tomas Verrin, who said “it will take ten years”."
    assert resolved(nlp, text, "who")[0].speaker_canonical == "Tomas Verrin"


def test_questions_and_answers_take_turns(nlp: Language) -> None:
    text = (
        "“Will the bridge hold?” Ilse Marrow asked.\n\n“It will,” Tomas Verrin said.\n\n“For how long?”\n\n"
        "“A hundred years.”"
    )
    quotes = resolved(nlp, text, "Ilse Marrow", "Tomas Verrin", None, None)
    assert [quote.speaker_canonical for quote in quotes] == ["Ilse Marrow", "Tomas Verrin"] * 2


def test_a_title_agrees_with_its_place(nlp: Language) -> None:
    text = (
        "Norland Senator Tomas Verrin met Harwick Senator Alan Prewitt on Monday.\n\n"
        "“We will sign,” the Harwick senator said."
    )
    assert resolved(nlp, text, "the Harwick senator")[0].speaker_canonical == "Alan Prewitt"


def test_numbers_are_nobody(nlp: Language) -> None:
    assert resolved(nlp, "They met in Harwick. “We are tired,” 43 said.", "43")[0].speaker_canonical is None


def test_the_same_text_gives_the_same_speakers(nlp: Language) -> None:
    text = "Susan Marrow and Robert Hale met. “It needs a roof,” she said.\n\n“And a door.”\n\n“True,” he said."
    assert resolved(nlp, text, "she", None, "he") == resolved(nlp, text, "she", None, "he")


@pytest.mark.parametrize(
    ("text", "speaker", "kind", "name"),
    [
        (
            "Sen. Theo Brannock voted yes. Lydia Marsh did not.\n\n“It can be reversed,” the senator said.",
            "the senator",
            SpeakerType.NOMINAL,
            "Theo Brannock",
        ),
        (
            "The levy was studied by the Institute of Rural Economy.\n\n“It is small,” the institute said.",
            "the institute",
            SpeakerType.ORGANISATION,
            "Institute of Rural Economy",
        ),
        (
            "Transport Minister Gareth Pomeroy resigned. He wrote to Prime Minister Edmund Crale.\n\n"
            "“I never asked for one,” the minister said.",
            "the minister",
            SpeakerType.NOMINAL,
            "Gareth Pomeroy",
        ),
        (
            "The vote was close. “It was noise,” the mayor of Stowle, Wendeline Prior, said.",
            "the mayor of Stowle, Wendeline Prior",
            SpeakerType.NAMED,
            "Wendeline Prior",
        ),
        ("It rained. “We saw nothing,” the fire brigade said.", "the fire brigade", SpeakerType.ORGANISATION, None),
    ],
)
def test_functions_and_bodies(nlp: Language, text: str, speaker: str, kind: SpeakerType, name: str | None) -> None:
    (quote,) = resolved(nlp, text, speaker)
    assert (quote.speaker_type, quote.speaker_canonical) == (kind, name)


def test_a_lead_names_somebody_later(nlp: Language) -> None:
    text = (
        "“I never saw the light,” a driver said on Monday.\n\nThe inquest sat in Harwick. The driver, Colin Wardle, "
        "spoke for an hour."
    )
    assert resolved(nlp, text, "a driver")[0].speaker_canonical == "Colin Wardle"


def test_who_adds_has_spoken_before(nlp: Language) -> None:
    text = (
        "“The offer stands,” said Tomas Verrin.\n\nAlan Prewitt holds up the key. Prewitt is a guard.\n\n"
        "“It is open to all,” he added."
    )
    doc_quotes = resolved(nlp, text, "Tomas Verrin", "he", cues=("say", "add"))
    assert doc_quotes[1].speaker_canonical == "Tomas Verrin"


def test_a_family_is_no_he(nlp: Language) -> None:
    text = "Tomas Verrin spoke about the Marrows’ power.\n\n“I respect them,” he said. Ilse Marrow laughed."
    assert resolved(nlp, text, "he")[0].speaker_canonical == "Tomas Verrin"


def test_confidence_is_what_was_counted(nlp: Language) -> None:
    (quote,) = resolved(nlp, "“We are close,” Tomas Verrin said in Harwick.", "Tomas Verrin", method="cue_after")
    assert quote.confidence == confidence_of(QuoteType.DIRECT, "cue_after", SpeakerType.NAMED)
    assert quote.confidence > 0.9
