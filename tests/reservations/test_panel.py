"""The booking panel: what it says, and that it keeps what was typed."""

from httpx2 import Response
from sqlmodel import select

from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.models.reservation import Reservation
from tests.factories.reservations import Scene
from tests.reservations.visiting import HTMX, SPAN, Visit, panel_path, soup, text_of


def test_the_panel_shows_price_rules_and_one_button(visit: Visit) -> None:
    scene = visit.scene(policy={"notice_minutes": 120, "late_cancel_percent": 50})
    answer = visit.by(scene.member).get(panel_path(scene), params=SPAN | {"samples": "2"})
    assert answer.status_code == 200
    said = text_of(answer)
    assert "1,600.00" in said
    assert "1,840.00 元" in said
    assert "提前 2 小时 以上" in said
    assert "11月24日 周二 12:00–14:00" in said
    assert soup(answer).find("button", string="预约")


def test_the_panel_alone_answers_htmx(visit: Visit) -> None:
    scene = visit.scene()
    answer = visit.by(scene.member).get(panel_path(scene), params=SPAN, headers=HTMX)
    assert soup(answer).find(id="booking")
    assert soup(answer).find("header", class_="site-head") is None


def test_a_visitor_sees_the_price_and_is_asked_to_sign_in(visit: Visit) -> None:
    scene = visit.scene()
    answer = visit.client.get(panel_path(scene), params=SPAN)
    assert "1,600.00 元" in text_of(answer)
    assert soup(answer).find("button", string="登录后预约")


def test_a_selection_made_elsewhere_comes_as_instants(visit: Visit) -> None:
    scene = visit.scene()
    instants = {"start": "2026-11-24T04:00:00Z", "end": "2026-11-24T06:00:00Z"}
    page = soup(visit.client.get(panel_path(scene), params=instants))
    assert page.find(id="starts_at")["value"] == "2026-11-24T12:00"  # type: ignore[index]


def test_the_panel_says_what_is_wrong_and_what_is_free(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene)
    answer = visit.by(scene.admin).get(panel_path(scene), params=SPAN)
    assert "这段时间已被占用" in text_of(answer)
    chips = soup(answer).select("#verdict .chip")
    assert "10:00–12:00" in chips[0].get_text()


TYPED = {"purpose": "断口形貌", "samples": "3"}


def fields_of(answer: Response) -> dict[str, str]:
    """What stands in the panel's fields, as far as it is neither a time nor empty."""
    form = soup(answer).find(id="booking-form")
    assert form
    typed = {field["name"]: field.get("value") for field in form.select("input[name]")}
    # Every page has a key of its own.
    return {str(name): str(value) for name, value in typed.items() if value and name != "once"}


def test_taking_another_time_keeps_every_field(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene)
    client = visit.by(scene.admin)
    chip = soup(client.get(panel_path(scene), params=SPAN | TYPED)).select_one("#verdict .chip")
    assert chip
    assert chip["formmethod"] == "get"
    taken = client.get(str(chip["formaction"]), params=SPAN | TYPED | {"span": str(chip["value"])})
    assert fields_of(taken).items() >= {"purpose": "断口形貌", "samples": "3"}.items()
    assert fields_of(taken)["starts_at"] == "2026-11-24T10:00"
    assert fields_of(taken)["ends_at"] == "2026-11-24T12:00"


def test_with_htmx_another_time_leads_to_its_calendar_with_every_field(visit: Visit) -> None:
    scene = visit.scene()
    chosen = {"span": "2026-11-24T02:00:00Z/2026-11-24T04:00:00Z"}
    pressed = HTMX | {"HX-Target": "main"}
    answer = visit.by(scene.member).get(
        panel_path(scene), params=SPAN | TYPED | chosen, headers=pressed
    )
    page = visit.client.get(answer.headers["hx-redirect"])
    panel = soup(page).find(id="booking")
    assert panel
    shown = visit.client.get(str(panel["hx-get"]), headers=HTMX)
    assert fields_of(shown)["purpose"] == "断口形貌"
    assert fields_of(shown)["starts_at"] == "2026-11-24T10:00"


