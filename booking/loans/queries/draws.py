"""Draws that companies asked for: for what, what became of them, and what is asked still."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.billing.models import Charge, ChargeKind
from booking.billing.queries.standing import ENTERED, adjusted_charges
from booking.instruments.models.instrument import Instrument
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.loans.models import BankRecord, CreditLine, DrawRequest, LineKind
from booking.loans.rules.drawing import beyond
from booking.loans.states import LIVE, DrawState
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.vouchers.queries.redemptions import BY_VOUCHER

_DRAW, _LINE = DrawRequest, CreditLine
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A draw as lists show it; `paid_fen` is what the bank told."""

    id: int
    number: str
    loan: str
    organisation_id: int
    organisation: str
    bank: str
    charge: str
    reservation: str
    amount_fen: int
    charge_fen: int
    state: DrawState
    asked_at: datetime
    ended_at: datetime | None
    reason: str
    paid_fen: int | None
    bank_transaction_number: str | None
    expires_at: datetime | None
    share: str
    charge_now_fen: int
    organisation_en: str

    @property
    def waits_through(self) -> date | None:
        """The last day on which the bank's word comes in time."""
        return None if self.expires_at is None else local(self.expires_at).date() - _DAY

    @property
    def beyond_fen(self) -> int:
        """What of it the company does not need any more for the charge as it stands now."""
        if self.state not in LIVE:
            return 0
        drawn = self.amount_fen if self.paid_fen is None else self.paid_fen
        return beyond(drawn, self.charge_now_fen, Fraction(self.share))


_ROW: Final = (
    sa.select(
        col(_DRAW.id),
        col(_DRAW.number),
        col(_LINE.number),
        col(_LINE.organisation_id),
        col(Organisation.name),
        col(_LINE.bank),
        col(Charge.number),
        col(Reservation.number),
        col(_DRAW.amount_fen),
        col(_DRAW.charge_fen),
        col(_DRAW.state),
        col(_DRAW.asked_at),
        col(_DRAW.ended_at),
        col(_DRAW.reason),
        col(BankRecord.amount_fen),
        col(BankRecord.bank_transaction_number),
        col(_DRAW.expires_at),
        col(_DRAW.share),
        sa.cast(col(Charge.amount_fen) + ENTERED - BY_VOUCHER, sa.BigInteger),
        col(Organisation.name_en),
    )
    .select_from(_DRAW)
    .join(_LINE, col(_LINE.id) == col(_DRAW.credit_line_id))
    .join(Organisation, col(Organisation.id) == col(_LINE.organisation_id))
    .join(Charge, col(Charge.id) == col(_DRAW.charge_id))
    .join(Reservation, col(Reservation.id) == col(Charge.reservation_id))
    .outerjoin(BankRecord, col(BankRecord.id) == col(_DRAW.bank_record_id))
)


def draws_of(session: Session, credit_line_id: int) -> list[DrawRow]:
    """Everything that was asked on a credit line, newest first."""
    wanted = _ROW.where(col(_DRAW.credit_line_id) == credit_line_id)
    return [DrawRow(*row) for row in session.execute(wanted.order_by(col(_DRAW.id).desc()))]


def open_draws(session: Session, *, after: int | None = None, limit: int) -> list[DrawRow]:
    """Draws of which the bank did not tell yet, oldest first."""
    wanted = _ROW.where(col(_DRAW.state) == DrawState.ASKED, col(_DRAW.id) > (after or 0))
    return [DrawRow(*row) for row in session.execute(wanted.order_by(col(_DRAW.id)).limit(limit))]


def live_draw_of(session: Session, charge_id: int) -> DrawRow | None:
    """The draw for a charge that is asked or paid, if there is one."""
    wanted = _ROW.where(col(_DRAW.charge_id) == charge_id, col(_DRAW.state).in_(LIVE))
    found = session.execute(wanted).one_or_none()
    return None if found is None else DrawRow(*found)


def draws_over(session: Session, now: datetime, *, limit: int) -> list[DrawRequest]:
    """Draws whose term is over, locked, the oldest first."""
    wanted = (
        select(DrawRequest)
        .where(col(_DRAW.state) == DrawState.ASKED, col(_DRAW.expires_at) <= now)
        .order_by(col(_DRAW.expires_at), col(_DRAW.id))
        .limit(limit)
        .with_for_update()
    )
    return list(session.exec(wanted.execution_options(populate_existing=True)).all())


def draw_row(session: Session, draw_id: int) -> DrawRow:
    """One draw that there is."""
    return DrawRow(*session.execute(_ROW.where(col(_DRAW.id) == draw_id)).one())


def draw_for_update(
    session: Session, number: str, actor: Actor, *, permission: Permission
) -> DrawRequest:
    """A draw, locked; NotFound unless this person may do that to it."""
    wanted = (
        select(DrawRequest)
        .join(_LINE, col(_LINE.id) == col(_DRAW.credit_line_id))
        .where(col(_DRAW.number) == number, _within(actor, permission))
        .with_for_update(of=DrawRequest)
    )
    found = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(draw=number)
    return found


