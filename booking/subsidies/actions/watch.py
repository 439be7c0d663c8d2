"""Whose settled uses may come to something else today, and have to be counted again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session

from booking.subsidies.queries import settled as held
from booking.subsidies.queries.suspects import users_with_late_facts
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.scope import Scope, Seen, scope_for


@dataclass
class Watch:
    """Over the uses of a settlement's programmes."""

    session: Session
    versions: Mapping[str, Sequence[Programme]]
    joint_caps: Sequence[JointCap]
    settlement_id: int

    def wider(self, scope: Scope, seen: Seen) -> Scope:
        """A scope and whoever else has to be in it, after what the last computation saw."""
        if not self._holds_anything:
            return scope
        found = scope_for(
            self.versions,
            self.joint_caps,
            users=self._suspects | seen.pinched,
            met=self._limits_met | seen.met,
            bound=seen.bound,
        )
        if found.groups and found.users:
            found = found.with_users(held.users_in_groups_of(self.session, found.users))
        return scope.joined(found)

    @cached_property
    def _holds_anything(self) -> bool:
        return bool(self.versions) and held.holds_anything(self.session, self.versions)

    @cached_property
    def _limits_met(self) -> set[str]:
        return held.limits_met(self.session, self.settlement_id)

    @cached_property
    def _suspects(self) -> set[str]:
        """Of whom a fact differs, or whom a limit has cut: then the order of lines counts."""
        session, codes = self.session, self.versions
        found = users_with_late_facts(session, codes, self.settlement_id)
        remembering = [code for code, group in codes.items() if self._remembers(group)]
        return found | (held.bound_users(session, remembering) if remembering else set())

    def _remembers(self, group: Sequence[Programme]) -> bool:
        """Whether one line's grant can leave less for another."""
        return (
            len(self.versions) > 1
            or any(group[0].id in cap.programmes for cap in self.joint_caps)
            or any(t.budget or any(cap.scope != "line" for cap in t.caps) for t in group)
        )