def test_enter_books_and_takes_nothing_else(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene)
    form = soup(visit.by(scene.admin).get(panel_path(scene), params=SPAN)).find(id="booking-form")
    assert form
    first = form.find("button")
    assert first
    assert not first.get("formaction")


def test_a_preview_brings_no_field(visit: Visit) -> None:
    scene = visit.scene()
    asked = HTMX | {"HX-Target": "verdict"}
    answer = visit.by(scene.member).get(panel_path(scene), params=SPAN, headers=asked)
    assert "1,600.00" in text_of(answer)
    assert soup(answer).select("input, select, textarea") == []


def test_a_preview_says_which_figure_it_cannot_read(visit: Visit) -> None:
    scene = visit.scene()
    asked = HTMX | {"HX-Target": "verdict"}
    wrong = SPAN | {"samples": "100001"}
    answer = visit.by(scene.member).get(panel_path(scene), params=wrong, headers=asked)
    assert "样品数：不能大于 100000" in text_of(answer)


def test_what_a_visitor_typed_is_there_after_signing_in(visit: Visit) -> None:
    scene = visit.scene()
    form = soup(visit.client.get(panel_path(scene), params=SPAN)).find(id="booking-form")
    assert form
    assert form["method"] == "get"
    typed = SPAN | {"purpose": "断" * 200, "samples": "3"}
    sent_away = visit.client.get(str(form["action"]), params=typed)
    sign_in = visit.client.get(sent_away.headers["location"])
    carried = soup(sign_in).find("input", attrs={"name": "next"})
    assert carried
    back = visit.by(scene.member).get(str(carried["value"]))
    shown = visit.client.get(back.headers["location"])
    assert fields_of(shown).items() >= typed.items()


def test_booking_leads_to_the_booking(visit: Visit) -> None:
    scene = visit.scene()
    path = f"/instruments/{scene.instrument.key}/reservations"
    answer = visit.by(scene.member).post(path, data=SPAN | {"purpose": "断口形貌"})
    assert answer.status_code == 303
    shown = visit.client.get(answer.headers["location"])
    assert "断口形貌" in text_of(shown)


def test_a_refusal_keeps_what_was_typed(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene)
    path = f"/instruments/{scene.instrument.key}/reservations"
    answer = visit.by(scene.admin).post(path, data=SPAN | {"purpose": "断口形貌"})
    assert answer.status_code == 409
    page = soup(answer)
    assert page.find(id="purpose")["value"] == "断口形貌"  # type: ignore[index]
    assert page.find(role="alert")


def test_for_htmx_a_refusal_is_the_problem_alone(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene)
    path = f"/instruments/{scene.instrument.key}/reservations"
    wish = SPAN | {"purpose": "断口形貌"}
    answer = visit.by(scene.admin).post(path, data=wish, headers=HTMX)
    assert answer.headers["hx-retarget"] == "#problems"
    made = visit.client.post(
        path,
        data={
            "starts_at": "2026-11-25T12:00",
            "ends_at": "2026-11-25T14:00",
            "purpose": "断口形貌",
        },
        headers=HTMX,
    )
    assert made.headers["hx-redirect"].startswith("/reservations/R")


def test_a_form_that_makes_no_sense_points_at_its_fields(visit: Visit) -> None:
    scene = visit.scene()
    path = f"/instruments/{scene.instrument.key}/reservations"
    wrong = {"starts_at": "2026-11-24T14:00", "ends_at": "2026-11-24T12:00", "purpose": "x"}
    answer = visit.by(scene.member).post(path, data=wrong)
    assert answer.status_code == 422
    assert "结束时间须晚于开始时间" in text_of(answer)


