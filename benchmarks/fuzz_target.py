"""One target under libFuzzer: ``python -m benchmarks.fuzz_target NAME CORPUS [options of libFuzzer]``."""

import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import atheris

from benchmarks.fuzz_seeds import seeds_of

with atheris.instrument_imports(include=["transforms.read", "transforms.normalise"]):
    from transforms.normalise import NormaliseOptions, build_document
    from transforms.read import ReadOptions, count_records, read_unit
    from transforms.read.archives import Member, MemberError, is_archive, members, open_member
    from transforms.read.errors import StreamError
    from transforms.read.formats import format_named
    from transforms.read.streams import open_unit
    from transforms.records import Origin, Provenance, RawRecord, Reject

QUOTES = "quotes"
LAYERS_OF_QUOTES = ["transforms.quotes", "transforms.names", "transforms.speakers"]
OPTIONS = ReadOptions(max_record_bytes=200_000, max_held_bytes=500_000, max_unpacked_bytes=4_000_000, max_members=200)
ORIGIN = Origin("in/a", None, "0" * 64)
PROVENANCE = Provenance("run", "no-model", "1", datetime(2024, 6, 1, tzinfo=UTC))


def check(item: RawRecord | Reject) -> None:
    """What every reader promises about what it yields."""
    if isinstance(item, Reject):
        item.detail.encode("utf-8")
        item.excerpt.encode("utf-8")
        return
    built = build_document(item, ORIGIN, PROVENANCE, NormaliseOptions())
    if not isinstance(built, Reject):
        for text in (built.text, built.title, built.url, built.publisher, *built.authors):
            (text or "").encode("utf-8")


def read_as(name: str, data: bytes) -> None:
    """Read the bytes with one reader, whatever they are."""
    format_ = format_named(name)
    try:
        unit = open_unit(io.BytesIO(data), f"a{format_.extensions[0]}", OPTIONS)
        numbers = []
        for item in format_.read(unit, OPTIONS, 0):
            check(item)
            numbers.append(item.source_record)
        assert numbers == sorted(set(numbers)), numbers
        count = format_.count(open_unit(io.BytesIO(data), f"a{format_.extensions[0]}", OPTIONS), OPTIONS)
        assert count >= 1, count
    except StreamError as error:
        error.detail.encode("utf-8")


def read_packed(data: bytes) -> None:
    """Read a packed file as any file is read."""
    for item in read_unit(io.BytesIO(data), "a.txt.gz", OPTIONS):
        check(item)
    count_records(io.BytesIO(data), "a.jsonl.gz", OPTIONS)


def read_archive(data: bytes) -> None:
    """List an archive and read each member of it."""
    stream = io.BytesIO(data)
    is_archive(stream, "a.zip")
    for member in members(stream, "a.zip", OPTIONS):
        if isinstance(member, Member):
            member.name.encode("utf-8")
            try:
                content = open_member(stream, member, OPTIONS)
            except MemberError as error:
                error.detail.encode("utf-8")
            else:
                for item in read_unit(content, member.name, OPTIONS):
                    check(item)


def target_named(name: str) -> Callable[[bytes], None]:
    """What is run on every input; a finding is any exception that it lets out."""
    if name == QUOTES:
        with atheris.instrument_imports(include=LAYERS_OF_QUOTES):
            from benchmarks.fuzz_quotes import check_quotes, pipeline
        return partial(check_quotes, pipeline())
    for warm in ("html", "text"):  # loads what is loaded late: no input shall pay for that
        for data in seeds_of(warm):
            read_as(warm, data)
    special = {"packed": read_packed, "archive": read_archive}
    return special.get(name) or partial(read_as, name)


def main() -> None:
    target = target_named(sys.argv.pop(1))
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
