"""Quotes in which a word is said: when, by whom, and all of them."""

import streamlit as st

from flows.explore import quotes
from flows.explore.asked import Asked
from flows.explore.database import Database
from flows.explore.markup import note
from flows.explore.views import parts
from flows.explore.views.speakers import speaker_table


def draw(database: Database) -> None:
    """The page."""
    st.title("Topics")
    word = parts.words("Word or words in the quotes", "word", "ceasefire")
    whole = st.checkbox("Whole words only", value=True, key="whole", help="Without it, “tax” also finds “taxi”.")
    if not word:
        st.html(note("Type a word and press Enter."))
        return
    asked = Asked(word=word, whole=whole)
    timeline = quotes.timeline(database, asked)
    if timeline.frame.empty:
        st.info("No quote has that.")
        return
    parts.bars(timeline.frame, "quotes", "Quotes with the word, by month")
    most = quotes.speakers(database, asked, 10)
    if not most.frame.empty:
        st.html(speaker_table("Who says it most", most))
    month = parts.choice("Only of month", "month", parts.months_of(timeline.frame), str, "All months")
    parts.quote_pages(database, Asked(word=word, whole=whole, month=month), "topics")
    parts.lines(timeline, "The timeline")
    parts.lines(most, "Who says it most")
