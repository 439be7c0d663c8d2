"""Who gets a letter about training, and what it says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.notifications.models import OutboxMessage
from booking.training.actions.grant import decline, renew, revoke
from booking.training.actions.lasting import practised
from booking.training.actions.sessions import cancel, hold, seat, unseat
from booking.training.jobs import remind_of_trainings
from tests.conftest import Write
from tests.factories.accounts import make_user
from tests.factories.instruments import add_policy
from tests.factories.reservations import Scene
from tests.factories.training import make_grant, make_request, make_session, training_scene
from tests.support.clock import FrozenClock, moment
from tests.support.post import Post, by_folder
from tests.support.serving import test_settings as settings_for

NOW = moment("2026-11-23T09:00")
AFTERWARDS = moment("2026-11-24T12:00")


PUPIL = "pupil@company.example.com"


@pytest.fixture
def post(engine, clock: FrozenClock, tmp_path: Path) -> Post:
    return by_folder(engine, clock, settings_for(str(engine.url)), tmp_path / "letters")


def pupil_of(uow: UnitOfWork, scene: Scene, locale: str) -> Actor:
    """Somebody of the scene's company who reads this language."""
    member = Grant(Role.COMPANY_MEMBER, scene.company.key)
    user = make_user(uow, member, email=PUPIL, name="学员", locale=locale)
    return actor_by_id(uow.session, user.key)


