"""Vouchers as lists and pages show them, to those who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.vouchers.models import Voucher, VoucherClaim, VoucherMovement
from booking.vouchers.rules.terms import Terms
from booking.vouchers.states import MovementKind


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A voucher with its sums."""

    id: int
    number: str
    organisation_id: int
    organisation: str
    programme: str
    programme_name: Mapping[str, str]
    face_fen: int
    available_fen: int
    encumbered_fen: int
    redeemed_fen: int
    expired_fen: int
    valid_from: date
    valid_to: date
    kept: Mapping[str, object]
    organisation_en: str

    @property
    def terms(self) -> Terms:
        return Terms.of_kept(self.kept)


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement, and the booking it is for."""

    made_at: datetime
    kind: MovementKind
    amount_fen: int
    booking: str | None


_SHOWN = (
    *(col(Voucher.id), col(Voucher.number), col(Voucher.organisation_id), col(Organisation.name)),
    *(col(Voucher.programme), col(Voucher.programme_name), col(Voucher.face_fen)),
    *(col(Voucher.available_fen), col(Voucher.encumbered_fen), col(Voucher.redeemed_fen)),
    *(col(Voucher.expired_fen), col(Voucher.valid_from), col(Voucher.valid_to), col(Voucher.terms)),
    col(Organisation.name_en),
)
_ROW: sa.Select[*tuple[Any, ...]] = sa.select(*_SHOWN).join_from(
    Voucher, Organisation, col(Organisation.id) == col(Voucher.organisation_id)
)


def voucher_seen_by(session: Session, number: str, actor: Actor) -> VoucherRow:
    """One voucher that this person may see; NotFound otherwise."""
    query = _ROW.where(col(Voucher.number) == number, _visible(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(voucher=number)
    return VoucherRow(*row)


def vouchers_seen_by(
    session: Session, actor: Actor, *, after: str | None = None, limit: int
) -> list[VoucherRow]:
    """A piece of them, in order of their numbers."""
    query = _ROW.where(_visible(actor)).order_by(col(Voucher.number)).limit(limit)
    if after is not None:
        query = query.where(col(Voucher.number) > after)
    return [VoucherRow(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Sums:
    """What is left, set aside and redeemed of vouchers together."""

    available_fen: int
    encumbered_fen: int
    redeemed_fen: int


def sums_seen_by(session: Session, actor: Actor) -> Sums:
    """Of all vouchers that this person may see."""
    names = ("available_fen", "encumbered_fen", "redeemed_fen")
    added = (sa.func.coalesce(sa.func.sum(getattr(Voucher, name)), 0) for name in names)
    row = session.execute(sa.select(*added).where(_visible(actor))).one()
    return Sums(*map(int, row))


def movements_of(session: Session, voucher_id: int) -> list[MovementRow]:
    """What happened to a voucher, oldest first."""
    query = (
        sa.select(
            col(VoucherMovement.made_at),
            col(VoucherMovement.kind),
            col(VoucherMovement.amount_fen),
            col(VoucherClaim.number),
        )
        .outerjoin(VoucherClaim, col(VoucherClaim.id) == col(VoucherMovement.claim_id))
        .where(col(VoucherMovement.voucher_id) == voucher_id)
        .order_by(col(VoucherMovement.id))
    )
    return [MovementRow(*row) for row in session.execute(query)]


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    reach = actor.reach(Permission.VOUCHER_READ)
    if reach.everywhere:
        return sa.true()
    return col(Voucher.organisation_id).in_(reach.organisation_ids)
