"""Quotations of any text under any parse: what the fuzzer checks, on what it has found and on what it begins with."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from benchmarks.fuzz_quotes import check_quotes, invented_parse, pipeline
from benchmarks.fuzz_seeds import QUOTED, seeds_of
from transforms.names.people import Form, group_people, name_words
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.lexicon import confidence_of
from transforms.records import QuoteType


@pytest.fixture(scope="module")
def any_parse() -> Language:
    return pipeline()


FOUND = {
    "a vertical tab behind the content": "According to the port, the crane stays\v\v",
    "marks in the label of a turn": "QUILL (“Bill”): Safe?\n\nOSEI: It is.\n\nQUILL (“Bill”): Good.",
    "a mark that straddles the colon": "QUILL (“x): y” z\n\nOSEI: It is.\n\nQUILL (“x): y” z",
    "a name of control characters": "Quill \x1e\x1e Osei",
    "a continued paragraph that begins with its closing mark": "“We begin in May.\n\n”and end, she said.",
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_what_the_fuzzer_has_found(any_parse: Language, text: str) -> None:
    check_quotes(any_parse, text.encode())
    for choices in (b"\x0a\x05\x01", b"\x0a", bytes(range(1, 90))):
        check_quotes(any_parse, choices + b"\0" + text.encode())


def test_a_mixed_quotation_that_loses_its_marks(any_parse: Language) -> None:
    check_quotes(any_parse, bytes(range(1, 27)) + b"YZ[\\]^_`abc\0" + "FGHIJKLMNOPQ''T“T  e,” said  c".encode())


@pytest.mark.parametrize("data", seeds_of("quotes"))
def test_what_the_fuzzer_begins_with(any_parse: Language, data: bytes) -> None:
    check_quotes(any_parse, data)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=60).map(lambda data: data.replace(b"\0", b"\1")), st.sampled_from(QUOTED))
def test_any_parse_of_a_text(any_parse: Language, choices: bytes, text: str) -> None:
    check_quotes(any_parse, choices + b"\0" + text.encode())


def test_a_usual_parse_gives_the_usual_rows(any_parse: Language) -> None:
    """The checks are about something: the guessed parse finds quotations and who spoke."""
    text = QUOTED[0]
    doc = invented_parse(any_parse, text, b"", paragraphs(text))
    for _, component in any_parse.pipeline:
        doc = component(doc)
    found = [(text[quote.content.start : quote.content.end], quote.speaker_canonical) for quote in doc._.quotes]
    assert found[0] == ("“The bridge is safe,”", "Ada Quill")


def test_a_rule_never_counted_for_a_type_has_the_share_of_the_type() -> None:
    """What is left of a mixed quotation without its marks is indirect, whatever rule found it."""
    shares = [confidence_of(QuoteType.INDIRECT, method) for method in ("clause", "object")]
    assert min(shares) < confidence_of(QuoteType.INDIRECT, "cue_after") < max(shares)


def test_an_entity_of_white_space_is_no_mention(any_parse: Language) -> None:
    doc = Doc(any_parse.vocab, words=["Quill", "\x1e\x1e", "left"])
    doc.ents = [Span(doc, 0, 1, "PERSON"), Span(doc, 1, 2, "PERSON")]
    found = any_parse.get_pipe("onrecord_mentions")(doc)._.mentions
    assert [doc.text[mention.start : mention.end] for mention in found] == ["Quill"]


def test_a_name_without_letters_is_compared() -> None:
    forms = [Form(name_words(name), [at]) for at, name in enumerate((". Quill", "A. Quill"))]
    assert group_people(forms) == [0, 1]
