"""The tables about landing files: the ledger ``sources``, and ``rejects``."""

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import LONG, MOMENT_NS, STRING, STRINGS

SOURCES = Table(
    name="sources",
    meaning="The ledger: one row a landing file, and one a member of an archive, that was read.",
    key=("source_path", "source_member"),
    owner=("source_path", "source_member"),
    partitioned=False,
    sort_by=("source_path", "source_member"),
    row_group_rows=20_000,
    columns=(
        fields.SOURCE_PATH,
        fields.SOURCE_MEMBER,
        Column("size", LONG, "Length of the file or of the unpacked member.", unit="bytes"),
        Column("mtime", MOMENT_NS, "Last modification of the file; of a member: of its archive.", nullable=True),
        Column("read_at", MOMENT_NS, "When the file was found and its size and time were taken.", nullable=True),
        fields.SOURCE_SHA256,
        Column(
            "status",
            STRING,
            "`done`: read to its end; `archive`: a file whose members have rows of their own; `rejected`: refused as a "
            "whole; `partial`: some of its records are not stored yet, so that the next run reads it again.",
            example="done",
        ),
        Column("record_count", LONG, "Records that were read, rejects among them.", unit="records"),
        Column("document_ids", STRINGS, "The documents that it gave, each once, in order."),
        fields.PIPELINE_VERSION,
        fields.RUN_ID,
    ),
)

REJECTS = Table(
    name="rejects",
    meaning="One row a record that did not become a document, with the reason.",
    key=("source_path", "source_member", "source_record"),
    owner=("source_path", "source_member", "source_record"),
    partitioned=False,
    sort_by=("source_path", "source_member", "source_record"),
    row_group_rows=20_000,
    columns=(
        fields.SOURCE_PATH,
        fields.SOURCE_MEMBER,
        fields.SOURCE_RECORD,
        fields.SOURCE_SHA256,
        Column("reason", STRING, "Why, as one of a closed list of words.", example="empty_body"),
        Column("detail", STRING, "What exactly was found.", bounded=False),
        Column("excerpt", STRING, "The first characters of the record.", bounded=False),
        fields.RUN_ID,
    ),
)
