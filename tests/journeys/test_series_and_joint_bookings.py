"""A company books every week, gives the rest of it back, and books two instruments together."""

import pytest
from playwright.sync_api import expect

from booking.instruments.actions.index_cards import index_cards
from tests.conftest import Write
from tests.factories.asks import make_neighbour
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_scene
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.support.clock import FrozenClock

FURNACE = "示例热处理炉"
PURPOSE = "每周抽检"


def book_what_is_free(company: Person, scene: Scene) -> None:
    """One week is taken: refused as a whole, with all that was typed; then without it."""
    place = f"/instruments/{scene.instrument.key}"
    company.open(f"{place}?start=2026-11-24T04:00:00Z&end=2026-11-24T06:00:00Z")
    company.page.wait_for_selector("#booking-form")
    company.follow("#booking a[href*='/series']")
    company.page.select_option("#frequency", "weekly")
    company.page.fill("#until", "2026-12-15")
    company.page.fill("#purpose", PURPOSE)
    company.follow("main button[formmethod=get]")
    expect(company.page.locator("aside .marks > li")).to_have_count(4)
    expect(company.page.locator("aside .marks > li.bad")).to_have_count(1)
    company.look("series-foreseen")
    book = "main form[action$='/series'] button.primary"
    company.follow(book)
    expect(company.page.locator("#problems")).to_be_visible()
    assert company.page.input_value("#purpose") == PURPOSE
    company.look("series-refused")
    company.page.check("input[name=only_free]")
    company.follow(book)
    expect(company.page.locator("main tbody tr")).to_have_count(3)
    company.look("series-booked")


def give_the_rest_back(company: Person) -> None:
    """The second and what follows."""
    series = company.page.url.removeprefix(company.address)
    company.follow(company.page.locator("main th a").nth(1))
    fold = company.page.locator("details:has(input[name=scope])")
    fold.locator("summary").click()
    company.look("series-one")
    company.follow(fold.locator("button[type=submit]"))
    company.open(series)
    company.look("series-given-back")
    states = company.page.locator("main tbody .badge").all_inner_texts()
    assert len(set(states)) == 2
    assert states[1] == states[2]


def book_both(company: Person, scene: Scene) -> None:
    """The microscope half an hour after the furnace; found by its name."""
    place = f"/instruments/{scene.instrument.key}"
    company.open(f"{place}?start=2026-11-25T01:00:00Z&end=2026-11-25T03:00:00Z")
    company.page.wait_for_selector("#booking-form")
    company.follow("#booking a[href*='/joint-bookings/new']")
    company.page.fill("#q", FURNACE)
    company.follow("main .with-suffix button")
    company.look("joint-found")
    company.follow("main button[name=with]")
    company.page.fill("#pause-2", "30")
    company.page.fill("#purpose", PURPOSE)
    company.follow("main .actions button[formmethod=get]")
    expect(company.page.locator("aside .marks > li")).to_have_count(2)
    company.look("joint-foreseen")
    company.follow("main .actions button.primary")
    expect(company.page.locator("main tbody tr")).to_have_count(2)
    company.look("joint-booked")


def move_and_give_back(company: Person) -> None:
    """Where the second is taken neither moves; then both go, and later both end."""
    company.page.fill("#starts_at", "2026-11-26T09:00")
    company.follow("form[action$='/move'] button[type=submit]")
    assert company.page.input_value("#starts_at") == "2026-11-26T09:00"
    company.look("joint-move-refused")
    company.page.fill("#starts_at", "2026-11-27T09:00")
    company.follow("form[action$='/move'] button[type=submit]")
    expect(company.page.locator("main tbody td", has_text="27")).to_have_count(2)
    company.confirm("form[action$='/cancellation']")
    company.look("joint-given-back")


@pytest.mark.browser
@ONE_EACH
def test_it_books_again_and_again_and_several_at_once(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow)
        furnace = make_instrument(uow, name=FURNACE)
        index_cards(uow, [scene.instrument.key, furnace.key])
        make_neighbour(uow, scene, between("12-01 13:00", "15:00"), now=clock.now())
        make_neighbour(
            uow,
            scene,
            between("11-26 09:00", "17:00"),
            now=clock.now(),
            instrument_id=furnace.key,
        )
    company = sit_down(street, write, scene.member, clock)
    book_what_is_free(company, scene)
    give_the_rest_back(company)
    book_both(company, scene)
    move_and_give_back(company)
