"""Samples: labels to print, and the page to which the code on a label leads."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.identity import settings_of
from booking.orders.actions.rights import side_of
from booking.orders.actions.work import move_samples
from booking.orders.forms import StationForm
from booking.orders.queries.belongings import SampleRow, sample_seen_by, samples_of
from booking.orders.queries.orders import order_seen_by
from booking.orders.states import onward, ways
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.qr import Picture, picture_of
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reads = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Host = Annotated[Actor, requires(Permission.RESERVATION_HOST)]


@dataclass(frozen=True, slots=True)
class Sticker:
    """What is stuck on a sample: its number, also for cameras, and what it is."""

    sample: SampleRow
    picture: Picture


@router.get("/orders/{number}/labels", name="order_labels")
def labels_page(number: str, session: Reading, page: PageDep, actor: Reads) -> Response:
    """One for each sample; the company may print them too, before it sends the samples."""
    order = order_seen_by(session, number, actor)
    stickers = [
        Sticker(one, picture_of(_address(page, one.label))) for one in samples_of(session, order.id)
    ]
    return page.render("orders/labels.html", order=order, stickers=stickers)


def _address(page: Page, label: str) -> str:
    base = settings_of(page.request).public_url.rstrip("/")
    return base + page.url("sample", label)


@router.get("/samples/{label}", name="sample")
def sample_page(label: str, session: Reading, page: PageDep, actor: Reads) -> Response:
    """Where it is on its way; for the lab, where it may go next."""
    order, sample = sample_seen_by(session, label, actor)
    return page.render(
        "orders/sample.html",
        order=order,
        sample=sample,
        side=side_of(actor, order),
        ways=ways(order.state, sample.station),
        onward=onward(order.state, sample.station),
    )


@router.post("/orders/{number}/stations", name="order_station")
def move(
    number: str,
    form: Annotated[Filled[StationForm], filled_in(StationForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """One sample, or all that may go there."""
    told = form.checked
    move_samples(uow, number, told.station, actor=actor, now=clock.now(), label=told.label)
    if told.label and told.back == "sample":
        return page.redirect("sample", told.label)
    return page.redirect("order", number)
