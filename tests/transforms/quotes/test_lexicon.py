"""The word lists are complete and well formed."""

import pytest

from transforms.quotes.lexicon import Frame, confidence_of, cue_nouns, cue_verbs, outlets
from transforms.records import QuoteType


def test_there_are_at_least_two_hundred_reporting_verbs() -> None:
    assert len({word.lemma for word in cue_verbs().values()}) >= 200


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("said", "say"),
        ("says", "say"),
        ("told", "tell"),
        ("wrote", "write"),
        ("pledging", "pledge"),
        ("denied", "deny"),
        ("quipped", "quip"),
        ("admitting", "admit"),
        ("swore", "swear"),
        ("cried", "cry"),
    ],
)
def test_inflected_forms_lead_to_the_lemma(form: str, lemma: str) -> None:
    assert cue_verbs()[form].lemma == lemma


@pytest.mark.parametrize("form", ["think", "hoped", "plans", "believes", "wanted"])
def test_beliefs_and_plans_are_no_cues(form: str) -> None:
    assert form not in cue_verbs()


def test_frames_separate_hearers_from_contents() -> None:
    assert Frame.ADDRESSEE in cue_verbs()["told"].frames
    assert Frame.ADDRESSEE not in cue_verbs()["criticised"].frames
    assert Frame.OBJECT_PLUS in cue_verbs()["accused"].frames


def test_nouns_and_outlets_are_lower_case() -> None:
    assert all(form == form.lower() for form in cue_nouns())
    assert all(name == name.lower() for name in outlets())


def test_an_unknown_method_has_no_confidence() -> None:
    with pytest.raises(KeyError):
        confidence_of(QuoteType.DIRECT, "guess")
