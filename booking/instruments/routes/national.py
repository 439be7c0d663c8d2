"""What the national platform needs of one's instruments: what is missing, and the files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import read_session
from booking.instruments.platform import (
    Year,
    customs_json,
    customs_xlsx,
    filled,
    instruments_json,
    instruments_xlsx,
    units_json,
    units_with,
    units_xlsx,
)
from booking.instruments.queries.sheets import Wish, cards_after, every_card, owners_of, units_of
from booking.instruments.queries.year_figures import FiguresSource
from booking.instruments.rules import customs, national, unit_record
from booking.instruments.rules.records import Flaw, Mend, flaws_of
from booking.instruments.states import FINAL
from booking.kernel.clock import Clock, local
from booking.web.clock import ClockDep
from booking.web.downloads import JSON, XLSX, streamed
from booking.web.forms import blank
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import field_words

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "instruments/manage/national.html"
_YEARS_OFFERED: Final = 5


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is missing and mended at one place: how it is called, and how much it is too long."""

    mend: Mend
    fields: Sequence[tuple[str, int]]
    blocks: bool


def _year(clock: ClockDep, year: Annotated[int | None, Query(ge=1970, le=2200)] = None) -> int:
    """The year asked for; the last one that is over when none is."""
    return year or local(clock.now()).year - 1


YearAsked = Annotated[int, Depends(_year)]


@router.get("/manage/national", name="national")
def national_page(
    request: Request,
    session: Reading,
    page: PageDep,
    window: WindowDep,
    year: YearAsked,
    actor: Keeper,
    clock: ClockDep,
) -> Response:
    """Each instrument with what keeps its record from being filed, and what it lacks besides."""
    found = cards_after(session, _wish(actor), window.after_id, take=window.take)
    cut = window.cut(found, key=lambda card: (card["id"],))
    told = _told_of(request, session, year, [card["id"] for card in cut.items])
    this_year = local(clock.now()).year
    offered = range(this_year - _YEARS_OFFERED + 1, this_year + 1)
    return page.render(
        _PAGE,
        cut=cut,
        paging_on=window.after is not None,
        units=[
            (unit, _lacks(flaws_of(unit_record.FIELDS, unit)))
            for unit in _units(request, session, actor, year)
        ],
        lacks={card["id"]: _card_lacks(filled(card, told)) for card in cut.items},
        year=year,
        form=blank(year=year),
        years=[(str(one), str(one)) for one in sorted({year, *offered}, reverse=True)],
    )


@router.get("/manage/national/instruments.xlsx", name="national_instruments_xlsx")
def national_instruments_xlsx(request: Request, year: YearAsked, actor: Keeper) -> Response:
    """Records of single instruments."""
    lines = instruments_xlsx(*_every(request, actor, year))
    return streamed(lines, filename=f"单台套仪器-{year}.xlsx", media_type=XLSX)


@router.get("/manage/national/instruments.json", name="national_instruments_json")
def national_instruments_json(request: Request, year: YearAsked, actor: Keeper) -> Response:
    """The same for programs."""
    lines = instruments_json(*_every(request, actor, year))
    return streamed(lines, filename=f"单台套仪器-{year}.json", media_type=JSON)


@router.get("/manage/national/customs.xlsx", name="national_customs_xlsx")
def national_customs_xlsx(request: Request, actor: Keeper) -> Response:
    """What customs keep of the instruments they supervise."""
    cards = every_card(request.app.state.read_engine, _wish(actor))
    return streamed(customs_xlsx(cards), filename="海关监管信息.xlsx", media_type=XLSX)


@router.get("/manage/national/customs.json", name="national_customs_json")
def national_customs_json(request: Request, actor: Keeper) -> Response:
    """The same for programs."""
    cards = every_card(request.app.state.read_engine, _wish(actor))
    return streamed(customs_json(cards), filename="海关监管信息.json", media_type=JSON)


@router.get("/manage/national/units.xlsx", name="national_units_xlsx")
def national_units_xlsx(
    request: Request, session: Reading, year: YearAsked, actor: Keeper
) -> Response:
    """Records of the units themselves."""
    lines = units_xlsx(_units(request, session, actor, year), year)
    return streamed(lines, filename=f"单位-{year}.xlsx", media_type=XLSX)


@router.get("/manage/national/units.json", name="national_units_json")
def national_units_json(
    request: Request, session: Reading, year: YearAsked, actor: Keeper
) -> Response:
    """The same for programs."""
    lines = units_json(_units(request, session, actor, year), year)
    return streamed(lines, filename=f"单位-{year}.json", media_type=JSON)


def _every(request: Request, actor: Actor, year: int) -> tuple[Iterable[Mapping[Any, Any]], Year]:
    engine = request.app.state.read_engine
    with read_session(engine) as session:
        told = _told_of(request, session, year)
    return every_card(engine, _wish(actor)), told


def _told_of(
    request: Request, session: Session, year: int, ids: Sequence[int] | None = None
) -> Year:
    source: FiguresSource = request.app.state.figures_source
    clock: Clock = request.app.state.clock
    figures = source.of_year(session, year, ids, now=clock.now())
    return Year(year, request.app.state.settings.public_url, figures)


def _units(request: Request, session: Session, actor: Actor, year: int) -> list[Mapping[Any, Any]]:
    """The providers, with what all of their instruments came to: also of those retired since."""
    wish = _wish(actor)
    owners = owners_of(session, replace(wish, leaving_out=frozenset()))
    chosen = None if wish.insider.everywhere else list(owners)
    figures = _told_of(request, session, year, chosen).figures
    return units_with(units_of(session, wish), owners, figures)


def _card_lacks(card: Mapping[Any, Any]) -> list[Lacks]:
    flaws = national.flaws(card)
    if card["customs_supervised"]:
        flaws += flaws_of(customs.FIELDS, card)
    return _lacks(flaws)


def _lacks(flaws: Sequence[Flaw]) -> list[Lacks]:
    """By where it is mended, what keeps from filing first."""
    places = list(Mend)

    def place(flaw: Flaw) -> tuple[bool, int]:
        return not flaw.blocks, places.index(flaw.field.mend)

    return [
        Lacks(places[mend], [(_called(one), one.over) for one in together], not is_wish)
        for (is_wish, mend), together in groupby(sorted(flaws, key=place), key=place)
    ]


def _called(flaw: Flaw) -> str:
    """As our forms call it, or as the platform does when none asks for it."""
    return field_words(flaw.field.source) if flaw.field.source else flaw.field.name


def _wish(actor: Actor) -> Wish:
    """Retired instruments are not filed any more."""
    return Wish.kept_by(actor, leaving_out=FINAL)
