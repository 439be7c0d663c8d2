"""Series at the API and on pages: what is answered, shown beforehand, and kept when refused."""

from datetime import date

import pytest

from tests.conftest import Write
from tests.factories.instruments import add_zone_day
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene
from tests.reservations.conftest import OpenDoors
from tests.reservations.visiting import ASKED, SPAN, Visit, key_of, soup, text_of

WEEKLY = "FREQ=WEEKLY;COUNT=3"
SECOND = between("12-01 12:00", "14:00")
FILLED = {**SPAN, "frequency": "weekly", "every": "1", "until": "2026-12-08", "purpose": "断口"}


def path_of(scene: Scene) -> str:
    return f"/instruments/{scene.instrument.key}/series"


# ── the API ──────────────────────────────────────────────────────────────────────────────────────


def test_a_series_is_answered_with_its_number_and_bookings(open_doors: OpenDoors) -> None:
    doors = open_doors()
    member = doors.scene.member
    answer = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [one["starts_at"][:10] for one in told["booked"]] == [
        "2026-11-24",
        "2026-12-01",
        "2026-12-08",
    ]
    assert told["skipped"] == []
    assert told["total"] == "4800.00"
    seen = doors.get(member, f"/reservation-series/{told['number']}")
    assert [one["number"] for one in seen.json()["booked"]] == [
        one["number"] for one in told["booked"]
    ]


def test_what_is_taken_is_a_conflict_unless_it_may_be_skipped(open_doors: OpenDoors) -> None:
    doors = open_doors()
    doors.book(SECOND)
    member = doors.scene.member
    refused = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY))
    assert refused.status_code == 409
    assert refused.json()["code"] == "reservation.slot_taken"
    assert [one["start"] for one in refused.json()["conflicts"]] == ["2026-12-01T04:00:00Z"]
    body = doors.body(rrule=WEEKLY, on_conflict="skip")
    told = doors.post(member, "/reservation-series", body).json()
    assert len(told["booked"]) == 2
    assert told["skipped"] == [
        {
            "starts_at": "2026-12-01T04:00:00Z",
            "ends_at": "2026-12-01T06:00:00Z",
            "codes": ["reservation.slot_taken"],
        }
    ]


def test_a_rule_without_end_is_refused_by_name(open_doors: OpenDoors) -> None:
    doors = open_doors()
    body = doors.body(rrule="FREQ=DAILY")
    answer = doors.post(doors.scene.member, "/reservation-series", body)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["violations"]] == ["series.unbounded"]


def test_the_same_request_twice_books_one_series(open_doors: OpenDoors) -> None:
    doors = open_doors()
    key = {"Idempotency-Key": "one"}
    answers = [
        doors.post(doors.scene.member, "/reservation-series", doors.body(rrule=WEEKLY), key)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()


def test_every_occurrence_is_foreseen_and_nothing_is_booked(open_doors: OpenDoors) -> None:
    doors = open_doors({"horizon_days": {"enterprise": 10}})
    doors.book(SECOND)
    member = doors.scene.member
    asked = {**doors.body(rrule=WEEKLY), "purpose": ""}
    told = doors.post(member, "/reservation-series/preview", asked).json()
    assert (told["free"], told["total"]) == (1, "1600.00")
    first, second, third = told["occurrences"]
    assert (first["free"], first["waits"], first["conflicts"]) == (True, False, [])
    assert second["conflicts"] == [
        {"start": "2026-12-01T04:00:00Z", "end": "2026-12-01T06:00:00Z", "kind": "occupied"}
    ]
    assert [one["code"] for one in third["violations"]] == ["horizon.too_far"]
    body = doors.body(rrule="FREQ=DAILY")
    refused = doors.post(member, "/reservation-series/preview", body)
    assert [one["code"] for one in refused.json()["violations"]] == ["series.unbounded"]
    assert doors.get(member, "/reservations").json()["items"][0]["starts_at"].startswith("2026-12")


def test_a_public_holiday_is_named_before_it_is_booked(open_doors: OpenDoors, write: Write) -> None:
    doors = open_doors()
    with write() as uow:
        add_zone_day(uow, date(2026, 12, 1), reason="示例停电检修")
    asked = doors.body(rrule=WEEKLY)
    told = doors.post(doors.scene.member, "/reservation-series/preview", asked).json()
    (closed,) = told["occurrences"][1]["violations"]
    assert closed["code"] == "opening.closed"
    assert "示例停电检修" in closed["detail"]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"scope": "this", "reservation": 1}, 2),
        ({"scope": "following", "reservation": 1}, 1),
        ({"scope": "all", "reservation": 2}, 0),
        ({}, 0),
    ],
)
def test_this_the_following_or_all_are_moved_and_given_back(
    open_doors: OpenDoors, said: dict[str, object], left: int
) -> None:
    doors = open_doors()
    member = doors.scene.member
    made = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY)).json()
    path = f"/reservation-series/{made['number']}"
    n = said.get("reservation", 0)
    named = {**said, "reservation": made["booked"][n]["number"]} if said else {}
    day = made["booked"][n]["starts_at"][:10]
    later = {"starts_at": f"{day}T05:00:00Z", "ends_at": f"{day}T07:00:00Z"}
    answer = doors.post(member, f"{path}/move", {**named, **later})
    assert answer.status_code == 200, answer.text
    hours = [one["starts_at"][11:16] for one in answer.json()["booked"]]
    assert hours.count("04:00") == left
    gone = doors.post(member, f"{path}/cancellation", named).json()
    assert [one["state"] for one in gone["booked"]].count("confirmed") == left
    assert doors.get(member, path).json() == gone


