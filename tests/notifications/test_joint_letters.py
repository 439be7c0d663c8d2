"""A joint booking is told once, in one letter with one calendar; each lab hears of its own step."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

import pytest

from booking.access.actor import Actor
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.reserve_joint import JointMade, reserve_joint
from tests.conftest import Write
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_scene
from tests.notifications.test_series_letters import entries, statuses
from tests.support.clock import FrozenClock
from tests.support.post import Post

LATER = between("11-24 14:30", "16:30")
WAITS: dict[str, object] = {"approval": "always"}
DAY = timedelta(days=1)


class Desk:
    """Two labs, a joint booking of both, and the letters about it."""

    def __init__(self, write: Write, post: Post, clock: FrozenClock) -> None:
        self.write, self.post, self.clock = write, post, clock
        self.scene: Scene
        self.keeper: Actor

    def book(self, policy: dict[str, object] | None = None) -> JointMade:
        with self.write() as uow:
            self.scene = make_scene(uow)
            other = make_instrument(uow, policy=policy)
            self.keeper = make_lab_person(uow, other.lab_id)
            wishes = [self.scene.wish(), self.scene.wish(LATER, instrument_id=other.key)]
            return reserve_joint(uow, wishes, actor=self.scene.member, now=self.clock.now())

    def letters(self, reader: Actor) -> Sequence[EmailMessage]:
        return self.post.letters(to=reader.email)


@pytest.fixture
def desk(write: Write, post: Post, clock: FrozenClock) -> Desk:
    return Desk(write, post, clock)


def test_all_steps_are_one_letter_with_one_calendar(desk: Desk) -> None:
    made = desk.book()
    (letter,) = desk.letters(desk.scene.member)
    assert made.joint.number in str(letter["Subject"])
    found = entries(letter)
    assert [event["DTSTART"].dt for event in found] == [NOON.start, LATER.start]
    assert statuses(found) == ["CONFIRMED"] * 2
    assert len({str(event["SUMMARY"]) for event in found}) == 2
    assert not desk.letters(desk.keeper)


def test_the_lab_of_a_step_that_waits_is_told_of_that_step(desk: Desk) -> None:
    made = desk.book(WAITS)
    (letter,) = desk.letters(desk.keeper)
    assert made.booked[1].number in letter.get_content()
    assert not desk.letters(desk.scene.manager)
    assert statuses(entries(desk.letters(desk.scene.member)[0])) == ["CONFIRMED", "TENTATIVE"]


def test_moving_all_is_one_letter_and_tells_the_lab_that_decides_anew(desk: Desk) -> None:
    made = desk.book(WAITS)
    desk.post.deliver()
    with desk.write() as uow:
        start = NOON.start + DAY
        move_joint(uow, made.joint.number, start, actor=desk.scene.member, now=desk.clock.now())
    _, letter = desk.letters(desk.scene.member)
    times = [event["DTSTART"].dt for event in entries(letter)]
    assert times == [NOON.start + DAY, LATER.start + DAY]
    assert len(desk.letters(desk.keeper)) == 2


def test_giving_all_back_is_one_letter_with_the_fee(desk: Desk) -> None:
    made = desk.book()
    desk.post.deliver()
    desk.clock.at("2026-11-24T11:00")
    with desk.write() as uow:
        cancel_joint(uow, made.joint.number, actor=desk.scene.member, now=desk.clock.now())
    _, letter = desk.letters(desk.scene.member)
    assert statuses(entries(letter)) == ["CANCELLED"] * 2


def test_what_a_lab_takes_back_is_one_letter_with_the_steps_of_others(desk: Desk) -> None:
    made = desk.book()
    desk.post.deliver()
    with desk.write() as uow:
        number, now = made.joint.number, desk.clock.now()
        cancel_joint(uow, number, actor=desk.keeper, now=now, reason="停机")
    _, letter = desk.letters(desk.scene.member)
    body = letter.get_body()
    assert body is not None
    assert body.get_content().count("11月24日 周二") == 2
    assert statuses(entries(letter)) == ["CANCELLED"] * 2


def test_a_step_that_is_given_back_alone_has_its_own_letter(desk: Desk) -> None:
    made = desk.book()
    desk.post.deliver()
    with desk.write() as uow:
        cancel(uow, made.booked[1].number, actor=desk.scene.member, now=desk.clock.now())
    _, letter = desk.letters(desk.scene.member)
    body = letter.get_body()
    assert body is not None
    assert made.booked[1].number in body.get_content()
