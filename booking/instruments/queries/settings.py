"""What a lab has set for an instrument: hours, exceptions, policies and price lists as entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tables import (
    EXCEPTION,
    HOURS,
    LAB_DAY,
    LAB_HOURS,
    ROSTER_DAY,
    ROSTER_HOURS,
    ZONE_DAY,
)
from booking.instruments.models.tariff import Tariff
from booking.instruments.rules.layers import DaySaid, Layer
from booking.instruments.rules.opening import Hours
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.price_list import Listed, tariff_terms
from booking.instruments.rules.tariff import TariffTerms
from booking.instruments.rules.terms import PolicyTerms, QuotaTerms
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """One weekly window."""

    weekday: int
    hours: Hours


def weekly_hours(session: Session, instrument_id: int) -> Sequence[WeeklyWindow]:
    """The weekly opening hours, Monday first."""
    mine = (
        sa.select(HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes)
        .where(HOURS.c.instrument_id == instrument_id)
        .order_by(HOURS.c.weekday, HOURS.c.opens)
    )
    return [WeeklyWindow(r.weekday, Hours(r.opens, r.closes)) for r in session.execute(mine)]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day with its own windows, none means closed, and why it differs."""

    day: date
    said: DaySaid


def own_days(session: Session, instrument_id: int, first: date) -> Sequence[OwnDay]:
    """The days from one on about which an instrument says something itself."""
    return _days(
        session,
        EXCEPTION,
        (EXCEPTION.c.instrument_id == instrument_id) & (EXCEPTION.c.day >= first),
    )


def lab_days(session: Session, lab_id: int, first: date) -> Sequence[OwnDay]:
    """The days from one on about which a lab says something."""
    return _days(session, LAB_DAY, (LAB_DAY.c.lab_id == lab_id) & (LAB_DAY.c.day >= first))


def zone_days(session: Session, first: date) -> Sequence[OwnDay]:
    """The days from one on about which the zone says something."""
    return _days(session, ZONE_DAY, ZONE_DAY.c.day >= first)


def roster_days(session: Session, unit_id: int, first: date) -> Sequence[OwnDay]:
    """The days from one on on which an operator's duty differs; no window means absent."""
    return _days(
        session, ROSTER_DAY, (ROSTER_DAY.c.unit_id == unit_id) & (ROSTER_DAY.c.day >= first)
    )


def roster_week(session: Session, unit_id: int) -> Sequence[WeeklyWindow]:
    """The weekly windows of an operator's duty, Monday first."""
    mine = (
        sa.select(ROSTER_HOURS.c.weekday, ROSTER_HOURS.c.opens, ROSTER_HOURS.c.closes)
        .where(ROSTER_HOURS.c.unit_id == unit_id)
        .order_by(ROSTER_HOURS.c.weekday, ROSTER_HOURS.c.opens)
    )
    return [WeeklyWindow(r.weekday, Hours(r.opens, r.closes)) for r in session.execute(mine)]


def lab_week(session: Session, lab_id: int) -> Sequence[WeeklyWindow]:
    """The weekly hours of a lab, Monday first."""
    mine = (
        sa.select(LAB_HOURS.c.weekday, LAB_HOURS.c.opens, LAB_HOURS.c.closes)
        .where(LAB_HOURS.c.lab_id == lab_id)
        .order_by(LAB_HOURS.c.weekday, LAB_HOURS.c.opens)
    )
    return [WeeklyWindow(r.weekday, Hours(r.opens, r.closes)) for r in session.execute(mine)]


def _days(session: Session, table: sa.Table, which: sa.ColumnElement[bool]) -> Sequence[OwnDay]:
    asked = sa.select(table.c.day, table.c.opens, table.c.closes, table.c.reason).where(which)
    rows = session.execute(asked.order_by(table.c.day, table.c.opens))
    layer = Layer.of(days=((row.day, row.opens, row.closes, row.reason) for row in rows))
    return [OwnDay(day, said) for day, said in layer.days.items()]


def policies(session: Session, instrument_id: int) -> Sequence[BookingPolicy]:
    """Every version of the policy, the newest first."""
    mine = select(BookingPolicy).where(col(BookingPolicy.instrument_id) == instrument_id)
    return session.exec(mine.order_by(col(BookingPolicy.valid_from).desc())).all()


def tariffs(session: Session, instrument_id: int) -> Sequence[Tariff]:
    """Every version of the price list, the newest first."""
    mine = select(Tariff).where(col(Tariff.instrument_id) == instrument_id)
    return session.exec(mine.order_by(col(Tariff.valid_from).desc())).all()


def in_force(
    versions: Sequence[BookingPolicy] | Sequence[Tariff], at: datetime
) -> BookingPolicy | Tariff | None:
    """The version that holds at a moment, of versions with the newest first."""
    begun = (version for version in versions if version.valid_from <= at)
    return next((version for version in begun if version.withdrawn_at is None), None)


def standing_of(row: BookingPolicy | Tariff, held: object, now: datetime) -> str:
    """How a version stands: withdrawn, ahead, in force (when it is the one `held`) or past."""
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.valid_from > now:
        return "ahead"
    return "in_force" if row is held else "past"


def policy_terms(row: BookingPolicy) -> PolicyTerms:
    """A version of the policy as a value."""
    plain = {
        name: getattr(row, name)
        for name in PolicyTerms.__dataclass_fields__
        if name not in {"policy_id", "quotas", "peak_hours"}
    }
    quotas = tuple(QuotaTerms(**quota) for quota in row.quotas)  # type: ignore[arg-type]  # as entered
    peak = tuple(PeakBand.of(band) for band in row.peak_hours)
    return PolicyTerms(policy_id=row.id, quotas=quotas, peak_hours=peak, **plain)


def standing_policy(session: Session, instrument_id: int, valid_from: datetime) -> BookingPolicy:
    """The version of that start that nobody withdrew; NotFound when there is none."""
    found = session.exec(
        select(BookingPolicy).where(
            col(BookingPolicy.instrument_id) == instrument_id,
            col(BookingPolicy.valid_from) == valid_from,
            col(BookingPolicy.withdrawn_at).is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(valid_from=valid_from)
    return found


def standing_tariff(session: Session, instrument_id: int, valid_from: datetime) -> Tariff:
    """The version of that start that nobody withdrew; NotFound when there is none."""
    found = session.exec(
        select(Tariff).where(
            col(Tariff.instrument_id) == instrument_id,
            col(Tariff.valid_from) == valid_from,
            col(Tariff.withdrawn_at).is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(valid_from=valid_from)
    return found


def listed_of(row: Tariff) -> Listed:
    """A version of the price list as it was entered."""
    return Listed(
        basis=row.basis,
        round_up_minutes=row.round_up_minutes,
        vat_rate=row.vat_rate,
        vat_included=row.vat_included,
        peak=row.peak,
        classes=row.classes,
    )


def tariff_by_id(session: Session, tariff_id: int) -> TariffTerms:
    """The version that a booking was made under, withdrawn or not."""
    return tariff_terms(listed_of(session.get_one(Tariff, tariff_id)), tariff_id=tariff_id)
