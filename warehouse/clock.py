"""Ages that a wrong clock cannot falsify: beside the time of day, how long the machine has been up since its start."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Moment:
    """A point in time.

    Attributes:
        wall: the time of day, zone-aware; whoever sets the clock changes it.
        boot_id: names the start of the machine; None where the system gives none.
        uptime: seconds since then; None where unknown.
    """

    wall: datetime
    boot_id: str | None = None
    uptime: float | None = None

    @classmethod
    def now(cls) -> "Moment":
        """This one."""
        boot_id = _boot_id()
        return cls(datetime.now(UTC), boot_id, _uptime() if boot_id else None)

    @classmethod
    def at(cls, wall: datetime | None) -> "Moment":
        """The given time; this moment when there is none."""
        return cls.now() if wall is None else cls(wall)

    def since(self, earlier: "Moment") -> timedelta:
        """How long ago ``earlier`` was: by uptime within one start of the machine, else by the time of day."""
        same_start = self.boot_id is not None and self.boot_id == earlier.boot_id
        if same_start and self.uptime is not None and earlier.uptime is not None:
            return timedelta(seconds=self.uptime - earlier.uptime)
        return self.wall - earlier.wall


def _boot_id() -> str | None:
    try:
        return _BOOT_ID.read_text("ascii").strip() or None
    except OSError:  # not Linux: the time of day has to do
        return None


def _uptime() -> float:
    # Counts while the machine sleeps, which the monotonic clock does not.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
