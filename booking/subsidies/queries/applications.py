"""Who applied to which programme, with which papers, and what that reaches."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.kernel.errors import NotFound
from booking.organisations.models import Qualification
from booking.organisations.states import QualificationState
from booking.subsidies.models.application import ApplicationFile, ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeEntry, ProgrammeVersion
from booking.subsidies.rules.claims import application_code
from booking.subsidies.rules.line import Held
from booking.subsidies.states import ApplicationState, ProgrammeState


def accepted_applications(
    session: Session, organisation_ids: Iterable[int] | None = None
) -> Mapping[int, tuple[Held, ...]]:
    """What was accepted, as the engine reads it beside qualifications: a code and its days."""
    query = (
        sa.select(
            col(ProgrammeApplication.organisation_id),
            col(ProgrammeEntry.code),
            col(ProgrammeApplication.covers_from),
            col(ProgrammeVersion.valid_to),
        )
        .join_from(
            ProgrammeApplication,
            ProgrammeVersion,
            col(ProgrammeVersion.id) == col(ProgrammeApplication.programme_version_id),
        )
        .join(ProgrammeEntry, col(ProgrammeEntry.id) == col(ProgrammeVersion.programme_id))
        .where(col(ProgrammeApplication.state) == ApplicationState.ACCEPTED)
        .order_by(col(ProgrammeEntry.code), col(ProgrammeApplication.id))
    )
    if organisation_ids is not None:
        query = query.where(col(ProgrammeApplication.organisation_id).in_(list(organisation_ids)))
    found: dict[int, tuple[Held, ...]] = {}
    for organisation, code, first, last in session.execute(query):
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


def verified_codes(session: Session, organisation_id: int) -> Sequence[str]:
    """The codes of what an organisation is verified to hold."""
    query = select(Qualification.code).where(
        Qualification.organisation_id == organisation_id,
        Qualification.state == QualificationState.VERIFIED,
    )
    return session.exec(query).all()
