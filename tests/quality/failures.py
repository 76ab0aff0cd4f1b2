"""Lists where the pipeline and the gold of the seeds disagree, by phenomenon. Our own articles only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.quality.gold import GoldArticle, Name, predicted_names, predicted_rows
from tests.quality.measures import IN_MARKS, comparisons, same_words, taken_for_quotes
from transforms.evaluation.names import same_last_name
from transforms.evaluation.scoring import Pair, Row
from transforms.records import Annotated


@dataclass(frozen=True, slots=True)
class Failure:
    """One disagreement: what the gold says, what the pipeline says."""

    phenomenon: str
    article: str
    gold: str
    predicted: str


def failures(articles: Sequence[GoldArticle], annotated: Sequence[Annotated]) -> Iterator[Failure]:
    """Every disagreement, article by article."""
    for (article, comparison), item in zip(comparisons(articles, annotated), annotated, strict=True):
        text, rows = article.document.text, predicted_rows(item.quotes)
        for row in comparison.missed:
            near = " / ".join(_show(text, other) for other in rows if other.start < row.end and row.start < other.end)
            yield Failure(f"missed {row.kind}", article.stem, _show(text, row), near)
        for row in comparison.spurious:
            yield Failure(f"spurious {row.kind}", article.stem, "", _show(text, row))
        for pair in comparison.pairs:
            yield from _of_pair(article, pair)
        for words in taken_for_quotes(article, rows, IN_MARKS):
            yield Failure("not a quote", article.stem, words, "")
        yield from _of_names(article, predicted_names(item.entities))


def listing(found: Iterator[Failure]) -> str:
    """The failures as text, one phenomenon after the other, the commonest first."""
    by_phenomenon: dict[str, list[Failure]] = defaultdict(list)
    for failure in found:
        by_phenomenon[failure.phenomenon].append(failure)
    lines = []
    for phenomenon, group in sorted(by_phenomenon.items(), key=lambda entry: -len(entry[1])):
        lines.append(f"\n== {phenomenon}: {len(group)}")
        lines += [f"{item.article}\n    gold: {item.gold}\n    ours: {item.predicted}" for item in group]
    return "\n".join(lines)


def _of_pair(article: GoldArticle, pair: Pair) -> Iterator[Failure]:
    text, gold, ours = article.document.text, pair.gold, pair.predicted
    shown = f"  in {_show(text, gold)}"
    if gold.kind is not ours.kind:
        yield Failure("type", article.stem, str(gold.kind) + shown, str(ours.kind))
    if not pair.speaker_right:
        yield Failure(f"speaker ({gold.speaker_type})", article.stem, f"{gold.speaker}{shown}", f"{ours.speaker}")
    if not same_last_name(gold.speaker_canonical, ours.speaker_canonical):
        who = f"{gold.speaker} = {gold.speaker_canonical}{shown}"
        whom = f"{ours.speaker} = {ours.speaker_canonical}"
        yield Failure(f"canonical ({gold.speaker_type})", article.stem, who, whom)
    for field in ("cue", "addressee", "via"):
        wanted, found = getattr(gold, field), getattr(ours, field)
        if not (wanted is None and found is None) and not same_words(wanted, found):
            yield Failure(field, article.stem, f"{wanted}{shown}", f"{found}")


def _of_names(article: GoldArticle, predicted: Sequence[Name]) -> Iterator[Failure]:
    text, wanted, found = article.document.text, set(article.names), set(predicted)
    for name in sorted(wanted - found, key=lambda each: each.start):
        near = [other for other in predicted if other.start < name.end and name.start < other.end]
        yield Failure(
            f"name {name.label}",
            article.stem,
            _name(text, name),
            " / ".join(_name(text, other) for other in near),
        )


def _name(text: str, name: Name) -> str:
    around = text[max(name.start - 30, 0) : name.end + 20].replace("\n", " ")
    return f"{text[name.start : name.end]} {name.label}  in …{around}…"


def _show(text: str, row: Row) -> str:
    return f"[{row.kind}] {text[row.start : row.end]} ({row.speaker}, {row.cue})"
