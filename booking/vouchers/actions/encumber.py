"""Set some of a voucher aside for a booking; keep it to the price; give it free again."""

from datetime import datetime

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.vouchers.actions.moving import Move, enter, leads, move, told_of
from booking.vouchers.actions.redeem import redeem
from booking.vouchers.errors import VoucherRefused
from booking.vouchers.events import VoucherEncumbered, VoucherReleased
from booking.vouchers.queries.claims import (
    CLAIM,
    Booked,
    Held,
    booked_of,
    charged_for,
    held_by_number,
    held_of_booking,
)
from booking.vouchers.rules.terms import honoured, in_time, pays
from booking.vouchers.states import ClaimState, ClaimStep, MovementKind


def encumber(
    uow: UnitOfWork, number: str, reservation_id: int, *, actor_id: int | None, now: datetime
) -> int:
    """Set aside what a voucher pays of a new booking; how much that is.

    Whoever comes second waits for the voucher's row, and finds what the first left.
    """
    booked = booked_of(uow.session, reservation_id)
    held = held_by_number(uow.session, number, booked.organisation_id)
    if held is None:
        raise VoucherRefused([Violation("voucher.unknown", {"number": number})])
    amount = _paid(held, booked, now=now)
    row = {
        "voucher_id": held.id,
        "reservation_id": reservation_id,
        "number": booked.number,
        "provider_id": booked.provider_id,
        "state": ClaimState.OPEN,
        "encumbered_fen": 0,
        "redeemed_fen": 0,
        "made_at": now,
    }
    claim_id = uow.session.execute(sa.insert(CLAIM).returning(CLAIM.c.id), row).scalar_one()
    kind = MovementKind.ENCUMBERED
    step = Move(kind=kind, amount_fen=amount, at=now, claim_id=claim_id, actor_id=actor_id)
    move(uow, held.id, step)
    uow.announce(
        VoucherEncumbered(
            **told_of(held, amount, at=now, actor_id=actor_id),
            cause=f"reservation:{booked.number}",
            changes={"encumbered_fen": (None, amount)},
            reservation_number=booked.number,
        )
    )
    return amount


def _paid(held: Held, booked: Booked, *, now: datetime) -> int:
    days, day = (held.valid_from, held.valid_to), local(now).date()
    left_fen = held.available_fen
    amount, broken = honoured(held.terms, booked.order, days, left_fen=left_fen, day=day)
    if broken:
        raise VoucherRefused(broken)
    return amount


def adjust(uow: UnitOfWork, reservation_id: int, *, actor_id: int | None, now: datetime) -> None:
    """A booking has another price: what is set aside follows it, as far as the voucher goes.

    A voucher that ended meanwhile keeps what was set aside in time, and adds nothing.
    """
    found = held_of_booking(uow.session, reservation_id)
    if found is None or leads(found[1].state, ClaimStep.ADJUST) is None:
        return
    held, claim = found
    booked = booked_of(uow.session, reservation_id)
    more = held.available_fen if in_time(held.valid_from, held.valid_to, local(now).date()) else 0
    wanted = pays(held.terms, booked.order.price_fen, left_fen=claim.encumbered_fen + more)
    change = wanted - claim.encumbered_fen
    if not change:
        return
    kind = MovementKind.ENCUMBERED if change > 0 else MovementKind.RELEASED
    step = Move(kind=kind, amount_fen=abs(change), at=now, claim_id=claim.id, actor_id=actor_id)
    move(uow, held.id, step)
    uow.announce(
        VoucherEncumbered(
            **told_of(held, wanted, at=now, actor_id=actor_id),
            cause=f"reservation:{claim.number}",
            changes={"encumbered_fen": (claim.encumbered_fen, wanted)},
            reservation_number=claim.number,
        )
    )


def release(uow: UnitOfWork, reservation_id: int, *, actor_id: int | None, now: datetime) -> None:
    """A booking ended without a use: what was set aside for it is the company's again.

    Where its terms say so, the voucher first pays its share of the fee.
    """
    found = held_of_booking(uow.session, reservation_id)
    if found is None:
        return
    held, claim = found
    state = leads(claim.state, ClaimStep.RELEASE)
    if state is None:
        return
    if held.terms.pays_fees and charged_for(uow.session, reservation_id):
        redeem(uow, reservation_id, actor_id=actor_id, now=now)
        return
    amount = claim.encumbered_fen
    kind = MovementKind.RELEASED
    step = Move(kind=kind, amount_fen=amount, at=now, claim_id=claim.id, actor_id=actor_id)
    move(uow, held.id, step)
    enter(uow, claim.id, state, now=now)
    uow.announce(
        VoucherReleased(
            **told_of(held, amount, at=now, actor_id=actor_id),
            cause=f"reservation:{claim.number}",
            changes={"encumbered_fen": (amount, 0)},
            reservation_number=claim.number,
        )
    )
