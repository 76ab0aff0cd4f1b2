"""Widgets and charts that several pages draw."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from flows.explore import quotes
from flows.explore.asked import Asked
from flows.explore.database import Answer, Database
from flows.explore.markup import note, plain, quote_list, unfolding, word_pattern
from flows.explore.quotes import Step

BLUE, GREEN = "#2f6fde", "#2a9d58"
"""Against both grounds, white and nearly black, more than 3:1."""

FEWEST_STEPS = 12
MOST_STEPS = 800
"""Of a timeline with its empty steps; one article of 1850 would make thousands."""

PEOPLE, ORGANISATIONS, PLACES, GROUPS = ("PERSON",), ("ORG",), ("GPE", "LOC", "FAC"), ("NORP",)
KINDS: dict[str, tuple[str, ...]] = {
    "Names": (*PEOPLE, *ORGANISATIONS, *PLACES, *GROUPS, "EVENT", "LAW", "PRODUCT", "WORK_OF_ART"),
    "People": PEOPLE,
    "Organisations": ORGANISATIONS,
    "Places": PLACES,
    "Groups": GROUPS,
    "Numbers and dates, too": (),
}
"""What analysts ask for, by OntoNotes' labels."""
WORDS = {
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "NORP": "group",
}
"""For labels that only those know who know OntoNotes."""


def remembered(name: str) -> str | None:
    """The value that the page's address has under a name, for a widget that has none yet."""
    return st.query_params.get(name) or None


def remember(name: str, value: str | None) -> None:
    """Put a value into the page's address, so that it can be kept and shared."""
    if value:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def words(label: str, name: str, placeholder: str) -> str:
    """A line of text that the page's address remembers."""
    if name not in st.session_state:
        st.session_state[name] = remembered(name) or ""
    value = st.text_input(label, key=name, placeholder=placeholder)
    remember(name, value)
    return value.strip()


def choice(label: str, name: str, options: Sequence[str], told: Callable[[str], str], placeholder: str) -> str | None:
    """A menu of keys, in which nothing need be chosen; the page's address remembers what is.

    What is chosen stays in the menu, also when a search would not find it.
    """
    if name not in st.session_state:
        st.session_state[name] = remembered(name)
    chosen = st.session_state[name]
    if chosen is not None and chosen not in options:
        options = [chosen, *options]
    picked: str | None = st.selectbox(
        label, options, index=None, key=name, format_func=lambda key: plain(told(key)), placeholder=placeholder
    )
    remember(name, picked)
    return picked


def kind_of(label: str) -> str:
    """What a label means, in a word."""
    return WORDS.get(label, label.replace("_", " ").lower())


def kinds(name: str) -> tuple[str, ...]:
    """Which mentions are wanted, as labels."""
    return KINDS[st.selectbox("Mentions of", list(KINDS), key=name)]


def bars(frame: pd.DataFrame, value: str, description: str, step: Step = Step.MONTH, colour: str = BLUE) -> None:
    """Bars over time of a timeline's column; undated rows are told in words below."""
    label = alt.Axis(labelOverlap="greedy", labelAngle=0, title=None)
    chart = (
        alt.Chart(steps(frame, value, step))
        .mark_bar(color=colour)
        .encode(
            # As words: dates would be moved to the browser's time zone.
            x=alt.X(f"{step}:O", axis=label, scale=alt.Scale(paddingInner=0.1)),
            y=alt.Y(f"{value}:Q", title=value, axis=alt.Axis(tickMinStep=1), scale=alt.Scale(nice=5)),
            tooltip=[f"{step}:O", alt.Tooltip(f"{value}:Q", format=",")],
        )
        .properties(height=220, description=description)
    )
    st.altair_chart(chart, width="stretch")
    undated = frame[frame["period"].isna()]
    if not undated.empty:
        st.html(note(f"{int(undated[value].iloc[0]):,} more without a date."))


def steps(frame: pd.DataFrame, value: str, step: Step) -> pd.DataFrame:
    """A timeline with its empty steps filled in, unless they are very many, and its periods as words.

    A short one gets empty steps around it: a single bar over the whole width says nothing.
    """
    dated = frame.dropna(subset=["period"]).set_index("period")[value]
    if len(dated):
        unit = pd.offsets.MonthBegin() if step is Step.MONTH else pd.offsets.Week(weekday=0)
        whole = pd.date_range(dated.index[0], dated.index[-1], freq=unit)
        around = max(0, (FEWEST_STEPS - len(whole) + 1) // 2)
        whole = pd.date_range(dated.index[0] - around * unit, dated.index[-1] + around * unit, freq=unit)
        if len(whole) <= MOST_STEPS:
            dated = dated.reindex(whole, fill_value=0)
    form = "%Y-%m" if step is Step.MONTH else "%Y-%m-%d"
    return pd.DataFrame({str(step): [f"{period:{form}}" for period in dated.index], value: dated.to_numpy()})


def lines(answer: Answer, name: str) -> None:
    """The pandas that gives the same numbers, to unfold."""
    # Not Streamlit's own box: for the colours of its code a browser reads 1.5 MB of script, unfolded or not.
    st.html(unfolding(f"{name} in pandas", answer.lines))


def months_of(frame: pd.DataFrame) -> list[str]:
    """The partitions that a timeline by month has rows in, the newest first."""
    dated = [f"{period:%Y-%m}" for period in frame["period"].dropna()]
    return [*reversed(dated), *(["unknown"] if frame["period"].isna().any() else [])]


@st.fragment
def quote_pages(database: Database, asked: Asked, name: str) -> None:
    """The quotes that are asked for, page by page."""
    total = quotes.count(database, asked)
    pages = max(1, -(-total // quotes.PAGE_ROWS))
    st.header(f"{total:,} quote{'' if total == 1 else 's'}")
    at = min(st.session_state.get(f"{name}_page", {}).get(asked, 0), pages - 1)
    answer = quotes.page(database, asked, at)
    pattern = word_pattern(asked.word, asked.whole) if asked.word else None
    st.html(quote_list(answer.frame, database.snapshot, pattern))
    if pages > 1:
        _turn(name, asked, at, pages)
    lines(answer, "These quotes")


def _turn(name: str, asked: Any, at: int, pages: int) -> None:
    def to(number: int) -> None:
        st.session_state[f"{name}_page"] = {asked: number}

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Newer", key=f"{name}_newer", disabled=at == 0, on_click=to, args=(at - 1,))
        st.button("Older", key=f"{name}_older", disabled=at >= pages - 1, on_click=to, args=(at + 1,))
        st.write(f"Page {at + 1:,} of {pages:,}")