def granted_at_once(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    make_grant(uow, scene, pupil, now=NOW)


def revoked(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    made = make_grant(uow, scene, pupil, now=NOW)
    revoke(uow, made.key, "违规操作", actor=scene.manager, now=NOW)


def declined(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    asked = make_request(uow, scene, pupil, now=NOW)
    decline(uow, asked.key, "样品不适合", actor=scene.manager, now=NOW)


def scheduled(uow: UnitOfWork, scene: Scene, pupil: Actor) -> tuple[int, int]:
    asked, held = make_request(uow, scene, pupil, now=NOW).key, make_session(uow, scene, now=NOW)
    seat(uow, held.key, [asked], actor=scene.manager, now=NOW)
    return asked, held.key


def called_off(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    _, held = scheduled(uow, scene, pupil)
    cancel(uow, held, "设备检修", actor=scene.manager, now=NOW)


def taken_off(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    asked, _ = scheduled(uow, scene, pupil)
    unseat(uow, asked, actor=scene.manager, now=NOW)


def passed(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    asked, held = scheduled(uow, scene, pupil)
    last = date(2027, 11, 30)
    hold(uow, held, [asked], valid_to=last, actor=scene.manager, now=AFTERWARDS)


def not_passed(uow: UnitOfWork, scene: Scene, pupil: Actor) -> None:
    _, held = scheduled(uow, scene, pupil)
    hold(uow, held, [], actor=scene.manager, now=AFTERWARDS)


@pytest.mark.parametrize(
    ("deed", "locale", "subject", "said"),
    [
        (scheduled, "zh_CN", "上机培训：11月24日 周二 09:00–11:00", "地点：一楼"),
        (scheduled, "en", "Tue 24 Nov 09:00–11:00", "Trainer: 培训员"),
        (called_off, "zh_CN", "不再参加", "设备检修"),
        (called_off, "en", "not on Tue 24 Nov 09:00", "is called off"),
        (taken_off, "en", "not on Tue 24 Nov 09:00", "taken you off"),
        (not_passed, "en", "another session", "cannot operate it alone yet"),
        (passed, "zh_CN", "可以自主使用", "2027-11-30"),
        (passed, "en", "You may operate", "until 2027-11-30"),
        (granted_at_once, "en", "You may operate", "alone. You can book it now"),
        (declined, "en", "declined", "样品不适合"),
        (declined, "zh_CN", "未获同意", "样品不适合"),
        (revoked, "en", "revoked", "违规操作"),
    ],
)
def test_the_person_is_told_of_every_step(
    write: Write,
    post: Post,
    clock: FrozenClock,
    deed: Callable[[UnitOfWork, Scene, Actor], object],
    locale: str,
    subject: str,
    said: str,
) -> None:
    with write() as uow:
        scene = training_scene(uow)
        deed(uow, scene, pupil_of(uow, scene, locale))
    clock.at("2026-11-24T12:00")
    letter = post.letters(to=PUPIL)[-1]
    assert subject in letter["Subject"]
    assert said in letter.get_content()
    assert f"/instruments/{scene.instrument.key}/training" in letter.get_content()


def test_the_lab_is_told_of_who_asks(write: Write, post: Post) -> None:
    with write() as uow:
        scene = training_scene(uow)
        make_request(uow, scene, now=NOW)
    (letter,) = post.letters(to=scene.manager.email)
    assert scene.member.name in letter.get_content()
    assert f"/manage/instruments/{scene.instrument.key}/training" in letter.get_content()
    assert post.letters(to=scene.admin.email) == []


def endings(write: Write) -> list[tuple[int, str, str]]:
    with write() as uow:
        rows = uow.session.exec(
            select(OutboxMessage)
            .where(OutboxMessage.fact == "training_ending")
            .order_by(col(OutboxMessage.id))
        )
        return [(r.params["days"], r.params["last_day"], r.params["by"]) for r in rows]  # type: ignore[misc]


def run(write: Write, *days: str) -> None:
    for day in days:
        with write() as uow:
            remind_of_trainings(uow, moment(f"{day}T08:15"))


def lasting(write: Write, *, unused_days: int | None = None, valid_to: date | None = None) -> Scene:
    with write() as uow:
        scene = training_scene(uow, unused_days=unused_days)
        make_grant(uow, scene, now=NOW, valid_to=valid_to)
    return scene


END = date(2027, 3, 1)


def test_an_end_by_date_is_told_thirty_and_seven_days_before_and_when_it_came(
    write: Write,
) -> None:
    lasting(write, valid_to=END)
    run(write, "2027-01-30", "2027-01-31", "2027-02-22", "2027-02-23", "2027-02-28", "2027-03-01")
    assert [days for days, _, _ in endings(write)] == [30, 7]
    run(write, "2027-03-02", "2027-03-03", "2027-06-01")
    assert endings(write) == [(days, "2027-03-01", "date") for days in (30, 7, 0)]


def test_a_clock_that_stood_for_a_month_makes_good_with_one_letter(write: Write) -> None:
    lasting(write, valid_to=END)
    run(write, "2027-01-25", "2027-02-26", "2027-02-26")
    assert [days for days, _, _ in endings(write)] == [7]


def test_an_end_by_disuse_is_told_and_put_off_by_use(write: Write) -> None:
    scene = lasting(write, unused_days=60)
    run(write, "2026-12-23", "2026-12-24")
    assert endings(write) == [(30, "2027-01-22", "disuse")]
    with write() as uow:
        used = moment("2026-12-28T16:00")
        practised(uow, scene.instrument.key, scene.member.id, until=used)
    run(write, "2027-01-16", "2027-01-28")
    assert endings(write)[1:] == [(30, "2027-02-26", "disuse")]


def test_a_permission_that_was_extended_or_revoked_is_told_of_no_more(write: Write) -> None:
    with write() as uow:
        scene = training_scene(uow)
        longer = make_grant(uow, scene, now=NOW, valid_to=END)
        gone = make_grant(uow, scene, scene.admin, now=NOW, valid_to=END)
        renew(uow, longer.key, date(2028, 3, 1), actor=scene.manager, now=NOW)
        revoke(uow, gone.key, "离职", actor=scene.manager, now=NOW)
    run(write, "2027-02-25")
    assert endings(write) == []


def test_where_training_is_needed_no_more_nobody_is_told(write: Write) -> None:
    scene = lasting(write, valid_to=END)
    with write() as uow:
        later = moment("2027-01-01T00:00")
        add_policy(uow, scene.instrument.key, valid_from=later, training_required=False)
    run(write, "2027-02-25")
    assert endings(write) == []


@pytest.mark.parametrize(
    ("facts", "day", "locale", "said"),
    [
        ({"valid_to": END}, "2027-02-25", "en", "ends after 2027-03-01"),
        ({"valid_to": END}, "2027-03-05", "zh_CN", "已于 2027-03-01 到期"),
        ({"unused_days": 60}, "2027-01-20", "en", "unless you use it before"),
        ({"unused_days": 60}, "2027-01-30", "en", "as you have not used it"),
    ],
)
def test_what_the_reminder_says(
    write: Write,
    post: Post,
    clock: FrozenClock,
    facts: dict[str, object],
    day: str,
    locale: str,
    said: str,
) -> None:
    with write() as uow:
        unused = facts.get("unused_days")
        scene = training_scene(uow, unused_days=unused)  # type: ignore[arg-type]
        valid_to, pupil = facts.get("valid_to"), pupil_of(uow, scene, locale)
        make_grant(uow, scene, pupil, now=NOW, valid_to=valid_to)  # type: ignore[arg-type]
    run(write, day)
    clock.at(f"{day}T09:00")
    assert said in post.letters(to=PUPIL)[-1].get_content()
