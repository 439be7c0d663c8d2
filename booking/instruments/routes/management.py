"""Pages of those who keep instruments: the list, the card and its life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.change_state import change_state, permission_for
from booking.instruments.actions.register import CardChanges, edit, register
from booking.instruments.calendar.week import today
from booking.instruments.forms.pages import CardPage
from booking.instruments.queries.cards import SeenCard, card_seen_by
from booking.instruments.queries.due_filings import filing_of, open_filings
from booking.instruments.queries.kept import ManagedLab, labs_managed_by, managed_by, wholes_for
from booking.instruments.queries.statutory import years_due
from booking.instruments.rules.card import Card, ResourceKind, ShareMode, Source
from booking.instruments.rules.categories import Category, OtherScheme, category_of
from booking.instruments.rules.customs import Mark
from booking.instruments.rules.national import Completeness, completeness
from booking.instruments.rules.terms import ServiceMode
from booking.instruments.states import Action, InstrumentState, open_actions
from booking.kernel.errors import NotFound
from booking.kernel.ids import reference
from booking.kernel.money import yuan
from booking.organisations.rules import District
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.texts import prose
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_LIST, _NEW, CARD_PAGE = (f"instruments/manage/{name}.html" for name in ("list", "new", "card"))
# Beside the states of a card: accepted, and not filed with the national platform.
TO_FILE: Final = "to_file"
_CHOICES: Final = {
    "kinds": tuple(ResourceKind),
    "share_modes": tuple(ShareMode),
    "sources": tuple(Source),
    "service_modes": tuple(ServiceMode),
    "districts": tuple(District),
    "categories": tuple(Category),
    "schemes": tuple(OtherScheme),
    "marks": tuple(Mark),
}


class StepForm(BaseModel):
    """A step in a card's life, and why."""

    action: Action
    reason: Annotated[str, prose(500)] = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A card as those who keep it see it: what is missing, what can be done."""

    seen: SeenCard
    told: Completeness
    steps: Sequence[Action]
    # Whether its card, hours, rules and prices are this person's to keep, too.
    is_keeper: bool = True


@router.get("/manage/instruments", name="manage_instruments")
def list_page(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Keeper,
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    wanted = next((known for known in InstrumentState if known.value == state), None)
    to_file = state == TO_FILE
    after_id, take = window.after_id or 0, window.take
    kept = managed_by(session, actor, state=wanted, to_file=to_file, after_id=after_id, limit=take)
    cut = window.cut(kept, key=lambda row: (row.id,))
    further = {"state": state, "cursor": cut.next_cursor}
    return page.render(
        _LIST,
        rows=cut.items,
        next_url=page.url("manage_instruments", **further) if cut.next_cursor else "",
        states=tuple(InstrumentState),
        chosen=wanted,
        to_file=to_file,
        open_filings=open_filings(session, actor),
        today=today(clock.now()),
        unknown_years=years_due(session, today(clock.now())),
    )


@router.get("/manage/instruments/new", name="instrument_new")
def new_page(session: Reading, page: PageDep, clock: ClockDep, actor: Keeper) -> Response:
    form = _as_form(Card(name="", inner_id=reference("I", clock.now())), units=1)
    return page.render(_NEW, form=form, labs=labs_managed_by(session, actor), choices=_CHOICES)


@router.post("/manage/instruments", name="instrument_create")
def create(
    form: Annotated[Filled[CardPage], filled_in(CardPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    labs: Sequence[ManagedLab] = labs_managed_by(uow.session, actor)
    page.if_refused(_NEW, form=form, labs=labs, choices=_CHOICES)
    told = form.checked
    if told.lab_id is None:
        raise NotFound
    card = _card(told, clock.now())
    made = register(uow, told.lab_id, card, units=told.units, actor=actor, now=clock.now())
    return page.redirect("instrument_manage", made.key)


@router.get("/manage/instruments/{instrument_id}", name="instrument_manage")
def one_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    return page.render(CARD_PAGE, **card_page(session, instrument_id, actor, now=clock.now()))


@router.post("/manage/instruments/{instrument_id}", name="instrument_edit")
def change(
    instrument_id: int,
    form: Annotated[Filled[CardPage], filled_in(CardPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    shown = card_page(uow.session, instrument_id, actor, now=clock.now())
    page.if_refused(CARD_PAGE, **{**shown, "form": form})
    told = form.checked
    changes = CardChanges(values=told.values(), units=told.units, version=told.version)
    edit(uow, instrument_id, changes, actor=actor, now=clock.now())
    return page.redirect("instrument_manage", instrument_id)


@router.post("/manage/instruments/{instrument_id}/steps", name="instrument_step")
def step(
    instrument_id: int,
    form: Annotated[Filled[StepForm], filled_in(StepForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    told, now = form.checked, clock.now()
    change_state(uow, instrument_id, told.action, actor=actor, now=now, reason=told.reason)
    return page.redirect("instrument_manage", instrument_id)


def card_page(
    session: Session, instrument_id: int, actor: Actor, *, now: datetime
) -> dict[str, Any]:
    """What the page of a kept card is drawn from."""
    kept = kept_card(session, instrument_id, actor)
    row = kept.seen.instrument
    return {
        "kept": kept,
        "form": _as_form(_told(kept), units=kept.seen.units, version=row.version),
        "choices": _CHOICES,
        "wholes": wholes_for(session, row.lab_id, row.key),
        "filing": filing_of(row).on(today(now)),
        "filing_form": blank(filed_on=row.filed_on, filing_number=row.filing_number),
        "exemption_form": blank(filing_exemption=row.filing_exemption),
    }


def kept_card(
    session: Session,
    instrument_id: int,
    actor: Actor,
    *,
    permission: Permission = Permission.INSTRUMENT_MANAGE,
) -> Kept:
    """The card for somebody who keeps it, or has another permission there; for anybody else there
    is none here."""
    seen = card_seen_by(session, instrument_id, actor)
    place = {"organisation_id": seen.organisation_id, "lab_id": seen.instrument.lab_id}
    if not actor.may_for(permission, **place):
        raise NotFound(instrument_id=instrument_id)
    steps = [
        action
        for action in open_actions(seen.instrument.state)
        if actor.may_for(permission_for(action), **place)
    ]
    is_keeper = actor.may_for(Permission.INSTRUMENT_MANAGE, **place)
    return Kept(seen, completeness(seen.instrument.model_dump()), steps, is_keeper)


def _told(kept: Kept) -> Card:
    row = kept.seen.instrument
    told = {name: getattr(row, name) for name in Card.__dataclass_fields__}
    lists = {name: tuple(told[name]) for name in ("disciplines", "service_modes", "aliases")}
    return Card(**{**told, **lists})


def _as_form(card: Card, **more: object) -> Filled[Any]:
    told = card.columns()
    told["original_value"] = yuan(card.original_value_fen)
    for name in ("disciplines", "aliases"):
        told[name] = "、".join(getattr(card, name))
    told["category"] = category_of(card.category_code)
    told |= {f"code_{scheme}": code for scheme, code in card.other_codes.items()}
    told |= {f"customs_{item}": said for item, said in card.customs.items()}
    return blank(**{**told, **more})


def _card(told: CardPage, now: datetime) -> Card:
    values = told.values()
    values["inner_id"] = values.get("inner_id") or reference("I", now)
    return Card(**values)  # type: ignore[arg-type]  # checked by the fields
