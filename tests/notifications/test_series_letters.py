"""A series is told once, in one letter with one calendar; its lab is told once as well."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest

from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    cancel_in_series,
    move_in_series,
    reject_series,
)
from booking.reservations.actions.reserve_series import SeriesMade, reserve_series
from booking.reservations.rules.series import OnConflict, Scope
from booking.reservations.rules.wish import SeriesWish
from tests.conftest import Write
from tests.factories.reservations import NOON, Scene, make_scene
from tests.support.clock import FrozenClock
from tests.support.post import Post

TWENTY = "FREQ=DAILY;COUNT=20"
THREE = "FREQ=DAILY;COUNT=3"
ASKED = {"approval": "always"}
HOUR = timedelta(hours=2)


class Desk:
    """A series and the letters about it, as a calendar reads them."""

    def __init__(self, write: Write, post: Post, clock: FrozenClock) -> None:
        self.write, self.post, self.clock = write, post, clock

    def book(self, rule: str, **facts: object) -> tuple[Scene, SeriesMade]:
        with self.write() as uow:
            scene = make_scene(uow, **facts)  # type: ignore[arg-type]  # named by the caller
            wish = SeriesWish(scene.wish(), rule, OnConflict.SKIP)
            made = reserve_series(uow, wish, actor=scene.member, now=self.clock.now())
            return scene, made

    def letters(self, reader: Any) -> list[EmailMessage]:
        return self.post.letters(to=reader.email)

    def last(self, reader: Any) -> Sequence[Any]:
        return entries(self.letters(reader)[-1])


@pytest.fixture
def desk(write: Write, post: Post, clock: FrozenClock) -> Desk:
    return Desk(write, post, clock)


def entries(letter: EmailMessage) -> Sequence[Any]:
    """The entries of the one attachment, which is a calendar that programs accept."""
    (part,) = letter.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    assert str(calendar["METHOD"]) == "PUBLISH"
    events = calendar.walk("VEVENT")
    # RFC 5546, 3.2.1: an organiser, nobody invited, a name for each.
    assert all("ORGANIZER" in event and "ATTENDEE" not in event for event in events)
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert not [event.errors for event in events if event.errors]
    return list(events)


def statuses(events: Sequence[Any]) -> list[str]:
    return [str(event["STATUS"]) for event in events]


def test_twenty_bookings_are_one_letter_with_one_calendar(desk: Desk) -> None:
    scene, made = desk.book(TWENTY)
    (letter,) = desk.letters(scene.member)
    found = entries(letter)
    assert len(made.booked) == len(found) == 20
    assert statuses(found) == ["CONFIRMED"] * 20
    assert [event["DTSTART"].dt for event in found] == [one.starts_at for one in made.booked]


def test_entries_have_the_names_that_letters_of_single_bookings_use(desk: Desk) -> None:
    scene, made = desk.book(THREE)
    desk.post.deliver()
    with desk.write() as uow:
        cancel(uow, made.booked[1].number, actor=scene.member, now=desk.clock.now())
    series, single = desk.letters(scene.member)
    (part,) = single.iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    gone: Any
    (gone,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    known = {str(event["UID"]): int(event["SEQUENCE"]) for event in entries(series)}
    assert known[str(gone["UID"])] < int(gone["SEQUENCE"])


def test_cancelling_the_rest_takes_them_out_and_leaves_the_others(desk: Desk) -> None:
    scene, made = desk.book(THREE)
    before = len(desk.letters(scene.member))
    second = made.booked[1].number
    with desk.write() as uow:
        now = desk.clock.now()
        cancel_in_series(uow, second, Scope.FOLLOWING, actor=scene.member, now=now)
    assert len(desk.letters(scene.member)) == before + 1
    assert statuses(desk.last(scene.member)) == ["CONFIRMED", "CANCELLED", "CANCELLED"]


def test_moving_all_is_one_letter_with_the_new_times(desk: Desk) -> None:
    scene, made = desk.book(THREE)
    before = {str(e["UID"]): int(e["SEQUENCE"]) for e in desk.last(scene.member)}
    later = Move(TimeSpan(NOON.start + HOUR, NOON.end + HOUR), Scope.ALL)
    with desk.write() as uow:
        number = made.booked[0].number
        move_in_series(uow, number, later, actor=scene.member, now=desk.clock.now())
    assert len(desk.letters(scene.member)) == 2
    moved = desk.last(scene.member)
    assert moved[0]["DTSTART"].dt == NOON.start + HOUR
    assert all(int(event["SEQUENCE"]) > before[str(event["UID"])] for event in moved)


@pytest.mark.parametrize(
    ("decide", "status"), [(approve_series, "CONFIRMED"), (reject_series, "CANCELLED")]
)
def test_a_series_is_asked_for_and_decided_in_one_letter_each(
    desk: Desk, decide: Any, status: str
) -> None:
    scene, made = desk.book(THREE, policy=ASKED)
    assert statuses(desk.last(scene.member)) == ["TENTATIVE"] * 3
    with desk.write() as uow:
        number, now = made.series.number, desk.clock.now()
        decide(uow, number, actor=scene.manager, now=now, reason="样品合适与否")
    assert len(desk.letters(scene.member)) == 2
    assert statuses(desk.last(scene.member)) == [status] * 3


def test_the_keepers_are_told_once_of_a_series_that_waits(desk: Desk) -> None:
    scene, _ = desk.book(THREE, policy=ASKED)
    (letter,) = desk.letters(scene.manager)
    text = letter.get_content()
    assert "3" in str(letter["Subject"])
    assert text.count("12:00–14:00") == 3
    assert "/approvals" in text


def test_nothing_is_told_of_a_series_that_was_rolled_back(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        _book_and_fail(desk)
    assert desk.post.deliver().rows == 0


def _book_and_fail(desk: Desk) -> None:
    with desk.write() as uow:
        scene = make_scene(uow)
        wish = SeriesWish(scene.wish(), THREE, OnConflict.SKIP)
        reserve_series(uow, wish, actor=scene.member, now=desk.clock.now())
        raise ZeroDivisionError
