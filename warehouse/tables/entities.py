"""The table ``entities``."""

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import COUNT, STRING, offset

ENTITIES = Table(
    name="entities",
    meaning="One row a mention of a person, organisation, place or other entity in a document.",
    key=("mention_id",),
    owner=("document_id",),
    partitioned=True,
    sort_by=("document_id", "start"),
    row_group_rows=20_000,
    columns=(
        Column("mention_id", STRING, "The mention."),
        fields.DOCUMENT_ID,
        offset("start", "First code point of the mention in `documents.text`."),
        offset("end", "One past its last code point."),
        Column("sentence_index", COUNT, "The sentence of the document that it stands in, from 0.", unit="sentences"),
        fields.PARAGRAPH_INDEX,
        fields.TEXT.meaning_here("The mention as written: exactly `documents.text[start:end]`."),
        Column("label", STRING, "Kind of entity, in OntoNotes' names.", example="PERSON"),
        Column("label_model", STRING, "The label that the model gave, before our corrections.", example="ORG"),
        Column("label_source", STRING, "Why `label` differs from `label_model`; `model` when it does not."),
        Column(
            "role",
            STRING,
            "Title or function stated next to the name.",
            nullable=True,
            example="Foreign Minister",
        ),
        Column("mention_type", STRING, "`PROP` a name, `NOM` a common noun phrase, `PRON` a pronoun.", example="PROP"),
        Column("canonical_name", STRING, "The fullest name of this entity within the document."),
        Column(
            "entity_id",
            STRING,
            "The entity across documents: a row of `canonical_entities`. Null until the next rebuild, for values "
            "(dates, amounts), and where a name does not tell who it is, such as a surname that its document never "
            "gives in full.",
            nullable=True,
        ),
        fields.MODEL,
        fields.PIPELINE_VERSION,
        fields.PUBLISHED_ON,
    ),
)
