"""Apply to a programme that asks for it: draft, papers, hand in; then finance decides."""

from datetime import datetime

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.kernel.clock import local
from booking.subsidies.errors import (
    ApplicationExists,
    ApplicationNotAsked,
    ApplicationStuck,
    EvidenceLacking,
    ReasonMissing,
    WindowShut,
)
from booking.subsidies.events import ApplicationStepped
from booking.subsidies.models.application import ApplicationFile, ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeVersion
from booking.subsidies.queries.applications import (
    active_version,
    application_for_update,
    papers_of,
    verified_codes,
)
from booking.subsidies.rules.claims import Claims
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import (
    APPLICATION_OPEN,
    APPLICATION_TRANSITIONS,
    ApplicationState,
    ApplicationStep,
)


def begin_application(
    uow: UnitOfWork, code: str, version: int, *, organisation_id: int, by: tuple[int, datetime]
) -> int:
    """Begin an application of a company to an active version; one at a time."""
    row = active_version(uow.session, code, version)
    if not _claims(row).required:
        raise ApplicationNotAsked(programme=code)
    actor_id, now = by
    made = insert_unless_exists(
        uow.session,
        ProgrammeApplication,
        [
            {
                "programme_version_id": row.key,
                "organisation_id": organisation_id,
                "state": ApplicationState.DRAFT,
                "reason": "",
                "created_by": actor_id,
                "created_at": now,
            }
        ],
    )
    if not made:
        raise ApplicationExists(programme=code)
    return int(made[0])


def add_paper(
    uow: UnitOfWork,
    application_id: int,
    received: Received,
    *,
    code: str,
    by: tuple[int, datetime],
) -> ApplicationFile:
    """Add a paper while the application is the company's to write."""
    application, version = application_for_update(uow.session, application_id)
    if application.state not in APPLICATION_OPEN:
        raise ApplicationStuck(step="add", state=application.state)
    if code not in {one.code for one in _claims(version).evidence}:
        raise ApplicationNotAsked(programme=code)
    actor_id, now = by
    kept = keep(uow, received, uploaded_by=actor_id, now=now)
    row = ApplicationFile(application_id=application.key, file_id=kept.key, code=code)
    uow.session.add(row)
    uow.session.flush()
    return row


def hand_in(
    uow: UnitOfWork, application_id: int, *, actor_id: int, now: datetime
) -> ProgrammeApplication:
    """Hand an application in: within a window, and with every paper that is asked of this one."""
    application, version = application_for_update(uow.session, application_id)
    after = _after(application, ApplicationStep.HAND_IN)
    claims, today = _claims(version), local(now).date()
    if not claims.open_on(today):
        raise WindowShut(day=today)
    held = verified_codes(uow.session, application.organisation_id)
    if lacking := claims.missing(papers_of(uow.session, application.key), held):
        raise EvidenceLacking(evidence=", ".join(f"{code} × {count}" for code, count in lacking))
    before, application.state = application.state, after
    # Returned and handed in again, it reaches as far back as it did at first.
    if application.covers_from is None:
        reached = claims.covers_from(today) or version.valid_from
        application.covers_from = max(reached, version.valid_from)
    application.handed_in_by, application.handed_in_at, application.reason = actor_id, now, ""
    _told(uow, application, before, by=(actor_id, now))
    return application


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
    application, _ = application_for_update(uow.session, application_id)
    if step is ApplicationStep.HAND_IN or application.handed_in_by == actor_id:
        raise ApplicationStuck(step=step, state=application.state)
    if step is not ApplicationStep.ACCEPT and not reason.strip():
        raise ReasonMissing(step=step)
    after = _after(application, step)
    before, application.state = application.state, after
    application.reason = reason.strip()
    application.decided_by, application.decided_at = actor_id, now
    _told(uow, application, before, by=(actor_id, now))
    return application


def _claims(version: ProgrammeVersion) -> Claims:
    return read_programme(version.terms).claims


def _after(application: ProgrammeApplication, step: ApplicationStep) -> ApplicationState:
    after = APPLICATION_TRANSITIONS.get((application.state, step))
    if after is None:
        raise ApplicationStuck(step=step, state=application.state)
    return after


def _told(
    uow: UnitOfWork,
    application: ProgrammeApplication,
    before: ApplicationState,
    *,
    by: tuple[int, datetime],
) -> None:
    uow.session.flush()
    actor_id, now = by
    uow.announce(
        ApplicationStepped(
            at=now,
            subject=f"application:{application.key}",
            actor_id=actor_id,
            changes={"state": (before, application.state)},
            organisation_id=application.organisation_id,
            reason=application.reason,
        )
    )
