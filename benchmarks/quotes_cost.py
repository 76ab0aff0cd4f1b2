"""What the quote and speaker components cost beside the spaCy model, and how their cost grows with the text.

``python -m benchmarks.quotes_cost [--articles 240] [--write]``: CPU seconds of the model's components and of ours over
the same articles in one run (texts come from ONRECORD_SHARED where it is present, else from seeds/), then our own
components on texts that are hard for a quote finder, at n, 2n and 4n: what is linear doubles.
"""

import argparse
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from benchmarks.annotation import texts
from tests.quality import report
from tests.quality.report import Table
from transforms.annotate.pipeline import AFTER, BEFORE, DEFAULT_MODEL, load
from transforms.annotate.rows import RowContext, entity_rows, quote_rows
from transforms.names.positions import Positions

OURS = (*BEFORE, *AFTER)
_QUOTES = ("onrecord_quotes", "onrecord_speakers")
ROWS = "rows"
MODEL = "spaCy model"
BATCH = 64
PROBE_SIZES = (1, 2, 4)
NESTED_MARKS, MEGABYTE, SPEAKERS = 2_500, 250_000, 1_250  # at n; four times that at the end

_CONTEXT = RowContext("d", "model", "0", None)


def component_seconds(nlp: Language, articles: Iterable[str]) -> dict[str, float]:
    """CPU seconds of each component over the articles; the model's own, tokenizer included, under ``spaCy model``."""
    spent: defaultdict[str, float] = defaultdict(float)
    waiting = iter(articles)
    while batch := list(islice(waiting, BATCH)):
        docs = _timed(spent, MODEL, lambda batch=batch: [nlp.make_doc(text) for text in batch])
        for name, component in nlp.pipeline:
            docs = _timed(spent, name if name in OURS else MODEL, lambda c=component, d=docs: _through(c, d))
        _timed(spent, ROWS, lambda docs=docs: [_rows(doc) for doc in docs])
    return dict(spent)


def _timed(spent: dict[str, float], name: str, work: Callable[[], list[Any]]) -> list[Any]:
    start = time.process_time()
    result = work()
    spent[name] += time.process_time() - start
    return result


def _through(component: Callable[[Doc], Doc], docs: list[Doc]) -> list[Doc]:
    pipe = getattr(component, "pipe", None)
    return list(pipe(docs, batch_size=BATCH)) if pipe is not None else [component(doc) for doc in docs]


def _rows(doc: Doc) -> int:
    positions = Positions(doc)
    entities = entity_rows(doc, doc.text, _CONTEXT, positions)
    return len(entities) + len(quote_rows(doc, doc.text, _CONTEXT, positions))


def cost_table(nlp: Language, articles: list[str]) -> Table:
    """Shares of the model's CPU time."""
    component_seconds(nlp, articles[:BATCH])  # warm up: lexicons are read, caches filled
    spent = component_seconds(nlp, articles)
    model = spent[MODEL]
    rows = [[name, f"{spent[name]:.2f}", f"{spent[name] / model:.1%}"] for name in (MODEL, *OURS, ROWS)]
    ours = sum(spent[name] for name in (*OURS, ROWS))
    names = sum(spent[name] for name in OURS if name not in _QUOTES)
    rows.append(["names and paragraphs", f"{names:.2f}", f"{names / model:.1%}"])
    rows.append(["all of ours", f"{ours:.2f}", f"{ours / model:.1%}"])
    size = f"{len(articles)} articles, {sum(len(text.split()) for text in articles):,} words"
    return Table("Cost of quotes and speakers", size, _model(nlp), _COMMAND, ["part", "CPU s", "of the model's"], rows)


def growth_table(nlp: Language) -> Table:
    """Seconds of our components on hard texts of n, 2n and 4n."""
    rows = []
    for name, docs in _probes(nlp):
        seconds = [_ours(nlp, doc) for doc in docs]
        growth = seconds[2] / max(seconds[1], 1e-9)
        rows.append([name, *(f"{each:.2f}" for each in seconds), f"{growth:.1f}"])
    header = ["text", "n", "2n", "4n", "4n : 2n"]
    return Table("Growth of quotes and speakers", "CPU seconds of our components", _model(nlp), _COMMAND, header, rows)


def _probes(nlp: Language) -> Iterator[tuple[str, list[Doc]]]:
    yield f"{4 * NESTED_MARKS:,} nested marks", [nlp(_nested(NESTED_MARKS * k)) for k in PROBE_SIZES]
    yield "1 MB in one paragraph", [_long_paragraph(nlp, MEGABYTE * k) for k in PROBE_SIZES]
    yield f"{4 * SPEAKERS:,} speakers", [nlp(_crowd(SPEAKERS * k)) for k in PROBE_SIZES]


def _nested(count: int) -> str:
    return "She said: " + "“Yes ‘no " * (count // 2) + "’ ”" * (count // 2) + " he added."


def _long_paragraph(nlp: Language, size: int) -> Doc:
    """One paragraph of ``size`` characters: parsed sentences, put together, because parsing them costs minutes."""
    sentence = "“The bridge is safe,” said Ada Brandt, the mayor, and she told him that it would “hold for years”. "
    piece = nlp(sentence * 40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that our own results on the pieces are not put together, too
        return Doc.from_docs([piece] * (size // len(piece.text) + 1), ensure_whitespace=True)


def _crowd(count: int) -> str:
    """A paragraph for each of ``count`` people, who speak by name, by pronoun and by title."""
    return "\n\n".join(
        f"Senator Ada B{_letters(number)} said it rose. “It rose,” she said. “It fell,” the senator said."
        for number in range(count)
    )


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _ours(nlp: Language, doc: Doc) -> float:
    """CPU seconds of everything of ours after the parse; what comes before it is not counted."""
    if doc._.paragraphs is None:
        doc._.paragraphs = [(0, len(doc.text))]
    start = time.process_time()
    for name in AFTER:
        nlp.get_pipe(name)(doc)
    _rows(doc)
    return time.process_time() - start


_COMMAND = "python -m benchmarks.quotes_cost"


def _model(nlp: Language) -> str:
    return f"{DEFAULT_MODEL} {nlp.meta['version']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=240)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/quality.md")
    options = parser.parse_args()
    nlp = load(DEFAULT_MODEL)
    nlp.max_length = 20_000_000
    tables = [cost_table(nlp, texts(options.articles))]
    print(tables[0].plain(), flush=True)
    tables.append(growth_table(nlp))
    print(tables[1].plain())
    if options.write:
        document = report.DOC.read_text(encoding="utf-8")
        report.DOC.write_text(report.update(document, tables, datetime.now(UTC).date()), encoding="utf-8")


if __name__ == "__main__":
    main()
