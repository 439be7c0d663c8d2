"""Applications as pages and JSON show them, and what a company may apply to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.files.models import StoredFile
from booking.files.queries import FileRow, file_row
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationKind
from booking.subsidies.models.application import ApplicationFile, ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeEntry, ProgrammeVersion
from booking.subsidies.queries.ends import ENDED
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import APPLICATION_DEAD, ApplicationState, ProgrammeState

_APPLYING: Final = (OrganisationKind.ENTERPRISE, OrganisationKind.STARTUP_TEAM)


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application with its programme and its company; `terms` is the document as entered."""

    id: int
    code: str
    version: int
    terms: dict[str, object]
    document: str
    organisation_id: int
    organisation: str
    state: ApplicationState
    note: str
    reason: str
    covers_from: date | None
    valid_to: date
    created_at: datetime
    handed_in_at: datetime | None
    handed_in_by: int | None
    decided_at: datetime | None
    revoked_from: date | None
    revoked_reason: str
    revoked_at: datetime | None
    ended_on: date | None
    organisation_en: str

    @property
    def programme(self) -> Programme:
        return _until(read_programme(self.terms), self.ended_on)

    @property
    def covers_to(self) -> date:
        """The last day whose uses it reaches, or would."""
        last = self.ended_on or self.valid_to
        return last if self.revoked_from is None else min(last, self.revoked_from - _DAY)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper of an application."""

    id: int
    code: str
    given_name: str
    size: int
    sha256: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """An active version that asks for applications, and the document it stands on."""

    id: int
    version: int
    document: str
    programme: Programme


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Which applications a list asks for."""

    programme: str = ""
    state: ApplicationState | None = None


_DAY: Final = timedelta(days=1)
_ROW: Final = (
    sa.select(
        col(ProgrammeApplication.id),
        col(ProgrammeEntry.code),
        col(ProgrammeVersion.version),
        col(ProgrammeVersion.terms),
        col(ProgrammeVersion.document),
        col(ProgrammeApplication.organisation_id),
        col(Organisation.name),
        col(ProgrammeApplication.state),
        col(ProgrammeApplication.note),
        col(ProgrammeApplication.reason),
        col(ProgrammeApplication.covers_from),
        col(ProgrammeVersion.valid_to),
        col(ProgrammeApplication.created_at),
        col(ProgrammeApplication.handed_in_at),
        col(ProgrammeApplication.handed_in_by),
        col(ProgrammeApplication.decided_at),
        col(ProgrammeApplication.revoked_from),
        col(ProgrammeApplication.revoked_reason),
        col(ProgrammeApplication.revoked_at),
        col(ProgrammeEnd.last_day),
        col(Organisation.name_en),
    )
    .join_from(
        ProgrammeApplication,
        ProgrammeVersion,
        col(ProgrammeVersion.id) == col(ProgrammeApplication.programme_version_id),
    )
    .join(ProgrammeEntry, col(ProgrammeEntry.id) == col(ProgrammeVersion.programme_id))
    .join(Organisation, col(Organisation.id) == col(ProgrammeApplication.organisation_id))
    .outerjoin(ProgrammeEnd, ENDED)
)


def applications_seen_by(
    session: Session,
    actor: Actor,
    asked: ApplicationFilter,
    *,
    before_id: int | None = None,
    limit: int = 201,
) -> list[ApplicationRow]:
    """Applications that this person may see, the newest first."""
    query = _ROW.where(_visible(actor)).order_by(col(ProgrammeApplication.id).desc()).limit(limit)
    if asked.programme:
        query = query.where(col(ProgrammeEntry.code) == asked.programme)
    if asked.state is not None:
        query = query.where(col(ProgrammeApplication.state) == asked.state)
    if before_id is not None:
        query = query.where(col(ProgrammeApplication.id) < before_id)
    return [ApplicationRow(*row) for row in session.execute(query)]


