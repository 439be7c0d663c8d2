"""Bookings that end or change hands together are one letter, with a calendar of all of them."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from booking.kernel.timespan import TimeSpan
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from tests.conftest import Write
from tests.factories.accounts import make_staff
from tests.factories.leaving import leave_to_heir
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.factories.training import make_grant, training_scene
from tests.notifications.test_series_letters import entries, statuses
from tests.support.clock import FrozenClock
from tests.support.post import Post

DAY = timedelta(days=1)


@pytest.fixture
def scene(write: Write, clock: FrozenClock) -> Scene:
    """Two bookings of somebody who is trained; the letters about them were sent."""
    with write() as uow:
        made = training_scene(uow)
        make_grant(uow, made, now=clock.now())
        for span in (NOON, TimeSpan(NOON.start + DAY, NOON.end + DAY)):
            make_reservation(uow, made, span, now=clock.now())
    return made


def test_a_suspended_company_takes_its_bookings_out_of_calendars(
    write: Write, post: Post, clock: FrozenClock, scene: Scene
) -> None:
    post.deliver()
    with write() as uow:
        step = OrganisationStep.SUSPEND
        take_step(uow, scene.company.key, step, actor=make_staff(uow), now=clock.now(), reason="-")
    letter = post.letters(to=scene.member.email)[-1]
    assert "2 个预约已取消" in str(letter["Subject"])
    assert statuses(entries(letter)) == ["CANCELLED"] * 2


def test_what_is_handed_over_leaves_one_calendar_and_enters_the_other(
    write: Write, post: Post, clock: FrozenClock, scene: Scene
) -> None:
    with write() as uow:
        heir = leave_to_heir(uow, scene, now=clock.now())
    # What was not sent by then is not sent any more.
    (former,) = [one for one in post.letters(to=scene.member.email) if has_calendar(one)]
    (successor,) = post.letters(to=heir.email)
    assert statuses(entries(former)) == ["CANCELLED"] * 2
    assert statuses(entries(successor)) == ["TENTATIVE"] * 2
    body = successor.get_body()
    assert body is not None
    assert body.get_content().count("待实验室决定") == 2
    asked = [one for one in post.letters(to=scene.manager.email) if asks(one)]
    assert len(asked) == 2


def test_a_lab_is_not_asked_again_about_requests_that_wait_for_it_anyhow(
    write: Write, post: Post, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow, policy={"approval": "always"})
        for day in (0 * DAY, DAY):
            span = TimeSpan(NOON.start + day, NOON.end + day)
            make_reservation(uow, scene, span, now=clock.now())
    post.deliver()
    before = len(post.letters(to=scene.manager.email))
    with write() as uow:
        heir = leave_to_heir(uow, scene, now=clock.now())
    assert len(post.letters(to=scene.manager.email)) == before
    (successor,) = post.letters(to=heir.email)
    assert statuses(entries(successor)) == ["TENTATIVE"] * 2


def has_calendar(letter: EmailMessage) -> bool:
    return bool(list(letter.iter_attachments()))


def asks(letter: EmailMessage) -> bool:
    body = letter.get_body()
    return body is not None and "/approvals" in body.get_content()
