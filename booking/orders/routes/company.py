"""What a company sees first: its orders, and the form for a new one."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.errors import Forbidden
from booking.orders.actions.ask import ask_order, may_order_for
from booking.orders.forms import SAMPLE_ROWS, OrderForm
from booking.orders.queries.orders import (
    Listing,
    OrderRow,
    Part,
    orders_of_companies,
    orders_of_labs,
    target_for,
)
from booking.orders.rules import Afterwards
from booking.organisations.queries import OrganisationSummary, organisations_by_id
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import Window, WindowDep
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reads = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Host = Annotated[Actor, requires(Permission.RESERVATION_HOST)]
Member = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
_LIST, _NEW = "orders/list.html", "orders/new.html"


@router.get("/orders", name="orders")
def orders_page(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Reads,
    show: Part = Part.ALL,
) -> Response:
    """What one's companies entrusted, newest first."""
    found = orders_of_companies(session, actor, _listing(window, show))
    return _list(page, window, found, at="orders", show=show)


@router.get("/orders/desk", name="orders_desk")
def desk_page(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Host,
    show: Part = Part.OPEN,
) -> Response:
    """What one's labs are entrusted with; first what is not done."""
    found = orders_of_labs(session, actor, _listing(window, show))
    return _list(page, window, found, at="orders_desk", show=show)


def _listing(window: Window, show: Part) -> Listing:
    return Listing(part=show, before_id=window.after_id, limit=window.take)


def _list(
    page: Page, window: Window, found: Sequence[OrderRow], *, at: str, show: Part
) -> Response:
    cut = window.cut(found, key=lambda one: (one.id,))
    next_url = page.url(at, show=show, cursor=cut.next_cursor) if cut.next_cursor else ""
    return page.render(_LIST, orders=cut.items, next_url=next_url, at=at, show=show)


@router.get("/instruments/{instrument_id}/orders/new", name="order_new")
def new_page(instrument_id: int, session: Reading, page: PageDep, actor: Member) -> Response:
    """What is wanted, of which samples."""
    shown = _asked(session, instrument_id, actor)
    form = blank(**{f"sample{n}_count": 1 for n in range(1, SAMPLE_ROWS + 1)})
    return page.render(_NEW, form=form, **shown)


@router.post("/instruments/{instrument_id}/orders", name="order_create")
@takes_file(Use.RESULT)
def create(
    instrument_id: int,
    form: Annotated[Filled[OrderForm], filled_in(OrderForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Member,
) -> Response:
    """The lab is told; its answer is a letter and stands on the order's page."""
    page.if_refused(_NEW, form=form, **_asked(session, instrument_id, actor))
    asked = form.checked
    paper = receive(vault, asked.paper, Use.RESULT) if asked.paper else None
    told, now = asked.told(), clock.now()
    order = ask_order(uow, instrument_id, told, actor=actor, now=now, paper=paper)
    return page.redirect("order", order.number)


def _asked(session: Session, instrument_id: int, actor: Actor) -> dict[str, Any]:
    """What the form shows; Forbidden to whoever could only be told that no company asks."""
    target = target_for(session, instrument_id, actor)
    companies = _companies(session, actor)
    if not companies:
        raise Forbidden(permission=Permission.RESERVATION_CREATE.value)
    return {
        "target": target,
        "companies": companies,
        "rows": range(1, SAMPLE_ROWS + 1),
        "afterwards": tuple(Afterwards),
        "allowed": ALLOWED[Use.RESULT],
    }


def _companies(session: Session, actor: Actor) -> Sequence[OrganisationSummary]:
    theirs = may_order_for(actor)
    return sorted(organisations_by_id(session, theirs).values(), key=lambda one: one.id)