def draws_for_update(session: Session, ids: Collection[int]) -> list[DrawRequest]:
    """Draws by their ids, locked, in order."""
    wanted = select(DrawRequest).where(col(_DRAW.id).in_(sorted(ids))).order_by(col(_DRAW.id))
    return list(
        session.exec(wanted.with_for_update().execution_options(populate_existing=True)).all()
    )


class Drawable(NamedTuple):
    """A credit line that is about to be drawn, locked."""

    id: int
    organisation_id: int
    kind: LineKind
    limit_fen: int
    share: str
    draw_days: int | None


def line_to_draw(session: Session, number: str, actor: Actor) -> Drawable:
    """A credit line, locked while it is drawn; NotFound unless this person may draw it."""
    wanted = (
        sa.select(
            col(_LINE.id),
            col(_LINE.organisation_id),
            col(_LINE.kind),
            col(_LINE.credit_limit_fen),
            col(_LINE.draw_share),
            col(_LINE.draw_days),
        )
        .where(col(_LINE.number) == number, _within(actor, Permission.LOAN_DRAW))
        .with_for_update()
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound(loan=number)
    return Drawable(*found)


def asked_on(session: Session, ids: Collection[int]) -> dict[int, int]:
    """What waits for the bank on these credit lines, in fen; those without are left out."""
    wanted = (
        sa.select(col(_DRAW.credit_line_id), sa.func.sum(col(_DRAW.amount_fen)))
        .where(col(_DRAW.credit_line_id).in_(sorted(ids)), col(_DRAW.state) == DrawState.ASKED)
        .group_by(col(_DRAW.credit_line_id))
    )
    return {key: int(asked) for key, asked in session.execute(wanted)}


class Chargeable(NamedTuple):
    """A charge for a confirmed use, as it stands now, less what a voucher paid of it."""

    id: int
    number: str
    reservation: str
    instrument: str
    total_fen: int


def charges_to_draw(
    session: Session, organisation_id: int, *, number: str | None = None, limit: int = 100
) -> Sequence[Chargeable]:
    """Charges of a company that nothing is drawn for yet, newest first; or one by its number."""
    charged = adjusted_charges()
    owed = charged.c.adjusted_fen - BY_VOUCHER
    live = sa.exists().where(
        col(_DRAW.charge_id) == col(Charge.id),
        col(_DRAW.state).in_(LIVE),
    )
    wanted = (
        sa.select(
            col(Charge.id),
            col(Charge.number),
            col(Reservation.number),
            col(Instrument.name),
            owed,
        )
        .select_from(Charge)
        .join(Reservation, col(Reservation.id) == col(Charge.reservation_id))
        .join(Instrument, col(Instrument.id) == col(Charge.instrument_id))
        .join(charged, charged.c.charge_id == col(Charge.id))
        .where(col(Charge.organisation_id) == organisation_id, col(Charge.kind) == ChargeKind.USE)
    )
    wanted = (
        wanted.where(owed > 0, ~live)
        if number is None
        else wanted.where(col(Charge.number) == number)
    )
    found = session.execute(wanted.order_by(col(Charge.id).desc()).limit(limit))
    return [Chargeable(*row) for row in found]


class Awaited(NamedTuple):
    """A draw that waits for the bank's word."""

    id: int
    amount_fen: int


def awaited(session: Session, ids: Collection[int]) -> Mapping[tuple[int, str], Awaited]:
    """By credit line and what a bank may call the order: draw, charge or reservation.

    What could mean two of them means none. The bank's word may come late: it still means a draw
    that expired, unless another for the same charge lives.
    """
    other = aliased(DrawRequest)
    lives = sa.exists().where(
        col(other.charge_id) == col(_DRAW.charge_id), col(other.state).in_(LIVE)
    )
    late = sa.and_(col(_DRAW.state) == DrawState.EXPIRED, ~lives)
    wanted = (
        sa.select(
            col(_DRAW.credit_line_id),
            col(_DRAW.id),
            col(_DRAW.amount_fen),
            col(_DRAW.number),
            col(Charge.number),
            col(Reservation.number),
        )
        .join_from(_DRAW, Charge, col(Charge.id) == col(_DRAW.charge_id))
        .join(Reservation, col(Reservation.id) == col(Charge.reservation_id))
        .where(
            col(_DRAW.credit_line_id).in_(sorted(ids)),
            sa.or_(col(_DRAW.state) == DrawState.ASKED, late),
        )
    )
    found: dict[tuple[int, str], set[Awaited]] = {}
    for line, key, amount, *names in session.execute(wanted):
        for name in names:
            found.setdefault((line, name), set()).add(Awaited(key, amount))
    return {meant: next(iter(some)) for meant, some in found.items() if len(some) == 1}


def record_ids(session: Session, bank: str, numbers: Collection[str]) -> dict[str, int]:
    """Bank records by their transaction numbers."""
    wanted = sa.select(col(BankRecord.bank_transaction_number), col(BankRecord.id)).where(
        col(BankRecord.bank) == bank, col(BankRecord.bank_transaction_number).in_(sorted(numbers))
    )
    return {number: key for number, key in session.execute(wanted)}  # noqa: C416 - a row is no pair


def _within(actor: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    reach = actor.reach(permission)
    if reach.everywhere:
        return sa.true()
    return col(_LINE.organisation_id).in_(sorted(reach.organisation_ids))
