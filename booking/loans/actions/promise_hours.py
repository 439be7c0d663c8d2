"""Enter what a purchase loan paid for, and the outside hours that its borrower promised."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound, RulesBroken, Violation
from booking.loans.errors import PromiseMade
from booking.loans.events import HoursPromised
from booking.loans.models import LineKind
from booking.loans.models.promises import PurchasePromise
from booking.loans.queries.promises import cards_of, line_to_promise
from booking.loans.rules.promises import Purchase, faults_of


def promise_hours(
    uow: UnitOfWork, number: str, purchase: Purchase, *, actor: Actor, now: datetime
) -> None:
    """The card is the borrower's own, and public; what is agreed is never edited."""
    line = line_to_promise(uow.session, number, actor)
    if line is None:
        raise NotFound(loan=number)
    faults = list(faults_of(purchase))
    if line.kind != LineKind.PURCHASE:
        faults.insert(0, Violation("loan.promise_kind"))
    if purchase.instrument_id not in {
        key for key, _ in cards_of(uow.session, line.organisation_id)
    }:
        faults.append(Violation("loan.card_not_theirs", {"field": "instrument_id"}))
    if faults:
        raise RulesBroken(faults)
    told = {name: getattr(purchase, name) for name in Purchase.__dataclass_fields__}
    row = {**told, "credit_line_id": line.id, "agreed_by": actor.known_id, "agreed_at": now}
    if not insert_unless_exists(uow.session, PurchasePromise, [row]):
        raise PromiseMade(loan=number)
    uow.announce(
        HoursPromised(
            at=now,
            actor_id=actor.known_id,
            subject=f"loan:{number}",
            changes={name: (None, value) for name, value in told.items()},
            loan=number,
            organisation_id=line.organisation_id,
            bank=line.bank,
        )
    )
