"""Would they be allowed? An instrument's rules, tried on a company; nothing is kept or held."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.queries.cards import card_seen_by
from booking.instruments.queries.settings import policies, policy_terms
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import BookingTerms, ServiceMode
from booking.kernel.errors import NotFound
from booking.reservations.forms import TryForm
from booking.reservations.queries.guests import guests_of, organisation_called
from booking.reservations.routes.verdicts import UNKNOWN_COMPANY, verdict_of
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.web.clock import ClockDep
from booking.web.forms import Filled, parse
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "reservations/rules_test.html"


@router.get("/manage/instruments/{instrument_id}/rules-test", name="rules_test")
def rules_test(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """What stands in the address, judged as a booking would be, by a version of the rules."""
    seen = card_seen_by(session, instrument_id, actor)
    place = {"organisation_id": seen.organisation_id, "lab_id": seen.instrument.lab_id}
    if not actor.may_for(Permission.INSTRUMENT_MANAGE, **place):
        raise NotFound(instrument_id=instrument_id)
    typed: list[tuple[str, str | UploadFile]] = list(request.query_params.multi_items())
    form: Filled[Any] = parse(TryForm, FormData(typed)) if typed else Filled({})
    versions = [row for row in policies(session, instrument_id) if row.withdrawn_at is None]
    verdict = None
    if (asked := form.model) is not None:
        company = organisation_called(session, asked.company)
        if company is None:
            form = Filled(form.typed, None, {"company": [UNKNOWN_COMPANY]})
        else:
            now = clock.now()
            terms = _terms(session, instrument_id, asked, versions, now=now)
            verdict = verdict_of(session, terms, company=company, mode=asked.mode, now=now)
    return page.render(
        _PAGE,
        card=seen.instrument,
        form=form,
        verdict=verdict,
        versions=versions,
        modes=tuple(mode for mode in ServiceMode if mode in seen.instrument.service_modes),
        guests=guests_of(session, instrument_id),
    )


def _terms(
    session: Session,
    instrument_id: int,
    asked: TryForm,
    versions: Sequence[BookingPolicy],
    *,
    now: datetime,
) -> BookingTerms:
    """Those in force when the span begins, or with the rules of a chosen version."""
    chosen = next((row for row in versions if row.id == asked.version), None)
    policy = policy_terms(chosen) if chosen else None
    return booking_terms(
        session, instrument_id, asked.span, around=LOOK_AHEAD, policy=policy, now=now
    )
