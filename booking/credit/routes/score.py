"""Pages: how a company or a lab stands, why, until when, and what follows from it."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.credit.queries.entries import (
    entries_of_lab,
    entries_of_organisation,
    may_appeal,
)
from booking.credit.queries.places import Place, lab_place, organisation_place, own_places
from booking.credit.queries.standing import (
    credit_of_lab,
    credit_of_organisation,
    terms_in_force,
)
from booking.credit.rules import COMPANY_CAUSES, LAB_CAUSES
from booking.kernel.errors import NotFound
from booking.organisations.queries import lab_summary
from booking.web.clock import ClockDep
from booking.web.paging import Window, WindowDep
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Whoever = Annotated[Actor | None, PUBLIC]


@router.get("/credit", name="credit")
def own(session: Reading, page: PageDep, actor: Reader) -> Response:
    """To one's first company or lab; the centre decides appeals."""
    place = next(iter(own_places(session, actor)), None)
    if place is None and actor.may(Permission.CREDIT_MANAGE):
        return page.redirect("credit_appeals")
    if place is None:
        raise NotFound
    return page.redirect("lab_credit" if place.is_lab else "organisation_credit", place.id)


@router.get("/organisations/{organisation_id}/credit", name="organisation_credit")
def of_company(
    organisation_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Reader,
) -> Response:
    place = organisation_place(session, organisation_id, actor)
    return _shown(session, page, place, window=window, actor=actor, clock=clock)


@router.get("/labs/{lab_id}/credit", name="lab_credit")
def of_lab(
    lab_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Reader,
) -> Response:
    place = lab_place(session, lab_id, actor)
    return _shown(session, page, place, window=window, actor=actor, clock=clock)


@router.get("/labs/{lab_id}/credit/figure", name="lab_credit_figure")
def figure(
    lab_id: int, session: Reading, page: PageDep, clock: ClockDep, visitor: Whoever
) -> Response:
    """The lab's score alone, for its cards; nothing unless the centre publishes it."""
    lab_summary(session, lab_id)
    now = clock.now()
    in_force = terms_in_force(session, now)
    published = in_force is not None and in_force[1].publishes_labs
    credit = credit_of_lab(session, lab_id, now) if published else None
    return page.render("credit/figure.html", fragment="figure", credit=credit)


def _shown(
    session: Session, page: Page, place: Place, *, window: Window, actor: Actor, clock: ClockDep
) -> Response:
    now = clock.now()
    score, rows = (
        (credit_of_lab, entries_of_lab)
        if place.is_lab
        else (credit_of_organisation, entries_of_organisation)
    )
    found = rows(session, place.id, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    in_force = terms_in_force(session, now)
    appealable = {
        row.id for row in cut.items if row.may_be_appealed(now) and may_appeal(actor, row)
    }
    return page.render(
        "credit/score.html",
        place=place,
        others=[one for one in own_places(session, actor) if one != place],
        credit=score(session, place.id, now),
        terms=in_force[1] if in_force else None,
        causes=LAB_CAUSES if place.is_lab else COMPANY_CAUSES,
        entries=cut.items,
        appealable=appealable,
        next_cursor=cut.next_cursor,
        now=now,
    )
