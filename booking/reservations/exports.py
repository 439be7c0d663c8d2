"""A calendar feed as its reader may see it.

One's own bookings and those of a lab that one runs are told of; of all others only that the time is
taken. No person's name is in any feed: they end up with whoever keeps the reader's calendar.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.cards import card_seen_by
from booking.kernel.timespan import TimeSpan
from booking.reservations.queries.feeds import (
    Booked,
    Closed,
    OpenFeed,
    booked_in,
    closed_in,
    is_theirs,
    lab_run_by,
    runs,
)
from booking.reservations.rules.feeds import CALLED_OFF, closure_sequence, reach_at
from booking.reservations.states import State
from booking.settings import Settings
from booking.web.blocks import BlockKind
from booking.web.i18n import gettext, language
from booking.web.ics import Entry, Status, feed, uid_of, veiled_uid
from booking.web.words import words

# What nobody has repaired has no end yet; calendars need one.
_LONGEST: Final = timedelta(days=366)


def feed_content(
    session: Session, opened: OpenFeed, actor: Actor, *, settings: Settings, now: datetime
) -> bytes:
    """The calendar in the language in force; NotFound once its reader may not know of it."""
    name, reach = _name_of(session, opened, actor), reach_at(now)
    booked = booked_in(session, opened, reach)
    closed = closed_in(session, opened.subject, reach, now=now)
    entries = [
        *(_booking(row, opened, actor, settings=settings) for row in booked),
        *(_closure(row, actor, settings=settings) for row in closed),
    ]
    return feed(entries, name=name)


def _name_of(session: Session, opened: OpenFeed, actor: Actor) -> str:
    subject = opened.subject
    if subject.lab_id is not None:
        return lab_run_by(session, subject.lab_id, actor).name
    if subject.instrument_id is not None:
        card = card_seen_by(session, subject.instrument_id, actor).instrument
        return _called(card.name, card.name_en)
    return gettext("My instrument bookings")


def _booking(row: Booked, opened: OpenFeed, actor: Actor, *, settings: Settings) -> Entry:
    hosted = opened.subject.lab_id is not None or runs(
        actor, lab_id=row.lab_id, provider_id=row.provider_id
    )
    own = is_theirs(actor, row)
    if not (own or hosted):
        return _taken(row, settings)
    name = _called(row.instrument, row.instrument_en)
    told = [words(row.state), words(row.mode), row.number]
    return Entry(
        uid=uid_of(settings, "reservation", row.number),
        sequence=row.version,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        changed_at=row.updated_at,
        summary=name if own and not hosted else f"{name} · {row.organisation}",
        status=status_of(row.state),
        place=_place(row.lab, row.address),
        text="\n".join(told),
        url=f"{settings.public_url.rstrip('/')}/reservations/{row.number}",
    )


def _taken(row: Booked, settings: Settings) -> Entry:
    """Neither whose, nor how far it is decided."""
    gone = row.state in CALLED_OFF
    return Entry(
        uid=veiled_uid(settings, "reservation", row.number),
        sequence=row.version,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        changed_at=row.updated_at,
        summary=words(BlockKind.OCCUPIED),
        status=Status.CANCELLED if gone else Status.CONFIRMED,
    )


def _closure(row: Closed, actor: Actor, *, settings: Settings) -> Entry:
    """Why, only those read who run the lab."""
    planned = TimeSpan(row.starts_at, row.ends_at)
    ends_at = min(row.until, row.starts_at + _LONGEST)
    called_off = ends_at <= row.starts_at
    insider = runs(actor, lab_id=row.lab_id, provider_id=row.provider_id)
    name = _called(row.instrument, row.instrument_en)
    return Entry(
        uid=uid_of(settings, "closure", row.id),
        sequence=closure_sequence(planned, row.until),
        starts_at=row.starts_at,
        ends_at=row.ends_at if called_off else ends_at,
        changed_at=row.changed_at,
        summary=f"{name} · {words(row.kind)}",
        status=Status.CANCELLED if called_off else Status.CONFIRMED,
        place=row.address,
        text=row.reason if insider else "",
    )


def status_of(state: State) -> Status:
    """What a calendar makes of a state."""
    if state in CALLED_OFF:
        return Status.CANCELLED
    return Status.TENTATIVE if state is State.REQUESTED else Status.CONFIRMED


def _called(name: str, name_en: str) -> str:
    return name_en if language() == "en" and name_en else name


def _place(*parts: str) -> str:
    return gettext(", ").join(part for part in parts if part)