def test_a_panel_that_is_sent_twice_books_once(visit: Visit) -> None:
    scene = visit.scene(units=2)
    client = visit.by(scene.member)
    once = soup(client.get(panel_path(scene), params=SPAN)).find("input", {"name": "once"})
    assert once
    create = f"/instruments/{scene.instrument.key}/reservations"
    sent = {**SPAN, **TYPED, "once": str(once["value"])}
    first, again = (client.post(create, data=sent, follow_redirects=False) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert len(booked_by(visit, scene)) == 1
    other = client.post(create, data={**sent, "samples": "4"}, follow_redirects=False)
    assert other.headers["location"] != first.headers["location"]
    assert len(booked_by(visit, scene)) == 2


def test_what_was_refused_can_be_sent_again(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    client = visit.by(scene.admin)
    create = f"/instruments/{scene.instrument.key}/reservations"
    sent = {**SPAN, **TYPED, "once": "k"}
    assert client.post(create, data=sent, follow_redirects=False).status_code == 409
    visit.by(scene.member).post(f"/reservations/{number}/cancellation")
    assert visit.by(scene.admin).post(create, data=sent, follow_redirects=False).status_code == 303


def test_every_page_has_a_key_of_its_own(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    pages = [soup(client.get(panel_path(scene), params=SPAN)) for _ in range(2)]
    keys = [page.find("input", {"name": "once"})["value"] for page in pages]  # type: ignore[index]
    assert keys[0] != keys[1]


def test_a_day_without_a_time_is_no_time_to_book(visit: Visit) -> None:
    scene = visit.scene()
    create = f"/instruments/{scene.instrument.key}/reservations"
    sent = {"starts_at": "2026-11-24", "ends_at": "2026-11-24T02:00", **TYPED}
    answer = visit.by(scene.member).post(create, data=sent)
    assert answer.status_code == 422
    assert booked_by(visit, scene) == []


def booked_by(visit: Visit, scene: Scene) -> list[str]:
    """The numbers of everything that is booked on the scene's instrument."""
    asked = select(Reservation.number).where(Reservation.instrument_id == scene.instrument.key)
    with visit.write() as uow:
        return list(uow.session.exec(asked))


def test_what_the_lab_does_for_orders_is_ordered_and_not_booked(visit: Visit) -> None:
    scene = visit.scene()
    page = soup(visit.by(scene.member).get(panel_path(scene), params=SPAN))
    modes = [option["value"] for option in page.select("#mode option")]
    assert modes == ["self_operated", "assisted"]
    order = f"/instruments/{scene.instrument.key}/orders/new"
    assert page.select_one(f'#booking a[href="{order}"]')
    staff = soup(visit.by(scene.manager).get(panel_path(scene), params=SPAN))
    assert staff.select_one('#mode option[value="entrusted"]')


def test_where_there_is_nothing_but_orders_the_panel_books_nothing(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        uow.session.get_one(Instrument, scene.instrument.key).service_modes = [
            ServiceMode.ENTRUSTED
        ]
    page = soup(visit.by(scene.member).get(panel_path(scene), params=SPAN))
    assert page.find("button", string="预约") is None
    assert "请新建委托" in page.get_text()


def test_each_day_that_is_too_full_has_a_line_of_its_own(visit: Visit) -> None:
    quota = {"per": "person", "measure": "hours", "period": "day", "limit": 1}
    scene = visit.scene(policy={"quotas": [quota]})
    nights = {"starts_at": "2026-11-24T22:00", "ends_at": "2026-11-25T02:00"}
    page = soup(visit.by(scene.member).get(panel_path(scene), params=nights))
    lines = [one.get_text(strip=True) for one in page.select("#verdict li") if "限额" in str(one)]
    assert lines == [
        f"超出个人限额（每天、2026-11-{day}）：最多 1 小时，已用 0" for day in (24, 25)
    ]
    client, english = visit.by(scene.member), nights | {"lang": "en"}
    answer = client.get(panel_path(scene), params=english, follow_redirects=True)
    assert "personal limit (per day, 2026-11-25): at most 1 hours, 0 used" in text_of(answer)
