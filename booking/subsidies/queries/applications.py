"""Who applied to which programme, with which papers, and what that reaches."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.files.models import StoredFile
from booking.kernel.errors import NotFound
from booking.organisations.models import Qualification
from booking.organisations.states import QualificationState
from booking.subsidies.models.application import ApplicationFile, ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeEntry, ProgrammeVersion
from booking.subsidies.queries.ends import ENDED
from booking.subsidies.rules.claims import application_code
from booking.subsidies.rules.line import Held
from booking.subsidies.states import APPLICATION_COUNTS, ProgrammeState

_DAY: Final = timedelta(days=1)


def accepted_applications(
    session: Session, organisation_ids: Iterable[int] | None = None
) -> Mapping[int, tuple[Held, ...]]:
    """What was accepted, as the engine reads it beside qualifications: a code and its days.

    What was revoked reaches its uses until then. A version that ended early leaves days to another
    one, for which the company has to apply anew.
    """
    query = (
        sa.select(
            col(ProgrammeApplication.organisation_id),
            col(ProgrammeEntry.code),
            col(ProgrammeApplication.covers_from),
            sa.func.coalesce(col(ProgrammeEnd.last_day), col(ProgrammeVersion.valid_to)),
            col(ProgrammeApplication.revoked_from),
        )
        .join_from(
            ProgrammeApplication,
            ProgrammeVersion,
            col(ProgrammeVersion.id) == col(ProgrammeApplication.programme_version_id),
        )
        .join(ProgrammeEntry, col(ProgrammeEntry.id) == col(ProgrammeVersion.programme_id))
        .outerjoin(ProgrammeEnd, ENDED)
        .where(col(ProgrammeApplication.state).in_(APPLICATION_COUNTS))
        .order_by(col(ProgrammeEntry.code), col(ProgrammeApplication.id))
    )
    if organisation_ids is not None:
        query = query.where(col(ProgrammeApplication.organisation_id).in_(list(organisation_ids)))
    found: dict[int, tuple[Held, ...]] = {}
    for organisation, code, first, until, revoked_from in session.execute(query):
        last = until if revoked_from is None else min(until, revoked_from - _DAY)
        if last < first:
            continue
        held = Held(application_code(code), first, last)
        found[organisation] = (*found.get(organisation, ()), held)
    return found


def active_version(session: Session, code: str, version: int) -> ProgrammeVersion:
    """An active version of a programme, or not found."""
    query = (
        select(ProgrammeVersion)
        .join(ProgrammeEntry, col(ProgrammeEntry.id) == col(ProgrammeVersion.programme_id))
        .where(
            ProgrammeEntry.code == code,
            ProgrammeVersion.version == version,
            ProgrammeVersion.state == ProgrammeState.ACTIVE,
        )
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound(programme=code, version=version)
    return found


def application_for_update(
    session: Session, application_id: int
) -> tuple[ProgrammeApplication, ProgrammeVersion]:
    """An application and its version, the first locked until the deed ends."""
    query = (
        select(ProgrammeApplication, ProgrammeVersion)
        .join(
            ProgrammeVersion,
            col(ProgrammeVersion.id) == col(ProgrammeApplication.programme_version_id),
        )
        .where(ProgrammeApplication.id == application_id)
        .with_for_update(of=ProgrammeApplication)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound(application=application_id)
    return found


def papers_of(session: Session, application_id: int) -> Mapping[str, int]:
    """How many papers of each code an application has."""
    query = select(ApplicationFile.code).where(ApplicationFile.application_id == application_id)
    return Counter(session.exec(query))


def verified_codes(
    session: Session, organisation_ids: Collection[int], day: date
) -> Mapping[int, Sequence[str]]:
    """The codes of what each of these organisations is verified to hold on a day."""
    query = select(Qualification.organisation_id, Qualification.code).where(
        col(Qualification.organisation_id).in_(sorted(organisation_ids)),
        Qualification.state == QualificationState.VERIFIED,
        col(Qualification.valid_from) <= day,
        sa.or_(col(Qualification.valid_to).is_(None), col(Qualification.valid_to) >= day),
    )
    found: dict[int, list[str]] = {key: [] for key in organisation_ids}
    for organisation, code in session.exec(query):
        found[organisation].append(code)
    return found


def paper_of(
    session: Session, application_id: int, paper_id: int
) -> tuple[ApplicationFile, datetime]:
    """A paper of an application, and when it was added; or not found."""
    query = (
        select(ApplicationFile, StoredFile.uploaded_at)
        .join(StoredFile, col(StoredFile.id) == col(ApplicationFile.file_id))
        .where(ApplicationFile.id == paper_id, ApplicationFile.application_id == application_id)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound(application=application_id, paper=paper_id)
    return found
