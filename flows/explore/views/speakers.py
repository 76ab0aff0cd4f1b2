"""Who says what: a speaker's quotes over time, whom they talk about, and every quote with its place."""

import streamlit as st

from flows.explore import names, quotes
from flows.explore.asked import Asked
from flows.explore.database import Answer, Database, rows_of
from flows.explore.markup import Cell, address, note, plain, table
from flows.explore.quotes import Step
from flows.explore.views import parts


def draw(database: Database) -> None:
    """The page."""
    st.title("Speakers")
    left, right = st.columns(2)
    with left:
        found = names.find_speakers(database, parts.words("Find a speaker", "find", "part of a name"))
    told = {row.key: f"{row.name} · {row.quotes:,}" for row in rows_of(found)}
    with right:
        who = parts.choice(
            "Speaker, most quoted first",
            "who",
            list(told),
            lambda key: told.get(key) or names.speaker_name(database, key) or key,
            "Choose one" if told else "Nobody has that name",
        )
    if who is None:
        _everybody(database)
    else:
        _one(database, who)


def _everybody(database: Database) -> None:
    timeline = quotes.timeline(database, Asked())
    parts.bars(timeline.frame, "quotes", "Quotes by month, of all speakers")
    most = quotes.speakers(database, Asked())
    st.html(speaker_table("Most quoted", most))
    parts.lines(timeline, "Quotes by month")
    parts.lines(most, "Most quoted")


def speaker_table(caption: str, answer: Answer) -> str:
    """Speakers with their quotes, each of which leads to the speaker's page."""
    rows = [(Cell(row.name, address("/", who=row.key)), int(row.quotes)) for row in rows_of(answer.frame)]
    return table(caption, ("speaker", "quotes"), rows)


def _one(database: Database, who: str) -> None:
    name = plain(names.speaker_name(database, who) or who)
    left, right = st.columns(2)
    with left:
        step = Step(st.segmented_control("Timeline by", [*Step], default=Step.MONTH, key="step", required=True))
    with right:
        labels = parts.kinds("kind")
    timeline = quotes.timeline(database, Asked(speaker=who), step)
    parts.bars(timeline.frame, "quotes", f"Quotes of {name} by {step}", step)
    by_month = timeline if step is Step.MONTH else quotes.timeline(database, Asked(speaker=who))
    _talked_about(database, who, labels)
    left, right = st.columns(2)
    with left:
        month = parts.choice("Only of month", "month", parts.months_of(by_month.frame), str, "All months")
    with right:
        about = _about_choice(database, who, labels)
    parts.quote_pages(database, Asked(speaker=who, month=month, about=about), "speakers")
    parts.lines(timeline, "The timeline")


def _talked_about(database: Database, who: str, labels: tuple[str, ...]) -> None:
    answer = quotes.talked_about(database, Asked(speaker=who), labels)
    rows = [
        (Cell(row.name, address("/", who=who, about=row.key)), parts.kind_of(row.label), int(row.mentions))
        for row in rows_of(answer.frame)
    ]
    if rows:
        st.html(table("Who and what they talk about", ("name", "kind", "mentions"), rows[:10]))
    else:
        st.html(note("Nothing of that kind is named within their quotes."))
    parts.lines(answer, "Who they talk about")


def _about_choice(database: Database, who: str, labels: tuple[str, ...]) -> str | None:
    frame = quotes.talked_about(database, Asked(speaker=who), labels).frame
    told = {row.key: f"{row.name} · {row.mentions:,}" for row in rows_of(frame)}
    return parts.choice(
        "Only about",
        "about",
        list(told),
        lambda key: told.get(key) or names.entity_name(database, key) or key,
        "Anything",
    )
