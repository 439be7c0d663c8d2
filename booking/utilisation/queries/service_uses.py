"""Settled uses as the national record wants them, and those that are not settled yet."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Reach
from booking.accounts.models import User
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.feedback import UseFeedback
from booking.utilisation.queries.cutting import BOOKING, CHARGE, EARNED, USE, earned, finished_use
from booking.utilisation.rules.service_record import ServedUse
from booking.utilisation.rules.sheets import Report

_MINUTES: Final = USE.c.preparation_minutes + USE.c.test_minutes + USE.c.post_minutes


def served_uses(session: Session, report: Report, reach: Reach) -> Sequence[ServedUse]:
    """Uses that ended in a period and are settled, in the order of their instruments."""
    asked = (
        sa.select(
            BOOKING.c.id.label("reservation_id"),
            BOOKING.c.number,
            BOOKING.c.instrument_id,
            col(Instrument.lab_id).label("lab_id"),
            col(Instrument.inner_id).label("inner_id"),
            col(Instrument.name).label("instrument_name"),
            BOOKING.c.mode,
            BOOKING.c.purpose,
            USE.c.started_at,
            USE.c.ended_at,
            _MINUTES.label("effective_minutes"),
            col(User.name).label("applicant"),
            col(User.phone).label("phone"),
            col(Organisation.name).label("applicant_unit"),
            col(Organisation.id).label("unit_id"),
            sa.cast(sa.func.coalesce(EARNED, 0), sa.BigInteger).label("amount_fen"),
            col(UseFeedback.grade).label("grade"),
            col(Instrument.name_en).label("instrument_name_en"),
            col(Organisation.name_en).label("applicant_unit_en"),
        )
        .select_from(_of_provider().outerjoin(CHARGE, earned()))
        .join(User, col(User.id) == BOOKING.c.holder_id)
        .join(Organisation, col(Organisation.id) == BOOKING.c.organisation_id)
        .outerjoin(UseFeedback, col(UseFeedback.reservation_id) == BOOKING.c.id)
        .where(*_ended(report, reach), USE.c.settled_at.is_not(None))
        .order_by(BOOKING.c.instrument_id, USE.c.ended_at, BOOKING.c.id)
    )
    return [ServedUse(**row) for row in session.execute(asked).mappings()]


def unsettled_uses(session: Session, report: Report, reach: Reach) -> int:
    """How many uses ended in a period of which the two sides have not agreed yet."""
    asked = (
        sa.select(sa.func.count())
        .select_from(_of_provider())
        .where(*_ended(report, reach), USE.c.settled_at.is_(None))
    )
    return int(session.execute(asked).scalar_one())


def _of_provider() -> sa.Join:
    return (
        BOOKING.join(USE, finished_use())
        .join(
            Instrument.__table__,  # type: ignore[attr-defined]  # by SQLModel
            col(Instrument.id) == BOOKING.c.instrument_id,
        )
        .join(
            Lab.__table__,  # type: ignore[attr-defined]  # by SQLModel
            col(Lab.id) == col(Instrument.lab_id),
        )
    )


def _ended(report: Report, reach: Reach) -> list[sa.ColumnElement[bool]]:
    found = [
        col(Lab.organisation_id) == report.owner,
        USE.c.ended_at > report.period.span.start,
        USE.c.ended_at <= report.period.span.end,
    ]
    if not reach.everywhere:
        mine = col(Lab.id).in_(reach.lab_ids)
        found.append(mine | col(Lab.organisation_id).in_(reach.organisation_ids))
    return found
