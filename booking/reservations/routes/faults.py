"""Faults as the lab deals with them: what is wrong, whom it hits, how long it lasted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions import faults
from booking.instruments.queries.cards import SeenCard, card_seen_by
from booking.instruments.queries.faults import (
    DowntimeHistory,
    OpenFault,
    downtimes,
    instrument_of_fault,
    open_faults,
    open_faults_of,
)
from booking.instruments.rules.faults import EXPECTED, Late
from booking.instruments.states import InstrumentState
from booking.kernel.errors import Alternative, NotFound
from booking.reservations.forms import LabReport, OutOfService, RepairDone, RepairExpected
from booking.reservations.queries.affected import Affected, affected_by, proposals
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Host = Annotated[Actor, requires(Permission.RESERVATION_HOST)]
PAGE: Final = "reservations/faults.html"
_HERE: Final = "/manage/instruments/{instrument_id}/faults"
_ONE: Final = "/manage/faults/{fault_id}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking in the time out of service, and where it could go on the same instrument."""

    booking: Affected
    to: Alternative | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The card, in the shape in which the heads of its pages read it."""

    seen: SeenCard
    is_keeper: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about an instrument's faults; `decides` says whether bookings can be moved."""

    kept: Kept
    decides: bool
    open: Sequence[OpenFault]
    hits: Sequence[Hit]
    history: DowntimeHistory

    @property
    def retired(self) -> bool:
        """Whether nothing can break any more."""
        return self.kept.seen.instrument.state is InstrumentState.RETIRED

    @property
    def closed(self) -> bool:
        """Whether one of them keeps the instrument out of service."""
        return any(fault.out for fault in self.open)


@router.get("/faults", name="faults")
def overview(session: Reading, page: PageDep, actor: Host) -> Response:
    """Everything open in the labs that the reader hosts; what is out of service first."""
    return page.render("reservations/open_faults.html", rows=open_faults_of(session, actor))


@router.get(_HERE, name="instrument_faults")
def faults_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Host
) -> Response:
    now = clock.now()
    return page.render(PAGE, **_page(session, instrument_id, actor, now))


@router.post(_HERE, name="fault_report")
def report(
    instrument_id: int,
    form: Annotated[Filled[LabReport], filled_in(LabReport)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    now = clock.now()
    page.if_refused(PAGE, **{**_page(uow.session, instrument_id, actor, now), "form": form})
    told = form.checked
    late = Late(told.what, told.broken_since, told.works_since, told.done)
    faults.report_late(uow, instrument_id, late, actor=actor, now=now)
    return page.redirect("instrument_faults", instrument_id)


@router.post(f"{_ONE}/triage", name="fault_triage")
def triage(
    fault_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Host
) -> Response:
    """It goes on working."""
    fault = faults.triage_fault(uow, fault_id, actor=actor, now=clock.now())
    return page.redirect("instrument_faults", fault.instrument_id)


@router.post(f"{_ONE}/dismissal", name="fault_dismiss")
def dismiss(
    fault_id: int,
    form: Annotated[Filled[RepairDone], filled_in(RepairDone)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """There was nothing."""
    _if_refused(page, uow.session, fault_id, form, actor, now=clock.now())
    fault = faults.dismiss_fault(uow, fault_id, form.checked.done, actor=actor, now=clock.now())
    return page.redirect("instrument_faults", fault.instrument_id)


@router.post(f"{_ONE}/closure", name="fault_close")
def close(
    fault_id: int,
    form: Annotated[Filled[OutOfService], filled_in(OutOfService)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """Out of service; whoever is hit is told."""
    now = clock.now()
    _if_refused(page, uow.session, fault_id, form, actor, now=now)
    told = form.checked
    since, until = told.broken_since, told.expected
    fault = faults.close_for_fault(uow, fault_id, actor=actor, now=now, since=since, until=until)
    return page.redirect("instrument_faults", fault.instrument_id)


@router.post(f"{_ONE}/expected-end", name="fault_put_off")
def put_off(
    fault_id: int,
    form: Annotated[Filled[RepairExpected], filled_in(RepairExpected)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """It takes longer."""
    now = clock.now()
    _if_refused(page, uow.session, fault_id, form, actor, now=now)
    until = form.checked.expected or now
    fault = faults.put_off_repair(uow, fault_id, until, actor=actor, now=now)
    return page.redirect("instrument_faults", fault.instrument_id)


@router.post(f"{_ONE}/repair", name="fault_repair")
def repair(
    fault_id: int,
    form: Annotated[Filled[RepairDone], filled_in(RepairDone)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """It works again."""
    now = clock.now()
    _if_refused(page, uow.session, fault_id, form, actor, now=now)
    fault = faults.repair_fault(uow, fault_id, form.checked.done, actor=actor, now=now)
    return page.redirect("instrument_faults", fault.instrument_id)


@router.post(f"{_ONE}/letters", name="fault_tell")
def tell(fault_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Host) -> Response:
    """Tell everybody who is hit once more."""
    fault = faults.tell_affected_again(uow, fault_id, actor=actor, now=clock.now())
    return page.redirect("instrument_faults", fault.instrument_id)


def _if_refused(
    page: Page,
    session: Session,
    fault_id: int,
    form: Filled[RepairDone] | Filled[RepairExpected] | Filled[OutOfService],
    actor: Actor,
    *,
    now: datetime,
) -> None:
    """Nothing typed is lost: the page again, with the form of this fault as it was filled in."""
    shown = _page(session, instrument_of_fault(session, fault_id), actor, now)
    page.if_refused(PAGE, **{**shown, "deed": form, "typed_for": fault_id})


def _page(session: Session, instrument_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "shown": _shown(session, instrument_id, actor, now),
        "form": blank(),
        "deed": blank(expected=now + EXPECTED),
        "typed_for": None,
        "now": now,
    }


def _shown(session: Session, instrument_id: int, actor: Actor, now: datetime) -> Shown:
    seen = card_seen_by(session, instrument_id, actor)
    place = {"organisation_id": seen.organisation_id, "lab_id": seen.instrument.lab_id}
    if not actor.may_for(Permission.RESERVATION_HOST, **place):
        raise NotFound(instrument_id=instrument_id)
    known = open_faults(session, instrument_id)
    out = next((fault.out for fault in known if fault.out), None)
    hit = affected_by(session, instrument_id, out) if out else ()
    hit = [one for one in hit if one.span.end > now]
    to = proposals(session, instrument_id, hit, now=now)
    return Shown(
        kept=Kept(seen, actor.may_for(Permission.INSTRUMENT_MANAGE, **place)),
        decides=actor.may_for(Permission.RESERVATION_DECIDE, **place),
        open=known,
        hits=[Hit(one, _here(to.get(one.number, ()), instrument_id)) for one in hit],
        history=downtimes(session, instrument_id, now),
    )


def _here(proposed: Sequence[Alternative], instrument_id: int) -> Alternative | None:
    return next((free for free in proposed if free.instrument_id == instrument_id), None)
