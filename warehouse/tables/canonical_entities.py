"""The tables about entities across documents: ``canonical_entities``, and ``entity_decisions``."""

from warehouse.columns import Column, Table
from warehouse.fields import COUNT, DAY, MOMENT, STRING, STRINGS, count, struct_list

EXTERNAL_IDS = Column(
    "external_ids",
    struct_list(("name", STRING), ("value", STRING)),
    "Identifiers in other systems, such as `wikidata` and `Q7747`.",
)

CANONICAL_ENTITIES = Table(
    name="canonical_entities",
    meaning="One row a person, organisation, place or other entity, over all documents: made anew by the flow "
    "`maintain` and by `onrecord entities --rebuild`, and as of then.",
    key=("entity_id",),
    owner=("entity_id",),
    partitioned=False,
    sort_by=("entity_id",),
    row_group_rows=20_000,
    columns=(
        Column(
            "entity_id",
            STRING,
            "The entity: a hash of its kind and folded name, or of its country code. The order in which documents "
            "came has no part in it.",
            example="5f0c2b7d9e41a6833c1d",
        ),
        Column("name", STRING, "The name to show: the most frequent full one, or the one that a person decided."),
        Column("label", STRING, "The label of most of its mentions, in OntoNotes' names.", example="PERSON"),
        Column(
            "aliases",
            struct_list(("text", STRING), ("count", COUNT)),
            "How its mentions are written, with the number of each, the most frequent first; at most 50.",
        ),
        Column(
            "alias_ids",
            STRINGS,
            "Ids that lead to this entity, of names that were united with it: an id noted earlier is found here.",
        ),
        Column(
            "country_code",
            STRING,
            "ISO 3166-1 alpha-2: of a country itself, and of a people (`NORP`) that is named after one.",
            nullable=True,
            example="UA",
        ),
        EXTERNAL_IDS,
        count("mention_count", "How many rows of `entities` it has.", "mentions"),
        count("quote_count", "How many rows of `quotes` it is the speaker of.", "quotes"),
        count("document_count", "How many documents mention it; exact copies count once.", "documents"),
        Column("first_seen", DAY, "The first day of a document that mentions it; null without any.", nullable=True),
        Column("last_seen", DAY, "The last such day.", nullable=True),
        Column(
            "co_mentions",
            struct_list(("entity_id", STRING), ("document_count", COUNT)),
            "The entities that most documents mention together with it, at most 10, and how many documents these are, "
            "2 at least.",
        ),
    ),
)

ENTITY_DECISIONS = Table(
    name="entity_decisions",
    meaning="One row a decision of a person about entities; it wins over the rules at every rebuild, and later ones "
    "over earlier ones.",
    key=("decision_id",),
    owner=("decision_id",),
    partitioned=False,
    sort_by=("decision_id",),
    row_group_rows=20_000,
    columns=(
        Column("decision_id", STRING, "The decision: a hash of what was decided."),
        Column(
            "kind",
            STRING,
            "`alias`: `names` stand for `canonical_name`; `merge`: `other_entity_id` is part of `entity_id`; `split`: "
            "`names` are not `entity_id`, but an entity of their own.",
            example="merge",
        ),
        Column("entity_id", STRING, "The entity that stays; null for an alias.", nullable=True),
        Column("other_entity_id", STRING, "The entity that becomes part of it; null but for a merge.", nullable=True),
        Column(
            "label",
            STRING,
            "The names of entities with this label are meant (all labels of places are one); null: of any label.",
            nullable=True,
        ),
        Column("names", STRINGS, "The names that it is about, as documents' canonical names have them, in any case."),
        Column("canonical_name", STRING, "What they stand for; null but for an alias.", nullable=True),
        EXTERNAL_IDS,
        Column("decided_at", MOMENT, "When it was decided."),
        Column("decided_by", STRING, "By whom.", nullable=True),
        Column("reason", STRING, "Why.", nullable=True),
    ),
)
