"""Enter a correction against a charge, posted at the same moment; nothing is edited."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from booking.billing.actions.charge import use_priced
from booking.billing.events import ChargeCorrected
from booking.billing.models import ChargeCorrection, ChargeKind, CorrectionKind
from booking.billing.queries.standing import Owed, charges_of_booking
from booking.billing.rules import paid_under
from booking.db.transactions import UnitOfWork
from booking.ledger.actions.hold_funds import pay_from_prepaid, return_to_prepaid
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.ledger.queries.prepaid import drawn_for

_LONGEST_MEMO = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Who corrects, when and for what reason; by an adjustment, or because the facts are others."""

    reason: str
    actor_id: int | None
    at: datetime
    adjustment_id: int | None = None

    @property
    def kind(self) -> CorrectionKind:
        by_hand = self.adjustment_id is not None
        return CorrectionKind.ADJUSTMENT if by_hand else CorrectionKind.FACTS


def enter_correction(uow: UnitOfWork, owed: Owed, amount_fen: int, *, why: Why) -> None:
    """One entry against a charge that is locked, and its posting."""
    number = f"{owed.number}/{owed.corrections + 1}"
    uow.session.add(
        ChargeCorrection(
            number=number,
            charge_id=owed.id,
            kind=why.kind,
            amount_fen=amount_fen,
            reason=why.reason,
            adjustment_id=why.adjustment_id,
            made_by=why.actor_id,
            made_at=why.at,
        )
    )
    uow.session.flush()
    post(
        uow,
        f"charge:{number}",
        [
            Leg(AccountKind.RECEIVABLE, owed.organisation_id, amount_fen),
            Leg(AccountKind.REVENUE, owed.provider_id, -amount_fen),
        ],
        at=why.at,
        memo=why.reason[:_LONGEST_MEMO],
    )
    _prepaid(uow, owed, amount_fen, number=number, at=why.at)
    before = owed.standing.total_fen
    uow.announce(
        ChargeCorrected(
            at=why.at,
            subject=f"charge:{owed.number}",
            actor_id=why.actor_id,
            cause=why.reason,
            changes={"amount_fen": (before, before + amount_fen)},
            charge_id=owed.id,
            number=owed.number,
            reservation_number=owed.reservation_number,
            holder_id=owed.holder_id,
            organisation_id=owed.organisation_id,
            provider_id=owed.provider_id,
            lab_id=owed.lab_id,
            instrument_id=owed.instrument_id,
            amount_fen=amount_fen,
            total_fen=before + amount_fen,
        )
    )


def _prepaid(uow: UnitOfWork, owed: Owed, amount_fen: int, *, number: str, at: datetime) -> None:
    """What was paid in advance comes back when a charge becomes cheaper, beyond what is owed."""
    between, reference = (owed.organisation_id, owed.provider_id), f"charge:{number}"
    if amount_fen > 0:
        pay_from_prepaid(uow, reference, amount_fen, between=between, now=at)
        return
    drawn_by = paid_under(owed.number, owed.corrections)
    drawn = drawn_for(uow.session, drawn_by)
    too_much = drawn - (owed.standing.total_fen + amount_fen)
    return_to_prepaid(uow, reference, too_much, drawn_by=drawn_by, between=between, now=at)


def follow_facts(uow: UnitOfWork, reservation_id: int, why: Why, *, overrun_fen: int) -> None:
    """Bring the charges of a booking to what its corrected record asks for.

    What was not charged yet will be by the facts that hold then.
    """
    charges = charges_of_booking(uow.session, reservation_id)
    wanted: dict[ChargeKind, Callable[[], int]] = {
        ChargeKind.USE: lambda: use_priced(uow.session, reservation_id),
        ChargeKind.OVERRUN: lambda: overrun_fen,
    }
    for kind, asked in wanted.items():
        if (owed := charges.get(kind.value)) and (change := owed.standing.change_to(asked())):
            enter_correction(uow, owed, change, why=why)
