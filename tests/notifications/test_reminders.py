"""Whoever has booked is reminded once, in time, however long nobody looked."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.notifications.actions.choose_notices import Wish, choose_notices
from booking.notifications.actions.remind import remind_of_bookings
from booking.notifications.models import OutboxMessage
from booking.notifications.rules.timing import Times
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reschedule import reschedule
from tests.conftest import Write
from tests.factories.leaving import leave_to_heir
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock
from tests.support.post import Post

DAY = timedelta(days=1)
NOON = between("11-27 12:00", "14:00")
LATER = between("11-30 12:00", "14:00")


def go(clock: FrozenClock, to: datetime) -> None:
    clock.advance(seconds=(to - clock.now()).total_seconds())


@pytest.fixture
def booked(write: Write, clock: FrozenClock) -> tuple[Scene, str]:
    """Four days before: well before anybody wants to be reminded."""
    with write() as uow:
        scene = make_scene(uow)
        return scene, make_reservation(uow, scene, NOON, now=clock.now()).number


def remind(write: Write, clock: FrozenClock) -> int:
    with write() as uow:
        return remind_of_bookings(uow, clock.now())


def reminders(write: Write) -> list[OutboxMessage]:
    with write() as uow:
        asked = select(OutboxMessage).where(col(OutboxMessage.fact) == "booking_reminder")
        return list(uow.session.exec(asked.order_by(col(OutboxMessage.id))))


def subjects(post: Post, reader: Actor) -> list[str]:
    found = [str(letter["Subject"]) for letter in post.letters(to=reader.email)]
    return [subject for subject in found if "即将开始" in subject]


def test_one_reminder_a_day_before_and_no_second_one(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str], post: Post
) -> None:
    scene, _ = booked
    go(clock, NOON.start - DAY - timedelta(minutes=1))
    assert remind(write, clock) == 0
    go(clock, NOON.start - DAY)
    assert [remind(write, clock), remind(write, clock)] == [1, 0]
    (subject,) = subjects(post, scene.member)
    assert scene.instrument.name in subject


def test_an_outage_is_caught_up_with_until_the_time_begins(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    go(clock, NOON.start - timedelta(minutes=1))
    assert remind(write, clock) == 1


def test_nothing_is_reminded_of_when_it_has_begun(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    go(clock, NOON.start)
    assert remind(write, clock) == 0


def test_a_reminder_that_did_not_leave_before_the_time_began_never_does(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str], post: Post
) -> None:
    scene, _ = booked
    go(clock, NOON.start - timedelta(minutes=5))
    remind(write, clock)
    go(clock, NOON.start)
    assert subjects(post, scene.member) == []
    assert reminders(write)[0].withheld_at == NOON.start


def test_everybody_says_how_long_before(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    scene, _ = booked
    with write() as uow:
        wish = Wish(Times(reminder_hours=72), {})
        choose_notices(uow, wish, actor=scene.member, now=clock.now())
    go(clock, NOON.start - 3 * DAY)
    assert remind(write, clock) == 1


def test_another_time_is_reminded_of_anew(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    scene, number = booked
    go(clock, NOON.start - DAY)
    remind(write, clock)
    with write() as uow:
        reschedule(uow, number, LATER, actor=scene.member, now=clock.now())
    go(clock, LATER.start - DAY)
    assert remind(write, clock) == 1


def test_whoever_books_an_hour_before_is_not_told_twice(write: Write, clock: FrozenClock) -> None:
    go(clock, NOON.start - timedelta(hours=5))
    with write() as uow:
        make_reservation(uow, make_scene(uow), NOON, now=clock.now())
    assert remind(write, clock) == 0


def test_what_was_cancelled_meanwhile_is_not_reminded_of(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str], post: Post
) -> None:
    scene, number = booked
    go(clock, NOON.start - DAY)
    remind(write, clock)
    with write() as uow:
        cancel(uow, number, actor=scene.member, now=clock.now())
    assert subjects(post, scene.member) == []


def test_whoever_no_longer_holds_the_booking_is_not_reminded(
    write: Write, clock: FrozenClock, booked: tuple[Scene, str], post: Post
) -> None:
    scene, _ = booked
    go(clock, NOON.start - DAY)
    remind(write, clock)
    with write() as uow:
        leave_to_heir(uow, scene, now=clock.now())
    assert subjects(post, scene.member) == []
