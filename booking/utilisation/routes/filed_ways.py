"""Where records of a report are mended, as far as their reader may go there."""

from dataclasses import dataclass

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.utilisation.report.filed import Line
from booking.utilisation.rules.sheets import Report


@dataclass(frozen=True, slots=True)
class Ways:
    """Which pages are open to somebody who reads a report; others would only say no."""

    actor: Actor
    report: Report

    def booking(self, line: Line) -> bool:
        """Its users, the lab and the centre see it; who runs the provider need not."""
        reading = self.actor.reach(Permission.RESERVATION_READ)
        hosting = {"organisation_id": self.report.owner, "lab_id": line.lab_id}
        return (
            reading.everywhere
            or line.user_id in reading.organisation_ids
            or self.actor.may_for(Permission.RESERVATION_HOST, **hosting)
        )

    def card(self, line: Line) -> bool:
        place = {"organisation_id": self.report.owner, "lab_id": line.lab_id}
        return self.actor.may_for(Permission.INSTRUMENT_MANAGE, **place)

    @property
    def cards(self) -> bool:
        return self.actor.may(Permission.INSTRUMENT_MANAGE)

    def organisation(self, line: Line) -> bool:
        whose = line.user_id or self.report.owner
        return self.actor.may_for(Permission.ORGANISATION_READ, organisation_id=whose)
