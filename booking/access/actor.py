"""The person at the door, as a value: who, and what is granted where."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from booking.access.permissions import NOT_DELEGATED, Permission
from booking.access.roles import CENTRE_ROLES, ROLE_PERMISSIONS, Role
from booking.kernel.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and where it counts: the whole centre, an organisation, or one lab of it."""

    role: Role
    organisation_id: int | None = None
    lab_id: int | None = None
    # Whose role it is, when it is exercised in somebody's place.
    in_place_of: int | None = None

    @property
    def everywhere(self) -> bool:
        return self.role in CENTRE_ROLES

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it gives; in somebody's place, nothing that would outlast it."""
        given = ROLE_PERMISSIONS[self.role]
        return given if self.in_place_of is None else given - NOT_DELEGATED

    def gives(self, permission: Permission) -> bool:
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Guise:
    """Who really sits there when the site is viewed as somebody else, why and until when."""

    person_id: int
    name: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a permission goes, for queries that hide what is not yours."""

    everywhere: bool
    organisation_ids: frozenset[int]
    lab_ids: frozenset[int]


@dataclass(frozen=True)
class Actor:
    """Somebody signed in. `scopes` limits an API token; None leaves the roles whole."""

    id: int
    name: str
    email: str
    grants: tuple[Grant, ...] = ()
    locale: str = "zh_CN"
    scopes: frozenset[Permission] | None = None
    # Must set up a second factor before anything else; holds no grants until then.
    held_back: bool = False
    guise: Guise | None = None
    _reaches: dict[Permission, Reach] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything granted anywhere."""
        granted = frozenset().union(*(grant.permissions for grant in self.grants))
        return granted if self.scopes is None else granted & self.scopes

    @property
    def in_person(self) -> bool:
        """Signed in with a password; neither an API token, however wide, nor whoever views the site
        as this person manages the account."""
        return self.scopes is None and self.guise is None

    @property
    def real_id(self) -> int:
        """Who sits there."""
        return self.id if self.guise is None else self.guise.person_id

    @property
    def known_id(self) -> int | None:
        """For facts: who did it; nobody when it was the house itself."""
        return self.id or None

    def behalf_of(self, organisation_id: int) -> str:
        """For facts: the organisation it was done for; empty for one's own and the house."""
        own = not self.id or organisation_id in self.organisation_ids
        return "" if own else f"organisation:{organisation_id}"

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The organisations this person belongs to, in whatever role."""
        return frozenset(g.organisation_id for g in self.grants if g.organisation_id is not None)

    def may(self, permission: Permission) -> bool:
        """Whether it is granted anywhere at all."""
        return permission in self.permissions

    def may_for(
        self,
        permission: Permission,
        *,
        organisation_id: int | None = None,
        lab_id: int | None = None,
    ) -> bool:
        """Whether it is granted for this organisation or this lab."""
        reach = self.reach(permission)
        return (
            reach.everywhere
            or (organisation_id is not None and organisation_id in reach.organisation_ids)
            or (lab_id is not None and lab_id in reach.lab_ids)
        )

    def must(
        self,
        permission: Permission,
        *,
        organisation_id: int | None = None,
        lab_id: int | None = None,
    ) -> None:
        """Refuse what is not granted for this organisation or this lab."""
        if not self.may_for(permission, organisation_id=organisation_id, lab_id=lab_id):
            raise Forbidden(permission=permission.value)

    def organisations_giving(self, permission: Permission) -> tuple[int, ...]:
        """The organisations whose roles give it, in the order they were given.

        None for a token without that scope.
        """
        if not self.may(permission):
            return ()
        giving = (grant for grant in self.grants if grant.gives(permission))
        found = (grant.organisation_id for grant in giving if grant.organisation_id is not None)
        return tuple(dict.fromkeys(found))

    def reach(self, permission: Permission) -> Reach:
        """Where it is granted; a lab's role counts for that lab, not for its whole organisation."""
        if permission not in self._reaches:
            self._reaches[permission] = self._reach(permission)
        return self._reaches[permission]

    def _reach(self, permission: Permission) -> Reach:
        if not self.may(permission):
            return Reach(everywhere=False, organisation_ids=frozenset(), lab_ids=frozenset())
        giving = [grant for grant in self.grants if grant.gives(permission)]
        return Reach(
            everywhere=any(grant.everywhere for grant in giving),
            organisation_ids=frozenset(
                g.organisation_id
                for g in giving
                if g.organisation_id is not None and g.lab_id is None
            ),
            lab_ids=frozenset(g.lab_id for g in giving if g.lab_id is not None),
        )


# Commands at the machine and seeding act as the house: no person, every role. No door yields it.
HOUSE = Actor(id=0, name="", email="", grants=tuple(Grant(role) for role in Role))
