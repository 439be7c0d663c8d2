"""Calendar feeds: what other programs read, who may read what, and how an address ends."""

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
import vobject
from httpx2 import Response
from sqlmodel import col
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.models import Membership
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Organisation
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.keep_feed import give_feed
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.rules.feeds import OWN, Subject
from tests.conftest import Write
from tests.factories.accounts import make_member, make_staff, shut
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene
from tests.reservations.visiting import ASKED, Visit, soup
from tests.support.clock import FrozenClock

LATER = between("11-25 09:00", "11:00")
NO_SUCH = "/calendar/nothing.ics"


class Programs:
    """What people's calendar programs fetch from the addresses that these gave them."""

    def __init__(self, write: Write, client: TestClient, clock: FrozenClock) -> None:
        self.write, self.client, self.clock = write, client, clock

    def address(self, actor: Actor, subject: Subject = OWN) -> str:
        with self.write() as uow:
            return f"/calendar/{give_feed(uow, subject, actor=actor, now=self.clock.now())}.ics"

    def fetch(self, address: str, **headers: str) -> Response:
        return self.client.get(address, headers=headers)

    def events(self, address: str) -> dict[str, vobject.base.Component]:
        """By UID, as another library than the one that wrote them reads it."""
        answer = self.fetch(address)
        assert answer.status_code == 200, answer.text
        read = vobject.readOne(answer.content.decode())
        found = {one.uid.value: one for one in read.contents.get("vevent", ())}
        assert len(found) == len(read.contents.get("vevent", ()))
        return found

    def event(self, address: str) -> vobject.base.Component:
        (found,) = self.events(address).values()
        return found


@pytest.fixture
def visit(write: Write, client: TestClient, clock: FrozenClock) -> Visit:
    return Visit(write, client, clock)


@pytest.fixture
def programs(write: Write, client: TestClient, clock: FrozenClock) -> Programs:
    return Programs(write, client, clock)


def others(visit: Visit, name: str = "别家公司") -> Actor:
    with visit.write() as uow:
        return make_member(uow, make_organisation(uow, name=name).key)


def test_a_booking_is_read_moved_and_called_off_under_one_name(
    visit: Visit, programs: Programs
) -> None:
    scene = visit.scene()
    address = programs.address(scene.member)
    assert programs.events(address) == {}
    number = visit.book(scene)
    made = programs.event(address)
    assert (made.dtstart.value, made.dtend.value) == (NOON.start, NOON.end)
    assert made.status.value == "CONFIRMED"
    assert made.url.value.endswith(f"/reservations/{number}")
    visit.clock.advance(minutes=5)
    with visit.write() as uow:
        reschedule(uow, number, LATER, actor=scene.member, now=visit.clock.now())
    moved = programs.event(address)
    assert moved.uid.value == made.uid.value
    assert moved.dtstart.value == LATER.start
    assert int(moved.sequence.value) > int(made.sequence.value)
    assert moved.last_modified.value - made.last_modified.value == timedelta(minutes=5)
    visit.clock.advance(minutes=5)
    with visit.write() as uow:
        cancel(uow, number, reason="不做了", actor=scene.member, now=visit.clock.now())
    ended = programs.event(address)
    assert ended.uid.value == made.uid.value
    assert ended.status.value == "CANCELLED"
    assert int(ended.sequence.value) > int(moved.sequence.value)


def test_what_was_called_off_is_forgotten_after_a_month(visit: Visit, programs: Programs) -> None:
    scene = visit.scene()
    address = programs.address(scene.member)
    number = visit.book(scene)
    with visit.write() as uow:
        cancel(uow, number, actor=scene.member, now=visit.clock.now())
    visit.clock.advance(days=29)
    assert programs.event(address).status.value == "CANCELLED"
    visit.clock.advance(days=2)
    assert programs.events(address) == {}


def test_what_waits_for_a_decision_is_tentative(visit: Visit, programs: Programs) -> None:
    scene = visit.scene(policy=ASKED)
    visit.book(scene)
    assert programs.event(programs.address(scene.member)).status.value == "TENTATIVE"


def test_a_person_reads_only_what_is_theirs(visit: Visit, programs: Programs) -> None:
    scene = visit.scene()
    visit.book(scene)
    assert programs.events(programs.address(scene.admin)) == {}


def test_an_instruments_feed_tells_strangers_only_that_time_is_taken(
    visit: Visit, programs: Programs
) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    subject = Subject(scene.instrument.key)
    for reader in (others(visit), staff(visit)):
        address = programs.address(reader, subject)
        event = programs.event(address)
        assert event.summary.value == "已占用"
        assert not {"description", "url", "location"} & set(event.contents)
        text = programs.fetch(address).text
        assert not [word for word in hidden(scene, number) if word in text]


def test_companies_read_their_own_in_an_instruments_feed(visit: Visit, programs: Programs) -> None:
    scene = visit.scene(units=2)
    number = visit.book(scene)
    event = programs.event(programs.address(scene.admin, Subject(scene.instrument.key)))
    assert event.summary.value == scene.instrument.name
    assert number in event.description.value


def test_its_lab_reads_whose_time_it_is_but_no_persons_name(
    visit: Visit, programs: Programs
) -> None:
    scene = visit.scene()
    visit.book(scene)
    lab = scene.instrument.lab_id
    for subject in (Subject(scene.instrument.key), Subject(lab_id=lab)):
        address = programs.address(scene.manager, subject)
        assert scene.company.name in programs.event(address).summary.value
        assert scene.member.name not in programs.fetch(address).text


