"""A batch whose records do to their process what a defect in a C library would: run in pool processes by tests."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows import batch, reading
from flows.pool import ProcessPool
from flows.spec import BatchResult, BatchSpec
from transforms.records import Annotated, Document, RawRecord, Reject

DIES = "a segmentation fault"
STALLS = "an endless loop"
HOGS = "a flood of memory"
DIES_ONCE = "an unlucky moment"


def suffer(text: str, once: str | None = None) -> None:
    """Do what the text says."""
    if DIES in text or (once and DIES_ONCE in text and not _seen(once)):
        os.kill(os.getpid(), signal.SIGSEGV)
    if STALLS in text:
        time.sleep(600)
    if HOGS in text:
        held = [b"x" * (64 * 1024 * 1024) for _ in range(40)]
        time.sleep(600)
        del held


def _seen(note: str) -> bool:
    try:
        with Path(note).open("x"):
            return False
    except FileExistsError:
        return True


class FakeAnnotator:
    """Finds nothing, but suffers while it looks."""

    engine = "none"

    def __init__(self, root: str) -> None:
        self._note = f"{root}.once"

    def annotate(self, documents: Sequence[Document]) -> list[Annotated]:
        for document in documents:
            if "while annotated" in document.text:
                suffer(document.text, self._note)
        return [Annotated(replace(document, model="fake 1")) for document in documents]


def run_rigged(spec: BatchSpec) -> BatchResult:
    """``run_batch`` with steps that suffer."""
    read, build = reading.read_unit, batch.build_document

    def read_and_suffer(*arguments: Any) -> Iterator[RawRecord | Reject]:
        start = arguments[3]
        # Like a reader that has to parse its way to where it begins.
        for record in read(*arguments[:3], 0, arguments[4]):
            if isinstance(record, RawRecord) and "while read" in record.body:
                parses_all = "whole file" in record.body
                if record.source_record >= start or parses_all:
                    suffer(record.body)
            if record.source_record >= start:
                yield record

    def build_and_suffer(record: RawRecord, *rest: Any) -> Document | Reject:
        if "while normalised" in record.body:
            suffer(record.body)
        return build(record, *rest)

    batch._annotator = lambda model, engine: FakeAnnotator(spec.root)  # type: ignore[assignment,return-value]
    reading.read_unit = read_and_suffer  # type: ignore[assignment]
    batch.build_document = build_and_suffer
    try:
        return batch.run_batch(spec)
    finally:
        reading.read_unit, batch.build_document = read, build


class RiggedPool:
    """A pool in which ``run_batch`` is rigged."""

    def __init__(self, pool: ProcessPool) -> None:
        self.pool = pool
        self.workers = pool.workers

    def run(self, function: Callable[[Any], Any], argument: Any) -> Any:
        assert function is batch.run_batch
        return self.pool.run(run_rigged, argument)
