"""What labs read: needs without whose they are, and their own offers on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.queries.people import Reader, reader_of
from booking.needs.actions.decide_offer import withdraw_offer
from booking.needs.actions.make_offer import make_offer
from booking.needs.forms import OfferForm
from booking.needs.queries.needs import BoardRow, board, need_on_board, need_row
from booking.needs.queries.offers import Choice, OfferRow, instruments_of, offers_of_labs
from booking.needs.states import OfferState
from booking.organisations.queries import LabSummary, labs_by_id
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reads = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE, Permission.AUDIT_READ)]
Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_LIST, _ONE = "needs/board.html", "needs/board_need.html"


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose need it is, told to a lab once its offer is accepted."""

    company: str
    company_en: str
    contact: Reader


@router.get("/needs/board", name="needs_board")
def board_page(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Reads,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Newest first."""
    found = board(session, words=q, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda one: (one.id,))
    return page.render(
        _LIST,
        form=blank(q=q),
        needs=cut.items,
        next_url=page.url("needs_board", q=q, cursor=cut.next_cursor) if cut.next_cursor else "",
    )


@router.get("/needs/board/{need_id}", name="needs_board_need")
def board_need(need_id: int, session: Reading, page: PageDep, actor: Reads) -> Response:
    """One of them, with what this lab has offered."""
    return page.render(_ONE, form=blank(), **vars(_seen(session, need_id, actor)))


@dataclass(frozen=True)
class _Seen:
    need: BoardRow
    offers: Sequence[OfferRow]
    labs: Sequence[LabSummary]
    instruments: Sequence[Choice]
    customer: Customer | None
    may_offer: bool


def _seen(session: Session, need_id: int, actor: Actor) -> _Seen:
    need = need_on_board(session, need_id, actor)
    labs = sorted(actor.reach(Permission.INSTRUMENT_MANAGE).lab_ids)
    offers = offers_of_labs(session, need_id, actor)
    known = labs_by_id(session, labs)
    standing = {one.lab_id for one in offers if one.state is OfferState.OFFERED}
    free = [lab for lab in labs if lab not in standing]
    accepted = any(one.state is OfferState.ACCEPTED for one in offers)
    return _Seen(
        need,
        offers,
        [known[lab] for lab in free],
        instruments_of(session, free),
        _customer(session, need_id) if accepted else None,
        bool(free) and need.state.value == "published",
    )


def _customer(session: Session, need_id: int) -> Customer:
    need = need_row(session, need_id)
    return Customer(need.company, need.company_en, reader_of(session, need.created_by))


@router.post("/needs/board/{need_id}/offers", name="need_offer")
def offer(
    need_id: int,
    form: Annotated[Filled[OfferForm], filled_in(OfferForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """A lab says what it would do."""
    page.if_refused(_ONE, form=form, **vars(_seen(session, need_id, actor)))
    make_offer(uow, need_id, form.checked.offering(), actor=actor, now=clock.now())
    return page.redirect("needs_board_need", need_id)


@router.post("/needs/offers/{offer_id}/withdrawal", name="need_offer_withdraw")
def withdraw(
    offer_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    """While it is not decided."""
    withdrawn = withdraw_offer(uow, offer_id, actor=actor, now=clock.now())
    return page.redirect("needs_board_need", withdrawn.need_id)
