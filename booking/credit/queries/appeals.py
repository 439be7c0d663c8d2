"""Appeals: what waits for the centre, and one of them for whoever may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.credit.models import CreditAppeal, CreditEntry
from booking.credit.queries.entries import entry_for
from booking.credit.rules import Cause
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal as the centre's queue shows it."""

    id: int
    words: str
    file_id: int | None
    asked_at: datetime
    asked_by: str
    organisation_id: int | None
    lab_id: int | None
    owner: str
    owner_en: str
    cause: Cause
    points: int
    number: str
    at: datetime
    lapses_at: datetime


_ROW: Final = (
    sa.select(
        *(col(CreditAppeal.id), col(CreditAppeal.words), col(CreditAppeal.file_id)),
        *(col(CreditAppeal.asked_at), col(User.name), col(CreditEntry.organisation_id)),
        col(CreditEntry.lab_id),
        sa.func.coalesce(col(Organisation.name), col(Lab.name)),
        sa.func.coalesce(col(Organisation.name_en), col(Lab.name_en)),
        *(col(CreditEntry.cause), col(CreditEntry.points), col(CreditEntry.reservation_number)),
        *(col(CreditEntry.at), col(CreditEntry.lapses_at)),
    )
    .select_from(CreditAppeal)
    .join(CreditEntry, col(CreditEntry.id) == col(CreditAppeal.entry_id))
    .join(User, col(User.id) == col(CreditAppeal.asked_by))
    .outerjoin(Organisation, col(Organisation.id) == col(CreditEntry.organisation_id))
    .outerjoin(Lab, col(Lab.id) == col(CreditEntry.lab_id))
)


def waiting_appeals(
    session: Session, *, after_id: int | None = None, limit: int
) -> Sequence[AppealRow]:
    """What the centre has to decide, oldest first."""
    waiting = _ROW.where(
        sa.text("credit_appeal.state = 'open'"), col(CreditAppeal.id) > (after_id or 0)
    )
    rows = session.execute(waiting.order_by(col(CreditAppeal.id)).limit(limit))
    return [AppealRow(*row) for row in rows]


def evidence_of(session: Session, appeal_id: int, actor: Actor) -> int | None:
    """The file of an appeal, for the centre and whoever may appeal; NotFound for anybody else."""
    appeal = session.get(CreditAppeal, appeal_id)
    if appeal is None:
        raise NotFound(appeal_id=appeal_id)
    if not actor.may(Permission.CREDIT_MANAGE):
        entry_for(session, appeal.entry_id, actor)
    return appeal.file_id


def appeal_for_update(session: Session, appeal_id: int) -> CreditAppeal:
    """The row itself, locked: one decision."""
    wanted = select(CreditAppeal).where(col(CreditAppeal.id) == appeal_id).with_for_update()
    found = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(appeal_id=appeal_id)
    return found


def is_appealed(session: Session, entry_id: int) -> bool:
    """Whether somebody has appealed against an entry, whatever came of it."""
    asked = sa.select(col(CreditAppeal.id)).where(col(CreditAppeal.entry_id) == entry_id)
    return session.execute(asked).first() is not None
