"""What belongs to an order: samples and their way, quotes, files, messages, bookings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.files.models import StoredFile
from booking.files.queries import FileRow, file_row
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.orders.models import (
    BOOKING,
    FILE,
    MESSAGE,
    ORDER,
    QUOTE,
    SAMPLE,
    SAMPLE_STEP,
    OrderFile,
    OrderQuote,
    OrderSample,
)
from booking.orders.queries.orders import OrderRow, order_seen_by
from booking.orders.rules import Afterwards, FileRole, QuoteLine
from booking.orders.states import QuoteState, Station
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State

_PERSON: Final[sa.Table] = User.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_STORED: Final[sa.Table] = StoredFile.__table__  # type: ignore[attr-defined]
_BOOKED: Final[sa.Table] = Reservation.__table__  # type: ignore[attr-defined]
# What of an order's bookings does not count towards its price.
_GIVEN_BACK: Final = frozenset({State.CANCELLED, State.REJECTED, State.EXPIRED, State.MISSED})


@dataclass(frozen=True, slots=True)
class StepRow:
    """When a sample reached a station, and by whose hand."""

    station: Station
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample and its way so far."""

    id: int
    label: str
    name: str
    count: int
    form: str
    hazards: str
    afterwards: Afterwards
    station: Station
    way: tuple[StepRow, ...] = ()


def samples_of(session: Session, order_id: int) -> Sequence[SampleRow]:
    """All of an order, in their order, each with its way."""
    s = SAMPLE.c
    columns = (s.id, s.label, s.name, s.count, s.form, s.hazards, s.afterwards, s.station)
    rows = session.execute(
        sa.select(*columns).where(s.order_id == order_id).order_by(s.position)
    ).all()
    way = _ways(session, [row.id for row in rows])
    return [SampleRow(**row._mapping, way=way.get(row.id, ())) for row in rows]


def _ways(session: Session, sample_ids: Iterable[int]) -> dict[int, tuple[StepRow, ...]]:
    t = SAMPLE_STEP.c
    rows = session.execute(
        sa.select(t.sample_id, t.station, t.done_at, _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == t.done_by)
        .where(t.sample_id.in_(list(sample_ids)))
        .order_by(t.sample_id, t.id)
    )
    return {
        sample_id: tuple(StepRow(*row[1:]) for row in steps)
        for sample_id, steps in groupby(rows, key=lambda row: row.sample_id)
    }


def sample_seen_by(session: Session, label: str, actor: Actor) -> tuple[OrderRow, SampleRow]:
    """A sample by its label, with its order, for those who may read the order."""
    asked = (
        sa.select(ORDER.c.number)
        .join(SAMPLE, SAMPLE.c.order_id == ORDER.c.id)
        .where(SAMPLE.c.label == label)
    )
    number = session.execute(asked).scalar_one_or_none()
    if number is None:
        raise NotFound(label=label)
    try:
        order = order_seen_by(session, number, actor)
    except NotFound:
        # Said of what was asked for, or the answer would tell whose it is.
        raise NotFound(label=label) from None
    return order, next(one for one in samples_of(session, order.id) if one.label == label)