def test_a_role_that_ends_closes_the_labs_feed(visit: Visit, programs: Programs) -> None:
    scene = visit.scene()
    address = programs.address(scene.manager, Subject(lab_id=scene.instrument.lab_id))
    assert programs.fetch(address).status_code == 200
    with visit.write() as uow:
        uow.session.execute(
            sa.delete(Membership).where(col(Membership.user_id) == scene.manager.id)
        )
    assert programs.fetch(address).status_code == 404


def test_a_closed_account_has_no_feed(visit: Visit, programs: Programs) -> None:
    scene = visit.scene()
    address = programs.address(scene.member)
    with visit.write() as uow:
        shut(uow, scene.member.id)
    assert programs.fetch(address).status_code == 404


def test_closures_stand_in_both_feeds_and_only_the_lab_reads_why(
    visit: Visit, programs: Programs
) -> None:
    scene = visit.scene()
    wanted = Closing(LATER, ClosureKind.MAINTENANCE, "更换灯丝")
    with visit.write() as uow:
        key = scene.instrument.key
        done = close(uow, key, wanted, actor=scene.manager, now=visit.clock.now())
        closure_id = done.closure.key
    stranger = programs.address(others(visit), Subject(scene.instrument.key))
    lab = programs.address(scene.manager, Subject(lab_id=scene.instrument.lab_id))
    seen = programs.event(lab)
    assert seen.description.value == "更换灯丝"
    assert "计划维护" in seen.summary.value
    assert "更换灯丝" not in programs.fetch(stranger).text
    assert programs.event(stranger).uid.value == seen.uid.value
    with visit.write() as uow:
        lift(uow, closure_id, actor=scene.manager, now=visit.clock.now())
    gone = programs.event(lab)
    assert gone.status.value == "CANCELLED"
    assert int(gone.sequence.value) > int(seen.sequence.value)


def test_an_unchanged_feed_is_not_sent_again(visit: Visit, programs: Programs) -> None:
    scene = visit.scene()
    address = programs.address(scene.member)
    first = programs.fetch(address)
    tag = first.headers["etag"]
    visit.clock.advance(hours=1)
    again = programs.fetch(address, **{"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    visit.book(scene)
    changed = programs.fetch(address, **{"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert changed.headers["cache-control"] == "private, no-cache"
    assert changed.headers["content-type"] == "text/calendar; charset=utf-8"


def test_lines_are_folded_and_texts_escaped(visit: Visit, programs: Programs) -> None:
    name = "扫描电镜，带能谱; 高分辨, 场发射\\一号 STATUS:CANCELLED"
    scene = visit.scene()
    with visit.write() as uow:
        uow.session.get_one(Instrument, scene.instrument.key).name = name
    visit.book(scene)
    address = programs.address(scene.member)
    raw = programs.fetch(address).content
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    event = programs.event(address)
    assert event.summary.value == name
    assert event.status.value == "CONFIRMED"


def test_an_address_that_was_replaced_or_revoked_opens_nothing(
    visit: Visit, programs: Programs
) -> None:
    scene = visit.scene()
    browser = visit.by(scene.member)
    first = shown(browser.post("/account/calendar-feed"))
    assert programs.fetch(first).status_code == 200
    second = shown(browser.post("/account/calendar-feed"))
    assert programs.fetch(first).status_code == 404
    assert programs.fetch(second).status_code == 200
    assert second not in browser.get("/account/calendar-feed").text
    browser.post("/account/calendar-feed/revocation")
    refused, absent = programs.fetch(second), programs.fetch(NO_SUCH)
    assert refused.status_code == absent.status_code == 404


def test_the_pages_give_out_what_their_reader_may_have(visit: Visit) -> None:
    scene = visit.scene()
    lab = f"/manage/labs/{scene.instrument.lab_id}/calendar-feed"
    instrument = f"/instruments/{scene.instrument.key}/calendar-feed"
    assert visit.by(scene.manager).post(lab).status_code == 201
    member = visit.by(scene.member)
    assert member.post(instrument).status_code == 201
    assert member.get(lab).status_code == 403
    assert member.post(f"{instrument}/revocation").status_code in {200, 303}
    assert member.post(f"{instrument}/revocation").status_code == 404


def test_no_secret_is_logged_or_kept(
    visit: Visit, programs: Programs, caplog: pytest.LogCaptureFixture
) -> None:
    scene = visit.scene()
    caplog.set_level(logging.DEBUG)
    address = shown(visit.by(scene.member).post("/account/calendar-feed"))
    caplog.clear()
    programs.fetch(address)
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    assert not [record for record in ours if secret in record.getMessage()]
    with visit.write() as uow:
        raw = uow.session.connection().exec_driver_sql("SELECT * FROM calendar_feed").all()
        trail = uow.session.connection().exec_driver_sql("SELECT * FROM audit_entry").all()
    assert raw
    assert secret not in repr([*raw, *trail])


def shown(answer: Response) -> str:
    """The path of the address that a page shows."""
    assert answer.status_code == 201, answer.text
    (code,) = soup(answer).select("code")
    return "/calendar/" + code.get_text().rpartition("/calendar/")[2]


def staff(visit: Visit) -> Actor:
    with visit.write() as uow:
        return make_staff(uow, Role.CENTRE_ADMIN)


def hidden(scene: Scene, number: str) -> tuple[str, ...]:
    company: Organisation = scene.company
    return (number, company.name, scene.member.name, scene.member.email)
