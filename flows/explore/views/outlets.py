"""Whom the outlets let speak: speakers by outlet and month."""

import altair as alt
import pandas as pd
import streamlit as st

from flows.explore import outlets, quotes
from flows.explore.asked import Asked
from flows.explore.database import Database, rows_of
from flows.explore.markup import Cell, address, note, plain, table
from flows.explore.views import parts
from flows.explore.views.speakers import speaker_table

MONTHS_SHOWN = 12


def draw(database: Database) -> None:
    """The page."""
    st.title("Outlets")
    listed = outlets.outlets(database)
    named = listed.frame.dropna(subset=["outlet"])
    told = {row.outlet: f"{row.outlet} · {row.documents:,}" for row in rows_of(named)}
    outlet = parts.choice("Outlet, most articles first", "outlet", list(told), lambda key: told.get(key, key), "All")
    if outlet is None:
        _every(database)
        rows = [
            (
                Cell(row.outlet, address("/outlets", outlet=row.outlet))
                if isinstance(row.outlet, str)
                else "none named",
                int(row.documents),
                int(row.quotes),
            )
            for row in rows_of(listed.frame.head(50))
        ]
        st.html(table("Articles and quotes by outlet", ("outlet", "articles", "quotes"), rows))
        parts.lines(listed, "Articles and quotes by outlet")
    else:
        _one(database, outlet)


def _every(database: Database) -> None:
    answer = outlets.speakers_by_month(database)
    dated = answer.frame[answer.frame["month"] != "unknown"]
    if dated.empty:
        st.html(note("No dated article with quotes names its outlet."))
        return
    frame = dated.assign(outlet=[plain(name) for name in dated["outlet"]])
    chart = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X("month:O", axis=alt.Axis(labelOverlap="greedy", labelAngle=0, title=None)),
            y=alt.Y("outlet:N", axis=alt.Axis(title=None, labelLimit=240)),
            color=alt.Color("speakers:Q", title="speakers", scale=alt.Scale(scheme="blues")),
            tooltip=["outlet:N", "month:N", "speakers:Q", "quotes:Q"],
        )
        .properties(description="Different speakers of each outlet in each month", height={"step": 26})
    )
    st.altair_chart(chart, width="stretch")
    st.html(_months(dated))
    parts.lines(answer, "Speakers by outlet and month")


def _months(frame: pd.DataFrame) -> str:
    """The same as numbers, of the latest months."""
    wide = frame.pivot(index="outlet", columns="month", values="speakers").fillna(0).astype(int)
    latest = sorted(wide.columns)[-MONTHS_SHOWN:]
    rows = [
        (Cell(outlet, address("/outlets", outlet=outlet)), *(int(row[month]) for month in latest))
        for outlet, row in wide.iterrows()
    ]
    return table("Different speakers by outlet and month", ("outlet", *latest), rows)


def _one(database: Database, outlet: str) -> None:
    timeline = quotes.timeline(database, Asked(outlet=outlet))
    parts.bars(timeline.frame, "speakers", f"Different speakers in {plain(outlet)} by month", colour=parts.GREEN)
    month = parts.choice("Only of month", "month", parts.months_of(timeline.frame), str, "All months")
    asked = Asked(outlet=outlet, month=month)
    most = quotes.speakers(database, asked)
    if not most.frame.empty:
        st.html(speaker_table("Who is quoted most there", most))
    parts.quote_pages(database, asked, "outlets")
    parts.lines(timeline, "The timeline")
    parts.lines(most, "Who is quoted most there")