def samples_to_move(session: Session, order_id: int) -> Sequence[OrderSample]:
    """The samples of an order that is locked."""
    asked = sa.select(OrderSample).where(col(OrderSample.order_id) == order_id)
    fresh = asked.order_by(col(OrderSample.position)).execution_options(populate_existing=True)
    return session.execute(fresh).scalars().all()


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote as both sides read it."""

    id: int
    lines: tuple[QuoteLine, ...]
    total_fen: int
    note: str
    valid_until: date
    promised_day: date
    state: QuoteState
    quoted_at: datetime
    by: str


def quotes_of(session: Session, order_id: int) -> Sequence[QuoteRow]:
    """Every quote of an order, newest first."""
    q = QUOTE.c
    rows = session.execute(
        sa.select(q.id, q.lines, q.total_fen, q.note, q.valid_until, q.promised_day, q.state)
        .add_columns(q.quoted_at, _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == q.quoted_by)
        .where(q.order_id == order_id)
        .order_by(q.id.desc())
    )
    return [QuoteRow(row[0], tuple(map(QuoteLine.read, row[1])), *row[2:]) for row in rows]


def standing_quote(session: Session, order_id: int) -> OrderQuote | None:
    """The quote that waits for the company, of an order that is locked."""
    return _quote_in(session, order_id, QuoteState.OFFERED)


def accepted_quote(session: Session, order_id: int) -> OrderQuote | None:
    """The quote that holds, of an order that is locked."""
    return _quote_in(session, order_id, QuoteState.ACCEPTED)


def _quote_in(session: Session, order_id: int, state: QuoteState) -> OrderQuote | None:
    asked = sa.select(OrderQuote).where(
        col(OrderQuote.order_id) == order_id, col(OrderQuote.state) == state
    )
    fresh = asked.execution_options(populate_existing=True)
    found: OrderQuote | None = session.execute(fresh).scalar_one_or_none()
    return found


@dataclass(frozen=True, slots=True)
class OrderFileRow:
    """A file of an order, without its content."""

    id: int
    file_id: int
    role: FileRole
    name: str
    size: int
    by: str
    added_at: datetime
    handed_in_at: datetime | None


def files_of(session: Session, order: OrderRow, actor: Actor) -> Sequence[OrderFileRow]:
    """What this person may open; the centre opens none, and no company a result before its time."""
    if not is_party(actor, order):
        return []
    f = FILE.c
    asked = (
        sa.select(f.id, f.file_id, f.role, _STORED.c.given_name, _STORED.c.size)
        .add_columns(_PERSON.c.name, f.added_at, f.handed_in_at)
        .join(_STORED, _STORED.c.id == f.file_id)
        .join(_PERSON, _PERSON.c.id == f.added_by)
        .where(f.order_id == order.id)
        .order_by(f.id)
    )
    rows = [OrderFileRow(*row) for row in session.execute(asked)]
    if is_lab(actor, order):
        return rows
    return [one for one in rows if one.role is FileRole.WISH or one.handed_in_at]


def file_seen_by(session: Session, number: str, file_id: int, *, actor: Actor) -> FileRow:
    """A file to open; NotFound for everybody but the company and the lab."""
    try:
        order = order_seen_by(session, number, actor)
    except NotFound:
        # Said of the file, whichever of the two is not there.
        raise NotFound(file_id=file_id) from None
    for one in files_of(session, order, actor):
        if one.id == file_id:
            return file_row(session, one.file_id)
    raise NotFound(file_id=file_id)


def is_party(actor: Actor, order: OrderRow) -> bool:
    """Of the company or the lab itself: no staff of the centre, and nobody in another's guise."""
    if actor.guise is not None:
        return False
    read = actor.reach(Permission.RESERVATION_READ)
    return order.organisation_id in read.organisation_ids or is_lab(actor, order)


def is_lab(actor: Actor, order: OrderRow) -> bool:
    """Of the lab itself."""
    host = actor.reach(Permission.RESERVATION_HOST)
    return order.lab_id in host.lab_ids or order.provider_id in host.organisation_ids


def files_counted(session: Session, order_id: int) -> int:
    """How many files an order has."""
    asked = sa.select(sa.func.count()).where(FILE.c.order_id == order_id)
    return int(session.execute(asked).scalar_one())


def results_to_hand_in(session: Session, order_id: int) -> Sequence[OrderFile]:
    """Results that the company does not see yet."""
    asked = sa.select(OrderFile).where(
        col(OrderFile.order_id) == order_id,
        col(OrderFile.role) == FileRole.RESULT,
        col(OrderFile.handed_in_at).is_(None),
    )
    return session.execute(asked).scalars().all()


@dataclass(frozen=True, slots=True)
class MessageRow:
    """What one side wrote to the other."""

    from_lab: bool
    is_objection: bool
    words: str
    by: str
    at: datetime


def messages_of(session: Session, order_id: int) -> Sequence[MessageRow]:
    """The thread of an order, oldest first."""
    m = MESSAGE.c
    rows = session.execute(
        sa.select(m.from_lab, m.is_objection, m.words, _PERSON.c.name, m.written_at)
        .join(_PERSON, _PERSON.c.id == m.written_by)
        .where(m.order_id == order_id)
        .order_by(m.id)
    )
    return [MessageRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking that was made for an order; its price as agreed when it was booked."""

    number: str
    span: TimeSpan
    state: State
    price_fen: int
    missed_from: datetime

    @property
    def stands(self) -> bool:
        """Not given back, refused or missed."""
        return self.state not in _GIVEN_BACK

    def may_be_cancelled(self, now: datetime) -> bool:
        """Not begun, and not missed either."""
        waits = self.state is State.REQUESTED
        return waits or (self.state is State.CONFIRMED and now < self.missed_from)


def bookings_of(session: Session, order_id: int) -> Sequence[BookingRow]:
    """In the order of their time."""
    r = _BOOKED.c
    rows = session.execute(
        sa.select(r.number, r.starts_at, r.ends_at, r.state, r.quoted_fen, r.missed_from)
        .join(BOOKING, BOOKING.c.reservation_id == r.id)
        .where(BOOKING.c.order_id == order_id)
        .order_by(r.starts_at, r.id)
    )
    return [
        BookingRow(row[0], TimeSpan(row[1], row[2]), State(row[3]), row[4], row[5]) for row in rows
    ]
