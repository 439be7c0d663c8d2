"""Reservations for programs: statuses, codes, who sees what."""

import pytest

from booking.access.roles import Role
from booking.accounts.models import User
from tests.factories.accounts import bearer, make_actor, make_member, make_staff
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON
from tests.reservations.conftest import OpenDoors, Write
from tests.support.clock import FrozenClock

ASKED = {"approval": "always"}


def test_a_booking_is_answered_with_its_number_state_and_price(open_doors: OpenDoors) -> None:
    doors = open_doors()
    answer = doors.post(doors.scene.member, "/reservations", doors.body(samples=2))
    assert answer.status_code == 201
    told = answer.json()
    assert told["state"] == "confirmed"
    assert told["starts_at"] == "2026-11-24T04:00:00Z"
    assert told["total"] == "1840.00"
    assert [line["amount"] for line in told["quote"]["lines"]] == ["1600.00", "240.00"]


def test_taken_time_is_a_conflict_with_alternatives(open_doors: OpenDoors) -> None:
    doors = open_doors()
    doors.book()
    answer = doors.post(doors.scene.admin, "/reservations", doors.body())
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "reservation.slot_taken"
    assert problem["conflicts"] == [
        {"start": "2026-11-24T04:00:00Z", "end": "2026-11-24T06:00:00Z", "kind": "occupied"}
    ]
    assert problem["alternatives"][0] == {
        "instrument_id": doors.scene.instrument.key,
        "start": "2026-11-24T02:00:00Z",
        "end": "2026-11-24T04:00:00Z",
    }


def test_broken_rules_are_all_named(open_doors: OpenDoors) -> None:
    doors = open_doors({"notice_minutes": 120})
    body = doors.body(between("11-23 10:10", "10:20"))
    answer = doors.post(doors.scene.member, "/reservations", body)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "reservation.rules_broken"
    assert [(v["code"], v["overridable"]) for v in problem["violations"]] == [
        ("notice.too_short", True),
        ("duration.too_short", True),
        ("grid.off", True),
    ]
    assert problem["violations"][0]["params"] == {"notice_minutes": 120}


def test_a_time_without_offset_is_refused(open_doors: OpenDoors) -> None:
    doors = open_doors()
    body = doors.body(starts_at="2026-11-24T12:00:00")
    answer = doors.post(doors.scene.member, "/reservations", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "time.offset_missing")


def test_a_span_that_ends_before_it_starts_is_refused(open_doors: OpenDoors) -> None:
    doors = open_doors()
    body = doors.body(ends_at="2026-11-24T03:00:00Z")
    answer = doors.post(doors.scene.member, "/reservations", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "span.not_in_order")


