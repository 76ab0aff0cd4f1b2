"""An invented article and the ways in which files hold it."""

import gzip
import io
import zipfile
from datetime import UTC, datetime

from transforms.normalise import NormaliseOptions, build_document
from transforms.read import ReadOptions, read_unit
from transforms.records import Document, Origin, Provenance, RawRecord, Reject

ARTICLE = (
    " date 2023-05-04 The harbour council of Port Marrow voted “by a hair’s breadth” to keep the old crane, its chair "
    "Ilse Thornbury said.\n\nThe crane’s café — a local favourite — will reopen.\n"
)
BODY = ARTICLE[len(" date 2023-05-04 ") :].strip()

PROVENANCE = Provenance("run-1", "no-model", "1", datetime(2024, 6, 1, 12, tzinfo=UTC))


def read_all(data: bytes, name: str, limits: ReadOptions | None = None, **window: int) -> list[RawRecord | Reject]:
    return list(read_unit(io.BytesIO(data), name, limits or ReadOptions(), **window))


def build(record: RawRecord, options: NormaliseOptions | None = None) -> Document | Reject:
    return build_document(record, Origin("in/a", None, "0" * 64), PROVENANCE, options or NormaliseOptions())


def document(data: bytes, name: str = "a.txt", options: NormaliseOptions | None = None) -> Document:
    [record] = read_all(data, name)
    assert isinstance(record, RawRecord), record
    built = build(record, options)
    assert isinstance(built, Document), built
    return built


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
