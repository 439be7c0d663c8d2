"""Who waits for what, in which order, and what is offered to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.hold import SlotHold
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry, WaitlistOffer
from booking.reservations.queries.standing import books_still
from booking.reservations.states import IN_LINE, EntryState, OfferState

_ENTRY: Final[sa.Table] = WaitlistEntry.__table__  # type: ignore[attr-defined]  # by SQLModel
_CHOICE: Final[sa.Table] = WaitlistChoice.__table__  # type: ignore[attr-defined]  # by SQLModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One in line, with those of the instruments that come into question."""

    entry_id: int
    holder_id: int
    organisation_id: int
    mode: ServiceMode
    window: TimeSpan
    minutes: int
    joined_at: datetime
    instrument_ids: tuple[int, ...]
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    helper_ids: tuple[int, ...] = ()

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)


def in_line(
    session: Session,
    now: datetime,
    *,
    on: Sequence[int] | sa.CompoundSelect[Any] | None = None,
    around: TimeSpan | None = None,
) -> list[Waiting]:
    """Everybody who waits and may still book, in the order of joining.

    With `on` and `around`, those alone to whom time on these instruments could be of use.
    """
    asked = (
        sa.select(_ENTRY, _CHOICE.c.instrument_id)
        .join(_CHOICE, _CHOICE.c.entry_id == _ENTRY.c.id)
        .where(
            sa.text("waitlist_entry.state = 'waiting'"),
            _ENTRY.c.last_start_at > now,
            books_still(_ENTRY.c.holder_id, _ENTRY.c.organisation_id),
        )
        .order_by(_ENTRY.c.joined_at, _ENTRY.c.id, _CHOICE.c.id)
    )
    if on is not None:
        asked = asked.where(_CHOICE.c.instrument_id.in_(on))
    if around is not None:
        asked = asked.where(_ENTRY.c.starts_at < around.end, _ENTRY.c.ends_at > around.start)
    found: dict[int, Waiting] = {}
    for row in session.execute(asked):
        before = found[row.id].instrument_ids if row.id in found else ()
        found[row.id] = _waiting(row, (*before, row.instrument_id))
    return list(found.values())


def waiting_entry(session: Session, entry_id: int) -> WaitlistEntry | None:
    """The entry, locked, while it waits; None when it does not or somebody else has it."""
    asked = (
        sa.select(WaitlistEntry)
        .where(col(WaitlistEntry.id) == entry_id, col(WaitlistEntry.state) == EntryState.WAITING)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(asked).scalar_one_or_none()


def entry_for_update(session: Session, entry_id: int, holder_id: int) -> WaitlistEntry:
    """Somebody's own place in line, locked; NotFound for everybody else."""
    asked = (
        sa.select(WaitlistEntry)
        .where(col(WaitlistEntry.id) == entry_id, col(WaitlistEntry.holder_id) == holder_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: WaitlistEntry | None = session.execute(asked).scalar_one_or_none()
    if found is None:
        raise NotFound(waitlist_id=entry_id)
    return found


def offer_for_update(
    session: Session, offer_id: int, holder_id: int
) -> tuple[WaitlistOffer, WaitlistEntry]:
    """An offer to somebody with the place in line, which is locked: answers come one by one."""
    of = session.get(WaitlistOffer, offer_id)
    if of is None:
        raise NotFound(offer_id=offer_id)
    try:
        entry = entry_for_update(session, of.entry_id, holder_id)
    except NotFound:
        raise NotFound(offer_id=offer_id) from None
    session.refresh(of)
    return of, entry


def open_offer_of(session: Session, entry_id: int) -> WaitlistOffer | None:
    """What is offered to an entry at the moment."""
    asked = sa.select(WaitlistOffer).where(
        col(WaitlistOffer.entry_id) == entry_id, col(WaitlistOffer.state) == OfferState.OPEN
    )
    return session.execute(asked).scalar_one_or_none()


def units_of_offer(session: Session, offer_id: int) -> tuple[int, ...]:
    """The units on which an offer holds time."""
    asked = sa.select(col(SlotHold.unit_id)).where(col(SlotHold.offer_id) == offer_id)
    return tuple(session.execute(asked.order_by(col(SlotHold.unit_id))).scalars())


def lapsed_offers(session: Session, now: datetime) -> Sequence[tuple[WaitlistOffer, WaitlistEntry]]:
    """Open offers whose time is over, with their entries; whatever is being answered is left."""
    asked = (
        sa.select(WaitlistOffer, WaitlistEntry)
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(WaitlistOffer.entry_id))
        .where(sa.text("waitlist_offer.state = 'open'"), col(WaitlistOffer.lapses_at) <= now)
        .order_by(col(WaitlistOffer.lapses_at), col(WaitlistOffer.id))
        .with_for_update(of=_ENTRY, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(offer, entry) for offer, entry in session.execute(asked)]


def overdue_entries(session: Session, now: datetime) -> Sequence[WaitlistEntry]:
    """Those who waited in vain."""
    asked = (
        sa.select(WaitlistEntry)
        .where(sa.text("waitlist_entry.state = 'waiting'"), col(WaitlistEntry.last_start_at) <= now)
        .order_by(col(WaitlistEntry.id))
        .with_for_update(skip_locked=True)
    )
    return session.execute(asked).scalars().all()


def entries_of(session: Session, holder_id: int, organisation_id: int) -> list[int]:
    """The places in line of somebody for an organisation."""
    asked = sa.select(col(WaitlistEntry.id)).where(
        col(WaitlistEntry.holder_id) == holder_id,
        col(WaitlistEntry.organisation_id) == organisation_id,
        col(WaitlistEntry.state).in_(sorted(IN_LINE)),
    )
    return list(session.execute(asked.order_by(col(WaitlistEntry.id))).scalars())


def instrument_of(session: Session, entry_id: int) -> int:
    """The first of the instruments an entry names."""
    asked = sa.select(sa.func.min(col(WaitlistChoice.id))).where(
        col(WaitlistChoice.entry_id) == entry_id
    )
    chosen = sa.select(col(WaitlistChoice.instrument_id)).where(
        col(WaitlistChoice.id) == asked.scalar_subquery()
    )
    return int(session.execute(chosen).scalar_one())


def _waiting(row: sa.Row[Any], instrument_ids: Iterable[int]) -> Waiting:
    return Waiting(
        entry_id=row.id,
        holder_id=row.holder_id,
        organisation_id=row.organisation_id,
        mode=row.mode,
        window=TimeSpan(row.starts_at, row.ends_at),
        minutes=row.minutes,
        joined_at=row.joined_at,
        instrument_ids=tuple(instrument_ids),
        samples=row.samples,
        consumables=row.consumables,
        helper_ids=tuple(row.helper_ids),
    )
