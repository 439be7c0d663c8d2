"""At the instrument: what the paper leads to, and what it does not open."""

from datetime import timedelta

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.reservations.rules.presence import code_at, is_code
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON, Scene, state_of
from tests.reservations.visiting import Visit, soup, text_of


def here(scene: Scene) -> str:
    return f"/here/{scene.instrument.key}"


def button(answer: Response) -> str:
    """Where the first button of the page leads."""
    form = soup(answer).select_one("main form.stack")
    assert form is not None
    return str(form["action"])


def stands(visit: Visit, number: str) -> State:
    with visit.write() as uow:
        return state_of(uow.session, number)


def at_noon(visit: Visit) -> None:
    visit.clock.at(NOON.start.isoformat())


def screen_of(visit: Visit, scene: Scene, who: Actor) -> str:
    """The code that the lab's screen shows."""
    shown = visit.by(who).get(f"/labs/{scene.instrument.lab_id}/screen")
    value = soup(shown).select_one("#code .value")
    assert value is not None
    return value.get_text().strip()


def test_the_paper_leads_whoever_is_nobody_to_the_sign_in_and_back(
    visit: Visit, client: TestClient
) -> None:
    scene = visit.scene()
    answer = client.get(here(scene), follow_redirects=False)
    assert answer.status_code == 303
    assert f"next={here(scene)}" in answer.headers["location"].replace("%2F", "/")


def test_the_paper_holds_the_plain_address_of_the_page_and_nothing_else(visit: Visit) -> None:
    scene = visit.scene()
    sheet = visit.by(scene.manager).get(f"/manage/instruments/{scene.instrument.key}/code")
    assert text_of(sheet).count(f"/here/{scene.instrument.key}") == 1
    assert soup(sheet).select_one("svg.qr path") is not None


def test_one_checks_in_and_out_by_the_buttons_of_the_page(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    at_noon(visit)
    client = visit.by(scene.member)
    client.post(button(client.get(here(scene))))
    assert stands(visit, number) is State.IN_USE
    visit.clock.advance(minutes=30)
    client = visit.by(scene.member)
    client.post(button(client.get(here(scene))))
    assert stands(visit, number) is State.COMPLETED


def test_a_button_pressed_twice_does_not_check_out_again(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    at_noon(visit)
    client = visit.by(scene.member)
    link = button(client.get(here(scene)))
    assert [client.post(link, follow_redirects=False).status_code for _ in range(2)] == [303, 409]
    assert stands(visit, number) is State.IN_USE


@pytest.mark.parametrize("case", ["later", "another", "forged"])
def test_a_link_serves_its_person_for_minutes(visit: Visit, case: str) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    at_noon(visit)
    link = button(visit.by(scene.member).get(here(scene)))
    who = scene.admin if case == "another" else scene.member
    if case == "later":
        visit.clock.advance(minutes=5)
    if case == "forged":
        link = f"{link[:-3]}AAA"
    assert visit.by(who).post(link).status_code == 409
    assert stands(visit, number) is State.CONFIRMED


def test_a_link_of_one_instrument_serves_at_no_other(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene)
    with visit.write() as uow:
        other = make_instrument(uow).key
    at_noon(visit)
    client = visit.by(scene.member)
    token = button(client.get(here(scene))).rsplit("/", 1)[1]
    assert client.post(f"/here/{other}/{token}").status_code == 409


def test_others_bookings_are_not_on_the_page(visit: Visit) -> None:
    scene, elsewhere = visit.scene(), visit.scene()
    number = visit.book(scene)
    at_noon(visit)
    assert number not in visit.by(elsewhere.member).get(here(scene)).text


def test_where_the_lab_wants_it_the_code_of_its_screen_is_needed(visit: Visit) -> None:
    scene = visit.scene(policy={"code_at_place": True})
    number = visit.book(scene)
    at_noon(visit)
    code = screen_of(visit, scene, scene.manager)
    client = visit.by(scene.member)
    assert client.post(f"/reservations/{number}/check-in").status_code == 409
    link = button(client.get(here(scene)))
    for wrong in ("", "000000" if code != "000000" else "111111"):
        assert client.post(link, data={"shown_code": wrong}).status_code == 409
    client.post(link, data={"shown_code": f"{code[:3]} {code[3:]}"})
    assert stands(visit, number) is State.IN_USE


def test_a_code_typed_in_wide_digits_is_the_same_code(visit: Visit) -> None:
    scene = visit.scene(policy={"code_at_place": True})
    number = visit.book(scene)
    at_noon(visit)
    code = screen_of(visit, scene, scene.manager)
    client = visit.by(scene.member)
    link = button(client.get(here(scene)))
    assert client.post(link, data={"shown_code": "١٢٣٤٥٦"}).status_code == 409
    client.post(link, data={"shown_code": "".join(chr(ord(sign) + 0xFEE0) for sign in code)})
    assert stands(visit, number) is State.IN_USE


def test_the_lab_checks_in_without_the_code(visit: Visit) -> None:
    scene = visit.scene(policy={"code_at_place": True})
    number = visit.book(scene)
    at_noon(visit)
    visit.by(scene.manager).post(f"/reservations/{number}/check-in")
    assert stands(visit, number) is State.IN_USE


def test_the_screen_is_its_labs(visit: Visit) -> None:
    scene, elsewhere = visit.scene(), visit.scene()
    lab = scene.instrument.lab_id
    with visit.write() as uow:
        operator = make_lab_person(uow, lab)
    assert visit.by(operator).get(f"/labs/{lab}/screen").status_code == 200
    assert visit.by(elsewhere.manager).get(f"/labs/{lab}/screen").status_code == 404
    assert visit.by(scene.member).get(f"/labs/{lab}/screen").status_code == 403


def test_a_code_is_of_its_lab_and_of_two_minutes() -> None:
    code = code_at("key", 1, NOON.start)
    taken = [is_code("key", 1, code, now=NOON.start + timedelta(minutes=n)) for n in range(-1, 3)]
    assert taken == [False, True, True, False]
    assert not is_code("key", 2, code, now=NOON.start)
    assert not is_code("other", 1, code, now=NOON.start)
