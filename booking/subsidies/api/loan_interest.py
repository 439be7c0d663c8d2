"""JSON: what a loan bore this quarter, and what programmes would pay of it."""

from typing import Annotated

from fastapi import APIRouter

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.loans.queries.lines import loan_for
from booking.subsidies.queries.interest_so_far import Offered, interest_so_far
from booking.subsidies.rules.programme import rate_text
from booking.subsidies.rules.scalars import RATE_ONE
from booking.web.clock import ClockDep
from booking.web.transactions import Reading

router = APIRouter(tags=["loans"])

Answer = dict[str, object]


@router.get("/loans/{number}/interest")
def show(
    number: str,
    session: Reading,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.LOAN_READ)],
) -> Answer:
    """This quarter up to today, by segments; the day of `to` does not count."""
    row = loan_for(session, number, actor)
    found = interest_so_far(session, row.id, local(clock.now()).date())
    return {
        "loan": row.number,
        "period": found.quarter.code,
        "from": found.days[0],
        "to": found.days[1],
        "annual_rate": rate_text(int(found.loan.annual_rate * RATE_ONE)),
        "interest": yuan(found.interest_fen),
        "segments": [
            {
                "drawn_on": one.of.draw.day,
                "from": one.of.start,
                "to": one.of.end,
                "days": one.of.days,
                "balance": yuan(one.of.balance),
                "beyond_charges": yuan(one.beyond_fen),
                "is_overdue": one.of.overdue,
                "interest": yuan(one.interest_fen),
            }
            for one in found.spells
        ],
        "subsidy": yuan(found.subsidy_fen),
        "programmes": [_offer(one) for one in found.offers],
        "without_reference_rate": [one.id for one in found.unknown],
    }


def _offer(one: Offered) -> Answer:
    result = one.result
    return {
        "programme": result.terms.id,
        "version": result.terms.version,
        "name": dict(result.terms.name),
        "in_statements": yuan(one.held.paid),
        "to_follow": yuan(result.payable),
        "cuts": [{"reason": cut.reason, "amount": yuan(cut.amount)} for cut in result.cuts],
        "explanation": {"zh": one.explanation("zh"), "en": one.explanation("en")},
    }
