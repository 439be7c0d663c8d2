"""The pages of bookings: statuses, fragments, doors, what is said before it is done."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.kernel.timespan import TimeSpan
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene, make_use
from tests.reservations.conftest import Write
from tests.support.clock import FrozenClock

HTMX = {"HX-Request": "true"}
ASKED = {"approval": "always"}
SPAN = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}


def soup(answer: Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def text_of(answer: Response) -> str:
    return " ".join(soup(answer).get_text(" ").split())


class Visit:
    """A client in which different people of a scene sit down one after the other."""

    def __init__(self, write: Write, client: TestClient, clock: FrozenClock) -> None:
        self.write, self.client, self.clock = write, client, clock

    def scene(self, **facts: object) -> Scene:
        with self.write() as uow:
            return make_scene(uow, **facts)  # type: ignore[arg-type]

    def by(self, actor: Actor) -> TestClient:
        with self.write() as uow:
            return be(self.client, open_session(uow, actor, now=self.clock.now()))

    def book(self, scene: Scene, span: TimeSpan = NOON) -> str:
        with self.write() as uow:
            return make_reservation(uow, scene, span, now=self.clock.now()).number


@pytest.fixture
def visit(write: Write, client: TestClient, clock: FrozenClock) -> Visit:
    return Visit(write, client, clock)


def panel_path(scene: Scene) -> str:
    return f"/instruments/{scene.instrument.key}/booking"


# ── the booking panel ────────────────────────────────────────────────────────────────────────────


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
    return {str(name): str(value) for name, value in typed.items() if value}


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


# ── my bookings ──────────────────────────────────────────────────────────────────────────────────


def test_my_bookings_say_what_cancelling_costs(visit: Visit) -> None:
    scene = visit.scene(policy={"free_cancel_minutes": 60 * 48, "late_cancel_percent": 50})
    number = visit.book(scene)
    answer = visit.by(scene.member).get("/reservations")
    assert "收取 800.00 元" in text_of(answer)
    assert number in answer.text
    cancelled = visit.client.post(f"/reservations/{number}/cancellation")
    assert cancelled.status_code == 303
    assert number not in visit.client.get("/reservations").text
    assert number in visit.client.get("/reservations/past").text


def test_a_company_sees_its_bookings_and_no_others(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    client = visit.by(scene.admin)
    assert number not in client.get("/reservations").text
    assert number in client.get("/reservations?whose=company").text
    with visit.write() as uow:
        stranger = make_member(uow, make_organisation(uow).key)
    client = visit.by(stranger)
    assert number not in client.get("/reservations?whose=company").text
    assert client.get(f"/reservations/{number}").status_code == 404


def test_a_booking_is_moved_by_a_plain_form(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    client = visit.by(scene.member)
    page = soup(client.get(f"/reservations/{number}/move"))
    assert page.find(id="starts_at")["value"] == "2026-11-24T12:00"  # type: ignore[index]
    past = {"starts_at": "2026-11-20T12:00", "ends_at": "2026-11-20T14:00"}
    refused = client.post(f"/reservations/{number}/move", data=past)
    assert refused.status_code == 422
    assert "时段已经过去" in text_of(refused)
    later = {"starts_at": "2026-11-25T12:00", "ends_at": "2026-11-25T15:00"}
    assert client.post(f"/reservations/{number}/move", data=later).status_code == 303
    assert "11月25日 周三 12:00–15:00" in text_of(client.get(f"/reservations/{number}"))


# ── the lab's pages ──────────────────────────────────────────────────────────────────────────────


def test_requests_are_decided_from_the_queue(visit: Visit) -> None:
    scene = visit.scene(policy=ASKED)
    first, second = visit.book(scene), visit.book(scene, span=between("11-25 12:00", "14:00"))
    client = visit.by(scene.manager)
    assert first in client.get("/approvals").text
    assert client.post(f"/reservations/{first}/approval").status_code == 303
    no = client.post(f"/reservations/{second}/rejection", data={"reason": "样品不合适"})
    assert no.status_code == 303
    assert "没有待审批的申请" in text_of(client.get("/approvals"))
    assert "样品不合适" in text_of(visit.by(scene.member).get(f"/reservations/{second}"))


def test_the_day_sheet_shows_who_is_late_and_checks_in_by_one_press(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    visit.clock.at("2026-11-24T12:12+08:00")
    client = visit.by(scene.manager)
    sheet = client.get("/day")
    assert "迟到 12 分钟" in text_of(sheet)
    button = soup(sheet).select_one(f"form[action='/reservations/{number}/check-in']")
    assert button
    data = {"back_to_day": str(scene.instrument.lab_id)}
    done = client.post(f"/reservations/{number}/check-in", data=data)
    assert done.headers["location"] == f"/day?lab={scene.instrument.lab_id}"
    assert "使用中" in text_of(client.get("/day"))
    assert client.post(f"/reservations/{number}/check-out", data=data).status_code == 303


def test_a_lab_sees_its_own_day_only(visit: Visit) -> None:
    scene, other = visit.scene(), visit.scene()
    visit.clock.at("2026-11-24T09:00+08:00")
    client = visit.by(scene.manager)
    assert client.get(f"/day?lab={other.instrument.lab_id}").status_code == 404
    assert visit.by(scene.member).get("/day").status_code == 403


def test_both_sides_confirm_and_the_use_is_settled(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        number = make_use(uow, scene, now=visit.clock.now()).number
    visit.clock.at((NOON.end + timedelta(hours=1)).isoformat())
    client = visit.by(scene.manager)
    assert number in client.get("/confirmations").text
    figures = {"preparation_minutes": "10", "test_minutes": "100", "post_minutes": "10"}
    client.post(f"/reservations/{number}/confirmation", data=figures)
    assert number not in client.get("/confirmations").text
    client = visit.by(scene.member)
    assert "100 分钟" in text_of(client.get("/confirmations"))
    client.post(f"/reservations/{number}/confirmation")
    assert "已结清" in text_of(client.get(f"/reservations/{number}"))


def test_an_objection_is_answered_by_the_lab(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        number = make_use(uow, scene, now=visit.clock.now()).number
    client = visit.by(scene.member)
    client.post(f"/reservations/{number}/dispute", data={"reason": "只用了一小时"})
    client = visit.by(scene.manager)
    assert "只用了一小时" in text_of(client.get("/confirmations"))
    outcome = {"test_minutes": "60", "reason": "核对日志"}
    client.post(f"/reservations/{number}/resolution", data=outcome)
    assert "待确认" in text_of(client.get(f"/reservations/{number}"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/reservations", "/reservations/past", "/approvals", "/day", "/confirmations"]
)
def test_every_page_opens_empty_in_both_languages(visit: Visit, path: str, language: str) -> None:
    with visit.write() as uow:
        admin = make_staff(uow, Role.CENTRE_ADMIN)
    answer = visit.by(admin).get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/reservations", "/approvals", "/day", "/confirmations"])
def test_whoever_is_not_signed_in_is_led_to_the_door(visit: Visit, path: str) -> None:
    answer = visit.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
