"""The parameters of the flows: one declaration for the Prefect form, the command line and the checks."""

from pydantic import BaseModel, ConfigDict, Field

from transforms.annotate.pipeline import DEFAULT_MODEL


class IngestOptions(BaseModel):
    """How a run reads, annotates and commits; every value has a default that suits a first run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(
        DEFAULT_MODEL,
        title="spaCy pipeline",
        description="Name of an installed spaCy pipeline. Documents in another language are stored, not annotated.",
    )
    workers: int = Field(
        0,
        ge=0,
        le=256,
        title="Worker processes",
        description="0 takes one for each core, and none at all (in-process) when the input is small.",
    )
    batch_articles: int = Field(
        500,
        ge=1,
        le=10_000,
        title="Articles in a batch",
        description="A batch is one task run and one checkpoint: after a kill only the batches in flight are redone.",
    )
    batch_megabytes: int = Field(
        16,
        ge=1,
        le=1024,
        title="Megabytes in a batch",
        description="A batch is closed earlier when its raw files reach this size.",
    )
    max_record_megabytes: int = Field(
        10,
        ge=1,
        le=1024,
        title="Largest record, in megabytes",
        description="A longer record becomes a row of `rejects` with the reason too_large.",
    )
    day_first: bool | None = Field(
        None,
        title="Day before month in dates like 03/04/2024",
        description="Unset, such dates are not guessed: published_on stays empty and the document carries a warning.",
    )
    default_zone: str | None = Field(
        None,
        title="Time zone of times that name none",
        description="IANA name, such as Europe/Berlin. Unset, such times give a day but no instant.",
    )
    future_days: int = Field(
        2,
        ge=0,
        le=366,
        title="Days ahead that a date may lie",
        description="A later publication date is not credible and goes to month=unknown with a warning.",
    )
    retry_rejects: bool = Field(
        False,
        title="Read again what was refused",
        description="Files and members with rows in `rejects` are read again, though they have not changed.",
    )
    retry_reason: str | None = Field(
        None,
        title="Only refused for this reason",
        description="One of the reasons of docs/rejects.md. Unset, all of them are read again.",
    )
    fields: str = Field(
        "",
        title="Names of fields in JSON and CSV",
        description="Pairs such as title=headline,text=body, or one a line. They go before the names known anyway.",
    )
    reread: bool = Field(
        False,
        title="Read unchanged files again",
        description="Ignore the ledger. Rows that come out equal are still not written again.",
    )
