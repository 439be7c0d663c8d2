"""Pages: credit lines, and one of them with what the bank reported."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.loans.queries.lines import LoanRow, loan_for, loans_visible_to, owed_on, records_of
from booking.web.clock import ClockDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.LOAN_READ)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A credit line with what is owed on it today."""

    row: LoanRow
    owed_fen: int

    @property
    def available_fen(self) -> int:
        return max(self.row.credit_limit_fen - self.owed_fen, 0)


@router.get("/loans", name="loans")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """The credit lines that you may see."""
    today = local(clock.now()).date()
    rows = [Shown(row, owed_on(session, row.id, today)) for row in loans_visible_to(session, actor)]
    return page.render("loans/loans.html", loans=rows, reports=actor.may(Permission.LENDING_READ))


@router.get("/loans/{number}", name="loan")
def show(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """One credit line."""
    row = loan_for(session, number, actor)
    today = local(clock.now()).date()
    return page.render(
        "loans/loan.html",
        loan=Shown(row, owed_on(session, row.id, today)),
        records=records_of(session, row.id),
    )
