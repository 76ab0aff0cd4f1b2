"""What holds for every text: offsets are true, rows do not overlap, odd marks stay local, work grows with the text."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tests.transforms.quotes.work import calls
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.extract import extract_quotes
from transforms.quotes.marks import quoted_regions
from transforms.quotes.view import DocView

PARAGRAPHS = [
    "“The bridge is safe,” Ada Quill said.",
    '"It is not," said Osei. "Ask the clerk."',
    "The mayor said the bridge was “as good as new.”",
    "According to the city, the bridge was built in 1901.",
    "It rained in Harwick all day.",
]
WORDS = st.sampled_from(
    [
        "said",
        "Quill",
        "the",
        "mayor",
        "that",
        "to",
        "“",
        "”",
        '"',
        "'",
        ",",
        ".",
        ":",
        "—",
        "and",
        "told",
        "it",
        "was",
        "\n\n",
    ]
)
local = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.model
@local
@given(st.lists(WORDS, max_size=40))
def test_every_offset_is_true(quote_nlp: Language, words: list[str]) -> None:
    text = " ".join(words)
    quotes = quote_nlp(text)._.quotes
    for quote in quotes:
        assert 0 <= quote.content.start < quote.content.end <= len(text)
        for part in quote.quoted_parts:
            assert quote.content.start <= part.start < part.end <= quote.content.end
        for span in (quote.cue, quote.speaker, quote.addressee, quote.via):
            assert span is None or (0 <= span.start < span.end <= len(text))
        assert text[quote.content.start].strip()
        assert text[quote.content.end - 1].strip()
    for before, after in pairwise(quotes):
        assert before.content.end <= after.content.start


@pytest.mark.model
@local
@given(
    st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3),
    st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3),
    st.sampled_from('"“”«»'),
)
def test_one_odd_mark_never_changes_rows_of_other_paragraphs(
    quote_nlp: Language, before: list[str], after: list[str], mark: str
) -> None:
    def rows(middle: str) -> list[tuple[str, str]]:
        text = "\n\n".join([*before, middle, *after])
        low = len("\n\n".join(before)) + 2
        high = low + len(middle)
        found = [quote for quote in quote_nlp(text)._.quotes if not low <= quote.content.start < high]
        return [(str(quote.quote_type), text[quote.content.start : quote.content.end]) for quote in found]

    assert rows(f"It rained {mark} in Harwick all day.") == rows("It rained in Harwick all day.")


def one_sentence(words: list[str]) -> Doc:
    """A document whose parse is one long sentence, with a verb of speech at its head."""
    tags = ["VBD" if word == "said" else "NN" for word in words]
    pos = ["VERB" if word == "said" else "NOUN" for word in words]
    heads = [max(0, i - 1) for i in range(len(words))]
    deps = ["ROOT"] + ["ccomp" if word == "said" else "nsubj" for word in words[1:]]
    return Doc(Vocab(), words=words, tags=tags, pos=pos, heads=heads, deps=deps)


@pytest.mark.parametrize(
    "words",
    [
        ["said", "Quill", ","],
        ["“", "Quill", "said", "”"],
        ["“", "Quill"],
        ["said"],
        ["Quill", ":", "“", "x", "”", "said"],
    ],
    ids=["cues", "quotations", "unclosed", "verbs", "colons"],
)
def test_twice_the_text_takes_twice_the_work(words: list[str]) -> None:
    def work(size: int) -> int:
        doc = one_sentence(words * size)
        return calls(lambda: find(doc))

    assert work(800) <= 2.3 * work(400) + 1_000


def find(doc: Doc) -> object:
    stretches = paragraphs(doc.text)
    return extract_quotes(DocView(doc, doc.text, stretches, quoted_regions(doc.text, stretches)))


@pytest.mark.model
def test_rows_do_not_depend_on_the_lemmatizer(quote_nlp: Language, nlp: Language) -> None:
    def rows(pipeline: Callable[[str], Doc]) -> list[tuple[int, int]]:
        doc = pipeline("\n\n".join([*PARAGRAPHS, "The mayor called on drivers to use the ferry."]))
        quotes = doc._.quotes if doc._.quotes is not None else find(doc)
        return [(quote.content.start, quote.content.end) for quote in quotes]

    assert rows(quote_nlp) == rows(nlp)
