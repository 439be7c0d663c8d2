"""Pages: the centre's finance judges applications."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.clock import local
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.actions.revoke_application import revoke_application
from booking.subsidies.forms import RevocationBody, WhyBody
from booking.subsidies.queries.application_lists import application_seen_by
from booking.subsidies.report.applications import application_sheet
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.states import ApplicationStep
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Judge = Annotated[Actor, requires(Permission.APPLICATION_DECIDE)]


@router.post("/applications/{application_id}/acceptance", name="application_accept")
def accept(
    application_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Judge
) -> Response:
    """Let the uses count that it reaches."""
    application_seen_by(uow.session, application_id, actor)
    step, now = ApplicationStep.ACCEPT, clock.now()
    decide_application(uow, application_id, step, actor_id=actor.id, now=now)
    return page.redirect("application", application_id)


@router.post("/applications/{application_id}/return", name="application_return")
def send_back(
    application_id: int,
    form: Annotated[Filled[WhyBody], filled_in(WhyBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Judge,
) -> Response:
    """Ask for more, and say of what."""
    reason, by = form.checked.reason, (actor, clock.now())
    _decide(uow, application_id, (ApplicationStep.RETURN, reason), by=by)
    return page.redirect("application", application_id)


@router.post("/applications/{application_id}/refusal", name="application_refuse")
def refuse(
    application_id: int,
    form: Annotated[Filled[WhyBody], filled_in(WhyBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Judge,
) -> Response:
    """Refuse it, and say why."""
    reason, by = form.checked.reason, (actor, clock.now())
    _decide(uow, application_id, (ApplicationStep.REFUSE, reason), by=by)
    return page.redirect("application", application_id)


@router.post("/applications/{application_id}/revocation", name="application_revoke")
def revoke(
    application_id: int,
    form: Annotated[Filled[RevocationBody], filled_in(RevocationBody)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Judge,
) -> Response:
    """Take the acceptance back from a day on, and say why."""
    now = clock.now()
    shown = application_shown(session, application_id, actor, local(now).date())
    page.if_refused("subsidies/application.html", **{**shown, "revoking": form})
    asked = form.checked
    revoke_application(
        uow,
        application_id,
        asked.first_day,
        reason=asked.reason,
        actor_id=actor.id,
        now=now,
    )
    return page.redirect("application", application_id)


def application_shown(
    session: Session, application_id: int, actor: Actor, day: date
) -> dict[str, Any]:
    """What the page of an application is given."""
    tongue = tongue_of(language())
    sheet = application_sheet(session, application_id, actor, day=day, tongue=tongue)
    return {
        "sheet": sheet,
        "name": sheet.row.programme.name[tongue],
        "form": blank(note=sheet.row.note),
        "revoking": blank(),
        "allowed": ALLOWED[Use.EVIDENCE],
    }


def _decide(
    uow: UnitOfWork,
    application_id: int,
    decision: tuple[ApplicationStep, str],
    *,
    by: tuple[Actor, datetime],
) -> None:
    (step, reason), (actor, now) = decision, by
    application_seen_by(uow.session, application_id, actor)
    decide_application(uow, application_id, step, reason=reason, actor_id=actor.id, now=now)
