"""How often a stretch in quotation marks that the rules reject really is no quotation.

    python -m benchmarks.rejected_marks [--sample 200]

Scare quotes, titles of works, nicknames and signs are rejected by rule (``transforms/quotes/scare.py``). A rejection
is wrong when the stretch is a quotation of the gold by itself. It is a lost fragment when a longer quotation of the
gold holds it whose reported words the parse did not show: alone it is none. Counted on the gold of ``seeds/`` and,
where ``ONRECORD_SHARED`` names the folder of the evaluation data, on a sample of PolNeAR's training split. What the
gold calls an attributed belief is counted apart: to report it would be wrong too.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence

import spacy
from spacy.language import Language

from tests.quality.gold import gold_articles
from tests.quality.shared import quotes_path, read_quoted_texts, sample
from transforms.annotate.pipeline import DEFAULT_MODEL
from transforms.evaluation.scoring import SAME, Kind, Row
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.marks import quoted_regions


def main() -> None:
    """Measure and print one line a set."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, default=200, help="documents of polnear_train (%(default)s)")
    size = options.parse_args().sample
    nlp = spacy.load(DEFAULT_MODEL, exclude=["ner", "lemmatizer"])
    nlp.add_pipe("onrecord_paragraphs", first=True)
    nlp.add_pipe("onrecord_quotes", last=True)
    english = [article for article in gold_articles() if article.document.language == "en"]
    report("gold of seeds/", nlp, [(article.document.text, article.quotes) for article in english])
    path = quotes_path("polnear_train")
    if not path.exists():
        print(f"left out: {path} is not there (ONRECORD_SHARED names the folder of the evaluation data)")
        return
    texts = sample(list(read_quoted_texts(path)), size)
    report(f"polnear_train, {len(texts)} documents", nlp, [(text.text, text.quotes) for text in texts])


def report(name: str, nlp: Language, texts: Iterable[tuple[str, Sequence[Row]]]) -> None:
    """Print how many stretches were rejected and how many of them rightly."""
    counts: Counter[str] = Counter()
    for text, gold in texts:
        kept = [part for quote in nlp(text)._.quotes for part in (quote.content, *quote.quoted_parts)]
        for region in quoted_regions(text, paragraphs(text)):
            if any(part.start < region.end and region.start < part.end for part in kept):
                counts["kept"] += 1
                continue
            over = [row for row in gold if row.start < region.end and region.start < row.end]
            said = [row for row in over if row.kind is not Kind.UNKNOWN]
            whole = any(_same(region.inner_start, region.inner_end, row) for row in said)
            counts["wrong" if whole else "fragment" if said else "belief" if over else "nothing"] += 1
    rejected = sum(counts.values()) - counts["kept"]
    share = 1 - counts["wrong"] / rejected if rejected else 0.0
    print(
        f"{name}: {rejected} of {sum(counts.values())} stretches rejected, {share:.3f} of them rightly; nothing said "
        f"{counts['nothing']}, beliefs {counts['belief']}, lost fragments {counts['fragment']}, wrong {counts['wrong']}"
    )


def _same(start: int, end: int, row: Row) -> bool:
    """Whether a stretch and a row share at least 0.8 of their characters."""
    shared = min(end, row.end) - max(start, row.start)
    return shared >= SAME * (max(end, row.end) - min(start, row.start))


if __name__ == "__main__":
    main()
