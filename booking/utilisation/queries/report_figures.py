"""What the evaluation and the monitoring sheet ask besides the figures of utilisation."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.periods import Period
from booking.training.models import TrainingGrant
from booking.utilisation.models import YearlyEntry
from booking.utilisation.queries.cutting import BOOKING, CHARGE, EARNED, USE, earned, finished_use


def trained_by_instrument(
    session: Session, period: Period, ids: Collection[int]
) -> Mapping[int, int]:
    """How many people were first allowed to operate each instrument alone within a period."""
    asked = (
        sa.select(
            col(TrainingGrant.instrument_id),
            sa.func.count(sa.distinct(col(TrainingGrant.person_id))),
        )
        .where(
            col(TrainingGrant.instrument_id).in_(ids),
            col(TrainingGrant.granted_at) >= period.span.start,
            col(TrainingGrant.granted_at) < period.span.end,
        )
        .group_by(col(TrainingGrant.instrument_id))
    )
    return {row[0]: int(row[1]) for row in session.execute(asked)}


def income_by_side(
    session: Session, period: Period, ids: Collection[int]
) -> Mapping[tuple[int, bool], int]:
    """Fen that settled uses of a period brought, by instrument and whether users are outsiders."""
    asked = (
        sa.select(
            BOOKING.c.instrument_id, BOOKING.c.external, sa.cast(sa.func.sum(EARNED), sa.BigInteger)
        )
        .select_from(BOOKING.join(USE, finished_use()).join(CHARGE, earned()))
        .where(
            BOOKING.c.instrument_id.in_(ids),
            USE.c.ended_at > period.span.start,
            USE.c.ended_at <= period.span.end,
        )
        .group_by(BOOKING.c.instrument_id, BOOKING.c.external)
    )
    return {(row[0], bool(row[1])): int(row[2]) for row in session.execute(asked)}


def users_of_provider(
    session: Session, period: Period, owners: Mapping[int, int]
) -> Mapping[int, int]:
    """By provider how many other organisations used its instruments (by `owners`) in a period."""
    asked = (
        sa.select(BOOKING.c.instrument_id, BOOKING.c.organisation_id)
        .select_from(BOOKING.join(USE, finished_use()))
        .where(
            BOOKING.c.external,
            USE.c.settled_at.is_not(None),
            USE.c.ended_at > period.span.start,
            USE.c.ended_at <= period.span.end,
        )
        .distinct()
    )
    pairs = {(owners.get(row[0], 0), row[1]) for row in session.execute(asked)}
    providers = {owner for owner, _ in pairs}
    return {owner: sum(one == owner for one, _ in pairs) for owner in providers}


def yearly_numbers(
    session: Session, period: Period, ids: Collection[int]
) -> Mapping[int, Mapping[str, str]]:
    """What the lab already typed for the yearly sheet of valuable instruments, as text."""
    asked = sa.select(col(YearlyEntry.instrument_id), col(YearlyEntry.entered)).where(
        col(YearlyEntry.period) == period.code, col(YearlyEntry.instrument_id).in_(ids)
    )
    return {
        key: {code: str(value) for code, value in entered.items()}
        for key, entered in session.execute(asked)
    }
