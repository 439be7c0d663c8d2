"""The part of the booking panel that says what programmes would pay."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter, ValidationError

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import TypedPieces
from booking.subsidies.actions.quote import Asked, Quoted, quote_use
from booking.subsidies.rules.explanation import explanation, tongue_of
from booking.web.clock import ClockDep
from booking.web.i18n import language
from booking.web.json import AwareMoment
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading

router = APIRouter()

_TYPED: Final[TypeAdapter[dict[str, int]]] = TypeAdapter(TypedPieces)


@router.get("/instruments/{instrument_id}/subsidy-estimate", name="subsidy_estimate")
def estimate(
    instrument_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, signed_in],
    start: Annotated[AwareMoment, Query()],
    end: Annotated[AwareMoment, Query()],
    mode: Annotated[str, Query(max_length=20)] = "",
    samples: Annotated[str, Query(max_length=8)] = "",
    consumables: Annotated[str, Query(max_length=500)] = "",
    quote: Annotated[str, Query(max_length=24)] = "",
    voucher: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """What a voucher pays, estimated subsidies, own share, and what is left of the yearly cap."""
    if start >= end:
        return _shown(page, None)
    asked = Asked(
        instrument_id=instrument_id,
        span=TimeSpan(start, end),
        mode=ServiceMode(mode) if mode in set(ServiceMode) else None,
        samples=int(samples) if samples.isdecimal() else 0,
        consumables=_pieces(consumables),
        quote=quote,
        voucher=voucher,
        choosing=True,
    )
    quoted = quote_use(session, asked, actor=actor, now=clock.now())
    return _shown(page, quoted)


def _shown(page: Page, quoted: Quoted | None) -> Response:
    found, tongue = quoted.estimate if quoted else None, tongue_of(language())
    return page.render(
        "subsidies/estimate.html",
        fragment="estimate",
        found=found,
        told=[(one, explanation(one)[tongue]) for one in found.results] if found else [],
        voucher=quoted.voucher if quoted else None,
    )


def _pieces(typed: str) -> dict[str, int]:
    """What is expected to be used up; the panel beside it says what is wrong with it."""
    try:
        return _TYPED.validate_python(typed)
    except ValidationError:
        return {}
