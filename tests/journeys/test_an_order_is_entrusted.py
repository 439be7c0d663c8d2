"""A company has a lab do the work: wishes, a quote, labels, time, stations, results, the report."""

import pytest
from playwright.sync_api import FilePayload, expect

from tests.conftest import Write
from tests.factories.files import pdf
from tests.factories.reservations import make_scene
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.support.clock import FrozenClock

WISH = {
    "wishes": "断口形貌与渗层厚度",
    "standard": "GB/T 16594-2008",
    "sample1_name": "渗碳齿轮",
    "sample1_count": "2",
    "sample1_hazards": "边缘锋利",
}
QUOTE = {
    "hours": "1.5",
    "samples": "2",
    "extra1_words": "制样",
    "extra1_amount": "120.50",
    "valid_until": "2026-12-01",
    "promised_day": "2026-12-10",
}
REPORT = FilePayload(name="报告.pdf", mimeType="application/pdf", buffer=pdf())


def fill(person: Person, told: dict[str, str]) -> None:
    for name, text in told.items():
        person.page.fill(f"#{name}", text)


def describe(company: Person, instrument: str) -> str:
    """From the instrument's page; a day that is over is refused, and everything stays."""
    company.open(instrument)
    company.follow("main a[href$='/orders/new']")
    fill(company, WISH)
    company.page.fill("#by_day", "2026-11-20")
    company.look("order-new")
    company.follow("form[action$='/orders'] button[type=submit]")
    assert company.page.input_value("#sample1_hazards") == WISH["sample1_hazards"]
    company.look("order-refused")
    company.page.fill("#by_day", "2026-12-14")
    company.follow("form[action$='/orders'] button[type=submit]")
    company.look("order-asked")
    return company.page.url.removeprefix(company.address)


def quote(lab: Person, order: str) -> None:
    lab.open("/orders/desk")
    lab.look("order-desk")
    lab.follow(f"main a[href$='{order}']")
    fill(lab, QUOTE)
    lab.follow("form[action$='/quotes'] button[type=submit]")
    lab.look("order-quoted")


def accept_the_quote(company: Person, order: str) -> None:
    """Then there are labels to print and stick on."""
    company.open(order)
    expect(company.page.locator("#quote")).to_contain_text("120.50")
    company.look("order-quote-read")
    company.confirm("input[value=accept_quote]")
    company.follow("main a[href$='/labels']")
    expect(company.page.locator("svg.qr")).to_have_count(1)
    company.look("order-labels")


def work(lab: Person, order: str) -> None:
    """Take time, lead the sample through its stations by its label, hand in a report."""
    lab.open(order)
    lab.page.fill("#starts_at", "2026-11-24T12:00")
    lab.page.fill("#ends_at", "2026-11-24T13:30")
    lab.follow("form[action$='/bookings'] button[type=submit]")
    lab.follow("#samples td a")
    for station in ("received", "preparing", "measured", "written"):
        lab.follow(f"form[action$='/stations']:has(input[value={station}]) button")
    lab.look("order-sample")
    lab.open(order)
    lab.page.set_input_files("#file", REPORT)
    lab.follow("#results form[action$='/files'] button[type=submit]")
    lab.look("order-result")
    lab.confirm("input[value=report]")
    lab.look("order-reported")


def accept_the_report(company: Person, order: str) -> None:
    company.open("/orders")
    company.look("order-list")
    company.open(order)
    company.look("order-report-read")
    with company.page.expect_download() as taken:
        company.page.locator("#results a").click()
    assert taken.value.path().read_bytes() == pdf()
    company.confirm("input[value=accept_report]")
    company.look("order-accepted")


@pytest.mark.browser
@ONE_EACH
def test_samples_go_and_a_report_comes_back(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow)
    company = sit_down(street, write, scene.member, clock)
    lab = sit_down(street, write, scene.manager, clock)
    order = describe(company, f"/instruments/{scene.instrument.key}")
    quote(lab, order)
    accept_the_quote(company, order)
    work(lab, order)
    accept_the_report(company, order)
    lab.open(order)
    lab.follow("form[action$='/stations']:has(input[value=returned]) button")
    lab.look("order-closed")
