"""What a company reads: its needs, the answer to each, and the offers of labs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.queries.remembered import Memory
from booking.needs.actions.decide_offer import accept_offer
from booking.needs.actions.tell_need import take_step, tell_need
from booking.needs.forms import NeedForm
from booking.needs.queries.needs import need_seen_by, needs_seen_by
from booking.needs.queries.offers import offers_on
from booking.needs.report import answers
from booking.needs.states import NeedStep
from booking.organisations.queries import OrganisationSummary, organisations_by_id
from booking.organisations.rules import District
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.memory import memory
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reads = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Member = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
MemoryDep = Annotated[Memory, Depends(memory("slots", Memory))]
_LIST, _NEW, _ONE = "needs/list.html", "needs/new.html", "needs/need.html"


@router.get("/needs", name="needs")
def list_page(session: Reading, page: PageDep, window: WindowDep, actor: Reads) -> Response:
    """Newest first."""
    found = needs_seen_by(session, actor, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda one: (one.id,))
    next_url = page.url("needs", cursor=cut.next_cursor) if cut.next_cursor else ""
    return page.render(_LIST, needs=cut.items, next_url=next_url)


@router.get("/needs/new", name="need_new")
def new_page(session: Reading, page: PageDep, actor: Member) -> Response:
    """Five plain fields."""
    companies = _companies(session, actor)
    district = companies[0].district if companies else ""
    form = blank(district=district)
    return page.render(_NEW, form=form, companies=companies, districts=tuple(District))


def _companies(session: Session, actor: Actor) -> Sequence[OrganisationSummary]:
    theirs = actor.reach(Permission.RESERVATION_CREATE).organisation_ids
    return sorted(organisations_by_id(session, theirs).values(), key=lambda one: one.id)


@router.post("/needs", name="need_create")
def create(
    form: Annotated[Filled[NeedForm], filled_in(NeedForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Member,
) -> Response:
    """Kept, so that the answer has an address of its own."""
    companies = _companies(session, actor)
    page.if_refused(_NEW, form=form, companies=companies, districts=tuple(District))
    need = tell_need(uow, form.checked.told(), actor=actor, now=clock.now())
    return page.redirect("need", need.key)


@router.get("/needs/{need_id}", name="need")
def need_page(
    need_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    known: MemoryDep,
    actor: Reads,
) -> Response:
    """Which instruments may do, and what labs have offered."""
    need = need_seen_by(session, need_id, actor)
    now = clock.now()
    return page.render(
        _ONE,
        need=need,
        answers=answers(session, need, now=now, memory=known),
        offers=offers_on(session, need_id),
        may_change=actor.may_for(
            Permission.RESERVATION_CREATE, organisation_id=need.organisation_id
        ),
    )


@router.post("/needs/{need_id}/publication", name="need_publish")
def publish(
    need_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Member
) -> Response:
    """Let labs read it, without whose it is."""
    take_step(uow, need_id, NeedStep.PUBLISH, actor=actor, now=clock.now())
    return page.redirect("need", need_id)


@router.post("/needs/{need_id}/closure", name="need_close")
def close(
    need_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Member
) -> Response:
    """Nothing is wanted any more."""
    take_step(uow, need_id, NeedStep.CLOSE, actor=actor, now=clock.now())
    return page.redirect("need", need_id)


@router.post("/needs/{need_id}/offers/{offer_id}/acceptance", name="need_offer_accept")
def accept(
    need_id: int,
    offer_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Member,
) -> Response:
    """The lab is told whose need it is, the others that theirs was not taken."""
    accept_offer(uow, need_id, offer_id, actor=actor, now=clock.now())
    return page.redirect("need", need_id)
