"""The part of a loan's page that says what it bore this quarter, and what programmes pay of it."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.loans.queries.lines import loan_for
from booking.subsidies.queries.interest_so_far import interest_so_far
from booking.subsidies.rules.explanation import tongue_of
from booking.web.clock import ClockDep
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()


@router.get("/loans/{number}/interest", name="loan_interest")
def interest(
    number: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.LOAN_READ)],
) -> Response:
    """By segments, up to today."""
    row = loan_for(session, number, actor)
    found = interest_so_far(session, row.id, local(clock.now()).date())
    tongue = tongue_of(language())
    told = [(one, one.explanation(tongue)) for one in found.offers]
    return page.render(
        "subsidies/loan_interest.html",
        fragment=page.target("interest"),
        row=row,
        found=found,
        told=told,
        tongue=tongue,
    )
