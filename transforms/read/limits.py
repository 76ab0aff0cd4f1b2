"""Size caps of reading, all enforced while bytes arrive and never by trusting a declared size."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Caps in bytes.

    Attributes:
        max_record_bytes: one article: a text file, a line of JSONL, an item of a JSON list.
        max_held_bytes: a file or archive member that must be held in memory whole (JSON lists, members).
        max_unpacked_bytes: everything that one compressed stream may unpack to.
        max_ratio: unpacked bytes for one packed byte. Prose packs 3 to 10 times, a bomb 1,000 times; looked at only
            past ``max_record_bytes``, because short repetitive files are harmless.
    """

    max_record_bytes: int = 10 * MIB
    max_held_bytes: int = 64 * MIB
    max_unpacked_bytes: int = 1024 * MIB
    max_ratio: int = 250
