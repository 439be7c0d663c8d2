"""Enter how a credit line's draws are repaid, from a day on."""

from collections.abc import Iterator
from datetime import datetime

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import RulesBroken, Violation
from booking.loans.actions.reckon_overdue import reckon
from booking.loans.errors import TermsAgreed
from booking.loans.events import RepaymentAgreed
from booking.loans.models import RepaymentTerms
from booking.loans.queries.lines import loan_for
from booking.loans.rules.dues import Agreed
from booking.loans.rules.schedule import LAST_PAY_DAY, LONGEST_MONTHS, MOST_GRACE


def agree_repayment(
    uow: UnitOfWork, number: str, terms: Agreed, *, actor: Actor, now: datetime
) -> None:
    """Draws from that day on are repaid so; what is agreed is never edited."""
    line = loan_for(uow.session, number, actor)
    if faults := list(_faults(terms)):
        raise RulesBroken(faults)
    told = {
        "valid_from": terms.valid_from,
        "repaying": terms.repaying,
        "months": terms.months,
        "day_count": terms.day_count,
        "pay_day": terms.pay_day,
        "grace_days": terms.grace,
    }
    row = {**told, "credit_line_id": line.id, "agreed_by": actor.known_id, "agreed_at": now}
    if not insert_unless_exists(uow.session, RepaymentTerms, [row]):
        raise TermsAgreed(loan=number, day=terms.valid_from)
    uow.announce(
        RepaymentAgreed(
            at=now,
            actor_id=actor.known_id,
            subject=f"loan:{number}",
            changes={name: (None, value) for name, value in told.items()},
            loan=number,
            organisation_id=line.organisation_id,
            bank=line.bank,
        )
    )
    reckon(uow, [line.id], now=now)


def _faults(terms: Agreed) -> Iterator[Violation]:
    if not 0 < terms.months <= LONGEST_MONTHS:
        yield Violation("loan.months_outside", {"field": "months", "most": LONGEST_MONTHS})
    if not 0 < terms.pay_day <= LAST_PAY_DAY:
        yield Violation("loan.pay_day_outside", {"field": "pay_day"})
    if terms.grace < 0:
        yield Violation("loan.grace_negative", {"field": "grace_days"})
    if terms.grace > MOST_GRACE:
        yield Violation("loan.grace_beyond", {"field": "grace_days", "most": MOST_GRACE})
