"""Letters about bookings, and what a calendar makes of them."""

from email.message import EmailMessage
from typing import Any

import icalendar
import pytest

from booking.access.actor import Actor
from booking.notifications.queries.notices import notices_of
from booking.notifications.rules import HANDED_ON
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.reschedule import reschedule
from tests.conftest import Write
from tests.factories.leaving import leave_to_heir
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.factories.training import make_grant, training_scene
from tests.support.clock import FrozenClock
from tests.support.post import Post

LATER = between("11-25 09:00", "11:00")
ASKED = {"approval": "always"}


class Desk:
    """A scene whose letters are read as a calendar reads them."""

    def __init__(self, write: Write, post: Post, clock: FrozenClock) -> None:
        self.write, self.post, self.clock = write, post, clock

    def booked(self, **facts: object) -> tuple[Scene, str]:
        with self.write() as uow:
            scene = make_scene(uow, **facts)  # type: ignore[arg-type]  # named by the caller
            return scene, make_reservation(uow, scene, now=self.clock.now()).number

    def letters(self, reader: Actor) -> list[EmailMessage]:
        return self.post.letters(to=reader.email)

    def told(self, reader: Actor) -> list[tuple[str, Any]]:
        """Method and entry of each letter, in order."""
        return [entry_in(letter) for letter in self.letters(reader)]


@pytest.fixture
def desk(write: Write, post: Post, clock: FrozenClock) -> Desk:
    return Desk(write, post, clock)


def entry_in(letter: EmailMessage) -> tuple[str, Any]:
    (part,) = letter.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    method = str(calendar["METHOD"])
    assert part.get_param("method") == method
    (event,) = calendar.walk("VEVENT")
    assert not event.errors
    return method, event


def test_a_booking_its_move_and_its_end_are_one_entry(desk: Desk) -> None:
    scene, number = desk.booked()
    with desk.write() as uow:
        reschedule(uow, number, LATER, actor=scene.member, now=desk.clock.now())
    with desk.write() as uow:
        cancel(uow, number, actor=scene.member, now=desk.clock.now())
    told = desk.told(scene.member)
    assert [method for method, _ in told] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event for _, event in told]
    assert len({str(event["UID"]) for event in events}) == 1
    assert str(events[0]["UID"]).startswith(f"reservation-{number}@")
    sequences = [int(event["SEQUENCE"]) for event in events]
    assert sequences == sorted(set(sequences))
    assert [event["DTSTART"].dt for event in events] == [NOON.start, LATER.start, LATER.start]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {str(event["ATTENDEE"]) for event in events} == {f"mailto:{scene.member.email}"}


def test_a_letter_says_what_happened_and_where_to_look(desk: Desk) -> None:
    scene, number = desk.booked()
    (letter,) = desk.letters(scene.member)
    body = letter.get_body()
    assert body is not None
    assert scene.instrument.name in str(letter["Subject"])
    assert "已预约" in str(letter["Subject"])
    assert f"/reservations/{number}" in body.get_content()


def test_what_waits_is_tentative_until_it_is_approved(desk: Desk) -> None:
    scene, number = desk.booked(policy=ASKED)
    assert [str(event["STATUS"]) for _, event in desk.told(scene.member)] == ["TENTATIVE"]
    with desk.write() as uow:
        approve(uow, number, actor=scene.manager, now=desk.clock.now())
    assert [str(event["STATUS"]) for _, event in desk.told(scene.member)][1:] == ["CONFIRMED"]


def test_what_is_not_approved_leaves_the_calendar_with_its_reason(desk: Desk) -> None:
    scene, number = desk.booked(policy=ASKED)
    with desk.write() as uow:
        reject(uow, number, reason="样品不合适", actor=scene.manager, now=desk.clock.now())
    method, event = desk.told(scene.member)[-1]
    assert (method, str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    body = desk.letters(scene.member)[-1].get_body()
    assert body is not None
    assert "样品不合适" in body.get_content()


def test_a_booking_that_is_handed_over_changes_calendars(desk: Desk) -> None:
    scene, _number = desk.booked()
    desk.post.deliver()
    with desk.write() as uow:
        heir = leave_to_heir(uow, scene, now=desk.clock.now())
    assert [method for method, _ in desk.told(scene.member)] == ["REQUEST", "CANCEL"]
    assert [method for method, _ in desk.told(heir)] == ["REQUEST"]


def test_whoever_is_not_trained_yet_and_the_lab_learn_that_it_waits(desk: Desk) -> None:
    with desk.write() as uow:
        scene = training_scene(uow)
        make_grant(uow, scene, now=desk.clock.now())
        number = make_reservation(uow, scene, now=desk.clock.now()).number
        heir = leave_to_heir(uow, scene, now=desk.clock.now())
    (told,) = [one for one in desk.letters(heir) if number in _body(one)]
    assert "须先经实验室审批" in _body(told)
    assert "须先经实验室审批" not in _body(desk.letters(scene.member)[-1])
    assert [one for one in desk.letters(scene.manager) if "/approvals" in _body(one)]


def test_what_was_not_sent_when_a_booking_was_handed_over_is_not_sent_any_more(
    desk: Desk,
) -> None:
    scene, number = desk.booked()
    with desk.write() as uow:
        leave_to_heir(uow, scene, now=desk.clock.now())
    assert [method for method, _ in desk.told(scene.member)] == ["CANCEL"]
    with desk.write() as uow:
        shown = notices_of(uow.session, scene.member.id, after_id=None, limit=9)
    assert [(one.about, one.params["what"]) for one in shown] == [(number, HANDED_ON)]


def test_nothing_is_told_of_what_was_rolled_back(desk: Desk) -> None:
    scene, number = desk.booked()
    with pytest.raises(ZeroDivisionError):
        _cancel_and_fail(desk, scene, number)
    assert [method for method, _ in desk.told(scene.member)] == ["REQUEST"]


def _body(letter: EmailMessage) -> str:
    part = letter.get_body()
    return "" if part is None else str(part.get_content())


def _cancel_and_fail(desk: Desk, scene: Scene, number: str) -> None:
    with desk.write() as uow:
        cancel(uow, number, actor=scene.member, now=desk.clock.now())
        raise ZeroDivisionError
