"""Questions about outlets."""

from flows.explore.database import Answer, Database


def outlets(database: Database) -> Answer:
    """The outlets with their documents and quotes; the null outlet is that of documents without a publisher.

    Exact copies count as documents, but their quotes are stored once, with the one that stands.

    Returns:
        Columns ``outlet``, ``documents``, ``quotes``; most documents first.
    """
    frame = database.frame(
        """SELECT publisher AS outlet, count(*) AS documents, sum(quote_count)::BIGINT AS quotes
           FROM documents GROUP BY 1 ORDER BY documents DESC, outlet NULLS LAST"""
    )
    lines = [
        "import pandas as pd",
        "",
        f"documents = pd.read_parquet({database.source('documents')!r})",
        'outlets = documents.groupby("publisher", dropna=False)',
        'answer = outlets.agg(documents=("document_id", "size"), quotes=("quote_count", "sum"))',
    ]
    return Answer(frame, "\n".join(lines))


def speakers_by_month(database: Database, limit: int | None = 10) -> Answer:
    """Different speakers, and quotes, of each outlet in each month; of the ``limit`` outlets with most quotes.

    Returns:
        Columns ``outlet``, ``month``, ``speakers``, ``quotes``; quotes of documents without a publisher are left out.
    """
    only = (
        ""
        if limit is None
        else f"""AND publisher IN (
        SELECT publisher FROM documents GROUP BY 1 ORDER BY sum(quote_count) DESC, publisher LIMIT {limit:d})"""
    )
    frame = database.frame(
        f"""SELECT publisher AS outlet, month, count(DISTINCT speaker_key) AS speakers, count(*) AS quotes
            FROM (SELECT document_id, month, speaker_key FROM quotes)
            JOIN (SELECT document_id, publisher FROM documents WHERE publisher IS NOT NULL {only}) USING (document_id)
            GROUP BY ALL ORDER BY outlet, month"""
    )
    key = 'quotes["speaker_canonical"]'
    if database.speakers_linked:
        key = f'quotes["speaker_entity_id"].fillna({key})'
    lines = [
        "import pandas as pd",
        "",
        f"documents = pd.read_parquet({database.source('documents')!r})",
        f"quotes = pd.read_parquet({database.source('quotes')!r})",
        f'quotes["who"] = {key}',
        'quotes = quotes.merge(documents[["document_id", "publisher"]], on="document_id")',
        'groups = quotes.groupby(["publisher", "month"], observed=True)',
        'answer = groups.agg(speakers=("who", "nunique"), quotes=("quote_id", "size"))',
    ]
    return Answer(frame, "\n".join(lines))