def test_what_is_not_of_the_series_is_not_meant(open_doors: OpenDoors) -> None:
    doors = open_doors()
    member = doors.scene.member
    made = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY)).json()
    alone = doors.book(between("11-26 12:00", "14:00"))
    path = f"/reservation-series/{made['number']}/cancellation"
    for said in ({"scope": "this"}, {"scope": "all", "reservation": alone}):
        refused = doors.post(member, path, said)
        assert (refused.status_code, refused.json()["code"]) == (409, "series.nothing_left")
    assert doors.post(member, "/reservation-series/Q0/cancellation", {}).status_code == 404
    key = {"Idempotency-Key": "once"}
    first, again = (doors.post(member, path, {}, key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_every_time_is_shown_before_it_is_booked(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene, SECOND)
    client = visit.by(scene.member)
    seen = client.get(path_of(scene), params=FILLED)
    assert seen.status_code == 200
    assert "3 次中有 2 次空闲" in text_of(seen)
    assert "3,200.00" in text_of(seen)
    assert "这段时间已被占用" in text_of(seen)


def test_a_series_that_is_sent_twice_is_booked_once(visit: Visit) -> None:
    scene = visit.scene(units=2)
    client = visit.by(scene.member)
    keys = [key_of(client.get(path_of(scene), params={**FILLED, "once": "k"})) for _ in range(2)]
    assert len({*keys, "k"}) == 3
    sent = {**FILLED, "once": keys[0]}
    first, again = (client.post(path_of(scene), data=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    other = client.post(path_of(scene), data={**sent, "once": keys[1]})
    assert other.headers["location"] != first.headers["location"]


def test_a_refused_series_keeps_what_was_typed(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene, SECOND)
    client = visit.by(scene.member)
    refused = client.post(path_of(scene), data={**FILLED, "once": "k"})
    assert (refused.status_code, key_of(refused)) == (409, "k")
    assert soup(refused).find(id="purpose")["value"] == "断口"  # type: ignore[index]
    booked = client.post(path_of(scene), data={**FILLED, "only_free": "on"})
    assert booked.status_code == 303
    page = client.get(booked.headers["location"])
    assert "未预约成功" in text_of(page)
    assert "时间已被占用" in text_of(page)


def test_several_days_of_the_week_are_one_series(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    asked = {**FILLED, "weekdays": ["1", "3"], "until": "2026-12-03"}
    assert "4 次中有 4 次空闲" in text_of(client.get(path_of(scene), params=asked))


def test_a_rule_that_makes_no_series_is_explained(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    asked = {**FILLED, "weekdays": ["2"]}
    assert "第一次不符合规则本身" in text_of(client.get(path_of(scene), params=asked))
    assert client.post(path_of(scene), data=asked).status_code == 422


def test_a_series_is_decided_moved_and_cancelled_on_its_pages(visit: Visit) -> None:
    scene = visit.scene(policy=ASKED)
    client = visit.by(scene.member)
    address = client.post(path_of(scene), data=FILLED).headers["location"]
    client = visit.by(scene.manager)
    assert "同意全部 3 次" in text_of(client.get(address))
    assert client.post(f"{address}/approval").status_code == 303
    client = visit.by(scene.member)
    page = soup(client.get(address))
    number = page.select_one("th a")["href"].split("/")[-1]  # type: ignore[index,union-attr]
    booking = client.get(f"/reservations/{number}")
    assert "属于系列" in text_of(booking)
    form = soup(client.get(f"/reservations/{number}/move?scope=following"))
    assert form.select_one("input[name=scope][checked]")["value"] == "following"  # type: ignore[index]
    later = {"starts_at": "2026-11-24T13:00", "ends_at": "2026-11-24T15:00", "scope": "all"}
    assert client.post(f"/reservations/{number}/move", data=later).status_code == 303
    assert text_of(client.get(address)).count("13:00–15:00") == 3
    cancelled = client.post(f"/reservations/{number}/cancellation", data={"scope": "all"})
    assert cancelled.status_code == 303
    assert text_of(client.get(address)).count("已取消") == 3


def test_the_queue_of_the_lab_shows_a_series_once_and_decides_it_once(visit: Visit) -> None:
    scene = visit.scene(policy=ASKED)
    alone = visit.book(scene, between("11-25 09:00", "11:00"))
    client = visit.by(scene.member)
    first, second = (
        client.post(path_of(scene), data={**FILLED, "starts_at": start, "ends_at": end})
        for start, end in (
            ("2026-11-24T12:00", "2026-11-24T14:00"),
            ("2026-11-26T12:00", "2026-11-26T14:00"),
        )
    )
    client = visit.by(scene.manager)
    queue = client.get("/approvals")
    assert len(soup(queue).select("#queue tbody tr")) == 3
    assert "共 3 次，最后一次 12月8日" in text_of(queue)
    assert "合计 4,800.00 元" in text_of(queue)
    actions = [str(form["action"]) for form in soup(queue).select("form[action$='/approval']")]
    assert f"/reservations/{alone}/approval" in actions
    assert client.post(f"{first.headers['location']}/approval").status_code == 303
    assert f"{second.headers['location']}/approval" in actions
    why = {"reason": "检修"}
    assert client.post(f"{second.headers['location']}/rejection", data=why).status_code == 303
    left = soup(client.get("/approvals"))
    assert len(left.select("#queue tbody tr")) == 1
    assert left.select_one(f"a[href='/reservations/{alone}']")


def test_a_refused_move_says_which_time_is_in_the_way(visit: Visit) -> None:
    scene = visit.scene(policy={"horizon_days": {"enterprise": 15}})
    client = visit.by(scene.member)
    address = client.post(path_of(scene), data=FILLED).headers["location"]
    page = soup(client.get(address))
    number = page.select_one("th a")["href"].split("/")[-1]  # type: ignore[index,union-attr]
    later = {"starts_at": "2026-11-26T12:00", "ends_at": "2026-11-26T14:00", "scope": "all"}
    refused = client.post(f"/reservations/{number}/move", data=later)
    assert refused.status_code == 422
    assert "12月10日" in text_of(refused)


def test_the_lab_books_a_series_for_somebody_against_a_rule(visit: Visit) -> None:
    scene = visit.scene(policy={"longest_minutes": 60})
    member = visit.by(scene.member)
    assert soup(member.get(path_of(scene))).find(id="override_reason") is None
    client = visit.by(scene.manager)
    for_whom = {**FILLED, "on_behalf_of": scene.member.email}
    seen = client.get(path_of(scene), params=for_whom)
    assert "3 次中有 0 次空闲" in text_of(seen)
    with_reason = {**for_whom, "override_reason": "设备验收"}
    seen = client.get(path_of(scene), params=with_reason)
    assert "3 次中有 3 次空闲" in text_of(seen)
    assert "已破例" in text_of(seen)
    assert soup(seen).find(id="override_reason")["value"] == "设备验收"  # type: ignore[index]
    booked = client.post(path_of(scene), data=with_reason)
    assert booked.status_code == 303
    page = soup(client.get(booked.headers["location"]))
    number = page.select_one("th a")["href"]  # type: ignore[index]
    assert "设备验收" in text_of(client.get(str(number)))


def test_a_series_for_nobody_that_is_known_is_explained(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.manager)
    seen = client.get(path_of(scene), params={**FILLED, "on_behalf_of": "nobody@example.com"})
    assert seen.status_code == 200
    assert "没有找到" in text_of(seen)
    refused = client.post(path_of(scene), data={**FILLED, "on_behalf_of": "nobody@example.com"})
    assert refused.status_code == 404
    assert soup(refused).find(id="on_behalf_of")["value"] == "nobody@example.com"  # type: ignore[index]
