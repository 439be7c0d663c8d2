"""Which programmes there are, and which of them are in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from booking.accounts.models import User
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationKind, OrganisationState
from booking.subsidies.models.programme import (
    JointCapEntry,
    ProgrammeEnd,
    ProgrammeEntry,
    ProgrammeVersion,
)
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.joint_caps import read_joint_caps
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import JointCap, Kind, Programme
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import LIVE_ENDS, EndState, ProgrammeState


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as lists show it; `terms` is the document as entered."""

    code: str
    kind: str
    version: int
    state: ProgrammeState
    document: str
    valid_from: date
    valid_to: date
    terms: dict[str, object]
    activated_at: datetime | None
    proposed_by: int | None
    proposer: str | None
    proposed_at: datetime | None
    end_state: EndState | None
    end_day: date | None
    end_document: str | None
    end_asked_by: int | None
    end_asker: str | None
    end_asked_at: datetime | None
    end_reason: str | None

    @property
    def withdrawing(self) -> bool:
        """What two persons stand for takes it back before its first day."""
        return self.end_day is not None and self.end_day < self.valid_from

    @property
    def last_day(self) -> date:
        """The last day that counts: that of the document, unless two persons ended it earlier."""
        if self.end_state is EndState.CONFIRMED and self.end_day is not None:
            return self.end_day
        return self.valid_to

    @property
    def programme(self) -> Programme:
        """The version as the engine reads it, with the document it was activated under."""
        terms = read_programme(self.terms)
        ended = self.end_state is EndState.CONFIRMED
        last = self.last_day if ended else terms.valid_to
        return replace(terms, document=self.document, valid_to=last)


_ASKER = aliased(User)
_COLUMNS = (
    col(ProgrammeEntry.code),
    col(ProgrammeEntry.kind),
    col(ProgrammeVersion.version),
    col(ProgrammeVersion.state),
    col(ProgrammeVersion.document),
    col(ProgrammeVersion.valid_from),
    col(ProgrammeVersion.valid_to),
    col(ProgrammeVersion.terms),
    col(ProgrammeVersion.activated_at),
    col(ProgrammeVersion.proposed_by),
    col(User.name),
    col(ProgrammeVersion.proposed_at),
    col(ProgrammeEnd.state),
    col(ProgrammeEnd.last_day),
    col(ProgrammeEnd.document),
    col(ProgrammeEnd.asked_by),
    col(_ASKER.name),
    col(ProgrammeEnd.asked_at),
    col(ProgrammeEnd.reason),
)
_ROWS = (
    sa.select(*_COLUMNS)
    .join_from(
        ProgrammeVersion,
        ProgrammeEntry,
        col(ProgrammeEntry.id) == col(ProgrammeVersion.programme_id),
    )
    .outerjoin(User, col(User.id) == col(ProgrammeVersion.proposed_by))
    .outerjoin(
        ProgrammeEnd,
        sa.and_(
            col(ProgrammeEnd.programme_version_id) == col(ProgrammeVersion.id),
            col(ProgrammeEnd.state).in_(LIVE_ENDS),
        ),
    )
    .outerjoin(_ASKER, col(_ASKER.id) == col(ProgrammeEnd.asked_by))
)


_ACTIVE = col(ProgrammeVersion.state) == ProgrammeState.ACTIVE
_VOUCHER = "voucher"


def voucher_programmes(session: Session, day: date) -> list[Programme]:
    """The versions that give vouchers on a day."""
    query = _ROWS.where(_ACTIVE, col(ProgrammeEntry.kind) == _VOUCHER)
    rows = session.execute(query.order_by(col(ProgrammeEntry.code)))
    found = [VersionRow(*row).programme for row in rows]
    return [one for one in found if one.in_force(day)]


def versions(session: Session, code: str | None = None) -> list[VersionRow]:
    """All versions, or those of one programme, oldest first."""
    query = _ROWS.order_by(col(ProgrammeEntry.code), col(ProgrammeVersion.version))
    if code is not None:
        query = query.where(col(ProgrammeEntry.code) == code)
    return [VersionRow(*row) for row in session.execute(query)]


def active_programmes(session: Session) -> list[Programme]:
    """The versions that settle uses or interest, in order of their codes and first days."""
    query = _ROWS.where(_ACTIVE, col(ProgrammeEntry.kind) != _VOUCHER).order_by(
        col(ProgrammeEntry.code), col(ProgrammeVersion.valid_from)
    )
    return sharing([VersionRow(*row).programme for row in session.execute(query)])


def sharing(programmes: Sequence[Programme]) -> list[Programme]:
    """The same, each knowing the versions with which it spends one budget: those under the same
    public document. Money under another document is other money."""
    funds: dict[tuple[str, str, str], list[int]] = {}
    for terms in programmes:
        if terms.budget and terms.document:
            place = (terms.id, terms.document, terms.budget.rule)
            funds.setdefault(place, []).append(terms.version)
    found = []
    for terms in programmes:
        rule = terms.budget.rule if terms.budget else ""
        versions = funds.get((terms.id, terms.document, rule), [])
        shared = tuple(sorted(versions)) if len(versions) > 1 else ()
        found.append(replace(terms, funded_with=shared))
    return found


def joint_caps_of(session: Session, programmes: Sequence[Programme]) -> list[JointCap]:
    """The joint caps over these programmes, each with the period of its first one.

    A member that is not among them takes no part; a cap with fewer than two left binds all the
    same, because an absent member may have been paid before.
    """
    terms = [dict(row.terms) for row in session.exec(select(JointCapEntry))]
    named = {str(name) for cap in terms for name in _names(cap)}
    kinds = {programme.id: programme.kind for programme in programmes}
    known: dict[str, Kind] = {name: kinds.get(name, "usage") for name in sorted(named)}
    faults = Faults()
    node = Node({"joint_caps": terms}, "", faults=faults, allowed=("joint_caps",))
    caps = read_joint_caps(node, known)
    faults.refuse_if_any()
    starts = {programme.id: programme.period_starts for programme in reversed(programmes)}
    return [
        replace(cap, period_starts=next(starts[name] for name in cap.order if name in starts))
        for cap in caps
        if any(name in starts for name in cap.order)
    ]


def programme_entry(session: Session, code: str) -> ProgrammeEntry:
    """A programme to change, locked until the deed ends."""
    query = select(ProgrammeEntry).where(ProgrammeEntry.code == code).with_for_update()
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound(programme=code)
    return found


def keep_programmes(session: Session) -> None:
    """Let whoever settles or pays wait until the deed ends; all in one order, so that no two wait
    for each other."""
    session.exec(select(ProgrammeEntry.id).order_by(col(ProgrammeEntry.id)).with_for_update()).all()


def version_rows(session: Session, programme_id: int) -> Sequence[ProgrammeVersion]:
    """The versions of a programme as entities, oldest first."""
    query = (
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme_id)
        .order_by(col(ProgrammeVersion.version))
    )
    return session.exec(query).all()


def _names(cap: dict[str, object]) -> list[object]:
    names = cap.get("programmes")
    return names if isinstance(names, list) else []


def companies_to_choose(session: Session) -> Sequence[tuple[int, str]]:
    """Verified companies and teams, by name."""
    kinds = (OrganisationKind.ENTERPRISE, OrganisationKind.STARTUP_TEAM)
    query = (
        sa.select(col(Organisation.id), col(Organisation.name))
        .where(
            col(Organisation.state) == OrganisationState.VERIFIED,
            col(Organisation.kind).in_(kinds),
        )
        .order_by(col(Organisation.name))
    )
    return [(row[0], row[1]) for row in session.execute(query)]
