"""Periods of a report: whole months, and the days that a period of one's own cuts off a month."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan

# Longer ones are asked for year by year.
LONGEST_DAYS: Final = 1_100
_OWN: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Piece:
    """The days of one calendar month that belong to a period; `span` is the whole month's."""

    month: Period
    part: Period
    span: TimeSpan

    @property
    def is_whole(self) -> bool:
        return (self.part.first, self.part.until) == (self.month.first, self.month.until)

    @property
    def share(self) -> Fraction:
        """How much of the month it is."""
        return Fraction(_days(self.part), _days(self.month))


def own_period(first: date, last: date) -> Period:
    """From one day through another; ValueError where there is nothing between them, or too much."""
    until = date.fromordinal(last.toordinal() + 1)
    if not 0 < until.toordinal() - first.toordinal() <= LONGEST_DAYS:
        raise ValueError(f"not a period: {first}..{last}")
    # Its months are asked for later; those of years that nobody reports have no code.
    Period.month(first), Period.month(last)
    return Period(first, until, f"{first.isoformat()}..{last.isoformat()}")


def period_of(code: str) -> Period:
    """The period of a code, `2026-11-03..2026-11-20` among them; ValueError when it is none."""
    if own := _OWN.fullmatch(code):
        return own_period(date.fromisoformat(own[1]), date.fromisoformat(own[2]))
    return Period.parse(code)


def pieces_of(period: Period) -> tuple[Piece, ...]:
    """A period cut at the ends of months."""
    return tuple(_piece(period, month) for month in period.months())


def counted_pieces(period: Period, now: datetime) -> Sequence[Piece]:
    """Those that have begun; of a period yet to come, all."""
    pieces = pieces_of(period)
    return [piece for piece in pieces if piece.part.span.start <= now] or pieces


def months_in(pieces: Sequence[Piece]) -> Fraction:
    """How many months they come to, for figures that are said of a year."""
    return sum((piece.share for piece in pieces), Fraction(0))


def _piece(period: Period, month: Period) -> Piece:
    first, until = max(period.first, month.first), min(period.until, month.until)
    if (first, until) == (month.first, month.until):
        return Piece(month, month, month.span)
    last = date.fromordinal(until.toordinal() - 1)
    return Piece(
        month, Period(first, until, f"{first.isoformat()}..{last.isoformat()}"), month.span
    )


def _days(period: Period) -> int:
    return period.until.toordinal() - period.first.toordinal()
