"""A provider with uses of a quarter, and reports as they were handed in."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from booking.access.actor import HOUSE, Grant, Reach
from booking.access.roles import Role
from booking.accounts.models import User
from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import State
from booking.utilisation.actions.file_report import file_report
from booking.utilisation.models import ReportFiling, ReportUnit
from booking.utilisation.report.filed import Sheet
from booking.utilisation.report.filing import sheet_of
from booking.utilisation.rules.sheets import Kind, Report
from tests.factories.accounts import make_actor, make_lab_person
from tests.factories.instruments import make_lab, span
from tests.factories.utilisation import Booked, Invented, Writer, write_instrument
from tests.support.clock import moment

Q3, Q4 = Period.parse("2026-Q3"), Period.parse("2026-Q4")
Y2025, Y2026 = Period.parse("2025"), Period.parse("2026")
JULY = span("2026-07-06T09:00", "2026-07-06T12:00")
AUGUST = span("2026-08-03T09:00", "2026-08-03T13:00")
OCTOBER = span("2026-10-12T09:00", "2026-10-12T11:00")


def used(at: TimeSpan, *, fen: int, external: bool = True) -> Booked:
    """A booking that was used from its beginning to its end, and settled."""
    minutes = int(at.length.total_seconds()) // 60
    return Booked(
        at,
        State.SETTLED,
        used=at,
        effective_minutes=minutes,
        samples=2,
        external=external,
        income_fen=fen,
    )


class Provider:
    """A lab with an instrument that two companies' people used in the third quarter."""

    def __init__(self, uow: UnitOfWork, *, lab_id: int | None = None, **card: Any) -> None:
        self.lab = make_lab(uow).key if lab_id is None else lab_id
        story = Invented()
        created_at = moment("2025-01-01T08:00")
        self.tool = write_instrument(uow, story, lab_id=self.lab, created_at=created_at, **card)
        tool = uow.session.get_one(Instrument, self.tool)
        tool.name, tool.inner_id = "示例扫描电镜", f"SL-{self.tool}"
        writer = Writer(uow, self.tool)
        self.organisation = writer.provider
        self.company, self.person = writer.company, writer.person
        self.writer = writer
        self.july, self.august = writer.write(used(JULY, fen=90_000), used(AUGUST, fen=120_000))
        user = uow.session.get_one(User, self.person)
        user.name, user.phone, user.email = "示例甲", "13900000001", f"user{user.id}@a.example"
        uow.session.get_one(Organisation, self.company).name = f"示例用户单位{self.company}"
        uow.session.flush()
        self.head = make_actor(uow, Grant(Role.COMPANY_ADMIN, organisation_id=self.organisation))
        self.keeper = make_lab_person(uow, self.lab)

    def report(self, period: Period = Q3, kind: Kind = Kind.SERVICE) -> Report:
        return Report(kind, self.organisation, period)

    def sheet(self, uow: UnitOfWork, report: Report, *, now: datetime) -> Sheet:
        reach = Reach(
            everywhere=False,
            organisation_ids=frozenset({self.organisation}),
            lab_ids=frozenset(),
        )
        return sheet_of(uow.session, report, reach=reach, now=now)

    def in_october(self, uow: UnitOfWork) -> Reservation:
        """Somebody used it in the quarter after."""
        (made,) = Writer(uow, self.tool).write(used(OCTOBER, fen=60_000))
        return made

    def put_right(self, uow: UnitOfWork, of: Reservation, *, minutes: int) -> None:
        """The record of a use says something else by now."""
        asked = select(UsageSession).where(col(UsageSession.reservation_id) == of.key)
        uow.session.exec(asked).one().test_minutes = minutes
        uow.session.flush()


def make_filing(uow: UnitOfWork, report: Report, *, now: datetime) -> ReportFiling:
    """The report as the house hands it in."""
    return file_report(uow, report, actor=HOUSE, now=now)


def make_school(uow: UnitOfWork, organisation_id: int) -> None:
    """The education ministry knows it by a code, and wants its equipment evaluated."""
    uow.session.add(ReportUnit(organisation_id=organisation_id, school_code="10698"))
    uow.session.flush()
