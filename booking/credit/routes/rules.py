"""Page: the centre's rules of credit, those before them, and another version."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.credit.actions.set_rules import Version, set_rules
from booking.credit.forms import CreditRulesForm, typed
from booking.credit.queries.versions import current, terms_of, versions
from booking.credit.rules import COMPANY_CAUSES, LAB_CAUSES
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Decider = Annotated[Actor, requires(Permission.CREDIT_MANAGE)]
_PAGE = "credit/rules.html"


@router.get("/credit/rules", name="credit_rules")
def rules_page(session: Reading, page: PageDep, clock: ClockDep, actor: Decider) -> Response:
    shown = _shown(session, clock.now())
    held = shown["held"]
    form = blank(active=held.active, **typed(terms_of(held))) if held else blank(**typed())
    return page.render(_PAGE, **shown, form=form)


@router.post("/credit/rules", name="credit_rules_set")
def set_page(
    form: Annotated[Filled[CreditRulesForm], filled_in(CreditRulesForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    now = clock.now()
    page.if_refused(_PAGE, **_shown(session, now), form=form)
    told = form.checked
    version = Version(
        terms=told.terms(),
        valid_from=_begins(told.valid_from, now),
        active=told.active,
        note=told.note,
    )
    set_rules(uow, version, actor=actor, now=now)
    return page.redirect("credit_rules")


def _begins(day: date | None, now: datetime) -> datetime | None:
    """Today means from now on."""
    if day is None or day == local(now).date():
        return None
    return TimeSpan.of_local_day(day).start


def _shown(session: Session, now: datetime) -> dict[str, Any]:
    rows = versions(session)
    return {
        "versions": rows,
        "held": current(rows, now),
        "company_causes": COMPANY_CAUSES,
        "lab_causes": LAB_CAUSES,
        "now": now,
    }
