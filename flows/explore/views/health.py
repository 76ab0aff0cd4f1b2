"""Can the tables be trusted?"""

import altair as alt
import streamlit as st

from flows.explore import health
from flows.explore.database import Answer, Database
from flows.explore.markup import table, text_or
from flows.explore.views import parts

_WORDS = {"documents": "all", "copies": "exact copies of another", "without_model": "not annotated"}
_RUN_COLUMNS = ("started_at", "state", "records_read", "documents_added", "quotes_added", "rejects_found", "snapshot")


def draw(database: Database) -> None:
    """The page."""
    st.title("Health")
    documents = health.documents(database)
    facts = documents.frame.iloc[0]
    st.html(
        table(
            "Articles",
            ("what", "articles"),
            [(_WORDS.get(str(name), str(name).replace("_", " ")), int(facts[name])) for name in facts.index],
        )
    )
    parts.lines(documents, "Articles")
    _unresolved(health.unresolved(database))
    _counted("Refused records by reason", ("reason", "records"), health.rejects(database), "No record was refused.")
    _counted("Articles by warning", ("warning", "articles"), health.warnings(database), "No article has a warning.")
    _counted("Articles by language", ("language", "articles"), health.languages(database), "There are no articles.")
    _counted("Landing files by status", ("status", "files"), health.sources(database), "The ledger is empty.")
    _runs(health.runs(database))


def _unresolved(answer: Answer) -> None:
    frame = answer.frame.assign(share=answer.frame["unresolved"] / answer.frame["quotes"])
    total, nobody = int(frame["quotes"].sum()), int(frame["unresolved"].sum())
    share = f" ({nobody / total:.1%})" if total else ""
    st.header("Quotes whose speaker has no name")
    st.write(f"{nobody:,} of {total:,} quotes{share}.")
    chart = (
        alt.Chart(frame[frame["month"] != "unknown"])
        .mark_line(point=True, color=parts.BLUE)
        .encode(
            x=alt.X("month:O", axis=alt.Axis(labelOverlap="greedy", labelAngle=0, title=None)),
            y=alt.Y("share:Q", title="share", axis=alt.Axis(format="%"), scale=alt.Scale(domainMin=0)),
            tooltip=["month:N", "unresolved:Q", "quotes:Q", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(height=200, description="Share of quotes whose speaker has no name, by month")
    )
    st.altair_chart(chart, width="stretch")
    parts.lines(answer, "Quotes whose speaker has no name")


def _counted(caption: str, heads: tuple[str, str], answer: Answer, otherwise: str) -> None:
    if answer.frame.empty:
        st.write(otherwise)
        return
    rows = [(text_or(row[0], "undecided"), int(row[1])) for row in answer.frame.itertuples(index=False)]
    st.html(table(caption, heads, rows))
    parts.lines(answer, caption)


def _runs(answer: Answer) -> None:
    if answer.frame.empty:
        return
    rows = [
        (f"{row['started_at']:%Y-%m-%d %H:%M}", *(row[name] for name in _RUN_COLUMNS[1:]))
        for row in answer.frame.to_dict("records")
    ]
    heads = [name.replace("_", " ") for name in _RUN_COLUMNS]
    st.html(table("Latest runs", heads, rows))
    parts.lines(answer, "Latest runs")
