"""Judge an application: accept it, ask for more, or refuse it; how each step is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypedDict

from booking.db.transactions import UnitOfWork
from booking.subsidies.errors import ApplicationStuck, OwnApplication, ReasonMissing
from booking.subsidies.events import (
    ApplicationAccepted,
    ApplicationRefused,
    ApplicationReturned,
    ApplicationStepped,
)
from booking.subsidies.models.application import ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeVersion
from booking.subsidies.queries.applications import application_for_update
from booking.subsidies.rules.claims import Claims
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import APPLICATION_TRANSITIONS, ApplicationState, ApplicationStep

_JUDGED: Final[Mapping[ApplicationStep, type[ApplicationStepped]]] = {
    ApplicationStep.ACCEPT: ApplicationAccepted,
    ApplicationStep.RETURN: ApplicationReturned,
    ApplicationStep.REFUSE: ApplicationRefused,
}


def decide_application(
    uow: UnitOfWork,
    application_id: int,
    step: ApplicationStep,
    *,
    reason: str = "",
    actor_id: int,
    now: datetime,
) -> ProgrammeApplication:
    """Accept an application, return it for more, or refuse it; the latter two say why."""
    application, version = application_for_update(uow.session, application_id)
    if step not in _JUDGED:
        raise ApplicationStuck(step=step, state=application.state)
    state = after(application, step)
    if application.handed_in_by == actor_id:
        raise OwnApplication
    if step is not ApplicationStep.ACCEPT and not reason.strip():
        raise ReasonMissing(step=step)
    before, application.state = application.state, state
    application.reason = reason.strip()
    if step is not ApplicationStep.RETURN:
        application.decided_by, application.decided_at = actor_id, now
    tell(uow, _JUDGED[step], (application, version), before=before, by=(actor_id, now))
    return application


def claims_of(version: ProgrammeVersion) -> Claims:
    """What a version asks of a claim."""
    return _terms(version).claims


def after(application: ProgrammeApplication, step: ApplicationStep) -> ApplicationState:
    """The state that a step leads to, if the table knows it."""
    state = APPLICATION_TRANSITIONS.get((application.state, step))
    if state is None:
        raise ApplicationStuck(step=step, state=application.state)
    return state


def tell(
    uow: UnitOfWork,
    fact: type[ApplicationStepped],
    of: tuple[ProgrammeApplication, ProgrammeVersion],
    *,
    before: ApplicationState | None,
    by: tuple[int, datetime],
) -> None:
    """Announce what became of an application."""
    uow.session.flush()
    uow.announce(fact(**told(of, before=before, by=by)))


class Told(TypedDict):
    at: datetime
    subject: str
    actor_id: int | None
    cause: str
    changes: dict[str, tuple[object, object]]
    organisation_id: int
    application_id: int
    programme: str
    title: dict[str, str]


def told(
    of: tuple[ProgrammeApplication, ProgrammeVersion],
    *,
    before: ApplicationState | None,
    by: tuple[int, datetime],
) -> Told:
    """What every step of an application tells."""
    (application, version), (actor_id, now) = of, by
    terms = _terms(version)
    return Told(
        at=now,
        subject=f"application:{application.key}",
        actor_id=actor_id,
        cause=application.reason,
        changes={} if before == application.state else {"state": (before, application.state)},
        organisation_id=application.organisation_id,
        application_id=application.key,
        programme=terms.id,
        title={"zh": terms.name["zh"], "en": terms.name["en"]},
    )


def _terms(version: ProgrammeVersion) -> Programme:
    return read_programme(version.terms)
