"""Would they be allowed? An instrument's rules, tried on a company; nothing is kept or held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from booking.instruments.queries.holds import has_room
from booking.instruments.queries.settings import policies, policy_terms
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import Approval, BookingTerms, ServiceMode
from booking.kernel.errors import NotFound, Violation
from booking.reservations.actions.taking import NO_PRICE, Ask, judge_by
from booking.reservations.forms import TryForm
from booking.reservations.queries.guests import guests_of, organisation_called
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.booking import RULES
from booking.web.clock import ClockDep
from booking.web.forms import Filled, parse
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "reservations/rules_test.html"
_UNKNOWN: Final = Violation("organisation.unknown")
# Whoever is not known yet: nobody has this number, so that personal limits begin at nothing.
_NOBODY: Final = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says."""

    rule: str
    broken: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What every rule says, and what else would happen."""

    said: tuple[Said, ...]
    customer_class: str
    approval: Approval
    occupied: bool

    @property
    def refused(self) -> tuple[Said, ...]:
        return tuple(said for said in self.said if said.broken)

    @property
    def overridable(self) -> bool:
        """Whether the lab could set aside everything that speaks against it."""
        return all(broken.overridable for said in self.refused for broken in said.broken)


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
    versions = policies(session, instrument_id)
    verdict = None
    if (asked := form.model) is not None:
        company = organisation_called(session, asked.company)
        if company is None:
            form = Filled(form.typed, None, {"company": [_UNKNOWN]})
        else:
            terms = _terms(session, instrument_id, asked, versions)
            verdict = _verdict(session, asked, terms, company=company, now=clock.now())
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
    session: Session, instrument_id: int, asked: TryForm, versions: Sequence[BookingPolicy]
) -> BookingTerms:
    """Those in force when the span begins, or with the rules of a chosen version."""
    terms = booking_terms(session, instrument_id, asked.span, around=LOOK_AHEAD)
    chosen = next((row for row in versions if row.id == asked.version), None)
    return terms if chosen is None else replace(terms, policy=policy_terms(chosen))


def _verdict(
    session: Session, asked: TryForm, terms: BookingTerms, *, company: int, now: datetime
) -> Verdict:
    ask = Ask(
        instrument_id=terms.instrument_id,
        span=asked.span,
        mode=asked.mode.value if asked.mode else None,
        organisation_id=company,
        holder_id=_NOBODY,
    )
    judged = judge_by(session, ask, terms, now=now)
    said = [Said(rule.__name__, judged.broken([rule])) for rule in RULES]
    said.append(Said("priced", () if terms.tariff else (NO_PRICE,)))
    held = judged.policy.held(asked.span)
    free = has_room(session, terms.unit_ids, held, others=terms.part_unit_ids)
    return Verdict(
        tuple(said), judged.demand.customer_class, terms.policy.approval, occupied=not free
    )
