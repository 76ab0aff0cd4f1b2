"""The table ``runs``: one file a run, outside the snapshots."""

from warehouse import fields
from warehouse.columns import Column, Table
from warehouse.fields import LONG, MOMENT, STRING, struct_list


def _number(name: str, meaning: str, unit: str) -> Column:
    return Column(name, LONG, meaning, unit=unit)


def _seconds(name: str, meaning: str) -> Column:
    return Column(name, fields.SECONDS, meaning, unit="s")


RUNS = Table(
    name="runs",
    meaning="One row a run, also of a run that found nothing new.",
    key=("run_id",),
    owner=("run_id",),
    partitioned=False,
    sort_by=("run_id",),
    row_group_rows=20_000,
    columns=(
        fields.RUN_ID,
        Column("started_at", MOMENT, "When it began."),
        Column("finished_at", MOMENT, "When it ended."),
        Column("state", STRING, "`completed` or `failed`.", example="completed"),
        Column("message", STRING, "What stopped it; null when nothing did.", nullable=True),
        Column("snapshot", LONG, "The snapshot that it committed; -1 when nothing was new."),
        _number("files_found", "Landing files that were found.", "files"),
        _number("files_unchanged", "Of those, files that the ledger already knew.", "files"),
        _number("files_skipped", "Files passed over: hidden, a backup, or of no known format.", "files"),
        _number("records_read", "Records that were read.", "records"),
        _number("documents_added", "Documents that were new.", "documents"),
        _number("documents_replaced", "Documents whose rows were replaced.", "documents"),
        _number("documents_removed", "Documents that no source gives any longer.", "documents"),
        _number("documents_unchanged", "Documents that came again with nothing new.", "documents"),
        _number("entities_added", "Rows written to `entities`.", "rows"),
        _number("quotes_added", "Rows written to `quotes`.", "rows"),
        _number("rejects_added", "Rows written to `rejects`.", "rows"),
        _number("documents_read", "Records of this run that became documents; -1 before version 2.", "documents"),
        _number("documents_annotated", "Of those, documents in the model's language.", "documents"),
        _number("entities_found", "Mentions in them, also where nothing had to be written.", "mentions"),
        _number("quotes_found", "Quotes in them.", "quotes"),
        _number("quotes_unresolved", "Of those, quotes whose speaker has no name.", "quotes"),
        _number("rejects_found", "Records of this run that were refused.", "records"),
        Column(
            "languages",
            struct_list(("language", STRING), ("documents", LONG)),
            "Documents of this run by language, the commonest first.",
        ),
        _number("words", "Words that were annotated.", "words"),
        _number("bytes_written", "Bytes that the commit wrote.", "bytes"),
        _seconds("discover_seconds", "Time to list the landing files and compare them with the ledger."),
        _seconds("annotate_seconds", "Time to read, normalise and annotate."),
        _seconds("commit_seconds", "Time to commit."),
        _seconds("total_seconds", "Time from start to end."),
        Column("words_per_second", fields.SECONDS, "Words divided by `annotate_seconds`; 0 when none.", unit="words/s"),
        fields.MODEL,
        fields.PIPELINE_VERSION,
        Column("sources", fields.STRINGS, "The folders, files and patterns that it was given."),
        Column("versions", struct_list(("name", STRING), ("version", STRING)), "Versions of what it ran on."),
    ),
)
