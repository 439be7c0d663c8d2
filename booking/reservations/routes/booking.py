"""The booking panel beside an instrument's calendar, a page of its own without scripts."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.reservations.actions.reserve import reserve
from booking.reservations.forms import PanelForm, ReserveForm
from booking.reservations.routes.preview import panel_of
from booking.web.clock import ClockDep
from booking.web.formats import field_moment
from booking.web.forms import Filled, filled_in, parse
from booking.web.htmx import is_htmx
from booking.web.moments import instant_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

PAGE = "reservations/booking.html"


@router.get("/instruments/{instrument_id}/booking", name="booking")
def panel(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """The panel for the span in the address: `starts_at`, `ends_at`, or RFC 3339 `start`, `end`."""
    form = parse(PanelForm, FormData(list(_typed(request))))
    shown = panel_of(session, instrument_id, form, visitor=visitor, now=clock.now())
    return page.render(PAGE, fragment="booking", panel=shown)


@router.post("/instruments/{instrument_id}/reservations", name="reservation_create")
def create(
    instrument_id: int,
    form: Annotated[Filled[ReserveForm], filled_in(ReserveForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Book the span; a refusal shows the same page with the reasons and all that was typed."""
    if not is_htmx(request):
        typed = Filled(form.typed, _as_far_as_chosen(form), form.faults)
        shown = panel_of(uow.session, instrument_id, typed, visitor=actor, now=clock.now())
        page.if_refused(PAGE, fragment="booking", panel=shown)
    made = reserve(uow, form.checked.wish(instrument_id), actor=actor, now=clock.now())
    return page.redirect("reservation", made.number)


def _as_far_as_chosen(form: Filled[ReserveForm]) -> PanelForm | None:
    if form.model is None:
        return None
    return PanelForm.model_construct(**form.model.model_dump(include=set(PanelForm.model_fields)))


def _typed(request: Request) -> Iterator[tuple[str, str]]:
    """The address as a filled form; a selection made elsewhere comes as instants."""
    names = {"start": "starts_at", "end": "ends_at"}
    for name, text in request.query_params.multi_items():
        yield names.get(name, name), _as_field(text) if name in names else text


def _as_field(text: str) -> str:
    """An instant as a date field shows it; what is none stays, and is found wrong there."""
    moment = instant_in(text)
    return field_moment(moment) if moment else text
