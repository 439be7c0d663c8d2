"""When operators are on duty, who they are, and who of a lab could be one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.models import Membership, User
from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import (
    CALENDAR_DAY,
    INSTRUMENT,
    ROSTER_DAY,
    ROSTER_HOURS,
    UNIT,
)
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.kept import lab_kept_by
from booking.instruments.rules.layers import DayRow, Layer, WeekRow
from booking.instruments.rules.opening import DayKind
from booking.instruments.rules.rosters import Roster
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.queries import LabSummary

_NONE: Final = sa.cast(sa.null(), sa.BigInteger())
_NO_DAY: Final = sa.cast(sa.null(), sa.Date())
_WORDLESS: Final = sa.literal("", sa.String())
_UNITS: Final = ids_parameter("units")
_BETWEEN: Final = (
    sa.bindparam("first_day", type_=sa.Date()),
    sa.bindparam("last_day", type_=sa.Date()),
)
_SAID: Final = sa.union_all(
    sa.select(
        ROSTER_HOURS.c.unit_id,
        ROSTER_HOURS.c.weekday,
        _NO_DAY.label("day"),
        ROSTER_HOURS.c.opens,
        ROSTER_HOURS.c.closes,
        _WORDLESS.label("kind"),
    ).where(among(ROSTER_HOURS.c.unit_id, _UNITS)),
    sa.select(
        ROSTER_DAY.c.unit_id,
        _NONE,
        ROSTER_DAY.c.day,
        ROSTER_DAY.c.opens,
        ROSTER_DAY.c.closes,
        _WORDLESS,
    ).where(among(ROSTER_DAY.c.unit_id, _UNITS), ROSTER_DAY.c.day.between(*_BETWEEN)),
    sa.select(
        _NONE,
        _NONE,
        CALENDAR_DAY.c.day,
        _NONE,
        _NONE,
        sa.type_coerce(CALENDAR_DAY.c.kind, sa.String()),
    ).where(CALENDAR_DAY.c.day.between(*_BETWEEN)),
)


@dataclass(frozen=True, slots=True)
class KeptOperator:
    """An operator whose roster somebody keeps."""

    id: int
    label: str
    lab: LabSummary


def on_duty(
    session: Session, operator_ids: Sequence[int], span: TimeSpan
) -> Mapping[int, tuple[TimeSpan, ...]]:
    """When each of some operators is on duty inside a span, ordered, by unit: one statement.

    What is open and what is taken is not part of it.
    """
    if not operator_ids:
        return {}
    # Whole days are looked at, and the day before, whose duty may last over midnight.
    days = {
        "first_day": local(span.start).date() - timedelta(days=1),
        "last_day": local(span.end).date(),
    }
    weeks: dict[int, list[WeekRow]] = {}
    dated: dict[int, list[DayRow]] = {}
    moved: dict[date, DayKind] = {}
    for unit, weekday, day, opens, closes, kind in session.execute(
        _SAID, {"units": list(operator_ids), **days}
    ):
        if unit is None:
            moved[day] = DayKind(kind)
        elif day is None:
            weeks.setdefault(unit, []).append((weekday, opens, closes))
        else:
            dated.setdefault(unit, []).append((day, opens, closes, ""))
    rosters = {
        unit: Roster(Layer.of(weeks.get(unit, ()), dated.get(unit, ())))
        for unit in {*weeks, *dated}
    }
    # Many have no roster, and need no reckoning.
    return {
        unit: rosters[unit].duty(span, moved) if unit in rosters else (span,)
        for unit in operator_ids
    }


def on_duty_throughout(
    session: Session, operator_ids: Sequence[int], span: TimeSpan
) -> frozenset[int]:
    """Those of some operators who are on duty during the whole of a span."""
    duty = on_duty(session, operator_ids, span)
    return frozenset(unit for unit, windows in duty.items() if windows == (span,))


def operator_kept_by(session: Session, unit_id: int, actor: Actor) -> KeptOperator:
    """An operator of a lab whose instruments somebody keeps; NotFound for any other unit."""
    asked = (
        sa.select(UNIT.c.label, INSTRUMENT.c.lab_id)
        .join(INSTRUMENT, INSTRUMENT.c.id == UNIT.c.instrument_id)
        .where(UNIT.c.id == unit_id, UNIT.c.kind == UnitKind.OPERATOR)
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        raise NotFound(unit_id=unit_id)
    try:
        return KeptOperator(unit_id, found.label, lab_kept_by(session, found.lab_id, actor))
    except NotFound:
        # Said of what was asked for, or the answer would tell that it is there.
        raise NotFound(unit_id=unit_id) from None


def operators_among_people(session: Session, lab_id: int) -> Sequence[tuple[int, str]]:
    """The people who have the role of an operator in a lab, by name."""
    asked = (
        sa.select(col(User.id), col(User.name))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(Membership.lab_id) == lab_id,
            col(Membership.role) == Role.OPERATOR,
            col(User.active),
        )
        .distinct()
        .order_by(col(User.name), col(User.id))
    )
    return [(key, name) for key, name in session.execute(asked)]
