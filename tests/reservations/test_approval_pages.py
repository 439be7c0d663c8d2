"""Where something speaks against a request by now, the lab reads what, and may answer it."""

import pytest
from starlette.testclient import TestClient

from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.rules.wish import SeriesWish
from tests.conftest import Write
from tests.factories.accounts import be, open_session
from tests.factories.credit import make_rules
from tests.factories.reservations import make_reservation, make_scene, state_of
from tests.reservations.actions.test_judged_again import ASKED, FRIDAY, MONDAY, lose_credit
from tests.reservations.visiting import soup, text_of
from tests.support.clock import FrozenClock


@pytest.mark.parametrize("times", [1, 2])
def test_a_request_that_needs_a_reason_is_approved_with_one(
    client: TestClient, write: Write, clock: FrozenClock, times: int
) -> None:
    with write() as uow:
        make_rules(uow)
        scene = make_scene(uow, policy=ASKED)
        if times == 1:
            number = make_reservation(uow, scene, FRIDAY, now=MONDAY).number
            path = f"/reservations/{number}/approval"
        else:
            wish = SeriesWish(scene.wish(FRIDAY), f"FREQ=DAILY;COUNT={times}")
            made = reserve_series(uow, wish, actor=scene.member, now=MONDAY)
            number = made.booked[0].number
            path = f"/reservation-series/{made.series.number}/approval"
        lose_credit(uow, scene)
        be(client, open_session(uow, scene.manager, now=clock.now()))
    assert not soup(client.get("/approvals")).select(f"form[action='{path}'] [name=reason]")
    refused = client.post(path)
    assert refused.status_code == 422
    assert "信用分" in text_of(refused)
    assert "这些时段可约" not in text_of(refused)
    assert soup(refused).select_one(f"form[action='{path}'] [name=reason]")
    assert client.post(path, data={"reason": "急件"}).status_code == 303
    with write() as uow:
        assert state_of(uow.session, number) == "confirmed"


def test_what_yields_to_no_reason_asks_for_none(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow, policy=ASKED)
        number = make_reservation(uow, scene, FRIDAY, now=MONDAY).number
        scene.instrument.service_modes = []
        be(client, open_session(uow, scene.manager, now=clock.now()))
    path = f"/reservations/{number}/approval"
    refused = client.post(path)
    assert refused.status_code == 422
    assert not soup(refused).select(f"form[action='{path}'] [name=reason]")
