"""Say in time that a qualification will end: once for each step, however often this is called."""

from datetime import date, datetime

from booking.db.transactions import UnitOfWork
from booking.organisations.events import QualificationExpiring
from booking.organisations.models import QualificationNotice
from booking.organisations.report.qualifications import QualificationRow, expiring_from, noted_steps
from booking.organisations.rules import reminders_due


def remind_of_expiry(uow: UnitOfWork, *, today: date, now: datetime) -> int:
    """Announce the most urgent step of each, and note those that it makes needless."""
    rows = expiring_from(uow.session, today)
    noted = noted_steps(uow.session, [row.id for row in rows])
    told = 0
    for row in rows:
        if row.valid_to is None:
            continue
        due = reminders_due(row.valid_to, today, noted=noted[row.id])
        uow.session.add_all(
            QualificationNotice(qualification_id=row.id, days=days, noted_at=now) for days in due
        )
        if due:
            uow.announce(_expiring(row, row.valid_to, days=due[0], now=now))
            told += 1
    uow.session.flush()
    return told


def _expiring(
    row: QualificationRow, valid_to: date, *, days: int, now: datetime
) -> QualificationExpiring:
    return QualificationExpiring(
        at=now,
        actor_id=None,
        subject=f"organisation:{row.organisation_id}",
        changes={"qualification": (row.code, row.code), "valid_to": (valid_to, valid_to)},
        organisation_id=row.organisation_id,
        qualification_id=row.id,
        code=row.code,
        valid_to=valid_to,
        days=days,
    )
