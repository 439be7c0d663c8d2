"""The booking panel beside an instrument's calendar, a page of its own without scripts."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires, signed_in
from booking.access.permissions import Permission
from booking.reservations.actions.reserve import reserve
from booking.reservations.forms import PanelForm, ReserveForm
from booking.reservations.routes.preview import panel_of
from booking.reservations.routes.purse import PurseDep
from booking.web.clock import ClockDep
from booking.web.formats import field_moment
from booking.web.forms import Filled, filled_in, parse
from booking.web.htmx import is_htmx
from booking.web.idempotency import OnceByForm
from booking.web.moments import instant_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

PAGE = "reservations/booking.html"
# Whatever page takes over what was typed has a form of its own.
_CHOSEN = frozenset({"span", "start", "end", "once"})
_TIMES = _CHOSEN | {"starts_at", "ends_at"}


@router.get("/instruments/{instrument_id}/booking", name="booking")
def panel(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    purse: PurseDep,
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """The panel for what stands in the address; a part of it for htmx, which never types over.

    Whoever takes another time with htmx is led to the calendar around it, with all that was typed.
    """
    if page.target("main"):
        return page.redirect("instrument", instrument_id, **_taken(request))
    form = parse(PanelForm, FormData(list(_typed(request))))
    fragment = page.target("verdict")
    shown = panel_of(
        session,
        instrument_id,
        form,
        visitor=visitor,
        now=clock.now(),
        purse=None if fragment else purse,
    )
    return page.render(PAGE, fragment=fragment or "booking", panel=shown)


@router.get("/instruments/{instrument_id}/booking/signed-in", name="booking_signed_in")
def panel_once_signed_in(
    instrument_id: int,
    request: Request,
    page: PageDep,
    actor: Annotated[Actor, signed_in],
) -> Response:
    """Through the sign-in page, which its door leads to and back from, to the filled-in panel."""
    return page.redirect_to(f"{page.url('booking', instrument_id)}?{request.url.query}")


@router.post("/instruments/{instrument_id}/reservations", name="reservation_create")
def create(
    instrument_id: int,
    form: Annotated[Filled[ReserveForm], filled_in(ReserveForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    once: OnceByForm,
    purse: PurseDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Book the span, once however often the page is sent.

    A refusal shows the same page with the reasons and all that was typed.
    """
    now = once.now
    if not is_htmx(request):
        typed = Filled(form.typed, _as_far_as_chosen(form), form.faults)
        shown = panel_of(uow.session, instrument_id, typed, visitor=actor, now=now, purse=purse)
        page.if_refused(PAGE, fragment="booking", panel=shown)
    wish = form.checked.wish(instrument_id)
    number = once.reaching(lambda: reserve(uow, wish, actor=actor, now=now).number)
    return page.redirect("reservation", number)


def _as_far_as_chosen(form: Filled[ReserveForm]) -> PanelForm | None:
    if form.model is None:
        return None
    return PanelForm.model_construct(**form.model.model_dump(include=set(PanelForm.model_fields)))


def _typed(request: Request) -> Iterator[tuple[str, str]]:
    """The address as a filled form; a span chosen elsewhere counts more than what was typed.

    It comes as instants: `span=START/END`, or `start` and `end`.
    """
    query = request.query_params
    start, _, end = query.get("span", "").partition("/")
    chosen = {"starts_at": start or query.get("start"), "ends_at": end or query.get("end")}
    yield from ((name, _as_field(text)) for name, text in chosen.items() if text)
    for name, text in query.multi_items():
        if name not in _CHOSEN and not chosen.get(name):
            yield name, text


def _taken(request: Request) -> dict[str, str | list[str]]:
    """The same as an instrument's page understands it: its calendar selects `start` to `end`."""
    query = request.query_params
    start, _, end = query.get("span", "").partition("/")
    typed = {name: query.getlist(name) for name in query if name not in _TIMES}
    return {**typed, "start": start, "end": end}


def _as_field(text: str) -> str:
    """An instant as a date field shows it; what is none stays, and is found wrong there."""
    moment = instant_in(text)
    return field_moment(moment) if moment else text
