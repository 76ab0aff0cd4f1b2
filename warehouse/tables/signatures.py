"""The table ``signatures``: the index by which near duplicates are found."""

import pyarrow as pa

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import COUNT

SIGNATURES = Table(
    name="signatures",
    meaning="The index of near duplicates: one row a document of 20 words or more. Documents that share much of their "
    "wording have many numbers of their signatures in common; `documents.near_duplicate_cluster` says which do.",
    key=("document_id",),
    owner=("document_id",),
    partitioned=False,
    sort_by=("document_id",),
    row_group_rows=20_000,
    columns=(
        fields.DOCUMENT_ID,
        Column(
            "shingle_count", COUNT, "Different runs of three words in the text; 0: too short to compare.", unit="runs"
        ),
        Column(
            "signature",
            pa.binary(),
            "MinHash of the runs: 128 little-endian numbers of 16 bits; empty if too short.",
            bounded=False,
        ),
    ),
)
