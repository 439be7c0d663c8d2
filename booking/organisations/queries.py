"""Which organisations and labs there are, and which of them one may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation, RelatedParty
from booking.organisations.states import OrganisationKind, OrganisationState


@dataclass(frozen=True, slots=True)
class OrganisationSummary:
    """What other rooms and lists need to know of an organisation."""

    id: int
    name: str
    name_en: str
    uscc: str | None
    kind: OrganisationKind
    district: str
    controller_key: str | None
    state: OrganisationState
    state_reason: str
    created_at: datetime
    national_code: str

    @property
    def verified(self) -> bool:
        return self.state is OrganisationState.VERIFIED

    @property
    def group_key(self) -> str:
        """Who shares joint caps with whom: the actual controller, or nobody else."""
        return self.controller_key or f"organisation:{self.id}"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where money for an organisation goes."""

    account_name: str
    bank: str
    account_no: str


@dataclass(frozen=True, slots=True)
class LabSummary:
    """A lab and whose it is."""

    id: int
    organisation_id: int
    name: str
    name_en: str
    district: str
    address: str


_SUMMARY = sa.select(
    col(Organisation.id),
    col(Organisation.name),
    col(Organisation.name_en),
    col(Organisation.uscc),
    col(Organisation.kind),
    col(Organisation.district),
    col(Organisation.controller_key),
    col(Organisation.state),
    col(Organisation.state_reason),
    col(Organisation.created_at),
    col(Organisation.national_code),
)
_LAB = sa.select(
    col(Lab.id),
    col(Lab.organisation_id),
    col(Lab.name),
    col(Lab.name_en),
    col(Lab.district),
    col(Lab.address),
)


def organisation_summary(session: Session, organisation_id: int) -> OrganisationSummary:
    """One organisation, whoever asks; NotFound when there is none."""
    row = session.execute(_SUMMARY.where(col(Organisation.id) == organisation_id)).one_or_none()
    if row is None:
        raise NotFound(organisation_id=organisation_id)
    return OrganisationSummary(*row)


def organisations_by_id(
    session: Session, organisation_ids: Collection[int]
) -> dict[int, OrganisationSummary]:
    """Several at once, by their id."""
    rows = session.execute(_SUMMARY.where(col(Organisation.id).in_(organisation_ids)))
    return {row.id: OrganisationSummary(*row) for row in rows}


def organisation_seen_by(
    session: Session, organisation_id: int, actor: Actor
) -> OrganisationSummary:
    """One organisation that this person may know of; NotFound for any other."""
    if not _sees(actor, organisation_id):
        raise NotFound(organisation_id=organisation_id)
    return organisation_summary(session, organisation_id)


def managed_organisation(
    session: Session, organisation_id: int, actor: Actor
) -> OrganisationSummary:
    """One organisation that this person manages; NotFound or Forbidden for any other."""
    found = organisation_seen_by(session, organisation_id, actor)
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    return found


def _sees(actor: Actor, organisation_id: int) -> bool:
    return (
        actor.reach(Permission.ORGANISATION_READ).everywhere
        or organisation_id in actor.organisation_ids
    )


def organisations_seen_by(
    session: Session,
    actor: Actor,
    *,
    words: str = "",
    state: OrganisationState | None = None,
    after_id: int = 0,
    limit: int = 50,
) -> Sequence[OrganisationSummary]:
    """The organisations this person may know of, oldest first."""
    wanted = _SUMMARY.where(col(Organisation.id) > after_id)
    if not actor.reach(Permission.ORGANISATION_READ).everywhere:
        wanted = wanted.where(col(Organisation.id).in_(actor.organisation_ids))
    if state is not None:
        wanted = wanted.where(col(Organisation.state) == state)
    for word in words.split():
        wanted = wanted.where(
            col(Organisation.name).icontains(word, autoescape=True)
            | col(Organisation.name_en).icontains(word, autoescape=True)
            | col(Organisation.uscc).icontains(word, autoescape=True)
        )
    rows = session.execute(wanted.order_by(col(Organisation.id)).limit(limit))
    return [OrganisationSummary(*row) for row in rows]


