"""The figures of each set of gold: what is measured, with which rows."""

from collections.abc import Iterable, Iterator, Sequence

from tests.quality.clusters import Clusters, Shares, b_cubed, pairs
from tests.quality.entities import ONTONOTES, score_names
from tests.quality.gold import GoldArticle, predicted_names, predicted_rows
from tests.quality.shared import PronounCase, QuotedText
from transforms.annotate.engine import Annotator
from transforms.annotate.rows import RowContext
from transforms.evaluation.names import last_name, name_words, names_agree, same_last_name
from transforms.evaluation.scoring import Comparison, Counts, Kind, Pair, Row, View, accuracy, compare, trim
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.marks import quoted_regions
from transforms.records import Annotated, Entity, Quote, SpeakerType
from transforms.version import PIPELINE_VERSION

Figures = dict[str, Counts]
Rows = tuple[tuple[Entity, ...], tuple[Quote, ...]]
IN_MARKS = frozenset({Kind.DIRECT, Kind.MIXED})
_MEASURES = ("exact", "overlap", "attribution")


def seed_figures(articles: Sequence[GoldArticle], annotated: Sequence[Annotated]) -> Figures:
    """Everything that the gold of the seeds speaks about."""
    texts = [QuotedText(article.stem, article.document.text, article.quotes) for article in articles]
    predicted = [predicted_rows(item.quotes) for item in annotated]
    pairs = [pair for text, rows in zip(texts, predicted, strict=True) for pair in _pairs(text, rows)]
    figures = quote_figures(texts, predicted) | _row_figures(pairs) | _not_quotes(articles, predicted)
    names = [
        score_names(article.names, predicted_names(item.entities), ONTONOTES)
        for article, item in zip(articles, annotated, strict=True)
    ]
    figures |= {f"names {label}": _sum(each[label] for each in names) for label in (*ONTONOTES, "all")}
    return figures | _cluster_figures(articles, annotated)


def _cluster_figures(articles: Sequence[GoldArticle], annotated: Sequence[Annotated]) -> Figures:
    """Whether the same mentions are one entity, and those of people alone."""
    figures: Figures = {}
    for what, labels in (("entities", ONTONOTES), ("people", ("PERSON",))):
        both = [_clusters(article, item, labels) for article, item in zip(articles, annotated, strict=True)]
        figures[f"{what}, pairs"] = sum((pairs(*each) for each in both), Counts())
        figures[f"{what}, B³"] = sum((b_cubed(*each) for each in both), Shares())
    return figures


def _clusters(article: GoldArticle, item: Annotated, labels: Sequence[str]) -> tuple[Clusters, Clusters]:
    gold = {
        (name.start, name.end): canonical
        for name, canonical in zip(article.names, article.canonical_names, strict=True)
        if name.label in labels
    }
    predicted = {(row.start, row.end): row.canonical_name or row.text for row in item.entities}
    return gold, predicted


def quote_figures(texts: Sequence[QuotedText], predicted: Sequence[Sequence[Row]]) -> Figures:
    """Spans and attribution in both views."""
    figures: Figures = {}
    for view in View:
        scored = [compare(text.text, text.quotes, rows, view) for text, rows in zip(texts, predicted, strict=True)]
        figures |= {f"{view} {name}": _sum(getattr(item, name) for item in scored) for name in _MEASURES}
    strict = (
        compare(text.text, text.quotes, rows, View.DIRECT, strict=True)
        for text, rows in zip(texts, predicted, strict=True)
    )
    figures["direct attribution, strict"] = _sum(item.attribution for item in strict)
    return figures | {"marks rejected": _sum(map(_rejected, texts, predicted))}


def _rejected(text: QuotedText, rows: Sequence[Row]) -> Counts:
    """Stretches in quotation marks that no row touches, against those that are no quotation by the gold.

    Stretches inside gold rows that nobody is asked to find do not count.
    """
    regions = [(region.start, region.end) for region in quoted_regions(text.text, paragraphs(text.text))]
    open_ones = _touching(regions, [row for row in text.quotes if row.kind is Kind.UNKNOWN])
    told = _touching(regions, [row for row in text.quotes if row.kind is not Kind.UNKNOWN])
    no_quotes = set(regions) - told - open_ones
    rejected = set(regions) - _touching(regions, rows) - (open_ones - told)
    return Counts(len(rejected & no_quotes), len(rejected), len(no_quotes))


