"""The table ``quotes``."""

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import COUNT, OFFSET, SCORE, STRING, offset, struct_list

QUOTES = Table(
    name="quotes",
    meaning="One row a quoted stretch: who said what, with which words, where in the text.",
    key=("quote_id",),
    owner=("document_id",),
    partitioned=True,
    # A search for one speaker then skips three row groups of four, for a fifth more bytes (see decision 0011).
    sort_by=("speaker_canonical", "document_id", "quote_index"),
    row_group_rows=1_000,
    columns=(
        Column("quote_id", STRING, "The quote."),
        fields.DOCUMENT_ID,
        Column("quote_index", COUNT, "Position of the quote in the document, from 0.", unit="quotes"),
        Column(
            "quote_type",
            STRING,
            "`direct`: all of the content is in quotation marks; `mixed`: some of it; `indirect`: none of it.",
            example="direct",
        ),
        Column(
            "quote_group",
            COUNT,
            "Rows of one document with the same number are parts of one utterance, split by its cue or continued over "
            "paragraphs.",
        ),
        Column("content", STRING, "What was said: exactly `documents.text[content_start:content_end]`.", bounded=False),
        offset("content_start", "First code point of the content in `documents.text`."),
        offset("content_end", "One past its last code point."),
        Column(
            "quoted_parts",
            struct_list(("start", OFFSET), ("end", OFFSET)),
            "The stretches of the content that stand in quotation marks, as offsets into `documents.text`.",
        ),
        fields.PARAGRAPH_INDEX,
        Column("cue", STRING, "The word or words that report.", nullable=True, example="told"),
        offset("cue_start", "First code point of the cue; -1 without one."),
        offset("cue_end", "One past its last code point; -1 without one."),
        Column("cue_lemma", STRING, "Dictionary form of the cue.", nullable=True, example="tell"),
        Column("speaker", STRING, "The source as written next to the quote.", nullable=True, example="the minister"),
        offset("speaker_start", "First code point of the speaker; -1 without one."),
        offset("speaker_end", "One past its last code point; -1 without one."),
        Column(
            "speaker_type",
            STRING,
            "`named`, `pronoun`, `nominal`, `organisation`, `document`, or `none` when no source was found.",
            example="pronoun",
        ),
        Column("speaker_canonical", STRING, "Who that is: the fullest name in the document.", nullable=True),
        Column("speaker_entity_id", STRING, "The speaker across documents, once linked.", nullable=True),
        Column("speaker_mention_id", STRING, "The row of `entities` that is the speaker.", nullable=True),
        Column("addressee", STRING, "To whom it was said.", nullable=True, example="reporters"),
        Column("via", STRING, "The outlet of a second-hand report.", nullable=True),
        Column("attribution_method", STRING, "The rule that found the speaker.", example="cue_after"),
        Column("confidence", SCORE, "How sure the attribution is, from 0 to 1.", unit="score"),
        fields.MODEL,
        fields.PIPELINE_VERSION,
        fields.PUBLISHED_ON,
    ),
)
