"""Take an acceptance back from a day on; uses before it stay subsidised."""

from datetime import date, datetime

from booking.db.transactions import UnitOfWork
from booking.subsidies.actions.judge_application import after, told
from booking.subsidies.actions.redraw import mark_stale
from booking.subsidies.errors import OwnApplication, ReasonMissing, RevokedOutside
from booking.subsidies.events import ApplicationRevoked
from booking.subsidies.models.application import ProgrammeApplication
from booking.subsidies.queries.applications import application_for_update
from booking.subsidies.queries.ends import last_day_of
from booking.subsidies.queries.programmes import keep_programmes
from booking.subsidies.states import ApplicationStep


def revoke_application(
    uow: UnitOfWork,
    application_id: int,
    first: date,
    *,
    reason: str,
    actor_id: int,
    now: datetime,
) -> ProgrammeApplication:
    """Let no use count from a day on, and say why; not by who handed the application in.

    Drafts are marked, to be drawn up anew. What was locked is corrected by the next statement, as
    an acceptance that came after locking is.
    """
    application, version = application_for_update(uow.session, application_id)
    state = after(application, ApplicationStep.REVOKE)
    if application.handed_in_by == actor_id:
        raise OwnApplication
    if not reason.strip():
        raise ReasonMissing(step=ApplicationStep.REVOKE)
    last = last_day_of(uow.session, version)
    reached = application.covers_from or version.valid_from
    if not reached <= first <= last:
        raise RevokedOutside(first=reached, last=last)
    before, application.state = application.state, state
    application.revoked_from, application.revoked_reason = first, reason.strip()
    application.revoked_by, application.revoked_at = actor_id, now
    uow.session.flush()
    keep_programmes(uow.session)
    mark_stale(uow.session, first, now=now)
    facts = told((application, version), before=before, by=(actor_id, now))
    facts["cause"] = application.revoked_reason
    uow.announce(ApplicationRevoked(**facts, revoked_from=first))
    return application
