"""What a company expects to use up: priced as an estimate, bounded, and kept with the booking."""

from datetime import date
from urllib.parse import quote

import pytest
from sqlmodel import col, select

from booking.reservations.models.reservation import Reservation
from tests.factories.instruments import add_tariff
from tests.factories.organisations import make_qualification
from tests.factories.reservation_values import at
from tests.factories.reservations import Scene
from tests.reservations.visiting import SPAN, Visit, panel_path, soup, text_of

SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


def selling(visit: Visit, **classes: object) -> Scene:
    scene = visit.scene()
    with visit.write() as uow:
        listed = {**SOLD, **classes}
        add_tariff(uow, scene.instrument.key, valid_from=at("11-22 00:00"), classes=listed)
    return scene


def test_the_panel_prices_what_is_expected_as_an_estimate(visit: Visit) -> None:
    scene = selling(visit)
    asked = SPAN | {"consumables": "金靶 3"}
    answer = visit.by(scene.member).get(panel_path(scene), params=asked)
    said = text_of(answer)
    assert "150.00" in said
    assert "估算" in said
    assert "1,750.00 元" in said
    estimate = soup(answer).select_one("#estimate")
    assert estimate
    assert f"consumables={quote('金靶')}" in str(estimate["hx-get"])
    assert visit.client.get(str(estimate["hx-get"])).status_code == 200


def test_without_consumables_in_the_list_there_is_no_field(visit: Visit) -> None:
    scene = visit.scene()
    answer = visit.by(scene.member).get(panel_path(scene), params=SPAN)
    assert soup(answer).find(id="consumables") is None


@pytest.mark.parametrize(
    "typed", ["铂靶 1", "金靶 999999", "金靶 1、" * 200, "、".join(f"靶{n}" for n in range(31))]
)
def test_what_cannot_be_priced_is_said_and_stays(visit: Visit, typed: str) -> None:
    scene = selling(visit)
    answer = visit.by(scene.member).get(panel_path(scene), params=SPAN | {"consumables": typed})
    assert answer.status_code == 200
    page = soup(answer)
    assert page.find(id="consumables")["value"] == typed  # type: ignore[index]
    assert page.select("#verdict .bad")


def test_the_booking_keeps_what_is_expected(visit: Visit) -> None:
    scene = selling(visit)
    form = SPAN | {"purpose": "断口形貌", "consumables": "金靶 2"}
    path = f"/instruments/{scene.instrument.key}/reservations"
    assert visit.by(scene.member).post(path, data=form).status_code == 303
    with visit.write() as uow:
        made = uow.session.exec(select(Reservation).order_by(col(Reservation.id).desc())).first()
        assert made is not None
        assert (made.consumables, made.quoted_fen) == ({"金靶": 2}, 170_000)


def test_the_page_of_the_booking_names_what_is_expected(visit: Visit) -> None:
    scene = selling(visit)
    form = SPAN | {"purpose": "断口形貌", "consumables": "金靶 2"}
    path = f"/instruments/{scene.instrument.key}/reservations"
    made = visit.by(scene.member).post(path, data=form)
    shown = visit.client.get(made.headers["location"])
    assert shown.status_code == 200
    assert "金靶 2 × 50.00" in text_of(shown)


def test_a_kept_price_is_booked_with_what_it_was_kept_for(visit: Visit) -> None:
    scene = selling(visit)
    form = SPAN | {"consumables": "金靶 2", "samples": "1"}
    kept = visit.by(scene.member).post(f"/instruments/{scene.instrument.key}/quotes", data=form)
    page = visit.client.get(kept.headers["location"])
    assert "金靶 2 × 50.00" in text_of(page)
    (way,) = (link["href"] for link in soup(page).select("a.button") if "quote=" in link["href"])
    panel = soup(visit.client.get(str(way)))
    fields = panel.select("#booking-form input[name]")
    typed = {str(one["name"]): str(one.get("value", "")) for one in fields}
    path = f"/instruments/{scene.instrument.key}/reservations"
    made = visit.client.post(path, data={**typed, "purpose": "断口形貌"})
    assert made.status_code == 303
    assert "1,700.00" in text_of(visit.client.get(made.headers["location"]))


def test_the_panel_says_when_a_class_ends_before(visit: Visit) -> None:
    scene = selling(visit, tech_sme={"hour": "500.00"})
    with visit.write() as uow:
        make_qualification(uow, scene.company.key, valid_to=date(2026, 11, 23))
    said = text_of(visit.by(scene.member).get(panel_path(scene), params=SPAN))
    assert "科技型中小企业资格 2026-11-23 到期" in said
    assert "1,600.00 元" in said
