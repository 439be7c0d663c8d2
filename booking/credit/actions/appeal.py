"""Say why an entry should not count, once, with a paper if there is one; the centre decides."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.credit.actions.annul import opposite, subject_of
from booking.credit.errors import AppealDecided, AppealedAlready, EntryNotAppealable
from booking.credit.events import CreditAppealDecided, CreditAppealed
from booking.credit.models import CreditAppeal, CreditEntry
from booking.credit.queries.appeals import appeal_for_update, is_appealed
from booking.credit.queries.entries import entry_for, entry_for_update, is_annulled
from booking.credit.states import AppealState
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep


def appeal(
    uow: UnitOfWork,
    entry_id: int,
    words: str,
    *,
    file: Received | None = None,
    actor: Actor,
    now: datetime,
) -> CreditAppeal:
    """While the entry counts; it goes on counting until the centre has decided."""
    entry_for(uow.session, entry_id, actor)
    entry = entry_for_update(uow.session, entry_id)
    if entry.annuls_id is not None or entry.points >= 0 or entry.lapses_at <= now:
        raise EntryNotAppealable
    if is_annulled(uow.session, entry_id):
        raise EntryNotAppealable
    if is_appealed(uow.session, entry_id):
        raise AppealedAlready
    kept = keep(uow, file, uploaded_by=actor.known_id, now=now) if file else None
    made = CreditAppeal(
        entry_id=entry_id,
        words=words,
        file_id=kept.key if kept else None,
        asked_by=actor.id,
        asked_at=now,
    )
    uow.session.add(made)
    uow.session.flush()
    uow.announce(
        CreditAppealed(
            at=now,
            actor_id=actor.known_id,
            subject=subject_of(entry),
            cause=words,
            changes={"credit_appeal": (None, made.state.value)},
            entry_id=entry_id,
            organisation_id=entry.organisation_id,
            lab_id=entry.lab_id,
            person_id=entry.person_id,
            why=entry.cause,
            points=entry.points,
            number=entry.reservation_number,
            lapses_at=entry.lapses_at,
            appeal_id=made.key,
        )
    )
    return made


def decide_appeal(
    uow: UnitOfWork, appeal_id: int, reason: str, *, grant: bool, actor: Actor, now: datetime
) -> CreditAppeal:
    """Take the entry back by one that says the opposite, or leave it; either way with a reason."""
    actor.must(Permission.CREDIT_MANAGE)
    decided = appeal_for_update(uow.session, appeal_id)
    if decided.state is not AppealState.OPEN:
        raise AppealDecided(state=decided.state)
    decided.state = AppealState.GRANTED if grant else AppealState.REFUSED
    decided.reason, decided.decided_by, decided.decided_at = reason, actor.known_id, now
    entry = uow.session.get_one(CreditEntry, decided.entry_id)
    if grant and not is_annulled(uow.session, entry.key):
        uow.session.add(opposite(entry, now))
    uow.session.flush()
    uow.announce(
        CreditAppealDecided(
            at=now,
            actor_id=actor.known_id,
            subject=subject_of(entry),
            cause=reason,
            changes={"credit_appeal": (AppealState.OPEN.value, decided.state.value)},
            entry_id=entry.key,
            organisation_id=entry.organisation_id,
            lab_id=entry.lab_id,
            person_id=entry.person_id,
            why=entry.cause,
            points=entry.points,
            number=entry.reservation_number,
            lapses_at=entry.lapses_at,
            appeal_id=appeal_id,
            asked_by=decided.asked_by,
            state=decided.state,
        )
    )
    return decided
