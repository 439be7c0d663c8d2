"""Places in line as their people see them: where they stand, and what is offered to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry, WaitlistOffer
from booking.reservations.states import IN_LINE, EntryState, OfferState

_ENTRY: Final[sa.Table] = WaitlistEntry.__table__  # type: ignore[attr-defined]  # by SQLModel
_CHOICE: Final[sa.Table] = WaitlistChoice.__table__  # type: ignore[attr-defined]  # by SQLModel
_OFFER: Final[sa.Table] = WaitlistOffer.__table__  # type: ignore[attr-defined]  # by SQLModel


@dataclass(frozen=True, slots=True)
class Helper:
    """An operator or accessory that somebody waits for too."""

    id: int
    kind: UnitKind
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in line as its person sees it; `ahead` counts who joined before for time shared."""

    entry_id: int
    state: EntryState
    window: TimeSpan
    minutes: int
    mode: ServiceMode
    purpose: str
    joined_at: datetime
    ahead: int
    instruments: tuple[tuple[int, str, str], ...]
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    helpers: tuple[Helper, ...] = ()
    total_fen: int | None = None
    offer_id: int | None = None
    offered_on: int | None = None
    offered: TimeSpan | None = None
    lapses_at: datetime | None = None

    @property
    def position(self) -> int:
        return self.ahead + 1

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def is_one_span(self) -> bool:
        return self.window.length == self.length

    def helpers_of(self, kind: UnitKind) -> tuple[Helper, ...]:
        """The operators, or the accessories."""
        return tuple(one for one in self.helpers if one.kind is kind)


def places_of(session: Session, holder_id: int, entry_id: int | None = None) -> list[Place]:
    """Somebody's places in line with what is offered, in the order of joining; few by rule."""
    asked = (
        sa.select(
            _ENTRY,
            _ahead().label("ahead"),
            _OFFER.c.id.label("offer_id"),
            _OFFER.c.instrument_id.label("offered_on"),
            _OFFER.c.starts_at.label("offered_from"),
            _OFFER.c.ends_at.label("offered_until"),
            _OFFER.c.lapses_at,
            _OFFER.c.total_fen,
            col(Instrument.id).label("instrument_id"),
            col(Instrument.name),
            col(Instrument.name_en),
        )
        .select_from(
            _ENTRY.join(_CHOICE, _CHOICE.c.entry_id == _ENTRY.c.id)
            .join(Instrument, col(Instrument.id) == _CHOICE.c.instrument_id)
            .outerjoin(
                _OFFER,
                sa.and_(_OFFER.c.entry_id == _ENTRY.c.id, _OFFER.c.state == OfferState.OPEN),
            )
        )
        .where(_ENTRY.c.holder_id == holder_id, _ENTRY.c.state.in_(sorted(IN_LINE)))
        .order_by(_ENTRY.c.joined_at, _ENTRY.c.id, _CHOICE.c.id)
    )
    if entry_id is not None:
        asked = asked.where(_ENTRY.c.id == entry_id)
    rows: dict[int, list[sa.Row[Any]]] = {}
    for row in session.execute(asked):
        rows.setdefault(row.id, []).append(row)
    wanted = {unit for each in rows.values() for unit in each[0].helper_ids}
    helpers = _helpers(session, wanted) if wanted else {}
    return [_place(each, helpers) for each in rows.values()]


def _ahead() -> sa.ScalarSelect[int]:
    """How many wait before an entry for an instrument and a time that it waits for too."""
    other, theirs = _ENTRY.alias("other"), _CHOICE.alias("theirs")
    ours = _CHOICE.alias("ours")
    shared = sa.exists().where(
        theirs.c.entry_id == other.c.id,
        theirs.c.instrument_id == ours.c.instrument_id,
        ours.c.entry_id == _ENTRY.c.id,
    )
    return (
        sa.select(sa.func.count())
        .select_from(other)
        .where(
            other.c.state.in_(sorted(IN_LINE)),
            other.c.starts_at < _ENTRY.c.ends_at,
            other.c.ends_at > _ENTRY.c.starts_at,
            sa.tuple_(other.c.joined_at, other.c.id) < sa.tuple_(_ENTRY.c.joined_at, _ENTRY.c.id),
            shared.correlate(other, _ENTRY),
        )
        .correlate(_ENTRY)
        .scalar_subquery()
    )


def _helpers(session: Session, unit_ids: Iterable[int]) -> dict[int, Helper]:
    asked = sa.select(col(Unit.id), col(Unit.kind), col(Unit.label)).where(
        col(Unit.id).in_(sorted(unit_ids))
    )
    return {row.id: Helper(*row) for row in session.execute(asked)}


def _place(rows: Sequence[sa.Row[Any]], helpers: Mapping[int, Helper]) -> Place:
    row = rows[0]
    return Place(
        entry_id=row.id,
        state=row.state,
        window=TimeSpan(row.starts_at, row.ends_at),
        minutes=row.minutes,
        mode=row.mode,
        purpose=row.purpose,
        joined_at=row.joined_at,
        ahead=row.ahead,
        instruments=tuple((one.instrument_id, one.name, one.name_en) for one in rows),
        samples=row.samples,
        consumables=row.consumables,
        helpers=tuple(helpers[one] for one in row.helper_ids if one in helpers),
        total_fen=row.total_fen,
        offer_id=row.offer_id,
        offered_on=row.offered_on,
        offered=TimeSpan(row.offered_from, row.offered_until) if row.offer_id else None,
        lapses_at=row.lapses_at,
    )
