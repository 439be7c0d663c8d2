"""Booking rules that nobody kept yet, tried on a company from the page on which they are typed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.forms.policy_page import PolicyPage
from booking.instruments.queries.settings import policies
from booking.instruments.queries.terms import booking_terms
from booking.instruments.routes.management import kept_card
from booking.instruments.routes.policy import PAGE, shown
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import NOT_IN_ORDER
from booking.reservations.queries.guests import organisation_called
from booking.reservations.routes.verdicts import UNKNOWN_COMPANY, Verdict, verdict_of
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
Faults = Mapping[str, list[Violation]]
_NEEDED: Final = ("try_company", "try_start", "try_end")
_FIELDS: Final = (*_NEEDED, "try_mode")
_MISSING: Final = Violation("form.missing")


@router.post("/manage/instruments/{instrument_id}/rules-test/draft", name="rules_test_draft")
def try_typed_rules(
    instrument_id: int,
    form: Annotated[Filled[PolicyPage], filled_in(PolicyPage)],
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Nothing is kept: what stands in the form, judged as a booking would be."""
    kept, now = kept_card(session, instrument_id, actor), clock.now()
    verdict: Verdict | None = None
    if form.model is not None:
        faults, verdict = _tried(session, instrument_id, form.model, now=now)
        form = Filled(form.typed, form.model, dict(faults))
    given = shown(form, policies(session, instrument_id), now=now)
    given |= {"verdict": verdict, "unclear": tuple(_elsewhere(form))}
    return page.render(PAGE, fragment=page.target("trying"), kept=kept, **given)


def _elsewhere(form: Filled[Any]) -> Iterator[Violation]:
    """What is wrong with the rules: whoever sees the answer alone does not see the fields."""
    for name, faults in form.faults.items():
        if name not in _FIELDS:
            yield from faults


def _tried(
    session: Session, instrument_id: int, typed: Any, *, now: datetime
) -> tuple[Faults, Verdict | None]:
    """What is wrong with whom or when, or else what the rules say."""
    if missing := {name: [_MISSING] for name in _NEEDED if not getattr(typed, name)}:
        return missing, None
    if typed.try_start >= typed.try_end:
        return {"try_end": [Violation(NOT_IN_ORDER)]}, None
    company = organisation_called(session, typed.try_company)
    if company is None:
        return {"try_company": [UNKNOWN_COMPANY]}, None
    span = TimeSpan(typed.try_start, typed.try_end)
    policy = typed.terms()
    terms = booking_terms(session, instrument_id, span, around=LOOK_AHEAD, policy=policy, now=now)
    return {}, verdict_of(session, terms, company=company, mode=typed.try_mode, now=now)
