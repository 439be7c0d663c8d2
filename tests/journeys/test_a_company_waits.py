"""A company wants time that is taken: it reads why not, waits, is offered it, moves, uses, objects.

What the other company and the lab do meanwhile is done without pages.
"""

import pytest
from playwright.sync_api import expect

from booking.access.actor import Actor
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.dispute import say
from tests.conftest import Write
from tests.factories.accounts import make_staff
from tests.factories.asks import Neighbour, make_neighbour
from tests.factories.instruments import OFFICE_HOURS
from tests.factories.reservations import NOON, Scene, make_scene
from tests.journeys.people import ONE_EACH, Person, Street, number_in, sit_down
from tests.support.clock import FrozenClock

PURPOSE = "断口形貌"
OBJECTION = "只测了一小时，前一小时在等样品台"
ANSWER = "日志记为两小时"
VERDICT = "以双方留言为准，测试记一小时"


def choose(company: Person, start: str, end: str) -> None:
    """Type a time of Tuesday, and see what is said about it."""
    company.page.fill("#starts_at", f"2026-11-24T{start}")
    company.page.fill("#ends_at", f"2026-11-24T{end}")
    company.page.press("#ends_at", "Tab")


def read_every_reason(company: Person) -> None:
    """Too long, after hours and taken: all of it at once, with other times to take."""
    company.page.wait_for_selector("#booking-form")
    choose(company, "13:00", "19:00")
    company.page.fill("#purpose", PURPOSE)
    expect(company.page.locator("#verdict .marks .bad")).to_have_count(3)
    company.page.click("#booking button.primary")
    expect(company.page.locator("#problems li")).to_have_count(2)
    expect(company.page.locator("#problems button[name=span]")).not_to_have_count(0)
    assert company.page.input_value("#purpose") == PURPOSE
    company.look("wait-refused")


def wait_in_line(company: Person) -> None:
    choose(company, "12:00", "14:00")
    company.page.locator("#verdict button[formaction$='/waitlist']").click()
    company.page.wait_for_url("**/waitlist")
    expect(company.page.locator("main td.num")).to_have_text("1")
    company.look("wait-line")


def accept_what_is_offered(company: Person) -> str:
    """The start page says so first; the number of the booking."""
    company.open("/")
    expect(company.page.locator("#offers section")).to_have_count(1)
    company.look("wait-offer-home")
    company.open("/waitlist")
    company.look("wait-offer")
    company.follow("form[action$='/acceptance'] button")
    company.look("wait-accepted")
    return number_in(company.page.url)


def move(company: Person, number: str) -> None:
    """Refused where the lab is closed; what is offered instead leads back to the move."""
    company.follow("main a[href$='/move']")
    choose(company, "17:00", "19:00")
    company.follow("form[action$='/move'] button[type=submit]")
    expect(company.page.locator("#problems")).to_be_visible()
    assert company.page.input_value("#ends_at") == "2026-11-24T19:00"
    company.look("wait-move")
    company.follow("form[action$='/move'] a.chip")
    assert number in company.page.url
    assert company.page.input_value("#starts_at") == "2026-11-24T16:00"
    company.follow("form[action$='/move'] button[type=submit]")
    expect(company.page.locator("main")).to_contain_text("16:00–18:00")


def see_what_else_could_be_done(company: Person, number: str) -> None:
    """To give it to a colleague, to exchange it, to end sooner."""
    for name in ("holder", "swap", "end"):
        company.open(f"/reservations/{number}/{name}")
        company.look(f"wait-{name}")


def use(company: Person, scene: Scene, number: str, clock: FrozenClock) -> None:
    """By the paper on the instrument: in, two hours, out."""
    place = f"/here/{scene.instrument.key}"
    company.open(place)
    company.look("wait-here-in")
    company.follow("main form.stack button[type=submit]")
    assert number in company.page.url
    company.look("wait-in-use")
    clock.advance(hours=2)
    company.open(place)
    company.look("wait-here-out")
    company.follow("main form.stack button[type=submit]")


def object_to_it(
    company: Person, scene: Scene, number: str, *, write: Write, clock: FrozenClock
) -> None:
    """The lab does not agree: the centre is asked."""
    company.open("/confirmations")
    company.confirm("form[action$='/dispute']", reason=OBJECTION)
    with write() as uow:
        say(uow, number, ANSWER, actor=scene.manager, now=clock.now())
    company.open(f"/reservations/{number}/messages")
    expect(company.page.locator("main article")).to_have_count(2)
    company.look("wait-dispute")
    company.confirm("form[action$='/centre']")
    company.look("wait-centre-asked")


def decide(centre: Person, number: str) -> None:
    centre.open("/confirmations")
    centre.page.locator("input[name=test_minutes]").fill("60")
    centre.page.locator("input[name=reason]").fill(VERDICT)
    centre.look("wait-centre-decides")
    centre.follow(f"form[action$='/{number}/resolution'] button[type=submit]")


def meet(write: Write, clock: FrozenClock) -> tuple[Scene, Neighbour, Actor]:
    """Tuesday noon is taken by another company; somebody decides for the centre."""
    with write() as uow:
        scene = make_scene(uow, week=OFFICE_HOURS, policy={"longest_minutes": 240})
        rival = make_neighbour(uow, scene, NOON, now=clock.now())
        return scene, rival, make_staff(uow)


@pytest.mark.browser
@ONE_EACH
def test_it_waits_is_offered_the_time_uses_it_and_objects(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    scene, rival, staff = meet(write, clock)
    company = sit_down(street, write, scene.member, clock)
    company.open(f"/instruments/{scene.instrument.key}?day=2026-11-24")
    read_every_reason(company)
    wait_in_line(company)
    with write() as uow:
        cancel(uow, rival.number, actor=rival.actor, now=clock.now())
    number = accept_what_is_offered(company)
    move(company, number)
    see_what_else_could_be_done(company, number)
    company.leave()

    clock.at("2026-11-24T16:00")
    company = sit_down(street, write, scene.member, clock)
    use(company, scene, number, clock)
    object_to_it(company, scene, number, write=write, clock=clock)
    decide(sit_down(street, write, staff, clock), number)
    company.open(f"/reservations/{number}")
    company.look("wait-settled")
    company.follow("main a[href$='/messages']")
    expect(company.page.locator("main article").last).to_contain_text(VERDICT)
