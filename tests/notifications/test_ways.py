"""Letters leave how and when their reader wants, and not to whoever may not know any more."""

from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.accounts.models import Membership
from booking.accounts.queries.people import user_for_update
from booking.audit.models import AuditEntry
from booking.notifications.actions.choose_notices import Wish, choose_notices
from booking.notifications.actions.write_letter import Letter, write_letter
from booking.notifications.models import NoticeChoice, OutboxMessage
from booking.notifications.queries.notices import notices_of
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail
from booking.notifications.rules.standing import ONESELF, Standing, in_company, in_lab
from booking.notifications.rules.timing import Times
from booking.reservations.actions.cancel import cancel
from tests.conftest import Write
from tests.factories.accounts import make_staff
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock
from tests.support.post import Post

NIGHTLY = Times(quiet_from=22, quiet_until=7)


@pytest.fixture
def scene(write: Write) -> Scene:
    with write() as uow:
        return make_scene(uow)


def choose(
    write: Write, clock: FrozenClock, who: Actor, *, times: Times | None = None, **mail: Mail
) -> None:
    ways = {NoticeFact(fact): (True, way) for fact, way in mail.items()}
    with write() as uow:
        choose_notices(uow, Wish(times or Times(), ways), actor=who, now=clock.now())


def tell(
    write: Write,
    clock: FrozenClock,
    reader: Actor,
    fact: NoticeFact,
    told: Mapping[str, object],
    *,
    standing: Standing = ONESELF,
) -> None:
    words = {"name": "甲", **told}
    letter = Letter(
        fact=fact,
        email=reader.email,
        locale="zh_CN",
        user_id=reader.id,
        standing=standing,
        params=words,
    )
    with write() as uow:
        write_letter(uow, letter, now=clock.now())


def lapsed(write: Write, clock: FrozenClock, who: Actor, instrument: str = "甲仪器") -> None:
    """Something that can wait."""
    noon = clock.now().isoformat()
    told = {"instrument": instrument, "instrument_id": 1, "start_at": noon, "end_at": noon}
    tell(write, clock, who, NoticeFact.WAITLIST_LAPSED, told)


def broken(write: Write, clock: FrozenClock, who: Actor, standing: Standing) -> None:
    """Something urgent for whoever keeps a lab."""
    told = {"instrument": "乙仪器", "instrument_id": 1, "what": "真空漏气"}
    tell(write, clock, who, NoticeFact.FAULT_REPORTED, told, standing=standing)


def test_letters_wait_until_quiet_hours_end(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.member, times=NIGHTLY)
    clock.at("2026-11-23T23:00")
    lapsed(write, clock, scene.member)
    assert post.letters(to=scene.member.email) == []
    clock.at("2026-11-24T06:59")
    assert post.letters(to=scene.member.email) == []
    clock.at("2026-11-24T07:00")
    assert len(post.letters(to=scene.member.email)) == 1


def test_what_is_urgent_passes_quiet_hours(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.manager, times=NIGHTLY)
    clock.at("2026-11-23T23:00")
    broken(write, clock, scene.manager, in_lab(scene.instrument.lab_id))
    assert len(post.letters(to=scene.manager.email)) == 1