def test_the_same_request_sent_twice_books_once(open_doors: OpenDoors) -> None:
    doors = open_doors(None, units=2)
    key = {"Idempotency-Key": "k-1"}
    member = doors.scene.member
    first = doors.post(member, "/reservations", doors.body(), key)
    again = doors.post(member, "/reservations", doors.body(), key)
    other = doors.post(member, "/reservations", doors.body(purpose="别的"), key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.mismatch")
    assert len(doors.get(member, "/reservations").json()["items"]) == 1


@pytest.mark.parametrize("stale", ['"0"', "yesterday", "", "x" * 60])
def test_what_somebody_else_has_changed_is_not_overwritten(
    open_doors: OpenDoors, stale: str
) -> None:
    doors = open_doors()
    path, member = f"/reservations/{doors.book()}", doors.scene.member
    move = {"starts_at": "2026-11-24T14:00+08:00", "ends_at": "2026-11-24T16:00+08:00"}
    for step, body in ((f"{path}/reschedule", move), (f"{path}/cancellation", {})):
        refused = doors.post(member, step, body, {"If-Match": stale})
        assert (refused.status_code, refused.json()["code"]) == (412, "record.stale")
    shown = doors.get(member, path)
    moved = doors.post(member, f"{path}/reschedule", move, {"If-Match": shown.headers["etag"]})
    assert moved.status_code == 200
    assert moved.headers["etag"] != shown.headers["etag"]
    assert moved.headers["etag"] == doors.get(member, path).headers["etag"]
    assert doors.post(member, f"{path}/cancellation", {}, {"If-Match": "*"}).status_code == 200


def test_a_repeated_deed_is_answered_as_before_although_its_version_is_gone(
    open_doors: OpenDoors,
) -> None:
    doors = open_doors()
    path, member = f"/reservations/{doors.book()}", doors.scene.member
    headers = {"Idempotency-Key": "k-2", "If-Match": doors.get(member, path).headers["etag"]}
    first, again = (doors.post(member, f"{path}/cancellation", {}, headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotent-replay"] == "true"
    assert (again.json(), again.headers["etag"]) == (first.json(), first.headers["etag"])


def test_who_may_not_know_of_a_booking_learns_no_version(
    open_doors: OpenDoors, write: Write, clock: FrozenClock
) -> None:
    doors = open_doors()
    path = f"/api/v1/reservations/{doors.book()}/cancellation"
    with write() as uow:
        stranger = bearer(uow, make_member(uow, make_organisation(uow).key), now=clock.now())
    answer = doors.client.post(path, headers={**stranger, "If-Match": '"0"'})
    assert answer.status_code == 404


def test_nobody_learns_from_a_booking_who_has_an_account(
    open_doors: OpenDoors, write: Write
) -> None:
    doors = open_doors()
    with write() as uow:
        other = make_organisation(uow).key
        known = make_member(uow, other)
        email = uow.session.get_one(User, known.id).email
    member = doors.scene.member
    for person in (known.id, email, 999_999, "nobody@example.com"):
        body = doors.body(on_behalf_of=person)
        answer = doors.post(member, "/reservations", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), person
    for person in (known.id, 999_999, email, "nobody@example.com"):
        body = doors.body(on_behalf_of=person)
        assert doors.post(doors.scene.admin, "/reservations", body).status_code == 404, person
    body = doors.body(on_behalf_of=member.id)
    assert doors.post(doors.scene.admin, "/reservations", body).status_code == 201


def test_the_whole_life_over_http(open_doors: OpenDoors, clock: FrozenClock) -> None:
    doors = open_doors(ASKED)
    member, manager = doors.scene.member, doors.scene.manager
    number = doors.book()
    path = f"/reservations/{number}"
    assert doors.post(manager, f"{path}/approval").json()["state"] == "confirmed"
    body = {"starts_at": "2026-11-24T13:00:00+08:00", "ends_at": "2026-11-24T15:00:00+08:00"}
    refused = doors.post(manager, f"{path}/reschedule", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "reservation.consent_missing")
    assert doors.post(member, f"{path}/reschedule", body).json()["state"] == "requested"
    assert doors.post(manager, f"{path}/approval").json()["state"] == "confirmed"
    clock.at("2026-11-24T13:00+08:00")
    assert doors.post(member, f"{path}/check-in").json()["state"] == "in_use"
    clock.at("2026-11-24T15:00+08:00")
    figures = {"preparation_minutes": 10, "test_minutes": 90, "post_minutes": 10, "samples": 3}
    assert doors.post(manager, f"{path}/check-out", figures).json()["state"] == "completed"
    assert doors.post(manager, f"{path}/confirmation").json()["state"] == "completed"
    assert doors.post(member, f"{path}/confirmation").json()["state"] == "settled"
    seen = doors.get(member, path).json()
    assert (seen["use"]["idle_minutes"], seen["use"]["samples"]) == (10, 3)


def test_an_illegal_step_is_a_conflict(open_doors: OpenDoors) -> None:
    doors = open_doors()
    answer = doors.post(doors.scene.manager, f"/reservations/{doors.book()}/approval")
    assert (answer.status_code, answer.json()["code"]) == (409, "reservation.illegal_transition")
    assert answer.json()["params"] == {"state": "confirmed", "action": "approve"}


def test_strangers_find_nothing(open_doors: OpenDoors, write: Write, clock: FrozenClock) -> None:
    doors = open_doors()
    number = doors.book()
    with write() as uow:
        stranger = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
        key = bearer(uow, stranger, now=clock.now())
    path = f"/api/v1/reservations/{number}"
    assert doors.client.get(path, headers=key).status_code == 404
    assert doors.client.post(f"{path}/cancellation", headers=key).status_code == 404
    assert doors.client.get("/api/v1/reservations", headers=key).json()["items"] == []


def test_a_refusal_does_not_say_who_has_the_time(
    open_doors: OpenDoors, write: Write, clock: FrozenClock
) -> None:
    doors = open_doors()
    doors.book(purpose="保密用途")
    with write() as uow:
        stranger = make_member(uow, make_organisation(uow).key)
        key = bearer(uow, stranger, now=clock.now())
    refused = doors.client.post("/api/v1/reservations", json=doors.body(), headers=key)
    assert refused.status_code == 409
    assert "保密用途" not in refused.text
    assert doors.scene.company.name not in refused.text


def test_the_centre_reads_everything_and_the_auditor_changes_nothing(
    open_doors: OpenDoors, write: Write, clock: FrozenClock
) -> None:
    doors = open_doors()
    number = doors.book()
    with write() as uow:
        key = bearer(uow, make_staff(uow, Role.AUDITOR), now=clock.now())
        nobody = bearer(uow, make_actor(uow), now=clock.now())
    path = f"/api/v1/reservations/{number}"
    assert doors.client.get(path, headers=key).status_code == 200
    assert doors.client.post(f"{path}/cancellation", headers=key).status_code == 403
    # Without any role a token opens nothing.
    assert doors.client.get(path, headers=nobody).status_code == 401
    assert doors.client.get(path).status_code == 401


def test_a_list_goes_on_where_it_stopped(open_doors: OpenDoors) -> None:
    doors = open_doors()
    numbers = [doors.book(between(f"11-2{day} 12:00", "14:00")) for day in (4, 5, 6)]
    member = doors.scene.member
    first = doors.get(member, "/reservations?limit=2").json()
    rest = doors.get(member, f"/reservations?limit=2&cursor={first['next_cursor']}").json()
    listed = [item["number"] for item in first["items"] + rest["items"]]
    assert listed == numbers[::-1]
    assert rest["next_cursor"] is None


def test_a_list_is_narrowed_by_state_instrument_and_time(open_doors: OpenDoors) -> None:
    doors = open_doors()
    kept, given_back = doors.book(), doors.book(between("11-25 12:00", "14:00"))
    member = doors.scene.member
    doors.post(member, f"/reservations/{given_back}/cancellation", {"reason": "改期"})

    def listed(query: str) -> list[str]:
        answer = doors.get(member, f"/reservations?{query}").json()
        return [item["number"] for item in answer["items"]]

    assert listed("state=cancelled") == [given_back]
    assert listed("state=cancelled&state=confirmed") == [given_back, kept]
    assert listed(f"instrument_id={doors.scene.instrument.key}&state=confirmed") == [kept]
    assert listed("start=2026-11-25T00:00:00Z") == [given_back]
    assert listed(f"end={NOON.start.isoformat().replace('+00:00', 'Z')}") == []


def test_a_list_that_ends_before_it_starts_is_refused(open_doors: OpenDoors) -> None:
    doors = open_doors()
    asked = "/reservations?start=2026-11-25T00:00:00Z&end=2026-11-24T00:00:00Z"
    answer = doors.get(doors.scene.member, asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "span.backwards")


def test_programs_are_told_every_period_that_is_full(open_doors: OpenDoors) -> None:
    quota = {"per": "person", "measure": "hours", "period": "day", "limit": 1}
    doors = open_doors({"quotas": [quota]})
    body = doors.body(between("11-24 22:00", "11-25 02:00"))
    answer = doors.post(doors.scene.member, "/reservations", body)
    told = [one for one in answer.json()["violations"] if one["code"] == "quota.person"]
    assert [one["params"]["from"] for one in told] == ["2026-11-24", "2026-11-25"]
    assert told[0]["params"]["during"] == ["day", "2026-11-24"]
