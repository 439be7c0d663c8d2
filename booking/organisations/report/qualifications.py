"""What organisations count as, judged at a day, with everything that led there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.kernel.errors import NotFound, Violation
from booking.organisations.models import Organisation, Qualification, QualificationNotice
from booking.organisations.queries import organisation_seen_by
from booking.organisations.rules import (
    REMINDERS,
    QualificationTerm,
    codes_held_on,
    is_continued,
    number_warning,
)
from booking.organisations.states import QualificationState


@dataclass(frozen=True, slots=True)
class QualificationRow:
    """A qualification as it is shown; unverified ones count for nothing."""

    id: int
    organisation_id: int
    code: str
    number: str
    valid_from: date
    valid_to: date | None
    evidence: str
    file_id: int | None
    state: QualificationState
    replaces_id: int | None
    verified_at: datetime | None
    returned_at: datetime | None
    return_reason: str

    @property
    def term(self) -> QualificationTerm:
        return QualificationTerm(self.code, self.valid_from, self.valid_to)

    @property
    def verified(self) -> bool:
        return self.state is QualificationState.VERIFIED

    @property
    def live(self) -> bool:
        """Whether it counts or may come to count; the others are history."""
        return self.state in {QualificationState.VERIFIED, QualificationState.WAITING}

    @property
    def correctable(self) -> bool:
        return self.state is not QualificationState.REPLACED

    @property
    def warning(self) -> Violation | None:
        """What is worth a second look at its number."""
        return number_warning(self.code, self.number) if self.number else None

    def counts_on(self, day: date) -> bool:
        return self.verified and self.term.holds_on(day)


@dataclass(frozen=True, slots=True)
class WaitingQualification:
    """One that waits for the centre, and whose it is."""

    organisation: str
    row: QualificationRow
    organisation_en: str


_QUALIFICATION = sa.select(
    col(Qualification.id),
    col(Qualification.organisation_id),
    col(Qualification.code),
    col(Qualification.number),
    col(Qualification.valid_from),
    col(Qualification.valid_to),
    col(Qualification.evidence),
    col(Qualification.file_id),
    col(Qualification.state),
    col(Qualification.replaces_id),
    col(Qualification.verified_at),
    col(Qualification.returned_at),
    col(Qualification.return_reason),
)
_VERIFIED = col(Qualification.state) == QualificationState.VERIFIED


def qualifications_of(session: Session, organisation_id: int) -> Sequence[QualificationRow]:
    """Everything an organisation ever claimed to be, newest first."""
    mine = _QUALIFICATION.where(col(Qualification.organisation_id) == organisation_id)
    ordered = mine.order_by(col(Qualification.valid_from).desc(), col(Qualification.id).desc())
    return [QualificationRow(*row) for row in session.execute(ordered)]


def qualification_row(session: Session, qualification_id: int) -> QualificationRow:
    """One of them, whoever asks; NotFound when there is none."""
    row = session.execute(
        _QUALIFICATION.where(col(Qualification.id) == qualification_id)
    ).one_or_none()
    if row is None:
        raise NotFound(qualification_id=qualification_id)
    return QualificationRow(*row)


def qualification_seen_by(
    session: Session, qualification_id: int, actor: Actor
) -> QualificationRow:
    """One of an organisation that this person may know of; NotFound for any other."""
    found = qualification_row(session, qualification_id)
    try:
        organisation_seen_by(session, found.organisation_id, actor)
    except NotFound as unknown:
        raise NotFound(qualification_id=qualification_id) from unknown
    return found


def waiting_qualifications(
    session: Session, *, after_id: int = 0, limit: int = 50
) -> Sequence[WaitingQualification]:
    """What the centre has to look at, oldest first."""
    asked = (
        _QUALIFICATION.add_columns(col(Organisation.name), col(Organisation.name_en))
        .join(Organisation, col(Organisation.id) == col(Qualification.organisation_id))
        .where(
            col(Qualification.state) == QualificationState.WAITING,
            col(Qualification.id) > after_id,
        )
        .order_by(col(Qualification.id))
        .limit(limit)
    )
    return [
        WaitingQualification(name, QualificationRow(*row), name_en)
        for *row, name, name_en in session.execute(asked)
    ]


def qualification_terms(
    session: Session, organisation_ids: Collection[int]
) -> dict[int, tuple[QualificationTerm, ...]]:
    """The verified qualifications of several organisations; every one of them is a key."""
    terms: dict[int, list[QualificationTerm]] = {key: [] for key in organisation_ids}
    counted = _QUALIFICATION.where(
        col(Qualification.organisation_id).in_(organisation_ids), _VERIFIED
    )
    for row in session.execute(counted.order_by(col(Qualification.id))):
        terms[row.organisation_id].append(QualificationRow(*row).term)
    return {key: tuple(found) for key, found in terms.items()}


def qualifications_at(
    session: Session, organisation_ids: Collection[int], day: date
) -> Mapping[int, frozenset[str]]:
    """Which verified qualifications each organisation held on a day."""
    terms = qualification_terms(session, organisation_ids)
    return {key: codes_held_on(held, day) for key, held in terms.items()}


def expiring_from(session: Session, today: date) -> Sequence[QualificationRow]:
    """Those that count and end within the longest reminder, with none of their kind after them."""
    ending = _QUALIFICATION.where(
        _VERIFIED,
        col(Qualification.valid_to) >= today,
        col(Qualification.valid_to) <= today + timedelta(days=max(REMINDERS)),
    )
    rows = [QualificationRow(*row) for row in session.execute(ending.order_by(Qualification.id))]  # type: ignore[arg-type]  # a column
    terms = qualification_terms(session, {row.organisation_id for row in rows})
    return [row for row in rows if not is_continued(row.term, terms[row.organisation_id])]


def ending_soon(rows: Collection[QualificationRow], today: date) -> dict[int, int]:
    """Of one organisation's, the days left to those that end soon and are not continued."""
    terms = [row.term for row in rows if row.verified]
    return {
        row.id: (row.valid_to - today).days
        for row in rows
        if row.counts_on(today)
        and row.valid_to is not None
        and row.valid_to <= today + timedelta(days=max(REMINDERS))
        and not is_continued(row.term, terms)
    }


def noted_steps(session: Session, qualification_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Which reminders of each are noted already."""
    found: dict[int, set[int]] = {key: set() for key in qualification_ids}
    rows = session.execute(
        sa.select(col(QualificationNotice.qualification_id), col(QualificationNotice.days)).where(
            col(QualificationNotice.qualification_id).in_(qualification_ids)
        )
    )
    for row in rows:
        found[row.qualification_id].add(row.days)
    return {key: frozenset(steps) for key, steps in found.items()}
