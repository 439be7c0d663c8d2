"""Pages: give the vouchers of a programme."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.subsidies.actions.issue_vouchers import issue_vouchers
from booking.subsidies.forms import VouchersForm
from booking.subsidies.queries.programmes import companies_to_choose, voucher_programmes
from booking.subsidies.rules.programme import Programme
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Issuer = Annotated[Actor, requires(Permission.VOUCHER_ISSUE)]


@router.get("/voucher-issue", name="voucher_issue")
def ask(session: Reading, page: PageDep, clock: ClockDep, actor: Issuer) -> Response:
    """Which programme gives, and to whom."""
    programmes, companies = _offered(session, clock.now())
    return page.render(
        "vouchers/issue.html", form=blank(), programmes=programmes, companies=companies
    )


@router.post("/voucher-issue", name="issue_vouchers")
def give(
    form: Annotated[Filled[VouchersForm], filled_in(VouchersForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Issuer,
) -> Response:
    """One for each company that was chosen."""
    now = clock.now()
    programmes, companies = _offered(uow.session, now)
    page.if_refused("vouchers/issue.html", form=form, programmes=programmes, companies=companies)
    asked = form.checked
    issue_vouchers(uow, asked.programme, asked.companies, actor_id=actor.known_id, now=now)
    return page.redirect("vouchers")


def _offered(
    session: Session, now: datetime
) -> tuple[Sequence[Programme], Sequence[tuple[int, str]]]:
    """Which programmes give today, and to whom they might."""
    return voucher_programmes(session, local(now).date()), companies_to_choose(session)