def organisations_waiting(
    session: Session, *, after_id: int, limit: int
) -> Sequence[tuple[OrganisationSummary, bool]]:
    """Registrations for the centre to look at, oldest first, and whether a licence is there."""
    asked = (
        _SUMMARY.add_columns(col(Organisation.licence_id))
        .where(
            col(Organisation.state) == OrganisationState.PENDING, col(Organisation.id) > after_id
        )
        .order_by(col(Organisation.id))
        .limit(limit)
    )
    return [
        (OrganisationSummary(*row), licence is not None) for *row, licence in session.execute(asked)
    ]


def bank_account_of(session: Session, organisation_id: int) -> BankAccount:
    """Where its money goes: for itself and the centre's eyes only."""
    row = session.execute(
        sa.select(
            col(Organisation.bank_account_name),
            col(Organisation.bank_name),
            col(Organisation.bank_account_no),
        ).where(col(Organisation.id) == organisation_id)
    ).one()
    return BankAccount(*row)


def organisation_for_update(session: Session, organisation_id: int) -> Organisation:
    """The row itself, locked until the deed ends; NotFound when there is none."""
    found: Organisation | None = session.execute(
        sa.select(Organisation)
        .where(col(Organisation.id) == organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(organisation_id=organisation_id)
    return found


def organisation_with_uscc(session: Session, uscc: str) -> int | None:
    """The id of the organisation registered under a credit code."""
    return session.execute(
        sa.select(col(Organisation.id)).where(col(Organisation.uscc) == uscc)
    ).scalar_one_or_none()


def organisation_named(session: Session, name: str) -> int | None:
    """The id of the organisation of exactly this name."""
    return session.execute(
        sa.select(col(Organisation.id)).where(col(Organisation.name) == name)
    ).scalar_one_or_none()


def licence_of(session: Session, organisation_id: int) -> int | None:
    """The file of its business licence."""
    return session.execute(
        sa.select(col(Organisation.licence_id)).where(col(Organisation.id) == organisation_id)
    ).scalar_one_or_none()


def related_parties_of(session: Session, organisation_id: int) -> frozenset[int]:
    """Organisations whose dealings with this one earn no subsidy."""
    first, second = col(RelatedParty.organisation_id), col(RelatedParty.other_id)
    pairs = session.execute(
        sa.select(first, second).where((first == organisation_id) | (second == organisation_id))
    )
    return frozenset(side for pair in pairs for side in pair if side != organisation_id)


def labs_of(session: Session, organisation_id: int) -> Sequence[LabSummary]:
    """The labs of a provider, by name."""
    mine = _LAB.where(col(Lab.organisation_id) == organisation_id).order_by(col(Lab.name))
    return [LabSummary(*row) for row in session.execute(mine)]


def any_provider(session: Session, organisation_ids: Collection[int]) -> bool:
    """Whether one of these has a lab."""
    if not organisation_ids:
        return False
    asked = sa.select(sa.exists().where(col(Lab.organisation_id).in_(sorted(organisation_ids))))
    return bool(session.execute(asked).scalar_one())


def lab_summary(session: Session, lab_id: int) -> LabSummary:
    """One lab; NotFound when there is none."""
    row = session.execute(_LAB.where(col(Lab.id) == lab_id)).one_or_none()
    if row is None:
        raise NotFound(lab_id=lab_id)
    return LabSummary(*row)


def state_of_provider(session: Session, lab_id: int) -> OrganisationState:
    """The state of the organisation that a lab belongs to."""
    asked = sa.select(col(Organisation.state)).join(
        Lab, col(Lab.organisation_id) == col(Organisation.id)
    )
    return OrganisationState(session.execute(asked.where(col(Lab.id) == lab_id)).scalar_one())


def lab_seen_by(session: Session, lab_id: int, actor: Actor) -> LabSummary:
    """One lab of an organisation that this person may know of; NotFound for any other."""
    found = lab_summary(session, lab_id)
    if not _sees(actor, found.organisation_id):
        raise NotFound(lab_id=lab_id)
    return found


def labs_by_id(session: Session, lab_ids: Collection[int]) -> dict[int, LabSummary]:
    """Several labs at once, by their id."""
    return {
        row.id: LabSummary(*row) for row in session.execute(_LAB.where(col(Lab.id).in_(lab_ids)))
    }
