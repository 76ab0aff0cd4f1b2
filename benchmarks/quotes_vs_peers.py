"""Our quotations and speakers beside those of other systems: one table, one run, on one set of annotated texts.

``python -m benchmarks.quotes_vs_peers [--set FILE.jsonl.gz] [--pronouns FILE.json] [--documents N] [--write]``

The set defaults to ``polnear_dev`` of ONRECORD_SHARED. Every text is parsed by the spaCy model; CPU times are those of
the work that comes after, as shares of the model's. Peers:

- textacy's ``direct_quotations`` by paragraph and on whole documents (it raises on an odd number of marks: such
  paragraphs and documents stay empty, and are counted);
- quotation marks alone: every stretch in marks of at least four words, without a speaker;
- for pronouns, the last speaker that was given by name, and the last person named before the quotation.
"""

import argparse
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from tests.quality import report
from tests.quality.gold import predicted_rows
from tests.quality.report import Table
from tests.quality.shared import (
    PronounCase,
    QuotedText,
    pronouns_path,
    quotes_path,
    read_pronouns,
    read_quoted_texts,
)
from transforms.annotate.pipeline import AFTER, DEFAULT_MODEL, load
from transforms.annotate.rows import RowContext, quote_rows
from transforms.evaluation.names import last_name, name_words
from transforms.evaluation.scoring import Counts, Kind, Row, View, compare
from transforms.names.positions import Positions
from transforms.normalise.paragraphs import paragraphs
from transforms.quotes.marks import quoted_regions
from transforms.records import SpeakerType

try:
    from textacy.extract.triples import direct_quotations
except ImportError:
    direct_quotations = None  # the optional extra "bench" is not installed: its rows say so

_COMMAND = "python -m benchmarks.quotes_vs_peers"
_CONTEXT = RowContext("d", "model", "0", None)
_LEAST_WORDS = 4
_NOTHING = Counts()

System = Callable[[Doc], list[Row] | None]
"""From a parsed text to rows; None when the system gives the text up."""


@dataclass(slots=True)
class Score:
    """What one system did on the set."""

    direct: Counts = _NOTHING
    attribution: Counts = _NOTHING
    strict: Counts = _NOTHING
    all_overlap: Counts = _NOTHING
    all_attribution: Counts = _NOTHING
    seconds: float = 0.0
    given_up: int = 0
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, text: QuotedText, rows: list[Row]) -> None:
        """Count one more text."""
        self.rows[text.id] = rows
        direct = compare(text.text, text.quotes, rows, View.DIRECT)
        self.direct += direct.overlap
        self.attribution += direct.attribution
        self.strict += compare(text.text, text.quotes, rows, View.DIRECT, strict=True).attribution
        everything = compare(text.text, text.quotes, rows, View.ALL)
        self.all_overlap += everything.overlap
        self.all_attribution += everything.attribution


def textacy_by_paragraph(doc: Doc) -> list[Row] | None:
    """textacy on each paragraph alone, so that an odd mark costs no more than its paragraph."""
    starts = [token.idx for token in doc]
    rows: list[Row] = []
    for start, end in paragraphs(doc.text):
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        if first < last:
            rows += _triples(doc[first:last].as_doc(), starts[first]) or []
    return rows


def textacy_whole(doc: Doc) -> list[Row] | None:
    """textacy as its documentation shows it."""
    return _triples(doc, 0)


def _triples(doc: Doc, offset: int) -> list[Row] | None:
    try:
        found = list(direct_quotations(doc))
    except ValueError:
        return None  # an odd number of quotation marks
    return [_row(triple, offset) for triple in found]


def _row(triple: object, offset: int) -> Row:
    content, speaker = triple.content, triple.speaker  # type: ignore[attr-defined]
    start, end = speaker[0].idx, speaker[-1].idx + len(speaker[-1].text)
    return Row(
        start=offset + content.start_char,
        end=offset + content.end_char,
        kind=Kind.DIRECT,
        speaker=" ".join(token.text for token in speaker),
        speaker_start=offset + start,
        speaker_end=offset + end,
    )


def marks_alone(doc: Doc) -> list[Row] | None:
    """Every stretch in quotation marks that is long enough to be speech."""
    regions = quoted_regions(doc.text, paragraphs(doc.text))
    return [
        Row(start=region.start, end=region.end, kind=Kind.DIRECT)
        for region in regions
        if len(doc.text[region.start : region.end].split()) >= _LEAST_WORDS
    ]


def onrecord(nlp: Language) -> System:
    """Ours, on the same parse; paragraphs are marked beforehand, as in our own pipeline."""

    def rows(doc: Doc) -> list[Row]:
        for name in AFTER:
            nlp.get_pipe(name)(doc)
        return predicted_rows(quote_rows(doc, doc.text, _CONTEXT, Positions(doc)))

    return rows


def last_named_speaker(rows: Sequence[Row]) -> list[Row]:
    """Our rows, every pronoun being the speaker that was last given by name."""
    named, changed = None, []
    for row in rows:
        if row.speaker_type == SpeakerType.NAMED:
            named = row.speaker_canonical or row.speaker
        is_pronoun = row.speaker_type == SpeakerType.PRONOUN
        changed.append(Row(row.start, row.end, row.kind, speaker_canonical=named) if is_pronoun else row)
    return changed


