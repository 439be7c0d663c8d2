"""The day sheet of a lab: who is in, who is late, who comes next; in and out in one tap."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.calendar.day import day_of_lab, pressing_first
from booking.reservations.forms import StepForm
from booking.reservations.queries.day import HostedLab, labs_hosted_by
from booking.reservations.queries.lists import on_day_in_lab, reservation_seen_by
from booking.reservations.queries.units import helper_labels
from booking.reservations.routes.cards import DETAIL, card_of
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.moments import Day
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
SHEET = "reservations/day.html"
_A_DAY = timedelta(days=1)


@router.get("/day", name="day")
def sheet(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_HOST)],
    day: Day | None = None,
    lab: int | None = None,
) -> Response:
    """Today, or any day, of one of the labs that the reader runs."""
    now = clock.now()
    shown = day or local(now).date()
    labs = labs_hosted_by(session, actor)
    if not labs:
        return page.render(SHEET, fragment="sheet", lab=None, labs=labs, day=shown)
    here = chosen(labs, lab)
    booked = on_day_in_lab(session, here.id, TimeSpan.of_local_day(shown))
    cards = [card_of(seen, actor, now=now) for seen in pressing_first(booked, now)]
    return page.render(
        SHEET,
        fragment="sheet",
        lab=here,
        labs=labs,
        day=shown,
        day_before=shown - _A_DAY,
        day_after=shown + _A_DAY,
        is_today=shown == local(now).date(),
        line=day_of_lab(session, here.id, shown, booked=booked, now=now),
        booked=booked,
        cards=cards,
        helpers=helper_labels(session, [card.seen.number for card in cards]),
    )


@router.post("/reservations/{number}/check-in", name="reservation_check_in")
def begin(
    number: str,
    form: Annotated[Filled[StepForm], filled_in(StepForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Somebody is there."""
    check_in(uow, number, actor=actor, now=clock.now())
    return _back(page, form.checked, number)


@router.post("/reservations/{number}/check-out", name="reservation_check_out")
def end(
    number: str,
    form: Annotated[Filled[StepForm], filled_in(StepForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Everybody has left; the figures come along or are put right when confirming."""
    seen = reservation_seen_by(uow.session, number, actor)
    card = card_of(seen, actor, now=clock.now())
    page.if_refused(DETAIL, fragment="record", card=card, record=form)
    step = form.checked
    figures = step.record() if step.model_fields_set - {"back_to_day"} else None
    check_out(uow, number, figures, actor=actor, now=clock.now())
    return _back(page, step, number)


def _back(page: Page, step: StepForm, number: str) -> Response:
    if step.back_to_day is not None:
        return page.redirect("day", lab=step.back_to_day)
    return page.redirect("reservation", number)


def chosen(labs: Sequence[HostedLab], lab_id: int | None) -> HostedLab:
    """One of the labs that somebody runs, the first if none is named; NotFound for any other."""
    if lab_id is None:
        return labs[0]
    for lab in labs:
        if lab.id == lab_id:
            return lab
    raise NotFound(lab_id=lab_id)
