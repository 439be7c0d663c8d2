"""Clocks that stand still until told otherwise."""

from datetime import datetime, timedelta
from pathlib import Path

from booking.kernel.clock import LOCAL

# A Monday morning; the statutory calendar of 2026 is known.
START = "2026-11-23T09:00+08:00"


def moment(text: str) -> datetime:
    """An instant from ISO text; without an offset it is local time, as people mean it."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=LOCAL)


class FrozenClock:
    """The present moment, as the test says."""

    def __init__(self, start: str = START) -> None:
        self._now = moment(start)

    def now(self) -> datetime:
        return self._now

    def at(self, text: str) -> datetime:
        """Set the clock and return the moment."""
        self._now = moment(text)
        return self._now

    def advance(self, **amount: float) -> datetime:
        """Move on, in the words of timedelta: `advance(hours=2)`."""
        self._now += timedelta(**amount)
        return self._now


class FileClock:
    """The moment written in a file, which a test can move while server processes read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now(self) -> datetime:
        return moment(self.path.read_text("utf-8").strip())

    def at(self, text: str) -> datetime:
        """Set the clock of everybody who reads the file, at once."""
        fresh = self.path.with_suffix(".next")
        fresh.write_text(moment(text).isoformat(), "utf-8")
        fresh.replace(self.path)
        return self.now()

    def advance(self, **amount: float) -> datetime:
        return self.at((self.now() + timedelta(**amount)).isoformat())
