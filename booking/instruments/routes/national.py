"""What the national platform needs of one's instruments: what is missing, and the files."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.exports import national_json, national_xlsx, units_json, units_xlsx
from booking.instruments.queries.sheets import WholeCard, Wish, cards_after, every_card, units_of
from booking.instruments.rules.card import ShareMode
from booking.instruments.rules.national import flaws
from booking.instruments.states import FINAL
from booking.web.downloads import JSON, XLSX, streamed
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import field_words

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "instruments/manage/national.html"


@router.get("/manage/national", name="national")
def national_page(session: Reading, page: PageDep, window: WindowDep, actor: Keeper) -> Response:
    """Each instrument with what keeps its record from being filed."""
    found = cards_after(session, _wish(actor), window.after_id, take=window.take)
    cut = window.cut(found, key=lambda card: (card["id"],))
    units = units_of(session, _wish(actor), ShareMode.EXTERNAL)
    return page.render(
        _PAGE,
        cut=cut,
        paging_on=window.after is not None,
        units=units,
        flaws={card["id"]: _told(card) for card in cut.items},
    )


@router.get("/manage/national/instruments.xlsx", name="national_instruments_xlsx")
def instruments_xlsx(request: Request, actor: Keeper) -> Response:
    """Records of single instruments."""
    cards = every_card(request.app.state.read_engine, _wish(actor))
    return streamed(national_xlsx(cards), filename="单台套仪器.xlsx", media_type=XLSX)


@router.get("/manage/national/instruments.json", name="national_instruments_json")
def instruments_json(request: Request, actor: Keeper) -> Response:
    """The same for programs."""
    cards = every_card(request.app.state.read_engine, _wish(actor))
    return streamed(national_json(cards), filename="单台套仪器.json", media_type=JSON)


@router.get("/manage/national/units.xlsx", name="national_units_xlsx")
def providers_xlsx(session: Reading, actor: Keeper) -> Response:
    """Records of the units themselves."""
    units = units_of(session, _wish(actor), ShareMode.EXTERNAL)
    return streamed(units_xlsx(units), filename="单位.xlsx", media_type=XLSX)


@router.get("/manage/national/units.json", name="national_units_json")
def providers_json(session: Reading, actor: Keeper) -> Response:
    """The same for programs."""
    units = units_of(session, _wish(actor), ShareMode.EXTERNAL)
    return streamed(units_json(units), filename="单位.json", media_type=JSON)


def _told(card: WholeCard) -> list[tuple[str, int]]:
    """What is missing or too long, as our forms call it."""
    return [(field_words(flaw.field.source), flaw.over) for flaw in flaws(card)]


def _wish(actor: Actor) -> Wish:
    """Retired instruments are not filed any more."""
    return Wish.kept_by(actor, leaving_out=FINAL)
