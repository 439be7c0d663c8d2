"""Pages of those who keep instruments: how the filing with the national platform stands."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.file_card import note_exemption, note_filing
from booking.instruments.forms.pages import ExemptionPage, FilingPage
from booking.instruments.routes.management import CARD_PAGE, card_page
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]


@router.post("/manage/instruments/{instrument_id}/filing", name="instrument_filing")
def note_filed(
    instrument_id: int,
    form: Annotated[Filled[FilingPage], filled_in(FilingPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    shown = card_page(uow.session, instrument_id, actor, now=now)
    page.if_refused(CARD_PAGE, **{**shown, "filing_form": form})
    told = form.checked
    note_filing(uow, instrument_id, told.filed_on, actor=actor, now=now, number=told.filing_number)
    return page.redirect("instrument_manage", instrument_id)


@router.post("/manage/instruments/{instrument_id}/exemption", name="instrument_exemption")
def note_exempt(
    instrument_id: int,
    form: Annotated[Filled[ExemptionPage], filled_in(ExemptionPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    shown = card_page(uow.session, instrument_id, actor, now=now)
    page.if_refused(CARD_PAGE, **{**shown, "exemption_form": form})
    note_exemption(uow, instrument_id, form.checked.filing_exemption, actor=actor, now=now)
    return page.redirect("instrument_manage", instrument_id)
