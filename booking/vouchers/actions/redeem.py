"""Pay a confirmed charge from a voucher, and take back what a correction made too much."""

from dataclasses import replace
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.ledger.actions.hold_funds import has_funds, pay_from_prepaid, return_to_prepaid
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.ledger.queries.prepaid import drawn_for
from booking.vouchers.actions.moving import Move, enter, leads, move, told_of
from booking.vouchers.events import VoucherRedeemed, VoucherReturned
from booking.vouchers.queries.claims import ClaimRow, Held, held_of_booking, use_charged
from booking.vouchers.rules.terms import pays
from booking.vouchers.states import ClaimStep, MovementKind


def redeem(uow: UnitOfWork, reservation_id: int, *, actor_id: int | None, now: datetime) -> int:
    """Pay what was set aside, by the charge as it is confirmed; the rest is free again.

    Never more than was set aside: a use that came out dearer is the company's to pay.
    """
    found = held_of_booking(uow.session, reservation_id)
    charged = use_charged(uow.session, reservation_id)
    if found is None or charged is None:
        return 0
    held, claim = found
    state = leads(claim.state, ClaimStep.REDEEM)
    if state is None:
        return 0
    number, total = charged
    amount = pays(held.terms, total, left_fen=claim.encumbered_fen)
    reference = f"voucher:{number}"
    paid = Move(
        kind=MovementKind.REDEEMED,
        amount_fen=amount,
        at=now,
        claim_id=claim.id,
        reference=reference,
        actor_id=actor_id,
    )
    move(uow, held.id, paid)
    rest = claim.encumbered_fen - amount
    move(uow, held.id, replace(paid, kind=MovementKind.RELEASED, amount_fen=rest, reference=""))
    enter(uow, claim.id, state, now=now)
    _post(uow, held, amount, reference=reference, now=now)
    _give_back(uow, held, claim, left=(number, total - amount), now=now)
    if amount:
        uow.announce(
            VoucherRedeemed(
                **told_of(held, amount, at=now, actor_id=actor_id),
                cause=f"charge:{number}",
                changes={"redeemed_fen": (None, amount)},
                reservation_number=claim.number,
                provider_id=claim.provider_id,
            )
        )
    return amount


def take_back(
    uow: UnitOfWork, reservation_id: int, total_fen: int, *, actor_id: int | None, now: datetime
) -> None:
    """A charge became cheaper: the voucher pays its share of what it comes to now."""
    found = held_of_booking(uow.session, reservation_id)
    if found is None or leads(found[1].state, ClaimStep.TAKE_BACK) is None:
        return
    held, claim = found
    back = claim.redeemed_fen - pays(held.terms, total_fen, left_fen=claim.redeemed_fen)
    if back <= 0:
        return
    # Each time less is left: the reference is another one.
    reference = f"voucher:{claim.number}/{claim.redeemed_fen}"
    step = Move(
        kind=MovementKind.RETURNED,
        amount_fen=back,
        at=now,
        claim_id=claim.id,
        reference=reference,
        actor_id=actor_id,
    )
    move(uow, held.id, step)
    _post(uow, held, -back, reference=reference, now=now)
    between = held.organisation_id, claim.provider_id
    pay_from_prepaid(uow, reference, back, between=between, now=now)
    uow.announce(
        VoucherReturned(
            **told_of(held, back, at=now, actor_id=actor_id),
            cause=f"reservation:{claim.number}",
            changes={"redeemed_fen": (claim.redeemed_fen, claim.redeemed_fen - back)},
            reservation_number=claim.number,
            provider_id=claim.provider_id,
        )
    )


def _post(uow: UnitOfWork, held: Held, amount_fen: int, *, reference: str, now: datetime) -> None:
    """What the company owes no more is public expense."""
    organisation_id = held.organisation_id
    legs = [
        Leg(AccountKind.SUBSIDY_EXPENSE, organisation_id, amount_fen),
        Leg(AccountKind.RECEIVABLE, organisation_id, -amount_fen),
    ]
    post(uow, reference, legs, at=now, memo=held.number)


def _give_back(
    uow: UnitOfWork, held: Held, claim: ClaimRow, *, left: tuple[str, int], now: datetime
) -> None:
    """What was drawn in advance for the part that the voucher pays goes back."""
    if not has_funds(uow, held.organisation_id):
        return
    number, owed_fen = left
    drawn_by = (f"charge:{number}",)
    too_much = drawn_for(uow.session, drawn_by) - owed_fen
    between = held.organisation_id, claim.provider_id
    reference = f"voucher:{number}"
    return_to_prepaid(uow, reference, too_much, drawn_by=drawn_by, between=between, now=now)
