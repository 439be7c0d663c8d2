"""What revoking somebody's permission leaves ahead, said before it is done; and doing it."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.reservations.queries.lists import ahead_of_person
from booking.training.actions.grant import revoke
from booking.training.forms import WhyForm
from booking.training.routes.desk import trained_seen_by
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Trainer = Annotated[Actor, requires(Permission.TRAINING_GRANT)]
_PAGE = "reservations/revocation.html"
_HERE = "/manage/training/grants/{training_grant_id}/revocation"


@router.get(_HERE, name="training_revocation")
def revocation_page(
    training_grant_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Trainer
) -> Response:
    shown = _shown(session, training_grant_id, actor, clock=clock)
    return page.render(_PAGE, **shown, form=blank())


@router.post(_HERE, name="training_revoke")
def revoke_one(
    training_grant_id: int,
    form: Annotated[Filled[WhyForm], filled_in(WhyForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    page.if_refused(_PAGE, **_shown(uow.session, training_grant_id, actor, clock=clock), form=form)
    reason = form.checked.reason
    made = revoke(uow, training_grant_id, reason, actor=actor, now=clock.now())
    return page.redirect("training_desk", made.instrument_id)


def _shown(session: Session, grant_id: int, actor: Actor, *, clock: ClockDep) -> dict[str, Any]:
    kept, trained = trained_seen_by(session, grant_id, actor, now=clock.now())
    where, who = trained.instrument_id, trained.person_id
    ahead = ahead_of_person(session, where, who, now=clock.now())
    return {"trained": trained, "name": kept.seen.instrument.name, "ahead": ahead}
