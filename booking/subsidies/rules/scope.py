"""Whose uses a settlement has to count again from nothing, given which limits have been met."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from booking.subsidies.rules.programme import JointCap, Programme

# Cuts by which one line may have left less for another of the same user, or of others.
_OWN = frozenset({"cap:user", "cap:instrument", "stacking", "joint:user", "joint:instrument"})
_SHARED = frozenset({"cap:provider", "joint:provider", "budget"})
_OF_GROUPS = frozenset({"cap:group", "joint:group"})
PINCHES = _OWN | _SHARED | _OF_GROUPS


@dataclass(frozen=True, slots=True)
class Scope:
    """Nobody, some beneficiaries, or everybody; `groups`: with all who share their controller."""

    users: frozenset[str] = frozenset()
    everybody: bool = False
    groups: bool = False

    @classmethod
    def none(cls) -> "Scope":
        return cls()

    def __bool__(self) -> bool:
        return self.everybody or bool(self.users)

    def __contains__(self, user: object) -> bool:
        return self.everybody or user in self.users

    def with_users(self, users: Collection[str]) -> "Scope":
        return replace(self, users=self.users | frozenset(users))

    def joined(self, other: "Scope") -> "Scope":
        """Both; who is everybody needs no names."""
        if self.everybody or other.everybody:
            return Scope(everybody=True)
        return Scope(self.users | other.users)


@dataclass(slots=True)
class Seen:
    """What a computation met: reasons of cuts, whom they pinched, and whether less was left than
    a computation from nothing says."""

    met: set[str] = field(default_factory=set)
    pinched: set[str] = field(default_factory=set)
    bound: bool = False


def scope_for(
    versions: Mapping[str, Sequence[Programme]],
    joint_caps: Sequence[JointCap],
    *,
    users: Collection[str],
    met: Collection[str],
    bound: bool,
) -> Scope:
    """The smallest scope in which counting again cannot leave out anybody whom it concerns.

    `met` are the reasons of all cuts so far; `bound` says that a smaller scope was too small.
    """
    if not users:
        return Scope()
    kinds = {group[0].kind for group in versions.values()}
    if bound or len(kinds) > 1 or _shared_budget(versions, met) or _SHARED - {"budget"} & set(met):
        return Scope(everybody=True)
    caps = {cap.scope for group in versions.values() for terms in group for cap in terms.caps}
    joint = {cap.scope for cap in joint_caps}
    return Scope(frozenset(users), groups="group" in caps | joint)


def _shared_budget(versions: Mapping[str, Sequence[Programme]], met: Collection[str]) -> bool:
    """Whether a budget that lasts was met; one that is shared pro rata is never counted again."""
    return "budget" in met and any(
        terms.budget and terms.budget.rule == "first_come"
        for group in versions.values()
        for terms in group
    )
