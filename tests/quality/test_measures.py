"""The parts around the scorer: gold with offsets, stretches that are no quotations, pronouns, the CoNLL reader."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from tests.quality.entities import as_conll, read_conll, score_names
from tests.quality.gold import GoldArticle, Name, gold_articles
from tests.quality.measures import IN_MARKS, pronoun_figures, same_words, taken_for_quotes
from tests.quality.shared import PronounCase, QuotedText, sample
from transforms.evaluation.scoring import Counts, Kind, Row, View, compare

CONLL = """\
-DOCSTART- -X- -X- O

Ada NNP B-NP B-PER
Brill NNP I-NP I-PER
of IN B-PP O
Tarn NNP B-NP B-LOC
's POS B-NP O
Echo NNP I-NP B-ORG
said VBD B-VP O
( ( O O
twice RB O O
) ) O O
. . O O

-DOCSTART- -X- -X- O

Tarn NNP B-NP B-ORG
3 CD I-NP O
Stowle NNP B-NP B-ORG
1 CD I-NP O
"""


@pytest.mark.parametrize("article", gold_articles(), ids=lambda article: article.stem)
def test_gold_finds_itself_without_a_fault(article: GoldArticle) -> None:
    for view in View:
        scored = compare(article.document.text, article.quotes, article.quotes, view)
        for counts in (scored.exact, scored.overlap, scored.attribution):
            assert counts == Counts(counts.gold, counts.gold, counts.gold)
    assert taken_for_quotes(article, article.quotes, frozenset(Kind)) == []


@pytest.mark.parametrize("article", gold_articles(), ids=lambda article: article.stem)
def test_offsets_of_the_gold_are_those_of_its_words(article: GoldArticle) -> None:
    text = article.document.text
    for row in article.quotes:
        assert (row.speaker or "") == text[max(row.speaker_start, 0) : max(row.speaker_end, 0)]
    assert all(text[name.start : name.end].strip() for name in article.names)
    assert all(item.spans for item in article.not_quotes)


def test_a_row_over_words_that_are_no_quotation_is_noticed() -> None:
    article = next(article for article in gold_articles() if article.not_quotes)
    item = article.not_quotes[0]
    taken = Row(*item.spans[0], Kind.DIRECT)
    assert taken_for_quotes(article, [taken], IN_MARKS) == [item.text]
    assert taken_for_quotes(article, [replace(taken, kind=Kind.INDIRECT)], IN_MARKS) == []


def test_pronouns_count_by_last_name_and_only_where_the_quotation_was_found() -> None:
    texts = {"a": "“We shall mend the pier,” she said. “We shall paint it,” he said."}
    cases = [PronounCase("a", 0, 25, "Brill"), PronounCase("a", 36, 56, "Moor")]
    first = Row(0, 25, Kind.DIRECT, "she", 26, 29, "Ada Brill")
    assert pronoun_figures(texts, cases, {"a": [first]})["pronoun to person"] == Counts(1, 1, 2)
    wrong = replace(first, speaker_canonical="Eva Moor")
    assert pronoun_figures(texts, cases, {"a": [wrong]})["pronoun to person"] == Counts(0, 1, 2)


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [("Echo", "the Echo", True), ("a rally", "a rally in Keld", True), ("him", "him", True), ("him", "them", False)],
)
def test_mentions_are_the_same_by_their_noun(gold: str, predicted: str, same: bool) -> None:
    assert same_words(gold, predicted) is same


def test_conll_gives_the_prose_with_true_offsets(tmp_path: Path) -> None:
    path = tmp_path / "dev.txt.gz"
    path.write_bytes(gzip.compress(CONLL.encode()))
    (text,) = read_conll(path)
    assert text.text == "Ada Brill of Tarn's Echo said (twice)."
    named = [(text.text[name.start : name.end], name.label) for name in text.names]
    assert named == [("Ada Brill", "PER"), ("Tarn", "LOC"), ("Echo", "ORG")]


def test_labels_of_conll() -> None:
    names = [Name(0, 3, "PERSON"), Name(4, 9, "FAC"), Name(10, 12, "NORP")]
    assert as_conll(names) == [Name(0, 3, "PER"), Name(4, 9, "LOC")]
    assert score_names(as_conll(names), [], ("PER", "LOC"))["all"] == Counts(0, 0, 2)


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    texts = [QuotedText(str(number), "", ()) for number in range(50)]
    chosen = [int(text.id) for text in sample(texts, 10)]
    assert chosen == [int(text.id) for text in sample(texts, 10)]
    assert chosen == sorted(set(chosen))
    assert len(chosen) == 10
    assert sample(texts, 99) == texts
