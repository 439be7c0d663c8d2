"""A quarter is reported: a company grades, the centre mends what is missing and hands in, and what
is put right afterwards is a difference in the quarter after."""

import pytest

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.reservations.models.reservation import Reservation
from tests.conftest import Write
from tests.factories.accounts import make_actor, make_staff
from tests.factories.filed_reports import Provider
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.support.clock import FrozenClock

QUARTER = "/filed-reports?kind=service&period=2026-Q3"
NEXT = "/filed-reports?kind=service&period=2026-Q4"


@pytest.mark.browser
@ONE_EACH
def test_a_quarter_from_the_grade_to_the_correction(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        provider = Provider(uow)
        july = uow.session.get_one(Reservation, provider.july.key)
        july.purpose = ""
        boss = make_actor(uow, Grant(Role.COMPANY_ADMIN, organisation_id=provider.company))
        centre = make_staff(uow, Role.CENTRE_ADMIN)
    clock.at("2026-09-15T09:00")
    company_grades(sit_down(street, write, boss, clock))
    clock.at("2026-10-05T09:00")
    centre_hands_in(sit_down(street, write, centre, clock))
    with write() as uow:
        provider.put_right(uow, provider.july, minutes=120)
        provider.in_october(uow)
    clock.at("2027-01-05T09:00")
    later = sit_down(street, write, centre, clock)
    later.open(NEXT)
    later.page.wait_for_selector("td:has-text('3.00')")
    later.look("report-corrections")


def company_grades(company: Person) -> None:
    company.open("/feedback")
    company.look("uses-to-grade")
    company.follow("#to_grade a")
    company.page.check("input[name=grade][value=very_good]")
    company.page.fill("#comment", "操作员很耐心")
    company.look("use-to-grade")
    company.follow("form[action$='/feedback'] button[type=submit]")
    company.page.wait_for_selector("#feedback form")
    company.look("use-graded")
    company.leave()


def centre_hands_in(office: Person) -> None:
    office.open("/")
    office.page.wait_for_selector("#due a")
    office.look("start-with-reports-due")
    office.follow("#due a[href*='kind=service']")
    office.look("report-gaps")
    office.follow("main tbody a[href*='/entry']")
    office.page.fill("#serviceContent", "断口形貌观察")
    office.look("report-entry")
    office.follow("form[action$='/entry'] button[type=submit]")
    office.open(QUARTER)
    office.follow("form[action$='/submissions'] button[type=submit]")
    office.page.wait_for_selector("a[href^='/report-filings/']")
    office.look("report-handed-in")
    for kind in ("unit", "efficiency", "monitoring"):
        office.open(f"/filed-reports?kind={kind}")
        office.look(f"report-{kind}")
    office.leave()
