"""``python -m tests.quality``: measure, print, and write the figures into ``docs/quality.md``."""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.quality import report
from tests.quality.failures import failures, listing
from tests.quality.gold import annotate_gold, gold_articles, predicted_rows
from tests.quality.measures import annotate_texts, pronoun_figures, quote_figures, seed_figures
from tests.quality.ner import conll_sections
from tests.quality.report import Section, Table
from tests.quality.shared import (
    QuotedText,
    conll_path,
    pronouns_path,
    quotes_path,
    read_pronouns,
    read_quoted_texts,
    sample,
)
from transforms.annotate.engine import Annotator
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.evaluation.scoring import Row

SAMPLE_SIZE = 200
COMMAND = "python -m tests.quality"


def main() -> None:
    """Run the command."""
    options = _options()
    if options.ner:
        for section in conll_sections(options.ner, options.model, _command(), with_steps=options.steps):
            print(section.plain(), "\n", flush=True)
        return
    annotator = Annotator(options.model)
    if options.failures:
        print(listing(failures(gold_articles(), annotate_gold(annotator))))
        return
    sections = []
    for section in _sections(annotator, options):
        print(section.plain(), "\n", flush=True)
        sections.append(section)
    document = report.DOC.read_text(encoding="utf-8")
    report.DOC.write_text(report.update(document, sections, datetime.now(UTC).date()), encoding="utf-8")
    print(f"written to {report.DOC.relative_to(report.DOC.parents[1])}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--dev", action="store_true", help="score polnear_dev too, which rules are not developed on")
    parser.add_argument("--sample", type=int, default=SAMPLE_SIZE, help="documents of polnear_train (%(default)s)")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="an installed spaCy pipeline (default %(default)s)")
    parser.add_argument("--failures", choices=["seeds"], help="list the disagreements with this gold instead")
    parser.add_argument("--ner", type=Path, metavar="PATH", help="score names against this CoNLL file instead")
    parser.add_argument("--steps", action="store_true", help="what each step of the names gains (on the CoNLL files)")
    return parser.parse_args()


def _sections(annotator: Annotator, options: argparse.Namespace) -> Iterator[Section | Table]:
    """Measure one set after the other; say which are left out because their data is not there."""
    yield _seeds(annotator)
    for name in ("polnear_train", "polnear_dev") if options.dev else ("polnear_train",):
        if _is_missing(quotes_path(name)):
            continue
        texts = list(read_quoted_texts(quotes_path(name)))
        size = options.sample if name == "polnear_train" else len(texts)
        yield from _quoted(annotator, name, texts, size)
    if not _is_missing(conll_path()):
        yield from conll_sections(conll_path(), options.model, _command(), with_steps=options.steps)


def _is_missing(path: Path) -> bool:
    if not path.exists():
        print(f"left out: {path} is not there (ONRECORD_SHARED names the folder of the evaluation data)\n")
    return not path.exists()


def _seeds(annotator: Annotator) -> Section:
    articles = gold_articles()
    figures = seed_figures(articles, annotate_gold(annotator))
    return Section("Gold of seeds/", f"{len(articles)} articles", annotator.model, _command(), figures)


def _quoted(annotator: Annotator, name: str, texts: list[QuotedText], size: int) -> Iterator[Section]:
    """Quotations of a sample, then the pronouns that were resolved by hand in all of the texts."""
    chosen = sample(texts, size)
    predicted = dict(zip((text.id for text in chosen), _rows(annotator, chosen), strict=True))
    figures = quote_figures(chosen, list(predicted.values()))
    yield Section(name, _counted(chosen), annotator.model, _command(), figures)
    if _is_missing(pronouns_path(name)):
        return
    cases = read_pronouns(pronouns_path(name))
    wanted = {case.id for case in cases}
    rest = [text for text in texts if text.id in wanted and text.id not in predicted]
    predicted |= dict(zip((text.id for text in rest), _rows(annotator, rest), strict=True))
    figures = pronoun_figures({text.id: text.text for text in texts}, cases, predicted)
    yield Section(f"{name}, pronouns", f"{len(cases)} quotations", annotator.model, _command(), figures)


def _rows(annotator: Annotator, texts: list[QuotedText]) -> list[list[Row]]:
    return [predicted_rows(quotes) for _, quotes in annotate_texts(annotator, [text.text for text in texts])]


def _command() -> str:
    return " ".join([COMMAND, *sys.argv[1:]])


def _counted(texts: list[QuotedText]) -> str:
    return f"{len(texts)} documents, {sum(len(text.text.split()) for text in texts):,} words"


if __name__ == "__main__":
    main()