def test_the_daily_letter_has_everything_since_the_one_before(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    times = Times(daily_hour=18)
    choose(write, clock, scene.member, times=times, waitlist_lapsed=Mail.DAILY)
    for name in ("甲仪器", "乙仪器"):
        clock.advance(hours=1)
        lapsed(write, clock, scene.member, name)
        assert post.letters(to=scene.member.email) == []
    clock.at("2026-11-23T18:00")
    (letter,) = post.letters(to=scene.member.email)
    assert letter["Subject"] == "每日通知：2 条"
    text = letter.get_content()
    assert text.index("甲仪器") < text.index("乙仪器")
    assert "/waitlist" in text
    clock.at("2026-11-24T18:00")
    assert len(post.letters(to=scene.member.email)) == 1


def test_a_letter_speaks_the_language_that_its_reader_has_when_it_leaves(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.member, waitlist_lapsed=Mail.DAILY)
    lapsed(write, clock, scene.member)
    post.deliver()
    with write() as uow:
        user_for_update(uow.session, scene.member.id).locale = "en"
    clock.advance(days=1)
    (letter,) = post.letters(to=scene.member.email)
    assert letter["Subject"] == "Notices since your last daily letter: 1"


def test_a_daily_letter_that_did_not_leave_is_tried_again_as_a_whole(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.member, waitlist_lapsed=Mail.DAILY)
    for name in ("甲仪器", "乙仪器"):
        lapsed(write, clock, scene.member, name)
    post.deliver()
    clock.at("2026-11-24T08:00")
    post.folder.parent.mkdir(exist_ok=True)
    post.folder.write_text("in the way")
    assert post.deliver().failures != ()
    post.folder.unlink()
    clock.advance(minutes=2)
    (letter,) = post.letters(to=scene.member.email)
    assert "甲仪器" in letter.get_content()
    assert "乙仪器" in letter.get_content()


def test_a_letter_that_nobody_wants_is_not_sent_but_shown(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.member, waitlist_lapsed=Mail.NONE)
    lapsed(write, clock, scene.member)
    assert post.letters(to=scene.member.email) == []
    with write() as uow:
        shown = notices_of(uow.session, scene.member.id, after_id=None, limit=9)
    assert [one.fact for one in shown] == ["waitlist_lapsed"]


def test_security_is_told_whatever_was_chosen(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    nothing = {fact.value: Mail.NONE for fact in NoticeFact}
    quiet = Times(quiet_from=0, quiet_until=23)
    choose(write, clock, scene.member, times=quiet, **nothing)
    told = {"changed_at": clock.now().isoformat()}
    tell(write, clock, scene.member, NoticeFact.PASSWORD_CHANGED, told)
    assert len(post.letters(to=scene.member.email)) == 1


def test_what_is_urgent_waits_for_no_daily_letter(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.manager, fault_reported=Mail.DAILY)
    broken(write, clock, scene.manager, in_lab(scene.instrument.lab_id))
    assert len(post.letters(to=scene.manager.email)) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_whoever_lost_the_role_is_not_told_when_it_is_delivered_later(
    write: Write, clock: FrozenClock, scene: Scene, post: Post, kept: bool
) -> None:
    with write() as uow:
        staff = make_staff(uow)
    broken(write, clock, scene.manager, in_lab(scene.instrument.lab_id))
    broken(write, clock, staff, in_lab(scene.instrument.lab_id))
    if not kept:
        with write() as uow:
            gone = sa.delete(Membership).where(col(Membership.user_id) == scene.manager.id)
            uow.session.execute(gone)
    assert bool(post.letters(to=scene.manager.email)) is kept
    # Somebody of the centre keeps no lab.
    assert post.letters(to=staff.email) == []
    with write() as uow:
        shown = notices_of(uow.session, scene.manager.id, after_id=None, limit=9)
    assert bool(shown) is kept


def test_a_role_in_another_place_opens_nothing(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    with write() as uow:
        other = make_scene(uow)
    told = {"organisation": "示例", "organisation_id": 1, "state": "verified", "reason": ""}
    fact, place = NoticeFact.ORGANISATION_STATE, other.company.key
    tell(write, clock, scene.admin, fact, told, standing=in_company(place))
    tell(write, clock, other.admin, fact, told, standing=in_company(place))
    assert post.letters(to=scene.admin.email) == []
    assert len(post.letters(to=other.admin.email)) == 1


def test_lost_between_being_put_aside_and_the_daily_letter(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    choose(write, clock, scene.manager, training_asked=Mail.DAILY)
    told = {"instrument": "甲仪器", "instrument_id": 1, "who": "乙", "organisation": "示例"}
    standing = in_lab(scene.instrument.lab_id)
    tell(write, clock, scene.manager, NoticeFact.TRAINING_ASKED, told, standing=standing)
    post.deliver()
    with write() as uow:
        uow.session.execute(
            sa.delete(Membership).where(col(Membership.user_id) == scene.manager.id)
        )
    clock.advance(days=1)
    assert post.letters(to=scene.manager.email) == []


def test_nothing_is_shown_or_sent_of_what_was_rolled_back(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    with pytest.raises(ZeroDivisionError):
        _book_and_fail(write, clock, scene)
    assert post.letters(to=scene.member.email) == []
    with write() as uow:
        assert notices_of(uow.session, scene.member.id, after_id=None, limit=9) == []


def _book_and_fail(write: Write, clock: FrozenClock, scene: Scene) -> None:
    with write() as uow:
        make_reservation(uow, scene, now=clock.now())
        raise ZeroDivisionError


def test_what_is_as_usual_is_not_kept_and_changes_are_recorded(
    write: Write, clock: FrozenClock, scene: Scene
) -> None:
    choose(write, clock, scene.member, booking=Mail.NOW, waitlist_lapsed=Mail.NONE)
    choose(write, clock, scene.member, booking=Mail.NOW, waitlist_lapsed=Mail.NONE)
    with write() as uow:
        kept = uow.session.exec(select(NoticeChoice)).all()
        assert [(one.fact, one.mail) for one in kept] == [("waitlist_lapsed", "none")]
        asked = select(AuditEntry).where(col(AuditEntry.name) == "user.notices_chosen")
        assert len(uow.session.exec(asked).all()) == 1


def test_requests_are_told_to_keepers_once_and_not_after_they_were_decided(
    write: Write, clock: FrozenClock, post: Post
) -> None:
    with write() as uow:
        scene = make_scene(uow, policy={"approval": "always"})
        make_reservation(uow, scene, now=clock.now())
    (letter,) = post.letters(to=scene.manager.email)
    assert scene.instrument.name in str(letter["Subject"])
    assert "/approvals" in letter.get_content()
    clock.advance(days=1)
    assert len(post.letters(to=scene.manager.email)) == 1


def test_a_request_that_was_taken_back_is_not_told_any_more(
    write: Write, clock: FrozenClock, post: Post
) -> None:
    with write() as uow:
        scene = make_scene(uow, policy={"approval": "always"})
        number = make_reservation(uow, scene, now=clock.now()).number
    with write() as uow:
        cancel(uow, number, actor=scene.member, now=clock.now())
    assert post.letters(to=scene.manager.email) == []


def test_a_booking_that_does_not_wait_is_told_to_no_keeper(
    write: Write, clock: FrozenClock, scene: Scene, post: Post
) -> None:
    with write() as uow:
        make_reservation(uow, scene, now=clock.now())
        rows = uow.session.exec(select(OutboxMessage)).all()
    assert [row.user_id for row in rows] == [scene.member.id]
    clock.advance(minutes=1)
    assert post.letters(to=scene.manager.email) == []
