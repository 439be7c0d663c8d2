"""The hours of the week and the days of a period, straight from the records."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from functools import reduce
from typing import Final, NamedTuple

from sqlmodel import Session

from booking.utilisation.queries.days import kept_days
from booking.utilisation.queries.kept import instruments_in_sight
from booking.utilisation.queries.recorded import records_of
from booking.utilisation.report.pooled import Asked
from booking.utilisation.rules.days import Spent, days_of
from booking.utilisation.rules.pieces import Piece, counted_pieces
from booking.utilisation.rules.waterfall import UnitTime, Waterfall
from booking.utilisation.rules.week import Hour, Week, week_of

# Instrument months that a page looks through; more of them tell little of any hour.
LOOKED_AT: Final = 60


class Look(NamedTuple):
    """An instrument's units in a piece of a period."""

    piece: Piece
    instrument_id: int
    units: list[UnitTime]


Looked = list[Look]


def looked_at(session: Session, asked: Asked, *, now: datetime) -> Looked | None:
    """Every unit's time in each piece of a period; None where there is too much to look at."""
    pieces = counted_pieces(asked.period, now)
    seen = instruments_in_sight(session, asked.sight)
    wanted = [(piece, one.id) for piece in pieces for one in seen if one.counts_in(piece.span)]
    if not 0 < len(wanted) <= LOOKED_AT:
        return None
    found = records_of(session, [piece.month for piece in pieces], {one for _, one in wanted})
    return [
        Look(piece, one, list(found[one, piece.month.code].units().values()))
        for piece, one in wanted
    ]


def week_in(looked: Looked) -> Week:
    """Every hour of the week over the period's months."""
    return reduce(
        Week.__add__, (week_of(look.piece.part.span, look.units) for look in looked), Week()
    )


def hour_in(looked: Looked, hour: Hour) -> Mapping[int, Waterfall]:
    """How each instrument spent one hour of the week."""
    own: dict[int, Looked] = defaultdict(list)
    for look in looked:
        own[look.instrument_id].append(look)
    return {key: week_in(looks).at(*hour) for key, looks in own.items()}


def days_in(looked: Looked) -> Mapping[date, Spent]:
    """Every day that counts."""
    used: Counter[date] = Counter()
    opened: Counter[date] = Counter()
    for look in looked:
        for day, water in days_of(look.piece.part.span, look.units).items():
            used[day] += water.used
            opened[day] += water.open
    return {day: Spent(used[day], opened[day]) for day in used}


def days_kept(session: Session, asked: Asked) -> Mapping[date, Spent]:
    """The same as of the last nightly count, of any number of instruments; labs and districts are
    kept, and nothing that cuts them."""
    sight = asked.sight
    if sight.instrument_id or sight.category or sight.least_value_fen:
        return {}
    return kept_days(session, sight, asked.period)
