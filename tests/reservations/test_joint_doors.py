"""Joint bookings at the API and on pages: shown beforehand, kept when refused."""

from datetime import timedelta

from booking.instruments.actions.index_cards import index_cards
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.web.json import rfc3339
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON
from tests.reservations.conftest import OpenDoors
from tests.reservations.visiting import Visit, key_of, soup, text_of

AFTER = TimeSpan(NOON.end, NOON.end + timedelta(hours=1))


def filled(tool: int) -> dict[str, str | list[str]]:
    return {
        "starts_at": "2026-11-24T12:00",
        "instrument": [str(tool), str(tool)],
        "minutes": ["120", "60"],
        "follows": ["after", "after"],
        "pause": ["0", "0"],
        "samples": ["0", "0"],
        "purpose": "先制样再测",
    }


def test_steps_are_booked_moved_and_given_back_over_the_api(open_doors: OpenDoors) -> None:
    doors = open_doors()
    member, tool = doors.scene.member, doors.scene.instrument.key
    steps = [
        {"instrument_id": tool, "starts_at": rfc3339(one.start), "ends_at": rfc3339(one.end)}
        for one in (NOON, AFTER)
    ]
    body = {"steps": steps, "purpose": "先制样再测"}
    answer = doors.post(member, "/joint-bookings", body)
    assert answer.status_code == 201, answer.text
    number = answer.json()["number"]
    assert answer.json()["total"] == "2400.00"
    again = doors.post(member, "/joint-bookings", body)
    assert (again.status_code, again.json()["code"]) == (409, "reservation.slot_taken")
    later = {"starts_at": rfc3339(NOON.start + timedelta(days=1))}
    moved = doors.post(member, f"/joint-bookings/{number}/move", later).json()
    assert [one["starts_at"][:10] for one in moved["booked"]] == ["2026-11-25"] * 2
    gone = doors.post(member, f"/joint-bookings/{number}/cancellation", {}).json()
    assert {one["state"] for one in gone["booked"]} == {"cancelled"}


def test_every_step_is_shown_before_and_after_it_is_booked(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    told = filled(scene.instrument.key)
    page = client.get("/joint-bookings/new", params=told)
    assert "全部可以预约" in text_of(page)
    assert "2,400.00" in text_of(page)
    made = client.post("/joint-bookings", data=told)
    assert made.status_code == 303, made.text
    shown = client.get(made.headers["location"])
    assert len(soup(shown).select("main tbody tr")) == 2
    taken = client.post("/joint-bookings", data=told)
    assert taken.status_code == 409
    (purpose,) = soup(taken).select("input[name=purpose]")
    assert purpose["value"] == "先制样再测"
    assert [one["value"] for one in soup(taken).select("input[name=minutes]")] == ["120", "60"]


def test_a_joint_booking_that_is_sent_twice_is_booked_once(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    told = filled(scene.instrument.key)
    pages = [client.get("/joint-bookings/new", params={**told, "once": "k"}) for _ in range(2)]
    keys = [key_of(page) for page in pages]
    assert len({*keys, "k"}) == 3
    sent = {**told, "once": keys[0]}
    first, again = (client.post("/joint-bookings", data=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert client.post("/joint-bookings", data={**sent, "once": keys[1]}).status_code == 409


def test_steps_are_put_in_and_taken_out_without_losing_what_was_typed(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        index_cards(uow, [scene.instrument.key])
    client = visit.by(scene.member)
    tool = str(scene.instrument.key)
    told = {**filled(scene.instrument.key), "with": tool}

    def minutes(**more: str) -> list[str]:
        page = soup(client.get("/joint-bookings/new", params={**told, **more}))
        return [str(one["value"]) for one in page.select("input[name=minutes]")]

    assert minutes() == ["120", "60", "120"]
    assert minutes(without="0") == ["60", "120"]
    found = client.get("/joint-bookings/new", params={**told, "q": scene.instrument.name})
    assert soup(found).select("button[name=with]")


def test_moving_all_is_offered_to_who_may_move_every_step(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        other = make_instrument(uow)
        keeper = make_lab_person(uow, other.lab_id)
        wishes = [scene.wish(), scene.wish(AFTER, instrument_id=other.key)]
        made = reserve_joint(uow, wishes, actor=scene.member, now=visit.clock.now())
    page = f"/joint-bookings/{made.joint.number}"
    offered = {
        who.id: bool(soup(visit.by(who).get(page)).select(f"form[action$='{page}/move']"))
        for who in (scene.member, scene.admin, scene.manager, keeper)
    }
    assert [who for who, is_offered in offered.items() if is_offered] == [
        scene.member.id,
        scene.admin.id,
    ]
