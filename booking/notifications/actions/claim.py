"""Take the next letter that is due and see what is to become of it: sent, put off, or kept back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.notifications.actions.withhold import withhold
from booking.notifications.models import OutboxMessage
from booking.notifications.queries import next_letter
from booking.notifications.queries.notices import ReaderNow, bundle_of, readers_now
from booking.notifications.queries.words import (
    Words,
    known_of,
    occurrences_of,
)
from booking.notifications.rules import wait_after
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail
from booking.notifications.rules.table import NOTICES, TELL_OF_SEVERAL, fact_named
from booking.notifications.rules.timing import next_hour, quiet_end
from booking.reservations.states import State

_UNWANTED: Final = "unwanted"


@dataclass(frozen=True, slots=True)
class Claimed:
    """Letters that leave as one, and what they say that their rows do not hold; none of them where
    the next one was put off or kept back."""

    letters: Sequence[OutboxMessage] = ()
    known: Mapping[int, Words] = field(default_factory=dict)
    daily: bool = False


def claim(uow: UnitOfWork, now: datetime) -> Claimed | None:
    """The next letter, counted as tried: a crash while sending does not make it endless. None when
    nothing is due."""
    letter = next_letter(uow.session, now)
    if letter is None:
        return None
    readers = readers_now(uow.session, [letter.key])
    if letter.bundled_at is not None and letter.user_id is not None:
        letters = bundle_of(uow.session, letter.user_id, now)
        readers = readers_now(uow.session, [one.key for one in letters])
    else:
        letters = [letter] if _leaves_now(letter, readers.get(letter.key), now) else []
    known = known_of(uow.session, letters)
    kept = [one for one in letters if _still_told(one, readers, known[one.key], now=now)]
    for one in kept:
        one.attempts += 1
        one.due_at = now + wait_after(one.attempts)
        if reader := readers.get(one.key):
            one.locale = reader.locale
    words = {
        one.key: _words(uow.session, one, known[one.key], reader=readers.get(one.key))
        for one in kept
    }
    return Claimed(kept, words, daily=letter.bundled_at is not None)


def _enclosed(session: Session, letter: OutboxMessage) -> Words:
    """What the calendar of a letter about several bookings is made of."""
    fact = fact_named(letter.fact)
    alone = letter.bundled_at is None
    if fact is None or fact not in TELL_OF_SEVERAL or letter.user_id is None or not alone:
        return {}
    return {"occurrences": occurrences_of(session, letter)}


def _leaves_now(letter: OutboxMessage, reader: ReaderNow | None, now: datetime) -> bool:
    """Whether it is to be sent with this run; if not, it is put off or kept back."""
    fact = fact_named(letter.fact)
    if reader is None or fact is None:
        return True
    notice = NOTICES[fact]
    if notice.fixed:
        return True
    mail = reader.mail or notice.mail
    if mail is Mail.NONE:
        letter.given_up_at, letter.error = now, _UNWANTED
        return False
    if mail is Mail.DAILY and not notice.urgent:
        letter.bundled_at, letter.due_at = now, next_hour(now, reader.times.daily_hour)
        return False
    ends = None if notice.urgent else quiet_end(reader.times, now)
    if ends is not None and not _too_late(letter, ends):
        letter.due_at = ends
        return False
    return True


def _words(
    session: Session, letter: OutboxMessage, known: Words, *, reader: ReaderNow | None
) -> Words:
    named = {"name": reader.name} if reader else {}
    return {**named, **known, **_enclosed(session, letter)}


def _still_told(
    letter: OutboxMessage, readers: Mapping[int, ReaderNow], known: Words, *, now: datetime
) -> bool:
    """Whether its reader may know it (still), and it is still so; if not, it is kept back."""
    reader, fact = readers.get(letter.key), fact_named(letter.fact)
    if reader is None or fact is None or NOTICES[fact].fixed:
        return True
    told = reader.active and reader.entitled and _holds(letter, known, now)
    if not told:
        withhold(letter, now=now)
    return told


def _holds(letter: OutboxMessage, known: Words, now: datetime) -> bool:
    """Whether what a letter says of a booking ahead is still so."""
    if letter.fact == NoticeFact.BOOKING_REMINDER:
        begins = letter.params.get("starts_at")
        same = known.get("holder_id") == letter.user_id and _moment(begins) == known.get("begins")
        return same and known.get("state") is State.CONFIRMED and not _too_late(letter, now)
    if letter.fact == NoticeFact.REQUEST_WAITING and known:
        return known["state"] is State.REQUESTED
    return True


def _too_late(letter: OutboxMessage, at: datetime) -> bool:
    """Whether a reminder would come when the time has begun."""
    begins = _moment(letter.params.get("starts_at"))
    reminds = letter.fact == NoticeFact.BOOKING_REMINDER
    return reminds and begins is not None and begins <= at


def _moment(told: object) -> datetime | None:
    return datetime.fromisoformat(told) if isinstance(told, str) else None