def _touching(regions: Iterable[tuple[int, int]], rows: Sequence[Row]) -> set[tuple[int, int]]:
    return {(start, end) for start, end in regions if any(row.start < end and start < row.end for row in rows)}


def pronoun_figures(texts: dict[str, str], cases: Iterable[PronounCase], predicted: dict[str, list[Row]]) -> Figures:
    """Whether pronoun sources are resolved to the right person: precision is of the quotations found.

    A case names the person by the last name alone, which need not be the last word of the full one (Ban Ki-moon).
    """
    found, total, right = 0, 0, 0
    for case in cases:
        total += 1
        gold = Row(case.start, case.end, Kind.DIRECT, speaker_canonical=case.last_name)
        for pair in compare(texts[case.id], [gold], predicted[case.id], View.ALL).pairs:
            found += 1
            words = name_words(pair.predicted.speaker_canonical)
            right += last_name(case.last_name) in words if case.last_name else not words
    return {"pronoun to person": Counts(right, found, total)}


def annotate_texts(annotator: Annotator, texts: Iterable[str]) -> Iterator[Rows]:
    """Entity and quote rows of texts that are annotated exactly as given."""
    given = list(texts)
    contexts = [RowContext(str(number), annotator.model, PIPELINE_VERSION, None) for number in range(len(given))]
    return annotator.rows(given, contexts)


def comparisons(
    articles: Sequence[GoldArticle], annotated: Sequence[Annotated]
) -> Iterator[tuple[GoldArticle, Comparison]]:
    """The rows behind the figures of the seeds, article by article."""
    for article, item in zip(articles, annotated, strict=True):
        yield article, compare(article.document.text, article.quotes, predicted_rows(item.quotes), View.ALL)


def taken_for_quotes(article: GoldArticle, predicted: Sequence[Row], kinds: frozenset[Kind]) -> list[str]:
    """The stretches that are no quotations and that a predicted row of these kinds covers exactly."""
    text = article.document.text
    right = {trim(text, row.start, row.end) for row in article.quotes}
    covered = {trim(text, row.start, row.end) for row in predicted if row.kind in kinds} - right
    return [item.text for item in article.not_quotes if any(trim(text, *span) in covered for span in item.spans)]


def _pairs(text: QuotedText, rows: Sequence[Row]) -> tuple[Pair, ...]:
    return compare(text.text, text.quotes, rows, View.ALL).pairs


def _row_figures(pairs: Sequence[Pair]) -> Figures:
    """What else the rows say, of the quotations that were found."""
    pronouns = [pair for pair in pairs if pair.gold.speaker_type == SpeakerType.PRONOUN and pair.gold.speaker_canonical]
    figures = {
        "quote type": accuracy([pair.gold.kind is pair.predicted.kind for pair in pairs]),
        "speaker type": accuracy([pair.gold.speaker_type == pair.predicted.speaker_type for pair in pairs]),
        "canonical speaker": accuracy([_canonical_right(pair) for pair in pairs]),
        "pronoun to person": accuracy([_canonical_right(pair) for pair in pronouns]),
    }
    for field in ("cue", "addressee", "via"):
        both = [(getattr(pair.gold, field), getattr(pair.predicted, field)) for pair in pairs]
        right = sum(same_words(gold, predicted) for gold, predicted in both if gold is not None)
        figures[field] = Counts(
            right, sum(predicted is not None for _, predicted in both), sum(gold is not None for gold, _ in both)
        )
    return figures


def same_words(gold: str | None, predicted: str | None) -> bool:
    """Equal, or the same noun with or without its article and what follows it ("the Echo", "a rally in Keld")."""
    return gold == predicted or names_agree(gold, None, [predicted])


def _canonical_right(pair: Pair) -> bool:
    return same_last_name(pair.gold.speaker_canonical, pair.predicted.speaker_canonical)


def _not_quotes(articles: Sequence[GoldArticle], predicted: Sequence[Sequence[Row]]) -> Figures:
    figures: Figures = {}
    for name, kinds in (("not quotes, in marks", IN_MARKS), ("not quotes, any type", frozenset(Kind))):
        taken = sum(
            len(taken_for_quotes(article, rows, kinds)) for article, rows in zip(articles, predicted, strict=True)
        )
        total = sum(len(article.not_quotes) for article in articles)
        figures[name] = Counts(total - taken, total, total)
    return figures


def _sum(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())
