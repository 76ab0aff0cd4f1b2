"""What of the options decides how rows come out, in the forms that the layers below take."""

from flows.options import IngestOptions
from flows.plan import BatchSize
from transforms.normalise import NormaliseOptions
from transforms.read import ReadLimits
from transforms.version import PIPELINE_VERSION

MEGABYTE = 1024 * 1024


def recipe_of(options: IngestOptions) -> str:
    """What, besides the bytes, decides how rows come out."""
    return repr((PIPELINE_VERSION, options.model, limits_of(options), normalise_of(options)))


def limits_of(options: IngestOptions) -> ReadLimits:
    """Size caps of the readers."""
    return ReadLimits(max_record_bytes=options.max_record_megabytes * MEGABYTE)


def normalise_of(options: IngestOptions) -> NormaliseOptions:
    """The rules for dates."""
    return NormaliseOptions(options.day_first, options.future_days, options.default_zone)


def batch_size(options: IngestOptions) -> BatchSize:
    """Where a batch ends."""
    return BatchSize(options.batch_articles, options.batch_megabytes * MEGABYTE)
