"""What open figures are made of, and what was published."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.expressions import instant
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.utilisation.models import InstrumentMonth, OpenPublication
from booking.utilisation.queries.cutting import BOOKED, BOOKING, USE
from booking.utilisation.queries.recorded import CHECKED_IN_EARLY, CHECKED_OUT_LATE, SHORT
from booking.utilisation.rules.open_figures import Atom, Dimension, OpenRow

Owner = tuple[str, str, str, str]
# What it is called in the roll-up.
_KEPT = {
    **{
        name: f"{name}_seconds"
        for name in (
            *("calendar", "closed", "maintenance", "fault", "open", "used"),
            *("effective", "external"),
        )
    },
    "bookings": "bookings",
    "uses": "uses",
}
# Class by the first two digits of its code.
_DIVISIONS = (
    col(Instrument.district),
    sa.func.substr(col(Instrument.category_code), 1, 2),
    col(Organisation.kind),
)


def rolled_up_by_year(session: Session, ended: str) -> list[tuple[int, datetime]]:
    """When a month that is over was rolled up last, for each year."""
    year = sa.func.substr(col(InstrumentMonth.month), 1, 4)
    asked = (
        sa.select(year, sa.func.max(col(InstrumentMonth.computed_at)))
        .where(col(InstrumentMonth.month) <= ended)
        .group_by(year)
        .order_by(year)
    )
    return [(int(text), latest) for text, latest in session.execute(asked)]


def atoms_of(session: Session, months: Sequence[Period]) -> list[Atom]:
    """What each kind of instruments did in each of some months, and who used them."""
    codes = [month.code for month in months]
    sums = [
        sa.cast(sa.func.sum(col(getattr(InstrumentMonth, n))), sa.BigInteger)
        for n in _KEPT.values()
    ]
    asked = (
        sa.select(col(InstrumentMonth.month), *_DIVISIONS, sa.func.count(), *sums)
        .select_from(InstrumentMonth)
        .join(Instrument, col(Instrument.id) == col(InstrumentMonth.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .where(col(InstrumentMonth.month).in_(codes))
        .group_by(col(InstrumentMonth.month), *_DIVISIONS)
        .order_by(col(InstrumentMonth.month), *_DIVISIONS)
    )
    others = _others(session, months)
    nobody = Others()
    return [
        Atom(
            month=month,
            keys={
                Dimension.DISTRICT: district,
                Dimension.INSTRUMENT_CLASS: of,
                Dimension.PROVIDER_KIND: kind.value,
            },
            instruments=number,
            measures=dict(zip(_KEPT, measures, strict=True)),
            users=frozenset(others.get((month, district, of, kind.value), nobody).users),
            present=frozenset(others.get((month, district, of, kind.value), nobody).present),
        )
        for month, district, of, kind, number, *measures in session.execute(asked)
    ]


@dataclass
class Others:
    """Organisations other than the owners: those with a use that lies in a month with all that it
    is, and all that have a share in its figures."""

    users: set[int] = field(default_factory=set)
    present: set[int] = field(default_factory=set)


def _others(session: Session, months: Sequence[Period]) -> Mapping[Owner, Others]:
    def month_of(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[str | None]:
        within = [
            (
                sa.and_(moment >= instant(month.span.start), moment < instant(month.span.end)),
                month.code,
            )
            for month in months
        ]
        return sa.case(*within, else_=None)

    minutes = USE.c.preparation_minutes + USE.c.test_minutes + USE.c.post_minutes
    whole = sa.and_(USE.c.settled_at.is_not(None), USE.c.ended_at > USE.c.started_at, minutes > 0)
    asked = (
        sa.select(
            *_DIVISIONS,
            BOOKING.c.organisation_id,
            sa.case((whole, 1), else_=0),
            month_of(BOOKING.c.starts_at),
            month_of(USE.c.started_at),
            month_of(USE.c.ended_at),
            month_of(BOOKING.c.ends_at),
        )
        .select_from(BOOKING)
        .outerjoin(USE, USE.c.reservation_id == BOOKING.c.id)
        .join(Instrument, col(Instrument.id) == BOOKING.c.instrument_id)
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .where(
            BOOKING.c.starts_at >= instant(months[0].span.start - CHECKED_OUT_LATE - SHORT),
            BOOKING.c.starts_at < instant(months[-1].span.end + CHECKED_IN_EARLY),
            BOOKING.c.state.in_(BOOKED),
            BOOKING.c.external,
        )
        .distinct()
    )
    found: dict[Owner, Others] = defaultdict(Others)
    for district, of, kind, organisation_id, is_whole, *codes in session.execute(asked):
        for code in {one for one in codes if one is not None}:
            others = found[code, district, of, kind.value]
            others.present.add(organisation_id)
            if is_whole and codes[:3] == [code] * 3:
                others.users.add(organisation_id)
    return found


def publication_marks(session: Session, rule: str) -> Mapping[int, tuple[str, datetime]]:
    """Through which month, and when, the figures of each year were published last by a rule."""
    asked = sa.select(
        col(OpenPublication.year), col(OpenPublication.through), col(OpenPublication.published_at)
    ).where(col(OpenPublication.rule) == rule)
    return {year: (through, at) for year, through, at in session.execute(asked)}


def publication_of(session: Session, year: int) -> OpenPublication | None:
    """A year's figures, to be written anew."""
    asked = sa.select(OpenPublication).where(col(OpenPublication.year) == year)
    return session.execute(asked.with_for_update()).scalar_one_or_none()


def publications(session: Session, years: Collection[int] | None = None) -> list[OpenPublication]:
    """What was published of some years, or of all; oldest first."""
    asked = sa.select(OpenPublication).order_by(col(OpenPublication.year))
    if years is not None:
        asked = asked.where(col(OpenPublication.year).in_(years))
    return list(session.execute(asked).scalars())


def as_kept(row: OpenRow) -> dict[str, str | int | None]:
    """A line as it is published."""
    shown = row.figures or dict.fromkeys(_KEPT)
    return {
        "by": row.by.value,
        "key": row.key,
        "period": row.period,
        "instruments": row.instruments,
        "users": row.users,
        **{name: shown[name] for name in _KEPT},
    }
