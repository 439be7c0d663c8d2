"""What instruments do when something they are known by changes elsewhere."""

from collections.abc import Sequence

from booking.access.roles import Role
from booking.accounts.events import RoleRevoked
from booking.db.signals import signal
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards_of
from booking.instruments.actions.offer_helpers import untie_person
from booking.instruments.actions.withdraw_cards import resume_cards, suspend_cards
from booking.kernel.events import Event
from booking.organisations.events import (
    LabEdited,
    OrganisationEdited,
    OrganisationReinstated,
    OrganisationSuspended,
)

_NAMES = frozenset({"name", "name_en"})


def tell_calendars(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Open calendars of whatever instruments the facts name hear of it once it is committed."""
    named = (getattr(event, "instrument_id", None) for event in events)
    if changed := {one for one in named if isinstance(one, int)}:
        signal(uow.session, changed)


def refile_cards_of_lab(uow: UnitOfWork, fact: LabEdited) -> None:
    """A lab's name is part of what its instruments are found by."""
    if _NAMES & fact.changes.keys():
        index_cards_of(uow, lab_id=fact.lab_id)


def refile_cards_of_provider(uow: UnitOfWork, fact: OrganisationEdited) -> None:
    """So is the provider's."""
    if _NAMES & fact.changes.keys():
        index_cards_of(uow, organisation_id=fact.organisation_id)


def suspend_cards_of_provider(uow: UnitOfWork, fact: OrganisationSuspended) -> None:
    """Nobody books with a provider that is suspended; what is booked stays and is hosted."""
    suspend_cards(uow, fact.organisation_id, actor_id=fact.actor_id, now=fact.at)


def resume_cards_of_provider(uow: UnitOfWork, fact: OrganisationReinstated) -> None:
    """What went with it comes back with it; what the lab suspended itself stays so."""
    resume_cards(uow, fact.organisation_id, actor_id=fact.actor_id, now=fact.at)


def untie_operator(uow: UnitOfWork, fact: RoleRevoked) -> None:
    """A person is named as a lab's operator only while they have the role."""
    if fact.role == Role.OPERATOR.value and fact.lab_id is not None:
        untie_person(uow, fact.lab_id, fact.user_id, actor_id=fact.actor_id, now=fact.at)
