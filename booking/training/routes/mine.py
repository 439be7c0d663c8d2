"""Pages of whoever wants to operate an instrument alone: how one stands, asking, taking it back."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires, signed_in
from booking.access.permissions import Permission
from booking.instruments.queries.cards import card_seen_by
from booking.instruments.states import InstrumentState
from booking.organisations.queries import organisations_by_id
from booking.training.actions.ask import ask, withdraw
from booking.training.forms import AskForm
from booking.training.queries.desk import planned_sessions
from booking.training.queries.mine import permissions_of, requests_of
from booking.training.queries.standing import standing_of
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Known = Annotated[Actor, signed_in]
Booker = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
_MINE, _ONE = "training/mine.html", "training/instrument.html"


@router.get("/training", name="training_mine")
def mine(
    session: Reading, page: PageDep, clock: ClockDep, window: WindowDep, actor: Known
) -> Response:
    now = clock.now()
    found = requests_of(session, actor.id, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    return page.render(
        _MINE,
        permissions=permissions_of(session, actor.id, now),
        requests=cut.items,
        next_cursor=cut.next_cursor,
        now=now,
    )


@router.get("/instruments/{instrument_id}/training", name="instrument_training")
def one(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Known
) -> Response:
    shown = _shown(session, instrument_id, actor, clock=clock)
    return page.render(_ONE, **shown, form=blank())


@router.post("/instruments/{instrument_id}/training", name="training_ask")
def send(
    instrument_id: int,
    form: Annotated[Filled[AskForm], filled_in(AskForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Booker,
) -> Response:
    page.if_refused(_ONE, **_shown(uow.session, instrument_id, actor, clock=clock), form=form)
    told, now = form.checked, clock.now()
    place = told.organisation_id
    ask(uow, instrument_id, told.message, actor=actor, now=now, organisation_id=place)
    return page.redirect("instrument_training", instrument_id)


@router.post("/training/requests/{training_request_id}/withdrawal", name="training_withdraw")
def take_back(
    training_request_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Booker
) -> Response:
    request = withdraw(uow, training_request_id, actor=actor, now=clock.now())
    return page.redirect("instrument_training", request.instrument_id)


def _shown(
    session: Session, instrument_id: int, actor: Actor, *, clock: ClockDep
) -> dict[str, Any]:
    now = clock.now()
    seen = card_seen_by(session, instrument_id, actor)
    card = seen.instrument
    standing = standing_of(session, instrument_id, actor.id, now=now)
    organisations = actor.organisations_giving(Permission.RESERVATION_CREATE)
    sessions = planned_sessions(session, instrument_id)
    is_open = standing.asked is not None and standing.asked.is_open
    offered = card.state is InstrumentState.PUBLISHED and standing.needs.is_expected
    return {
        "instrument_id": card.key,
        "name": card.name,
        "name_en": card.name_en,
        "standing": standing,
        "sessions": [one for one in sessions if one.ends_at > now],
        "may_ask": offered and bool(organisations) and not is_open,
        "organisations": _choices(session, organisations),
        "trains": actor.may_for(
            Permission.TRAINING_GRANT, organisation_id=seen.organisation_id, lab_id=card.lab_id
        ),
    }


def _choices(session: Session, organisations: Sequence[int]) -> Sequence[tuple[int, str]]:
    """For which organisation one may ask, where there is a choice."""
    if len(organisations) < 2:
        return ()
    known = organisations_by_id(session, organisations)
    return [(key, known[key].name) for key in organisations]
