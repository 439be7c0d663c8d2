"""Kept days: which of them are no longer what months say, and what they come to together."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.organisations.models import Lab
from booking.utilisation.models import InstrumentMonth, KeptDay
from booking.utilisation.queries.kept import Sight
from booking.utilisation.rules.days import Spent


class Part(NamedTuple):
    """The instruments of a lab in a district, in a month."""

    lab_id: int
    district: str
    month: str


def parts_to_keep(session: Session) -> list[Part]:
    """Parts of which months were rolled up after their days were kept, or whose sums differ, or
    of which nothing is left."""
    months = _sums(
        (col(Instrument.lab_id), col(Instrument.district), col(InstrumentMonth.month)),
        (col(InstrumentMonth.used_seconds), col(InstrumentMonth.open_seconds)),
        sa.func.max(col(InstrumentMonth.computed_at)),
    ).join(Instrument, col(Instrument.id) == col(InstrumentMonth.instrument_id))
    days = _sums(
        (col(KeptDay.lab_id), col(KeptDay.district), col(KeptDay.month)),
        (col(KeptDay.used_seconds), col(KeptDay.open_seconds)),
        sa.func.min(col(KeptDay.computed_at)),
    )
    rolled, kept = _by_part(session, months), _by_part(session, days)

    def stale(part: Part) -> bool:
        if part not in rolled or part not in kept:
            return True
        *sums, rolled_at = rolled[part]
        *known, kept_at = kept[part]
        return sums != known or rolled_at > kept_at

    return sorted(part for part in {*rolled, *kept} if stale(part))


def _sums(key: Sequence[Any], columns: Sequence[Any], at: sa.ColumnElement[Any]) -> sa.Select[Any]:
    sums = [sa.cast(sa.func.sum(column), sa.BigInteger) for column in columns]
    return sa.select(*key, *sums, at).group_by(*key)


def _by_part(session: Session, asked: sa.Select[Any]) -> Mapping[Part, tuple[int, int, datetime]]:
    return {Part(*row[:3]): (row[3], row[4], row[5]) for row in session.execute(asked)}


def members_of(session: Session, part: Part) -> list[int]:
    """The instruments that count in it."""
    asked = (
        sa.select(col(Instrument.id))
        .join(InstrumentMonth, col(InstrumentMonth.instrument_id) == col(Instrument.id))
        .where(
            col(Instrument.lab_id) == part.lab_id,
            col(Instrument.district) == part.district,
            col(InstrumentMonth.month) == part.month,
        )
        .order_by(col(Instrument.id))
    )
    return list(session.execute(asked).scalars())


def kept_days(session: Session, sight: Sight, period: Period) -> Mapping[date, Spent]:
    """Day by day what is kept of those in sight; nothing is kept by anything finer than labs."""
    sums = [
        sa.cast(sa.func.sum(column), sa.BigInteger)
        for column in (col(KeptDay.used_seconds), col(KeptDay.open_seconds))
    ]
    asked = (
        sa.select(col(KeptDay.day), *sums)
        .join(Lab, col(Lab.id) == col(KeptDay.lab_id))
        .where(
            col(KeptDay.day) >= period.first,
            col(KeptDay.day) < period.until,
            *_of_parts(sight),
        )
        .group_by(col(KeptDay.day))
        .order_by(col(KeptDay.day))
    )
    return {day: Spent(used, opened) for day, used, opened in session.execute(asked)}


def _of_parts(sight: Sight) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if not sight.reach.everywhere:
        found.append(
            col(Lab.id).in_(sight.reach.lab_ids)
            | col(Lab.organisation_id).in_(sight.reach.organisation_ids)
        )
    same = (
        (col(Lab.id), sight.lab_id),
        (col(Lab.organisation_id), sight.organisation_id),
        (col(KeptDay.district), sight.district),
    )
    return [*found, *(column == wanted for column, wanted in same if wanted is not None)]
