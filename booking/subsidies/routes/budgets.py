"""Pages: what is left of budgets and of companies' caps, and what everybody may know of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.subsidies.queries.budgets import budget_of, budgets, caps_used, open_summary
from booking.subsidies.rules.comparison import month_code
from booking.subsidies.rules.spending import FEWEST, Spending
from booking.web import charts
from booking.web.clock import ClockDep
from booking.web.formats import money_text, period_text
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Member = Annotated[Actor, requires(Permission.STATEMENT_READ)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A version's spending with its curve, and the month in which it would run out."""

    spending: Spending
    curve: charts.Line | None
    runs_out: str | None


@router.get("/budgets", name="budgets")
def index(session: Reading, page: PageDep, actor: Reader) -> Response:
    """Every programme that pays or paid."""
    return page.render("subsidies/budgets.html", rows=budgets(session))


@router.get("/budgets/{code}", name="budget")
def show(code: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """One programme: how its budget burns down, and who has used how much of the yearly cap."""
    found = budget_of(session, code)
    today = local(clock.now()).date()
    current = [one.terms for one in found if one.terms.in_force(today)] or [found[-1].terms]
    return page.render(
        "subsidies/budget.html",
        code=code,
        versions=[_shown(one) for one in found],
        caps=caps_used(session, current, on=min(today, current[0].valid_to)),
    )


@router.get("/open/subsidies", name="open_subsidies")
def for_everybody(
    session: Reading, page: PageDep, visitor: Annotated[Actor | None, PUBLIC]
) -> Response:
    """Totals per programme and year."""
    return page.render("subsidies/open.html", rows=open_summary(session), fewest=FEWEST)


def _shown(found: Spending) -> Shown:
    points: Sequence[tuple[int, int]] = found.burn_down()
    curve = None
    if points and found.whole is not None:
        curve = charts.line(
            [(month_code(month), max(left, 0), money_text(left)) for month, left in points],
            top=found.whole,
            top_text=money_text(found.whole),
        )
    ends = found.expected.runs_out if found.expected else None
    return Shown(found, curve, None if ends is None else period_text(month_code(ends)))
