"""Yearly sheets with every field filled in, and as they were handed in."""

from collections.abc import Mapping
from datetime import datetime

from booking.access.actor import HOUSE, Grant, Reach
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.reservations.states import State
from booking.utilisation.actions.report_year import enter_year, hand_in, name_school
from booking.utilisation.models import ReportSubmission
from booking.utilisation.report.sj3 import Sheet, sheet_of
from tests.factories.accounts import make_actor, make_lab_person
from tests.factories.instruments import make_lab, span
from tests.factories.utilisation import Booked, Invented, write_instrument
from tests.support.clock import moment

EVERYTHING = Reach(everywhere=True, organisation_ids=frozenset(), lab_ids=frozenset())
AY2025 = Period.parse("AY2025")
# What fits every width.
TYPED: Mapping[str, str | int] = {
    "asset_no": "20181234",
    "category_code": "03030404",
    "hours_teaching": 0,
    "trained_students": 12,
    "trained_teachers": 3,
    "trained_others": 0,
    "teaching_projects": 2,
    "research_projects": 17,
    "service_projects": 9,
    "awards_national": 0,
    "awards_provincial": 1,
    "patents_teacher": 2,
    "patents_student": 1,
    "papers_indexed": 14,
    "papers_core": 3,
    "manager": "示例甲",
}


def make_submission(
    uow: UnitOfWork, instrument_id: int, organisation_id: int, *, now: datetime
) -> ReportSubmission:
    """The sheet of an organisation, one of whose instruments this is."""
    name_school(uow, organisation_id, "10698", actor=HOUSE, now=now)
    enter_year(uow, instrument_id, AY2025, entered=TYPED, actor=HOUSE, now=now)
    return hand_in(uow, organisation_id, AY2025, actor=HOUSE, now=now)


# Over midnight of 31 August: half of it belongs to the year, as the roll-up clips it.
ACROSS = span("2026-08-31T22:00", "2026-09-01T02:00")
OURS = span("2026-03-03T09:00", "2026-03-03T12:00")
THEIRS = span("2026-03-04T09:00", "2026-03-04T13:00")
BEFORE = span("2025-08-31T09:00", "2025-08-31T12:00")


def used(at: TimeSpan, minutes: int, *, external: bool, samples: int = 0) -> Booked:
    """A booking that was used from its beginning to its end."""
    return Booked(
        at,
        State.SETTLED,
        used=at,
        effective_minutes=minutes,
        samples=samples,
        external=external,
    )


class Place:
    """A lab with a valuable instrument that was used by its owner and others, and a cheap one."""

    def __init__(self, uow: UnitOfWork) -> None:
        lab = make_lab(uow)
        self.lab, self.organisation = lab.key, lab.organisation_id
        story = Invented(
            bookings=[
                used(BEFORE, 180, external=True, samples=9),
                used(OURS, 180, external=False, samples=2),
                used(THEIRS, 240, external=True, samples=5),
            ]
        )
        self.tool = write_instrument(
            uow, story, lab_id=self.lab, created_at=moment("2025-01-01T08:00")
        )
        write_instrument(uow, Invented(), lab_id=self.lab, original_value_fen=39_999_999)
        self.head = make_actor(uow, Grant(Role.COMPANY_ADMIN, organisation_id=self.organisation))
        self.keeper = make_lab_person(uow, self.lab)

    def complete(self, uow: UnitOfWork, *, now: datetime) -> None:
        name_school(uow, self.organisation, "10698", actor=self.head, now=now)
        enter_year(uow, self.tool, AY2025, entered=TYPED, actor=self.keeper, now=now)

    def sheet(self, uow: UnitOfWork, *, now: datetime) -> Sheet:
        return sheet_of(uow.session, self.organisation, AY2025, reach=EVERYTHING, now=now)
