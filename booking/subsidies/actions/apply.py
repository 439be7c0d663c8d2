"""Apply to a programme that asks for it: draft, papers, hand in, or take back."""

from datetime import datetime
from typing import Final

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.kernel.clock import local
from booking.organisations.queries import organisation_summary
from booking.organisations.states import OrganisationState
from booking.subsidies.actions.judge_application import after, claims_of, tell
from booking.subsidies.errors import (
    ApplicantNotVerified,
    ApplicationExists,
    ApplicationNotAsked,
    ApplicationStuck,
    EvidenceLacking,
    PaperSeen,
    ReachesNothing,
    TooManyPapers,
    WindowShut,
)
from booking.subsidies.events import (
    ApplicationBegun,
    ApplicationHandedIn,
    ApplicationPaperAdded,
    ApplicationPaperRemoved,
    ApplicationWithdrawn,
)
from booking.subsidies.models.application import ApplicationFile, ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeVersion
from booking.subsidies.queries.applications import (
    active_version,
    application_for_update,
    paper_of,
    papers_of,
    verified_codes,
)
from booking.subsidies.queries.ends import last_day_of
from booking.subsidies.rules.claims import MOST_FILES
from booking.subsidies.states import APPLICATION_OPEN, ApplicationState, ApplicationStep

ADD: Final = "add"


def begin_application(
    uow: UnitOfWork, code: str, version: int, *, organisation_id: int, by: tuple[int, datetime]
) -> int:
    """Begin an application of a company to an active version; one at a time."""
    row = active_version(uow.session, code, version)
    if not claims_of(row).required:
        raise ApplicationNotAsked(programme=code)
    must_be_verified(uow, organisation_id)
    actor_id, now = by
    made = insert_unless_exists(
        uow.session,
        ProgrammeApplication,
        [
            {
                "programme_version_id": row.key,
                "organisation_id": organisation_id,
                "state": ApplicationState.DRAFT,
                "note": "",
                "reason": "",
                "created_by": actor_id,
                "created_at": now,
            }
        ],
    )
    if not made:
        raise ApplicationExists(programme=code)
    begun = uow.session.get_one(ProgrammeApplication, made[0])
    tell(uow, ApplicationBegun, (begun, row), before=None, by=by)
    return begun.key


def must_be_verified(uow: UnitOfWork, organisation_id: int) -> None:
    """Nobody is subsidised before the centre knows them, or while they are suspended."""
    company = organisation_summary(uow.session, organisation_id)
    if company.state is not OrganisationState.VERIFIED:
        raise ApplicantNotVerified(state=company.state)


def write_note(uow: UnitOfWork, application_id: int, note: str) -> None:
    """Keep what the company says, while the application is its to write."""
    application, _ = _open(uow, application_id)
    application.note = note
    uow.session.flush()


def add_paper(
    uow: UnitOfWork,
    application_id: int,
    received: Received,
    *,
    code: str,
    by: tuple[int, datetime],
) -> ApplicationFile:
    """Add a paper while the application is the company's to write."""
    application, version = _open(uow, application_id)
    if code not in {one.code for one in claims_of(version).evidence}:
        raise ApplicationNotAsked(programme=code)
    if papers_of(uow.session, application.key).get(code, 0) >= MOST_FILES:
        raise TooManyPapers(most=MOST_FILES)
    actor_id, now = by
    kept = keep(uow, received, uploaded_by=actor_id, now=now)
    row = ApplicationFile(application_id=application.key, file_id=kept.key, code=code)
    uow.session.add(row)
    uow.session.flush()
    tell(uow, ApplicationPaperAdded, (application, version), before=application.state, by=by)
    return row


def remove_paper(
    uow: UnitOfWork, application_id: int, paper_id: int, *, by: tuple[int, datetime]
) -> None:
    """Take a paper out again that was not handed in yet; its bytes go with the nightly sweep."""
    application, version = _open(uow, application_id)
    paper, added_at = paper_of(uow.session, application.key, paper_id)
    if application.handed_in_at is not None and added_at <= application.handed_in_at:
        raise PaperSeen
    uow.session.delete(paper)
    uow.session.flush()
    tell(uow, ApplicationPaperRemoved, (application, version), before=application.state, by=by)


def hand_in(
    uow: UnitOfWork,
    application_id: int,
    *,
    note: str | None = None,
    actor_id: int,
    now: datetime,
) -> ProgrammeApplication:
    """Hand an application in: within a window, and with every paper that is asked of this one.

    What was returned may come back after the window, and reaches as far back as it did at first.
    """
    application, version = application_for_update(uow.session, application_id)
    state = after(application, ApplicationStep.HAND_IN)
    must_be_verified(uow, application.organisation_id)
    claims, today = claims_of(version), local(now).date()
    if application.covers_from is None:
        if not claims.open_on(today):
            raise WindowShut(day=today)
        reached = claims.covers_from(today) or version.valid_from
        if reached > (last := last_day_of(uow.session, version)):
            raise ReachesNothing(day=last)
        application.covers_from = max(reached, version.valid_from)
    company = application.organisation_id
    held = verified_codes(uow.session, [company], today)[company]
    if lacking := claims.missing(papers_of(uow.session, application.key), held):
        raise EvidenceLacking(evidence=", ".join(f"{code} × {count}" for code, count in lacking))
    before, application.state = application.state, state
    if note is not None:
        application.note = note
    application.handed_in_by, application.handed_in_at, application.reason = actor_id, now, ""
    # Rows of before name who sent them back as who decided; they are open again.
    application.decided_by, application.decided_at = None, None
    tell(uow, ApplicationHandedIn, (application, version), before=before, by=(actor_id, now))
    return application


def withdraw_application(
    uow: UnitOfWork, application_id: int, *, actor_id: int, now: datetime
) -> ProgrammeApplication:
    """Take an application back before it is decided; the company may begin another."""
    application, version = application_for_update(uow.session, application_id)
    state = after(application, ApplicationStep.WITHDRAW)
    before, application.state = application.state, state
    tell(uow, ApplicationWithdrawn, (application, version), before=before, by=(actor_id, now))
    return application


def _open(uow: UnitOfWork, application_id: int) -> tuple[ProgrammeApplication, ProgrammeVersion]:
    """An application that its company still writes."""
    application, version = application_for_update(uow.session, application_id)
    if application.state not in APPLICATION_OPEN:
        raise ApplicationStuck(step=ADD, state=application.state)
    return application, version
