"""What of the options decides how rows come out, in the forms that the layers below take."""

from flows.cutting import BatchSize
from flows.options import IngestOptions
from transforms.near_duplicates import METHOD as SIGNATURE_METHOD
from transforms.normalise import NormaliseOptions
from transforms.normalise.boilerplate import Boilerplate
from transforms.read import ReadOptions
from transforms.read.options import parse_fields
from transforms.version import PIPELINE_VERSION
from warehouse import boilerplate as stored

MEGABYTE = 1024 * 1024
NOTHING_LEARNED = Boilerplate()


def recipe_of(options: IngestOptions, boilerplate: Boilerplate = NOTHING_LEARNED) -> str:
    """What, besides the bytes, decides how rows come out."""
    decisive = (SIGNATURE_METHOD, options.model, limits_of(options), normalise_of(options, boilerplate))
    return repr((PIPELINE_VERSION, *decisive))


def limits_of(options: IngestOptions) -> ReadOptions:
    """Size caps and names of fields for the readers."""
    return ReadOptions(max_record_bytes=options.max_record_megabytes * MEGABYTE, fields=parse_fields(options.fields))


def normalise_of(options: IngestOptions, boilerplate: Boilerplate = NOTHING_LEARNED) -> NormaliseOptions:
    """The rules for dates, and what is known of the outlets' boilerplate."""
    return NormaliseOptions(options.day_first, options.future_days, options.default_zone, boilerplate)


def batch_size(options: IngestOptions) -> BatchSize:
    """Where a batch ends."""
    return BatchSize(options.batch_articles, options.batch_megabytes * MEGABYTE)


def known_boilerplate(root: str) -> Boilerplate:
    """What the warehouse has learned of the outlets' boilerplate."""
    return Boilerplate(stored.load(root).lines)
