"""Pay a confirmed charge from a voucher; take back what a correction made too much, and pay it
again where the correction was put right."""

from dataclasses import replace
from datetime import datetime

from booking.billing.rules import paid_under
from booking.db.transactions import UnitOfWork
from booking.ledger.actions.hold_funds import has_funds, pay_from_prepaid, return_to_prepaid
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.ledger.queries.prepaid import drawn_for
from booking.vouchers.actions.moving import Move, enter, leads, move, told_of
from booking.vouchers.events import VoucherRedeemed, VoucherRestored, VoucherReturned
from booking.vouchers.queries.claims import (
    Charged,
    ClaimRow,
    Held,
    charged_for,
    held_of_booking,
    redeemed_at_first,
)
from booking.vouchers.rules.terms import pays
from booking.vouchers.states import ClaimStep, MovementKind


def redeem(uow: UnitOfWork, reservation_id: int, *, actor_id: int | None, now: datetime) -> int:
    """Pay what was set aside, by the charge as it is confirmed; the rest is free again.

    Never more than was set aside: a use that came out dearer is the company's to pay.
    """
    found = held_of_booking(uow.session, reservation_id)
    charged = charged_for(uow.session, reservation_id)
    if found is None or charged is None:
        return 0
    held, claim = found
    state = leads(claim.state, ClaimStep.REDEEM)
    if state is None:
        return 0
    amount = pays(held.terms, charged.total_fen, left_fen=claim.encumbered_fen)
    reference = f"voucher:{charged.number}"
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
    _post(uow, (held, claim), amount, reference=reference, now=now)
    own_fen = charged.total_fen - amount
    _even_up(uow, (held, claim), charged, own_fen=own_fen, reference=reference, now=now)
    if amount:
        uow.announce(
            VoucherRedeemed(
                **told_of(held, amount, at=now, actor_id=actor_id),
                cause=f"charge:{charged.number}",
                changes={"redeemed_fen": (None, amount)},
                reservation_number=claim.number,
                provider_id=claim.provider_id,
            )
        )
    return amount


def correct(
    uow: UnitOfWork,
    reservation_id: int,
    charge: str,
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    """A charge comes to another amount: the voucher pays its share of that, as if it had come to it
    at once, as far as it has not lapsed meanwhile; never more than it paid at first."""
    found = held_of_booking(uow.session, reservation_id)
    if found is None or leads(found[1].state, ClaimStep.TAKE_BACK) is None:
        return
    held, claim = found
    charged = charged_for(uow.session, reservation_id)
    # A fee beside a use is no concern of the voucher that paid for the use.
    if charged is None or charged.number != charge:
        return
    due = pays(held.terms, charged.total_fen, left_fen=redeemed_at_first(uow.session, claim.id))
    paid = min(due, claim.redeemed_fen + held.available_fen)
    change = paid - claim.redeemed_fen
    # Each follows a correction, and is called after it.
    reference = f"voucher:{charged.number}/{charged.corrections}"
    own_fen = charged.total_fen - paid
    if change:
        kind = MovementKind.RESTORED if change > 0 else MovementKind.RETURNED
        step = Move(
            kind=kind,
            amount_fen=abs(change),
            at=now,
            claim_id=claim.id,
            reference=reference,
            actor_id=actor_id,
        )
        move(uow, held.id, step)
        _post(uow, (held, claim), change, reference=reference, now=now)
        _even_up(uow, (held, claim), charged, own_fen=own_fen, reference=reference, now=now)
    else:
        # It pays as much as before; the company's own part may still be less.
        _give_back(uow, (held, claim), charged, own_fen=own_fen, reference=reference, now=now)
    _tell(uow, (held, claim), (paid, due - paid), by=(actor_id, now))


def _tell(
    uow: UnitOfWork,
    whose: tuple[Held, ClaimRow],
    sums: tuple[int, int],
    *,
    by: tuple[int | None, datetime],
) -> None:
    (held, claim), (paid, lacking), (actor_id, now) = whose, sums, by
    change = paid - claim.redeemed_fen
    told = told_of(held, abs(change), at=now, actor_id=actor_id)
    cause = f"reservation:{claim.number}"
    changes: dict[str, tuple[object, object]] = {"redeemed_fen": (claim.redeemed_fen, paid)}
    number, provider_id = claim.number, claim.provider_id
    if change < 0:
        uow.announce(
            VoucherReturned(
                **told,
                cause=cause,
                changes=changes,
                reservation_number=number,
                provider_id=provider_id,
            )
        )
    elif change or lacking:
        uow.announce(
            VoucherRestored(
                **told,
                cause=cause,
                changes=changes,
                reservation_number=number,
                provider_id=provider_id,
                lacking_fen=lacking,
                valid_to=held.valid_to,
            )
        )


def _post(
    uow: UnitOfWork,
    whose: tuple[Held, ClaimRow],
    amount_fen: int,
    *,
    reference: str,
    now: datetime,
) -> None:
    """What the company owes no more is public expense, and the centre owes it to the provider."""
    held, claim = whose
    legs = [
        Leg(AccountKind.SUBSIDY_EXPENSE, held.organisation_id, amount_fen),
        Leg(AccountKind.RECEIVABLE, held.organisation_id, -amount_fen),
        Leg(AccountKind.VOUCHER_CLAIM, claim.provider_id, amount_fen),
        Leg(AccountKind.VOUCHER_PAYABLE, claim.provider_id, -amount_fen),
    ]
    post(uow, reference, legs, at=now, memo=held.number)


def _even_up(
    uow: UnitOfWork,
    whose: tuple[Held, ClaimRow],
    charged: Charged,
    *,
    own_fen: int,
    reference: str,
    now: datetime,
) -> None:
    """What was drawn in advance beyond the company's own part goes back; what it lacks is drawn,
    as far as there is something."""
    held, claim = whose
    if not has_funds(uow, held.organisation_id):
        return
    between = held.organisation_id, claim.provider_id
    drawn_by = paid_under(charged.number, charged.corrections)
    lacking = own_fen - drawn_for(uow.session, drawn_by)
    if lacking > 0:
        pay_from_prepaid(uow, reference, lacking, between=between, now=now)
    else:
        _give_back(uow, whose, charged, own_fen=own_fen, reference=reference, now=now)


def _give_back(
    uow: UnitOfWork,
    whose: tuple[Held, ClaimRow],
    charged: Charged,
    *,
    own_fen: int,
    reference: str,
    now: datetime,
) -> None:
    """What was drawn in advance beyond the company's own part."""
    held, claim = whose
    between = held.organisation_id, claim.provider_id
    drawn_by = paid_under(charged.number, charged.corrections)
    too_much = drawn_for(uow.session, drawn_by) - own_fen
    return_to_prepaid(uow, reference, too_much, drawn_by=drawn_by, between=between, now=now)
