"""JSON: what is left of programmes' budgets and of companies' caps, and what everybody may know."""

from typing import Annotated

from fastapi import APIRouter

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.subsidies.api.answers import Answer, in_yuan
from booking.subsidies.queries.budgets import CapRow, budget_of, budgets, caps_used, open_summary
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.rules.comparison import month_code, told
from booking.subsidies.rules.spending import Spending
from booking.web.clock import ClockDep
from booking.web.transactions import Reading

router = APIRouter(tags=["subsidies"])

Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Member = Annotated[Actor, requires(Permission.STATEMENT_READ)]


@router.get("/budgets")
def index(session: Reading, actor: Reader) -> Answer:
    """Every version that pays or paid, with what is left of its budget."""
    return {"items": [_spending(found) for found in budgets(session)]}


@router.get("/budgets/{code}")
def show(code: str, session: Reading, clock: ClockDep, actor: Reader) -> Answer:
    """One programme, and what every company has used of its yearly cap."""
    found = budget_of(session, code)
    today = local(clock.now()).date()
    caps = caps_used(session, [found[-1].terms], on=min(today, found[-1].terms.valid_to))
    return {"versions": [_spending(one) for one in found], "caps": [_cap(row) for row in caps]}


@router.get("/caps")
def own_caps(session: Reading, clock: ClockDep, actor: Member) -> Answer:
    """What is left of one's own yearly caps."""
    today = local(clock.now()).date()
    own = actor.organisations_giving(Permission.STATEMENT_READ)
    running = [terms for terms in active_programmes(session) if terms.in_force(today)]
    rows = caps_used(session, running, on=today, organisation_ids=own) if own else []
    return {"items": [_cap(row) for row in rows]}


@router.get("/open/subsidies")
def for_everybody(session: Reading, visitor: Annotated[Actor | None, PUBLIC]) -> Answer:
    """Approved and paid per programme and year; null where fewer than three companies share it."""
    return {
        "items": [
            {
                "programme": row.programme,
                "name": row.name,
                "year": row.year,
                "companies": row.companies,
                "lines": row.lines,
                "payable": None if row.payable_fen is None else yuan(row.payable_fen),
            }
            for row in open_summary(session)
        ]
    }


def _spending(found: Spending) -> Answer:
    return {
        "programme": found.terms.id,
        "version": found.terms.version,
        "budget": None if found.whole is None else yuan(found.whole),
        "drawn_up": yuan(found.drawn),
        "committed": yuan(found.committed),
        "approved": yuan(found.approved),
        "paid": yuan(found.paid),
        "left": None if found.left is None else yuan(found.left),
        "burn_down": [
            {"month": month_code(month), "left": yuan(left)} for month, left in found.burn_down()
        ],
        "forecast": in_yuan(told(found.expected)) if found.expected else None,
    }


def _cap(row: CapRow) -> Answer:
    return {
        "programme": row.programme,
        "year": row.year,
        "organisation_id": row.organisation_id,
        "organisation": row.organisation,
        "cap": yuan(row.cap_fen),
        "used": yuan(row.used_fen),
        "left": yuan(row.left_fen),
    }
