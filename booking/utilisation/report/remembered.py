"""Reports on the whole zone, remembered for as long as nothing they are counted from changes.

Ten thousand instruments take most of a second to pool, and everybody looks at the same few pages.
In a zone of so many something changes every minute: there a report is as old as the last roll-up,
and says so.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.utilisation.queries.changes import Stamp, stamp_of
from booking.utilisation.queries.kept import EVERYTHING
from booking.utilisation.queries.single_uses import NothingGranted
from booking.utilisation.report.pooled import Asked, Report, waterfall_of
from booking.utilisation.rules.pieces import counted_pieces

# What no stamp tells, the name of a provider say, shows at the latest after this.
KEPT_FOR: Final = timedelta(seconds=30)
# From so many instruments on, a report is as old as the last roll-up; names as old as this.
MANY: Final = 2_000
KEPT_FOR_OF_MANY: Final = timedelta(minutes=10)
MOST: Final = 64
_NOTHING: Final = NothingGranted()


@dataclass(frozen=True, slots=True)
class Remembered:
    """A report, when it was made, and what it was made from."""

    stamp: Stamp
    pieces: int
    at: datetime
    report: Report

    def is_of(self, now: datetime, lasts: timedelta) -> bool:
        return timedelta(0) <= now - self.at < lasts


@dataclass(slots=True)
class Reports:
    """The reports of one application; when there are too many, all are forgotten."""

    many: int = MANY
    kept: dict[Asked, Remembered] = field(default_factory=dict)

    def of(self, session: Session, asked: Asked, *, now: datetime) -> Report:
        """The report as it stands, made anew where it must be."""
        if asked.sight.reach != EVERYTHING:
            return waterfall_of(session, asked, now=now)
        now_is = stamp_of(session)
        if now_is.instruments < self.many:
            return self._as_of(now_is, session, asked, now=now, lasts=KEPT_FOR)
        stamp = now_is.of_roll_up()
        report = self._as_of(stamp, session, asked, now=now, lasts=KEPT_FOR_OF_MANY)
        return replace(report, up_to_date=report.up_to_date and now_is.mark is None)

    def _as_of(
        self, stamp: Stamp, session: Session, asked: Asked, *, now: datetime, lasts: timedelta
    ) -> Report:
        key, pieces = replace(asked, grants=_NOTHING), len(counted_pieces(asked.period, now))
        known = self.kept.get(key)
        if (
            known
            and (known.stamp, known.pieces) == (stamp, pieces)
            and known.is_of(now, lasts)
            and _tells_all(known.report, asked)
        ):
            return known.report
        report = waterfall_of(session, asked, now=now)
        if _tells_all(report, asked):
            if len(self.kept) >= MOST:
                self.kept.clear()
            self.kept[key] = Remembered(stamp, pieces, now, report)
        return report


def _tells_all(report: Report, asked: Asked) -> bool:
    """Whether it may stand for others: what programmes paid is not in the stamp, and a report for
    somebody who does not see it says that it was nothing."""
    return report.whole.users is None or isinstance(asked.grants, NothingGranted)
