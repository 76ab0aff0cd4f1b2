"""Who and what is mentioned together, and where."""

import streamlit as st

from flows.explore import names, together
from flows.explore.database import Database, rows_of
from flows.explore.markup import Cell, address, day, note, table, text_or
from flows.explore.together import Near
from flows.explore.views import parts


def draw(database: Database) -> None:
    """The page."""
    st.title("Together")
    left, right = st.columns(2)
    with left:
        found = names.find_entities(database, parts.words("Find a name", "find_name", "part of a name"))
    told = {row.key: f"{row.name} · {parts.kind_of(row.label)} · {row.mentions:,}" for row in rows_of(found)}

    def name_of(key: str) -> str:
        return told.get(key) or names.entity_name(database, key) or key

    with right:
        entity = parts.choice("Name, most mentioned first", "name", list(told), name_of, "Choose one")
    if entity is None:
        st.html(note("Choose a name to see what is mentioned with it."))
        return
    left, right = st.columns(2)
    with left:
        near = Near(st.segmented_control("In the same", [*Near], default=Near.DOCUMENT, key="near", required=True))
    with right:
        labels = parts.kinds("kind_beside")
    answer = together.together(database, entity, near, labels)
    rows = [
        (Cell(row.name, address("/together", name=entity, other=row.key)), parts.kind_of(row.label), int(row.documents))
        for row in rows_of(answer.frame)
    ]
    if not rows:
        st.info("Nothing of that kind is mentioned with it.")
        return
    st.html(table("Mentioned with it", ("name", "kind", "articles"), rows))
    parts.lines(answer, "Mentioned with it")
    beside = {row.key: f"{row.name} · {row.documents:,}" for row in rows_of(answer.frame)}
    other = parts.choice(
        "Articles with", "other", list(beside), lambda key: beside.get(key) or name_of(key), "Choose one of them"
    )
    if other is not None:
        _places(database, entity, other, near)


def _places(database: Database, entity: str, other: str, near: Near) -> None:
    answer = together.meeting_places(database, entity, other, near)
    rows = [
        (
            Cell(
                text_or(row.title, "Untitled article"),
                address(f"/article/{row.document_id}", snapshot=database.snapshot),
            ),
            text_or(row.publisher, "none named"),
            day(row.published_on),
        )
        for row in rows_of(answer.frame)
    ]
    st.html(table("The newest articles with both", ("article", "outlet", "day"), rows))
    parts.lines(answer, "These articles")
