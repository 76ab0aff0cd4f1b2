"""What an outlet prints under all of its articles is learned, marked and left where it is."""

import random
from dataclasses import replace

from tests.transforms.articles import build, document, read_all
from transforms.normalise import NormaliseOptions
from transforms.normalise.boilerplate import Boilerplate, key_of, learn
from transforms.normalise.marks import find_marks
from transforms.normalise.paragraphs import paragraphs
from transforms.records import Document, MarkedKind, RawRecord

FOOTER = "The Marrow Courier is printed on paper from managed woods."
SAID = "“We shall see,” she said."


def articles(count: int = 20) -> list[tuple[str | None, str, str]]:
    return [
        ("The Marrow Courier", f"hash{n}", f"Story number {n} is about a crane.\n\n{SAID}\n\n{FOOTER}")
        for n in range(count)
    ]


def test_a_paragraph_of_many_articles_is_learned_and_words_that_were_said_are_not() -> None:
    assert learn(articles).lines == {"The Marrow Courier": frozenset({FOOTER.casefold()})}


def test_order_and_number_of_passes_do_not_matter() -> None:
    shuffled = articles()
    random.Random(1).shuffle(shuffled)
    assert learn(lambda: shuffled) == learn(articles) == learn(articles, 10_000_000)
    assert repr(learn(lambda: shuffled)) == repr(learn(articles))
    assert repr(learn(articles)) != repr(Boilerplate())


def test_copies_of_one_text_count_once() -> None:
    copies = [("The Marrow Courier", "same", f"A story.\n\n{FOOTER}") for _ in range(50)]
    assert not learn(lambda: copies).lines


def test_a_rare_paragraph_and_another_outlets_are_not_learned() -> None:
    assert not learn(lambda: articles(4)).lines
    assert FOOTER.casefold() not in learn(articles).of("Olm Gazette")


def test_long_short_and_quoting_paragraphs_are_never_boilerplate() -> None:
    assert key_of("x" * 301) is None
    assert key_of("* * *") is None
    assert key_of(SAID) is None


def test_the_document_keeps_its_boilerplate_and_marks_it() -> None:
    text = f"Crane stays\n\nPORT MARROW (AP) - The crane stays.\n\n{FOOTER}\n\nAll rights reserved."
    [record] = read_all(text.encode(), "a.txt")
    assert isinstance(record, RawRecord)
    record = replace(record, publisher="The Marrow Courier", title="CRANE STAYS!")
    made = build(record, NormaliseOptions(boilerplate=learn(articles)))
    assert isinstance(made, Document)
    assert made.text == text
    marked = [(span.kind, made.text[span.start : span.end]) for span in made.marked_spans]
    assert marked == [
        (MarkedKind.HEADLINE, "Crane stays"),
        (MarkedKind.DATELINE, "PORT MARROW (AP) -"),
        (MarkedKind.BOILERPLATE, FOOTER),
        (MarkedKind.BOILERPLATE, "All rights reserved."),
    ]
    assert made.dateline_place == "PORT MARROW"


def test_a_trailer_is_marked_to_the_end() -> None:
    text = "The crane stays.\n\n# dpa NOTEBOOK\n\n- Reporting by: Nell Garrow\n\nabc def"
    [span] = find_marks(text, paragraphs(text)).spans
    assert (span.kind, text[span.start : span.end]) == (MarkedKind.BOILERPLATE, text[text.index("# dpa") :])


def test_a_first_line_of_other_words_is_no_headline() -> None:
    made = document(b"The crane stays where it is.\n\nNobody was hurt.")
    assert made.marked_spans == ()
