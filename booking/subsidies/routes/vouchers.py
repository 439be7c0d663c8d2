"""Pages: give the vouchers of a programme; which of them a booking may cite."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires, signed_in
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import may_book_for
from booking.subsidies.actions.issue_vouchers import issue_vouchers
from booking.subsidies.actions.quote import Asked, quote_use
from booking.subsidies.forms import VouchersForm
from booking.subsidies.queries.programmes import companies_to_choose, voucher_programmes
from booking.subsidies.rules.programme import Programme
from booking.vouchers.queries.claims import order_at
from booking.vouchers.queries.vouchers import Choice, choices_for
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.json import AwareMoment
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


@router.get("/instruments/{instrument_id}/voucher-choice", name="voucher_choice")
def choose(
    instrument_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, signed_in],
    start: Annotated[AwareMoment, Query()],
    end: Annotated[AwareMoment, Query()],
    voucher: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """The vouchers that pay a part of this use, for the booking panel."""
    found: Sequence[Choice] = ()
    price_fen, now = 0, clock.now()
    if start < end:
        asked = Asked(instrument_id=instrument_id, span=TimeSpan(start, end))
        price_fen = quote_use(session, asked, actor=actor, now=now).quote.total_fen
    if price_fen and (organisations := may_book_for(actor)):
        order = order_at(session, instrument_id, organisations[0], price_fen=price_fen)
        day = local(now).date()
        found = choices_for(session, organisations[0], order, day=day) if order else ()
    return page.render(
        "vouchers/choice.html",
        fragment="choice",
        choices=found,
        chosen=voucher,
        price_fen=price_fen,
    )


def _offered(
    session: Session, now: datetime
) -> tuple[Sequence[Programme], Sequence[tuple[int, str]]]:
    """Which programmes give today, and to whom they might."""
    return voucher_programmes(session, local(now).date()), companies_to_choose(session)
