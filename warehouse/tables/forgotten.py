"""The table ``forgotten``: what was taken down and is kept out."""

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import MOMENT, STRING, STRINGS

FORGOTTEN = Table(
    name="forgotten",
    meaning="One row a document that was taken down and each file or member that gave it: what a later run must keep "
    "out. It holds hashes and places, no text, no title and no address.",
    key=("document_id", "source_path", "source_member"),
    owner=("document_id",),
    partitioned=False,
    sort_by=("document_id", "source_path", "source_member"),
    row_group_rows=20_000,
    columns=(
        fields.DOCUMENT_ID,
        Column("forgotten_at", MOMENT, "When it was taken down."),
        Column("reason", STRING, "Why, in the words of whoever asked for it.", nullable=True, example="court order"),
        Column("url_hashes", STRINGS, "SHA-256 of each of its addresses, in hexadecimal: they are kept out."),
        Column(
            "raw_text_sha256",
            STRING,
            "SHA-256 of its body: the same body is kept out under any address. Null where another stored document had "
            "the same text when it was taken down, since that one stands on its own.",
            nullable=True,
        ),
        fields.PUBLISHED_ON,
        fields.SOURCE_PATH,
        fields.SOURCE_MEMBER,
        fields.SOURCE_RECORD.meaning_here(
            "Position of the record in its file or member, from 0; -1 where it is not known."
        ),
        fields.SOURCE_SHA256,
        Column(
            "whole_source",
            fields.FLAG,
            "Whether the file or member held nothing else: then whatever its path or its bytes give later is kept out.",
        ),
    ),
)
