"""Reports on the whole zone, remembered for as long as nothing they are counted from changes.

Ten thousand instruments take most of a second to pool, and everybody looks at the same few pages.
In a zone of so many something changes every minute: there a report is as old as the last roll-up,
says so, and is kept in the database, so that neither a night nor a new process makes anybody wait.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.utilisation.queries.changes import stamp_of
from booking.utilisation.queries.kept import EVERYTHING
from booking.utilisation.queries.single_uses import NothingGranted
from booking.utilisation.report.pooled import Asked, Report, waterfall_of
from booking.utilisation.report.written import Made, is_worth_keeping, kept_as, words_of

# What no stamp tells, the name of a provider say, shows at the latest after this.
KEPT_FOR: Final = timedelta(seconds=30)
# From so many instruments on, a report is as old as the last roll-up; names as old as this.
MANY: Final = 2_000
KEPT_FOR_OF_MANY: Final = timedelta(minutes=10)
MOST: Final = 64

# Whoever is told of a report that others will want as well.
Keep = Callable[[Made], object]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A report as it was made or read, and since when it is remembered here."""

    made: Made
    since: datetime

    def is_of(self, now: datetime, lasts: timedelta) -> bool:
        return timedelta(0) <= now - self.since < lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a report: what it has to be made of, and how long memory may stand for it."""

    session: Session
    asked: Asked
    now: datetime
    stamp: str
    lasts: timedelta
    # Of many instruments, reports are in the database too.
    many: bool = False
    keep: Keep | None = None

    @property
    def with_grants(self) -> bool:
        return not isinstance(self.asked.grants, NothingGranted)

    def words(self, *, paid: bool) -> str:
        told = self.asked.grants.stamp(self.session) if paid else None
        return words_of(self.asked, now=self.now, paid=told)


@dataclass(slots=True)
class Reports:
    """The reports of one application; when there are too many, all are forgotten."""

    many: int = MANY
    kept: dict[str, Remembered] = field(default_factory=dict)

    def of(
        self, session: Session, asked: Asked, *, now: datetime, keep: Keep | None = None
    ) -> Report:
        """The report as it stands, made anew where it must be; then `keep` is told of it."""
        if asked.sight.reach != EVERYTHING:
            return waterfall_of(session, asked, now=now)
        stamp = stamp_of(session)
        many = stamp.instruments >= self.many
        made = self._told(
            Look(
                session=session,
                asked=asked,
                now=now,
                stamp=(stamp.of_roll_up() if many else stamp).code,
                lasts=KEPT_FOR_OF_MANY if many else KEPT_FOR,
                many=many,
                keep=keep,
            )
        )
        if not many:
            return made.report
        current = made.report.up_to_date and stamp.unchanged_since(made.at)
        return replace(made.report, up_to_date=current)

    def _told(self, look: Look) -> Made:
        """Whoever does not see what programmes paid is told that it was nothing: theirs is another
        report, unless there were too many uses to look at what was paid for each."""
        plain = look.words(paid=False)
        known = self._known(look, plain)
        if known and (not look.with_grants or known.report.whole.users is None):
            return known
        if not look.with_grants:
            return self._made(look, plain)
        # Before anything is counted: what is paid meanwhile is of the next report.
        granted = look.words(paid=True)
        return self._known(look, granted) or self._made(look, granted)

    def _known(self, look: Look, words: str) -> Made | None:
        known = self.kept.get(words)
        if known and known.made.stamp == look.stamp and known.is_of(look.now, look.lasts):
            return known.made
        kept = kept_as(look.session, words, look.stamp, now=look.now) if look.many else None
        return self._remember(kept, look.now) if kept else None

    def _made(self, look: Look, words: str) -> Made:
        report = waterfall_of(look.session, look.asked, now=look.now)
        words = look.words(paid=False) if report.whole.users is None else words
        made = Made(words, look.stamp, look.now, report)
        if look.many and look.keep and is_worth_keeping(look.asked, report):
            look.keep(made)
        return self._remember(made, look.now)

    def _remember(self, made: Made, now: datetime) -> Made:
        if len(self.kept) >= MOST:
            self.kept.clear()
        self.kept[made.asked] = Remembered(made, now)
        return made
