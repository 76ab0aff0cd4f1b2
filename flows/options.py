"""The parameters of the flows: one declaration for the Prefect form, the command line and the checks."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from transforms.annotate.words import ENGINE_WORDS, engine_words
from transforms.version import DEFAULT_MODEL


class RunnerKind(StrEnum):
    """Where batches are worked on."""

    LOCAL = "local"
    DASK = "dask"


class IngestOptions(BaseModel):
    """How a run reads, annotates and commits; every value has a default that suits a first run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(
        DEFAULT_MODEL,
        title="spaCy pipeline",
        description="Name of an installed spaCy pipeline. Documents in another language are stored, not annotated.",
    )
    engine: str = Field(
        "fast",
        title="How spaCy is run",
        description="`fast`, or `plain` for spaCy as it is; `no-parser`, `no-ner`, `no-tok2vec`, `no-attribute-ruler`, "
        "`keep-all`, `openblas`, `blis`, with commas between: rows are the same with "
        "all of these. `gpu` has spaCy use one.",
    )
    workers: int = Field(
        0,
        ge=0,
        le=256,
        title="Worker processes",
        description="0 takes one for each core, and one when the input is small.",
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
    record_seconds: float = Field(
        30.0,
        gt=0,
        le=3600,
        title="Time limit for one record, in seconds",
        description="What its length adds comes on top. A record that takes longer is stopped: a reject, `timeout`.",
    )
    worker_megabytes: int = Field(
        2048,
        ge=256,
        le=1_048_576,
        title="Megabytes of memory for a worker process",
        description="A process above it is replaced after its batch, and stopped at twice as much.",
    )
    runner: RunnerKind = Field(
        RunnerKind.LOCAL,
        title="Where batches are worked on",
        description="`local`: processes of this machine. `dask`: the workers of a Dask cluster, which must see sources "
        "and warehouse under the same paths.",
    )
    dask_address: str | None = Field(
        None,
        title="Address of the Dask scheduler",
        description="For example tcp://10.0.0.5:8786. Needed with the runner `dask`.",
    )
    keep_staged_days: float = Field(
        7.0,
        ge=0,
        le=3650,
        title="Days to keep staged batches that no run can use",
        description="Batches of a killed run are kept until a run takes them; those that none can take go at this age.",
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

    @field_validator("engine")
    @classmethod
    def _engine_is_known(cls, value: str) -> str:
        unknown = set(engine_words(value)) - set(ENGINE_WORDS)
        if unknown:
            raise ValueError(f"the engine knows no {', '.join(sorted(unknown))}; it knows {', '.join(ENGINE_WORDS)}")
        return value

    @model_validator(mode="after")
    def _cluster_has_an_address(self) -> Self:
        if self.runner is RunnerKind.DASK and not self.dask_address:
            raise ValueError("the runner `dask` needs the address of a scheduler (dask_address)")
        return self
