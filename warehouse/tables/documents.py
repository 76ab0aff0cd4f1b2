"""The table ``documents``."""

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import COUNT, MOMENT, OFFSET, SCORE, STRING, STRINGS, count, struct_list

DOCUMENTS = Table(
    name="documents",
    meaning="One row a news article, with its cleaned text, what its source says about it, and where it came from.",
    key=("document_id",),
    owner=("document_id",),
    partitioned=True,
    sort_by=("published_on", "document_id"),
    row_group_rows=2_000,
    columns=(
        fields.DOCUMENT_ID,
        Column("url", STRING, "Address of the article as the source gives it.", nullable=True, bounded=False),
        Column(
            "canonical_url", STRING, "Address that the publisher calls the article's own.", nullable=True, bounded=False
        ),
        Column("publisher", STRING, "Who published it, as the source names it.", nullable=True),
        Column(
            "title", STRING, "Headline, when the source gives it apart from the text.", nullable=True, bounded=False
        ),
        Column("authors", STRINGS, "Names of the authors, in the order of the source; empty when none is given."),
        Column("section", STRING, "Section or desk of the publication.", nullable=True, example="world"),
        Column(
            "language", STRING, "Language of the text, ISO 639-1; null when undecided.", nullable=True, example="en"
        ),
        Column("language_score", SCORE, "How sure the language is, from 0 to 1.", unit="probability"),
        fields.TEXT.meaning_here(
            "The article, normalised (line ends, invisible characters, Unicode NFC) with its quotation marks as "
            "written. Every offset of every table counts code points of this text."
        ),
        count("char_count", "Length of `text`.", "code points"),
        count("word_count", "Words of `text`, split at white space.", "words"),
        Column("published_at", MOMENT, "Moment of publication; null where the source gives only a day.", nullable=True),
        fields.PUBLISHED_ON,
        Column(
            "published_at_source",
            STRING,
            "What the date was read from: `header`, or the name of a field of the source.",
            nullable=True,
            example="header",
        ),
        Column("modified_at", MOMENT, "Last change, as the source says. A later one wins.", nullable=True),
        Column("ingested_at", MOMENT, "When the run that made this row began."),
        Column("dateline_place", STRING, "Place of the dateline.", nullable=True, example="BRUSSELS"),
        Column("text_hash", STRING, "Hash of `text`: equal for exact copies.", bounded=False),
        Column(
            "duplicate_of",
            STRING,
            "The `document_id` of the stored copy that stands for all documents with the same text; null on that copy "
            "and on documents without copies. Filter on null to count each text once.",
            nullable=True,
        ),
        Column(
            "near_duplicate_cluster",
            STRING,
            "Documents with the same value share much of their wording: edited, cut and copied versions of one text. "
            "It is the `document_id` of the first of them, also for a document that is alone. Drop duplicates of this "
            "column to count each story once.",
            nullable=True,
        ),
        fields.SOURCE_PATH,
        fields.SOURCE_MEMBER,
        fields.SOURCE_RECORD,
        Column("source_format", STRING, "The reader that read the record.", example="jsonl"),
        fields.SOURCE_SHA256,
        Column(
            "raw_text_sha256", STRING, "SHA-256 of the body before it was normalised, in hexadecimal.", bounded=False
        ),
        Column(
            "record_hash", STRING, "Hash of all that the source said: a change of it is a correction.", bounded=False
        ),
        Column(
            "marked_spans",
            struct_list(("kind", STRING), ("start", OFFSET), ("end", OFFSET)),
            "Stretches of `text` that are not the article's prose: headline, byline, dateline, boilerplate, "
            "wire_credit. Marked, never deleted.",
        ),
        Column("encoding", STRING, "Encoding that the bytes were read in.", example="utf-8"),
        Column("extraction_method", STRING, "How the body was found in the record.", example="txt_header"),
        Column("warnings", STRINGS, "What was odd about the record; empty when nothing was."),
        Column(
            "entity_count",
            COUNT,
            "Rows of `entities` under this `document_id`: 0 on an exact copy, whose mentions are stored once, under "
            "the document that `duplicate_of` names, and have the same offsets.",
            unit="mentions",
        ),
        Column(
            "quote_count",
            COUNT,
            "Rows of `quotes` under this `document_id`: 0 on an exact copy, whose quotes are stored once, under the "
            "document that `duplicate_of` names, and have the same offsets.",
            unit="quotes",
        ),
        fields.MODEL.or_null().meaning_here(
            fields.MODEL.meaning + " Null when its language has no model and nothing was annotated."
        ),
        fields.PIPELINE_VERSION,
        fields.RUN_ID,
    ),
)
