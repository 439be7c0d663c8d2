"""The pages of bookings: statuses, fragments, doors, what is said before it is done."""

from datetime import timedelta

import pytest

from booking.access.roles import Role
from booking.reservations.actions.check_in import check_in
from booking.reservations.jobs import close_forgotten
from tests.factories.accounts import make_member, make_staff
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_reservation, make_use, use_of
from tests.reservations.visiting import ASKED, HTMX, Visit, soup, text_of

LATER = between("11-24 15:00", "17:00")

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


def test_the_lab_tells_when_a_forgotten_use_was_over(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        usual = make_use(uow, scene, LATER, now=visit.clock.now()).number
        number = make_reservation(uow, scene, now=visit.clock.now()).number
        check_in(uow, number, actor=scene.member, now=NOON.start)
        close_forgotten(uow, NOON.end + timedelta(hours=1))
    visit.clock.at((LATER.end + timedelta(hours=1)).isoformat())
    client = visit.by(scene.manager)
    page = soup(client.get("/confirmations"))
    asked = page.find(id=f"{number}-ended_at")
    assert asked
    assert asked["value"] == "2026-11-24T14:00"
    assert page.find(id=f"{usual}-ended_at") is None
    told = {"ended_at": "2026-11-24T14:50", "test_minutes": "150"}
    impossible = client.post(
        f"/reservations/{number}/confirmation", data={**told, "ended_at": "2026-11-24T23:00"}
    )
    assert impossible.status_code == 422
    kept = soup(impossible).find(id=f"{number}-ended_at")
    assert kept
    assert kept["value"] == "2026-11-24T23:00"
    client.post(f"/reservations/{number}/confirmation", data=told)
    with visit.write() as uow:
        usage = use_of(uow.session, number)
        assert (usage.overrun_minutes, usage.idle_minutes) == (50, 20)


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


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_figure_out_of_range_is_shown_at_its_field_with_all_that_was_typed(
    visit: Visit, headers: dict[str, str]
) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        number = make_use(uow, scene, between("11-23 09:00", "11:00"), now=visit.clock.now()).number
    visit.clock.advance(hours=3)
    wrong = {"test_minutes": "-5", "samples": "7", "note": "换过光阑"}
    answer = visit.by(scene.manager).post(
        f"/reservations/{number}/confirmation", data=wrong, headers=headers
    )
    assert answer.status_code == 422
    page = soup(answer)
    field = page.find(id=f"{number}-test_minutes")
    assert field
    assert (field["value"], field["aria-invalid"]) == ("-5", "true")
    assert "不能小于 0" in text_of(answer)
    assert page.find(id=f"{number}-samples")["value"] == "7"  # type: ignore[index]
    assert page.find(id=f"{number}-note")["value"] == "换过光阑"  # type: ignore[index]


def test_a_figure_out_of_range_at_check_out_is_shown_at_its_field(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene, between("11-23 10:00", "12:00"))
    visit.clock.advance(hours=1)
    client = visit.by(scene.manager)
    assert client.post(f"/reservations/{number}/check-in").status_code == 303
    wrong = {"samples": "100001", "note": "换过光阑"}
    answer = client.post(f"/reservations/{number}/check-out", data=wrong)
    assert answer.status_code == 422
    assert soup(answer).find(id=f"{number}-samples")["value"] == "100001"  # type: ignore[index]
    assert "不能大于 100000" in text_of(answer)
    assert soup(answer).find(id=f"{number}-note")["value"] == "换过光阑"  # type: ignore[index]


@pytest.mark.parametrize("path", ["/reservations", "/approvals", "/day", "/confirmations"])
def test_whoever_is_not_signed_in_is_led_to_the_door(visit: Visit, path: str) -> None:
    answer = visit.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
