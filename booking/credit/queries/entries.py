"""Entries of a company or a lab as they are read, and one of them for a deed."""

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
from booking.credit.rules import Cause
from booking.credit.states import AppealState
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry, whose booking it was about, and what became of an appeal against it."""

    id: int
    organisation_id: int | None
    lab_id: int | None
    person_id: int | None
    person: str | None
    cause: Cause
    points: int
    number: str
    at: datetime
    lapses_at: datetime
    annuls_id: int | None
    # The organisation of the lab.
    provider_id: int | None
    owner: str
    owner_en: str
    appeal_id: int | None
    appeal_state: AppealState | None
    appeal_words: str | None
    appeal_reason: str | None
    annulled: bool

    def may_be_appealed(self, now: datetime) -> bool:
        """Something that takes points away, still counts, and that nobody has appealed against."""
        is_loss = self.points < 0 and self.annuls_id is None and not self.annulled
        return is_loss and self.appeal_id is None and self.lapses_at > now


_BACK: Final = CreditEntry.__table__.alias("back")  # type: ignore[attr-defined]  # SQLModel adds it
_ROW: Final = (
    sa.select(
        *(col(CreditEntry.id), col(CreditEntry.organisation_id), col(CreditEntry.lab_id)),
        *(col(CreditEntry.person_id), col(User.name), col(CreditEntry.cause)),
        *(col(CreditEntry.points), col(CreditEntry.reservation_number), col(CreditEntry.at)),
        *(col(CreditEntry.lapses_at), col(CreditEntry.annuls_id), col(Lab.organisation_id)),
        sa.func.coalesce(col(Organisation.name), col(Lab.name)),
        sa.func.coalesce(col(Organisation.name_en), col(Lab.name_en)),
        *(col(CreditAppeal.id), col(CreditAppeal.state), col(CreditAppeal.words)),
        col(CreditAppeal.reason),
        sa.exists().where(_BACK.c.annuls_id == col(CreditEntry.id)),
    )
    .select_from(CreditEntry)
    .outerjoin(User, col(User.id) == col(CreditEntry.person_id))
    .outerjoin(Organisation, col(Organisation.id) == col(CreditEntry.organisation_id))
    .outerjoin(Lab, col(Lab.id) == col(CreditEntry.lab_id))
    .outerjoin(CreditAppeal, col(CreditAppeal.entry_id) == col(CreditEntry.id))
)


def entries_of_organisation(
    session: Session, organisation_id: int, *, before_id: int | None = None, limit: int
) -> Sequence[EntryRow]:
    """What was entered for a company, newest first, whether it still counts or not."""
    whose = col(CreditEntry.organisation_id) == organisation_id
    return _rows(session, whose, before_id=before_id, limit=limit)


def entries_of_lab(
    session: Session, lab_id: int, *, before_id: int | None = None, limit: int
) -> Sequence[EntryRow]:
    """The same for a lab."""
    return _rows(session, col(CreditEntry.lab_id) == lab_id, before_id=before_id, limit=limit)


def entries_of(
    session: Session,
    organisation_ids: Sequence[int],
    lab_ids: Sequence[int],
    *,
    before_id: int | None = None,
    limit: int,
) -> Sequence[EntryRow]:
    """Those of several at once."""
    whose = sa.or_(
        col(CreditEntry.organisation_id).in_(organisation_ids), col(CreditEntry.lab_id).in_(lab_ids)
    )
    return _rows(session, whose, before_id=before_id, limit=limit)


def entry_for(session: Session, entry_id: int, actor: Actor) -> EntryRow:
    """One entry, for whoever may appeal against it; NotFound for anybody else."""
    row = session.execute(_ROW.where(col(CreditEntry.id) == entry_id)).one_or_none()
    entry = None if row is None else EntryRow(*row)
    if entry is None or not may_appeal(actor, entry):
        raise NotFound(entry_id=entry_id)
    return entry


def entry_for_update(session: Session, entry_id: int) -> CreditEntry:
    """The row itself, locked, so that appeals against it come one after the other."""
    wanted = select(CreditEntry).where(col(CreditEntry.id) == entry_id).with_for_update()
    found = session.exec(wanted).one_or_none()
    if found is None:
        raise NotFound(entry_id=entry_id)
    return found


def entry_of_fact(session: Session, cause: Cause, number: str) -> CreditEntry | None:
    """What a booking counted for, locked; there is one at most."""
    wanted = select(CreditEntry).where(
        col(CreditEntry.cause) == cause,
        col(CreditEntry.reservation_number) == number,
        col(CreditEntry.annuls_id).is_(None),
    )
    return session.exec(wanted.with_for_update()).one_or_none()


def is_annulled(session: Session, entry_id: int) -> bool:
    """Whether it was taken back."""
    asked = sa.select(col(CreditEntry.id)).where(col(CreditEntry.annuls_id) == entry_id)
    return session.execute(asked).first() is not None


def may_appeal(actor: Actor, entry: EntryRow) -> bool:
    """Whose booking it was, whoever manages the company; for a lab, whoever manages the lab.

    Nobody who views the site as somebody else: the centre would appeal to itself.
    """
    if actor.guise is not None:
        return False
    if entry.lab_id is not None:
        reach = actor.reach(Permission.INSTRUMENT_MANAGE)
        return entry.lab_id in reach.lab_ids or entry.provider_id in reach.organisation_ids
    is_own = entry.person_id == actor.id and actor.may(Permission.RESERVATION_USE)
    return (is_own and entry.organisation_id in actor.organisation_ids) or (
        entry.organisation_id in actor.reach(Permission.ORGANISATION_MANAGE).organisation_ids
    )


def _rows(
    session: Session, whose: sa.ColumnElement[bool], *, before_id: int | None, limit: int
) -> Sequence[EntryRow]:
    wanted = _ROW.where(whose).order_by(col(CreditEntry.id).desc()).limit(limit)
    if before_id is not None:
        wanted = wanted.where(col(CreditEntry.id) < before_id)
    return [EntryRow(*row) for row in session.execute(wanted)]
