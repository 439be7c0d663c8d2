"""Give vouchers to companies: all of those named, or nobody."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Violation
from booking.kernel.ids import reference
from booking.vouchers.actions.moving import Move, move
from booking.vouchers.errors import VoucherNotIssued
from booking.vouchers.events import VoucherIssued
from booking.vouchers.queries.claims import VOUCHER
from booking.vouchers.queries.issued import issued_so_far
from booking.vouchers.rules.terms import Issued, Terms, issuable
from booking.vouchers.states import MovementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a programme gives, as it stands today."""

    programme: str
    version: int
    name: Mapping[str, str]
    document: str
    period: int
    face_fen: int
    terms: Terms
    valid_from: date
    valid_to: date
    cap_fen: int | None = None
    # Of all companies of one controller together.
    group_cap_fen: int | None = None
    budget_fen: int | None = None


def issue(
    uow: UnitOfWork,
    offer: Offer,
    companies: Mapping[int, str],
    *,
    actor_id: int | None,
    now: datetime,
) -> list[str]:
    """One voucher for each company (its name by its id), as their numbers.

    The caller holds the lock of the programme, so that neither its budget nor a company's year is
    given away twice.
    """
    before = issued_so_far(
        uow.session,
        offer.programme,
        list(companies),
        period=offer.period,
        document=offer.document,
    )
    broken: list[Violation] = []
    limits = {
        "cap_fen": offer.cap_fen,
        "budget_fen": offer.budget_fen,
        "group_cap_fen": offer.group_cap_fen,
    }
    for (key, name), so_far in zip(companies.items(), _in_turn(offer, before), strict=True):
        broken += [
            Violation(found.code, {**found.params, "organisation_id": key, "organisation": name})
            for found in issuable(offer.face_fen, so_far, **limits)
        ]
    if broken:
        raise VoucherNotIssued(broken)
    return [_write(uow, offer, key, actor_id=actor_id, now=now) for key in companies]


def _in_turn(offer: Offer, before: Mapping[int, Issued]) -> Iterator[Issued]:
    """What was given before each, those ahead in the same list counted."""
    in_group: Counter[str] = Counter()
    for place, counted in enumerate(before.values()):
        yield replace(
            counted,
            in_all_fen=counted.in_all_fen + place * offer.face_fen,
            to_group_fen=counted.to_group_fen + in_group[counted.group] * offer.face_fen,
        )
        if counted.group:
            in_group[counted.group] += 1


def _write(
    uow: UnitOfWork, offer: Offer, organisation_id: int, *, actor_id: int | None, now: datetime
) -> str:
    number = reference("V", now)
    row = {
        "number": number,
        "organisation_id": organisation_id,
        "programme": offer.programme,
        "programme_version": offer.version,
        "programme_name": dict(offer.name),
        "document": offer.document,
        "period": offer.period,
        "face_fen": offer.face_fen,
        "terms": offer.terms.kept(),
        "valid_from": offer.valid_from,
        "valid_to": offer.valid_to,
        **dict.fromkeys(("available_fen", "encumbered_fen", "redeemed_fen", "expired_fen"), 0),
        "issued_by": actor_id,
        "issued_at": now,
    }
    made = sa.insert(VOUCHER).returning(VOUCHER.c.id)
    voucher_id = uow.session.execute(made, row).scalar_one()
    kind = MovementKind.ISSUED
    given = Move(kind=kind, amount_fen=offer.face_fen, at=now, actor_id=actor_id)
    move(uow, voucher_id, given)
    uow.announce(
        VoucherIssued(
            at=now,
            subject=f"voucher:{number}",
            actor_id=actor_id,
            cause=f"programme:{offer.programme}",
            changes={"face_fen": (None, offer.face_fen), "valid_to": (None, offer.valid_to)},
            number=number,
            voucher_id=voucher_id,
            organisation_id=organisation_id,
            amount_fen=offer.face_fen,
            valid_to=offer.valid_to,
        )
    )
    return number
