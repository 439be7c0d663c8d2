"""A delivery of the fact tables every night, into a folder of the settings."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from booking.analytics.exports import MANIFEST, PART, export
from booking.db.outside import Outside, Sent
from booking.kernel.clock import local

# Deliveries that stay; whoever wants to keep one longer takes it away.
KEPT: Final = 7
_DAY: Final = timedelta(days=1)


def deliver_analytics(outside: Outside, now: datetime) -> Sent:
    """Deliver the day that ended, once; nothing without a folder."""
    place = outside.settings.analytics_folder
    if place is None:
        return Sent()
    folder = place / f"{local(now).date() - _DAY}"
    if folder.exists():
        return Sent()
    _forget_torn(place, now=now)
    try:
        written = export(outside.engine, folder, now=now)
    except OSError:
        # It takes longer than a lease where there is much: another worker may have been first.
        if folder.exists():
            return Sent()
        raise
    for old in sorted(_deliveries(place))[:-KEPT]:
        shutil.rmtree(old)
    return Sent(len(written))


def _deliveries(place: Path) -> Iterator[Path]:
    """What we put there; whatever else lies in the folder is not ours."""
    return (manifest.parent for manifest in place.glob(f"????-??-??/{MANIFEST}"))


def _forget_torn(place: Path, *, now: datetime) -> None:
    """What a process left that was killed on a day before."""
    for torn in place.glob(f".????-??-??.*{PART}"):
        if torn.stat().st_mtime < (now - _DAY).timestamp():
            shutil.rmtree(torn, ignore_errors=True)