def last_person(doc: Doc, rows: Sequence[Row]) -> list[Row]:
    """Our rows, every pronoun being the person whom the model saw last before it."""
    people = [(entity.start_char, entity.text) for entity in doc.ents if entity.label_ == "PERSON"]
    starts = [start for start, _ in people]
    changed = []
    for row in rows:
        before = bisect_left(starts, row.speaker_start)
        is_pronoun = row.speaker_type == SpeakerType.PRONOUN and before > 0
        changed.append(
            Row(row.start, row.end, row.kind, speaker_canonical=people[before - 1][1]) if is_pronoun else row
        )
    return changed


def run(texts: Sequence[QuotedText]) -> tuple[dict[str, Score | None], dict[str, Doc], float]:
    """All systems over the texts: scores by name (None where a peer is not installed), parses, the model's seconds."""
    nlp = load(DEFAULT_MODEL)
    plain = spacy.load(DEFAULT_MODEL)
    peers: dict[str, System | None] = {
        "onrecord": onrecord(nlp),
        "textacy, by paragraph": textacy_by_paragraph if direct_quotations else None,
        "textacy, whole document": textacy_whole if direct_quotations else None,
        "quotation marks alone": marks_alone,
    }
    scores: dict[str, Score | None] = {name: Score() if peer else None for name, peer in peers.items()}
    docs, model_seconds = {}, 0.0
    for text in texts:
        start = time.process_time()
        parse = plain(text.text)
        model_seconds += time.process_time() - start
        docs[text.id] = ours = _own_parse(nlp, text.text)
        for name, peer in peers.items():
            score = scores[name]
            if peer is not None and score is not None:
                _measure(score, peer, text, ours if name == "onrecord" else parse)
    return scores, docs, model_seconds


def _own_parse(nlp: Language, text: str) -> Doc:
    with nlp.select_pipes(disable=[*AFTER]):
        return nlp(text)


def _measure(score: Score, system: System, text: QuotedText, doc: Doc) -> None:
    start = time.process_time()
    rows = system(doc)
    score.seconds += time.process_time() - start
    score.given_up += rows is None
    score.add(text, rows or [])


def systems_table(
    name: str, texts: Sequence[QuotedText], scores: dict[str, Score | None], model_seconds: float
) -> Table:
    """One row a system."""
    words = sum(len(text.text.split()) for text in texts)
    header = ["system", "direct overlap", "direct attribution", "strict", "all overlap", "all attribution"]
    header += ["given up", "CPU of the model's", "ms per 1,000 words"]
    rows = [_cells(system, score, model_seconds, words) for system, score in scores.items()]
    size = f"F1; {len(texts)} documents, {words:,} words"
    return Table(f"Beside other systems, {name}", size, DEFAULT_MODEL, _COMMAND, header, rows)


def _cells(system: str, score: Score | None, model_seconds: float, words: int) -> list[str]:
    if score is None:
        return [system, "not installed", *[""] * 7]
    counts = (score.direct, score.attribution, score.strict, score.all_overlap, score.all_attribution)
    figures = [f"{each.f1:.3f}" for each in counts]
    cost = [f"{score.seconds / model_seconds:.1%}", f"{score.seconds / words * 1e6:.1f}"]
    return [system, *figures, str(score.given_up), *cost]


def pronoun_table(
    name: str, texts: dict[str, QuotedText], cases: Sequence[PronounCase], ours: Score, docs: dict[str, Doc]
) -> Table:
    """Whether the pronouns that a reader resolved are given to the right person; giving no name is wrong."""
    systems: dict[str, Callable[[str], list[Row]]] = {
        "onrecord": lambda key: ours.rows[key],
        "last named speaker": lambda key: last_named_speaker(ours.rows[key]),
        "last person named": lambda key: last_person(docs[key], ours.rows[key]),
    }
    here = [case for case in cases if case.id in texts]
    rows = []
    for system, rows_of in systems.items():
        rights = [right for case in here for right in _right(texts[case.id].text, case, rows_of(case.id))]
        rows.append([system, str(sum(rights)), str(len(rights)), f"{sum(rights) / max(len(rights), 1):.3f}"])
    header = ["system", "right", "quotations found", "share"]
    size = f"{len(here)} quotations"
    return Table(f"Pronouns beside other rules, {name}", size, DEFAULT_MODEL, _COMMAND, header, rows)


def _right(text: str, case: PronounCase, rows: Sequence[Row]) -> Iterator[bool]:
    for pair in compare(text, [Row(case.start, case.end, Kind.DIRECT)], rows, View.ALL).pairs:
        words = name_words(pair.predicted.speaker_canonical)
        yield last_name(case.last_name) in words if case.last_name else not words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, default=quotes_path("polnear_dev"), help="annotated texts (.jsonl.gz)")
    parser.add_argument("--pronouns", type=Path, help="pronouns resolved by hand (default: those of the set)")
    parser.add_argument("--documents", type=int, help="only so many")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/quality.md")
    options = parser.parse_args()
    if not options.set.exists():
        raise SystemExit(f"{options.set} is not there (ONRECORD_SHARED names the folder of the evaluation data)")
    name = options.set.name.removesuffix(".jsonl.gz")
    texts = list(read_quoted_texts(options.set))[: options.documents]
    scores, docs, model_seconds = run(texts)
    tables = [systems_table(name, texts, scores, model_seconds)]
    known = options.pronouns or pronouns_path(name)
    ours = scores["onrecord"]
    if known.exists() and ours is not None:
        by_id = {text.id: text for text in texts}
        tables.append(pronoun_table(name, by_id, read_pronouns(known), ours, docs))
    for table in tables:
        print(table.plain(), "\n")
    if options.write:
        document = report.DOC.read_text(encoding="utf-8")
        report.DOC.write_text(report.update(document, tables, datetime.now(UTC).date()), encoding="utf-8")


if __name__ == "__main__":
    main()
