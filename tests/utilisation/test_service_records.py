"""Service records of a quarter: out of settled uses, frozen, corrected in the quarter after."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.models import User
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.reservations.queries.feedback import feedback_of, report_feedback
from booking.reservations.rules.feedback import Grade
from booking.reservations.states import State
from booking.utilisation.actions.file_report import enter_line, file_report
from booking.utilisation.errors import NothingNew, PeriodRuns
from booking.utilisation.report.filed import Filed
from booking.utilisation.report.files import workbook
from booking.utilisation.rules.sheets import ReportIncomplete
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_feedback
from tests.factories.filed_reports import JULY, Q3, Q4, Provider
from tests.factories.instruments import span
from tests.factories.utilisation import Booked
from tests.support.clock import moment
from tests.utilisation.golden import same_as_golden

IN_OCTOBER, IN_JANUARY = moment("2026-10-08T09:00"), moment("2027-01-05T09:00")


@pytest.fixture
def provider(uow: UnitOfWork) -> Provider:
    return Provider(uow)


def test_each_settled_use_of_the_quarter_is_a_record(uow: UnitOfWork, provider: Provider) -> None:
    make_feedback(uow, provider.july, Grade.VERY_GOOD, now=IN_OCTOBER)
    provider.in_october(uow)
    sheet = provider.sheet(uow, provider.report(), now=IN_OCTOBER)
    assert [line.key for line in sheet.lines] == [provider.july.number, provider.august.number]
    first = sheet.lines[0].values
    assert {code: first[code] for code in ("amounts", "serviceAmount", "serviceWay")} == {
        "amounts": "900.00",
        "serviceAmount": "3.00",
        "serviceWay": "占用共享",
    }
    assert (first["comment"], sheet.lines[1].values["comment"]) == ("非常满意", "")
    assert (sheet.incomplete, sheet.can_be_filed) == ([], True)


def test_uses_that_nobody_confirmed_are_counted_and_not_reported(
    uow: UnitOfWork, provider: Provider
) -> None:
    at = span("2026-09-01T09:00", "2026-09-01T10:00")
    provider.writer.write(Booked(at, State.COMPLETED, used=at, effective_minutes=60))
    sheet = provider.sheet(uow, provider.report(), now=IN_OCTOBER)
    assert (len(sheet.lines), sheet.unsettled) == (2, 1)


def test_what_is_missing_is_named_and_can_be_filled_in(uow: UnitOfWork, provider: Provider) -> None:
    provider.july.purpose = ""
    uow.session.get_one(User, provider.person).phone = ""
    uow.session.flush()
    report = provider.report()
    sheet = provider.sheet(uow, report, now=IN_OCTOBER)
    july, august = sheet.lines
    assert [(fault.column.code, fault.blocks) for fault in july.faults] == [
        ("serviceContent", True),
        ("phone", False),
    ]
    assert [fault.column.code for fault in august.faults] == ["phone"]
    with pytest.raises(ReportIncomplete) as refused:
        file_report(uow, report, actor=provider.head, now=IN_OCTOBER)
    assert [one.params["record"] for one in refused.value.violations] == [provider.july.number]
    typed = {"serviceContent": "断口形貌", "phone": "029-88880000"}
    for line, actor in ((july, provider.keeper), (august, provider.head)):
        enter_line(uow, report, line, entered=typed, actor=actor, now=IN_OCTOBER)
    assert provider.sheet(uow, report, now=IN_OCTOBER).incomplete == []


def test_what_was_handed_in_stays_to_the_last_byte(uow: UnitOfWork, provider: Provider) -> None:
    make_feedback(uow, provider.july, now=IN_OCTOBER)
    report = provider.report()
    row = file_report(uow, report, actor=provider.head, now=IN_OCTOBER)
    before = Filed.of(row).csv(), workbook(Filed.of(row), made_at=row.submitted_at)
    with pytest.raises(NothingNew):
        file_report(uow, report, actor=provider.head, now=IN_OCTOBER)
    provider.put_right(uow, provider.july, minutes=120)
    uow.session.expire_all()
    assert (Filed.of(row).csv(), workbook(Filed.of(row), made_at=row.submitted_at)) == before
    said = feedback_of(uow.session, provider.july.key)
    assert said is not None
    assert said.reported_at == IN_OCTOBER


@pytest.mark.parametrize(
    "statement", ["UPDATE report_filing SET version = 3", "DELETE FROM report_filing"]
)
def test_the_database_refuses_to_rewrite_a_report(
    uow: UnitOfWork, provider: Provider, statement: str
) -> None:
    file_report(uow, provider.report(), actor=provider.head, now=IN_OCTOBER)
    with pytest.raises(DBAPIError, match="append_only"):
        uow.session.execute(sa.text(statement))


def told(provider: Provider, uow: UnitOfWork) -> list[tuple[str, str, str, str]]:
    sheet = provider.sheet(uow, provider.report(Q4), now=IN_JANUARY)
    return [(one.key, one.column, one.before, one.after) for one in sheet.corrections]


def test_a_late_correction_is_a_difference_in_the_next_quarter(
    uow: UnitOfWork, provider: Provider
) -> None:
    file_report(uow, provider.report(), actor=provider.head, now=IN_OCTOBER)
    provider.in_october(uow)
    assert told(provider, uow) == []
    provider.put_right(uow, provider.july, minutes=120)
    number = provider.july.number
    assert told(provider, uow) == [(number, "serviceAmount", "3.00", "2.00")]
    row = file_report(uow, provider.report(Q4), actor=provider.head, now=IN_JANUARY)
    assert row.corrections == [[Q3.code, number, "serviceAmount", "3.00", "2.00"]]


def test_a_correction_is_told_once(uow: UnitOfWork, provider: Provider) -> None:
    file_report(uow, provider.report(), actor=provider.head, now=IN_OCTOBER)
    provider.in_october(uow)
    provider.put_right(uow, provider.july, minutes=120)
    file_report(uow, provider.report(Q4), actor=provider.head, now=IN_JANUARY)
    provider.put_right(uow, provider.august, minutes=60)
    later = provider.report(type(Q4).parse("2027-Q1"))
    sheet = provider.sheet(uow, later, now=moment("2027-04-05T09:00"))
    assert [(one.key, one.before, one.after) for one in sheet.corrections] == [
        (provider.august.number, "4.00", "1.00")
    ]


def test_who_a_user_was_may_be_forgotten_without_correcting_anything(
    uow: UnitOfWork, provider: Provider
) -> None:
    file_report(uow, provider.report(), actor=provider.head, now=IN_OCTOBER)
    user = uow.session.get_one(User, provider.person)
    user.name, user.phone = "已注销", ""
    uow.session.flush()
    assert told(provider, uow) == []


def test_a_use_that_was_settled_late_comes_as_a_whole(uow: UnitOfWork, provider: Provider) -> None:
    file_report(uow, provider.report(), actor=provider.head, now=IN_OCTOBER)
    late = span("2026-09-02T09:00", "2026-09-02T10:00")
    (made,) = provider.writer.write(
        Booked(late, State.SETTLED, used=late, effective_minutes=60, income_fen=100)
    )
    found = {column: after for key, column, _, after in told(provider, uow) if key == made.number}
    assert (found["amounts"], found["serviceAmount"]) == ("1.00", "1.00")


def test_a_running_quarter_is_not_handed_in(uow: UnitOfWork, provider: Provider) -> None:
    with pytest.raises(PeriodRuns):
        file_report(uow, provider.report(), actor=provider.head, now=JULY.end)


def test_only_who_runs_the_provider_or_the_centre_hands_in(
    uow: UnitOfWork, provider: Provider
) -> None:
    other = Provider(uow)
    strangers: list[Actor] = [provider.keeper, other.head, make_staff(uow, Role.AUDITOR)]
    for stranger in strangers:
        with pytest.raises(NotFound):
            file_report(uow, provider.report(), actor=stranger, now=IN_OCTOBER)
    sheet = provider.sheet(uow, provider.report(), now=IN_OCTOBER)
    with pytest.raises(NotFound):
        enter_line(
            uow,
            sheet.report,
            sheet.lines[0],
            entered={},
            actor=other.keeper,
            now=IN_OCTOBER,
        )
    centre = make_staff(uow, Role.CENTRE_ADMIN)
    assert file_report(uow, provider.report(), actor=centre, now=IN_OCTOBER).version == 1


def test_the_file_is_as_it_was_agreed(uow: UnitOfWork, provider: Provider) -> None:
    make_feedback(uow, provider.august, Grade.FAIR, now=IN_OCTOBER)
    names = {
        provider.july.number: "R-A",
        provider.august.number: "R-B",
        f"SL-{provider.tool}": "SL-1",
        uow.session.get_one(Organisation, provider.company).name: "示例公司",
    }
    sheet = provider.sheet(uow, provider.report(), now=IN_OCTOBER)
    same_as_golden("service_records.csv", sheet.as_filed().csv(), names=names)


def test_a_quarter_without_uses_still_tells_what_was_corrected_before_it(
    uow: UnitOfWork, provider: Provider
) -> None:
    file_report(uow, provider.report(), actor=provider.head, now=IN_OCTOBER)
    with pytest.raises(NothingNew):
        file_report(uow, provider.report(Q4), actor=provider.head, now=IN_JANUARY)
    provider.put_right(uow, provider.july, minutes=90)
    sheet = provider.sheet(uow, provider.report(Q4), now=IN_JANUARY)
    assert (sheet.lines, sheet.can_be_filed) == ([], True)
    row = file_report(uow, provider.report(Q4), actor=provider.head, now=IN_JANUARY)
    assert [(one[0], one[2], one[4]) for one in row.corrections] == [
        ("2026-Q3", "serviceAmount", "1.50")
    ]


def test_what_users_said_is_kept_however_many_uses_are_reported(
    uow: UnitOfWork, provider: Provider
) -> None:
    make_feedback(uow, provider.july, Grade.GOOD, now=IN_OCTOBER)
    many = range(provider.july.key, provider.july.key + 70_000)
    report_feedback(uow.session, many, now=IN_OCTOBER)
    uow.session.expire_all()
    told = feedback_of(uow.session, provider.july.key)
    assert told is not None
    assert told.reported_at == IN_OCTOBER