def application_seen_by(session: Session, application_id: int, actor: Actor) -> ApplicationRow:
    """One application that this person may see; NotFound otherwise."""
    query = _ROW.where(col(ProgrammeApplication.id) == application_id, _visible(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(application=application_id)
    return ApplicationRow(*row)


def programmes_applied_to(session: Session, actor: Actor) -> list[str]:
    """The codes of programmes that somebody whom this person may see applied to."""
    query = _ROW.with_only_columns(col(ProgrammeEntry.code)).where(_visible(actor)).distinct()
    return list(session.execute(query.order_by(col(ProgrammeEntry.code))).scalars())


def papers_shown(session: Session, application_id: int) -> list[PaperRow]:
    """The papers of an application, oldest first."""
    query = (
        sa.select(
            col(ApplicationFile.id),
            col(ApplicationFile.code),
            col(StoredFile.given_name),
            col(StoredFile.size),
            col(StoredFile.sha256),
            col(StoredFile.uploaded_at),
        )
        .join_from(ApplicationFile, StoredFile, col(StoredFile.id) == col(ApplicationFile.file_id))
        .where(col(ApplicationFile.application_id) == application_id)
        .order_by(col(ApplicationFile.id))
    )
    return [PaperRow(*row) for row in session.execute(query)]


def paper_seen_by(session: Session, application_id: int, paper_id: int, *, actor: Actor) -> FileRow:
    """The file of a paper, for those who may see its application."""
    row = application_seen_by(session, application_id, actor)
    query = sa.select(col(ApplicationFile.file_id)).where(
        col(ApplicationFile.id) == paper_id, col(ApplicationFile.application_id) == row.id
    )
    return file_row(session, session.execute(query).scalar_one_or_none())


def asking_versions(session: Session) -> list[Asking]:
    """The active versions that ask for applications, by code and first day."""
    query = (
        sa.select(
            col(ProgrammeVersion.id),
            col(ProgrammeVersion.version),
            col(ProgrammeVersion.document),
            col(ProgrammeVersion.terms),
            col(ProgrammeEnd.last_day),
        )
        .join(ProgrammeEntry, col(ProgrammeEntry.id) == col(ProgrammeVersion.programme_id))
        .outerjoin(ProgrammeEnd, ENDED)
        .where(
            col(ProgrammeVersion.state) == ProgrammeState.ACTIVE,
            col(ProgrammeEntry.kind) == "usage",
        )
        .order_by(col(ProgrammeEntry.code), col(ProgrammeVersion.valid_from))
    )
    found = [
        Asking(row.id, row.version, row.document, _until(read_programme(row.terms), row.last_day))
        for row in session.execute(query)
    ]
    return [one for one in found if one.programme.claims.required]


def _until(terms: Programme, last: date | None) -> Programme:
    return terms if last is None else replace(terms, valid_to=last)


def live_applications(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[tuple[int, int], tuple[int, ApplicationState]]:
    """The application of a company to a version that stands, by company and version."""
    query = sa.select(
        col(ProgrammeApplication.organisation_id),
        col(ProgrammeApplication.programme_version_id),
        col(ProgrammeApplication.id),
        col(ProgrammeApplication.state),
    ).where(
        col(ProgrammeApplication.organisation_id).in_(sorted(organisation_ids)),
        col(ProgrammeApplication.state).not_in(APPLICATION_DEAD),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in session.execute(query)}


def companies_named(
    session: Session, organisation_ids: Collection[int]
) -> Sequence[tuple[int, str]]:
    """Those of these that are companies, in order of their names."""
    query = (
        sa.select(col(Organisation.id), col(Organisation.name))
        .where(
            col(Organisation.id).in_(sorted(organisation_ids)),
            col(Organisation.kind).in_(_APPLYING),
        )
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def application_of(session: Session, application_id: int, actor: Actor) -> ApplicationRow:
    """One that this person may write for its company; NotFound or Forbidden otherwise."""
    row = application_seen_by(session, application_id, actor)
    actor.must(Permission.APPLICATION_MAKE, organisation_id=row.organisation_id)
    return row


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    """All of it for the centre, once the company let go of it; its own for a company."""
    reach = actor.reach(Permission.APPLICATION_READ)
    own = col(ProgrammeApplication.organisation_id).in_(sorted(reach.organisation_ids))
    if not reach.everywhere:
        return own
    handed_in = col(ProgrammeApplication.handed_in_at).is_not(None)
    return sa.or_(handed_in, own) if reach.organisation_ids else handed_in
