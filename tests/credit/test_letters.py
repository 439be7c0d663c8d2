"""Who gets a letter about credit, in their own language."""

from dataclasses import replace
from pathlib import Path

import pytest

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.queries.actors import actor_by_id
from booking.credit.actions.appeal import appeal, decide_appeal
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from tests.conftest import Write
from tests.factories.accounts import make_user
from tests.factories.credit import make_centre, make_no_show, make_rules, only_entry
from tests.factories.reservations import Scene, make_reservation, make_scene, make_use
from tests.support.clock import FrozenClock, moment
from tests.support.post import Post, by_folder
from tests.support.serving import test_settings as settings_for

MONDAY = moment("2026-11-23T09:00")
AFTER = moment("2026-11-25T09:00")
READER = "reader@company.example.com"


@pytest.fixture
def post(engine, clock: FrozenClock, tmp_path: Path) -> Post:
    clock.at("2026-11-25T10:00")
    return by_folder(engine, clock, settings_for(str(engine.url)), tmp_path / "letters")


def scene_in(uow, locale: str) -> Scene:
    """Rules in force, and a company whose member reads this language."""
    make_rules(uow)
    scene = make_scene(uow)
    member = Grant(Role.COMPANY_MEMBER, scene.company.key)
    user = make_user(uow, member, email=READER, locale=locale)
    return replace(scene, member=actor_by_id(uow.session, user.key))


def about_credit(post: Post, to: str) -> list[tuple[str, str]]:
    """Subject and text of the letters about credit."""
    letters = post.letters(to=to)
    told = [(letter["Subject"], letter) for letter in letters]
    return [
        (subject, letter.get_content())
        for subject, letter in told
        if "信用" in subject or "redit" in subject
    ]


@pytest.mark.parametrize(
    ("locale", "lost", "granted"),
    [
        ("zh_CN", ("信用分变动：-15 分", "爽约"), ("信用申诉成立", "属实")),
        ("en", (": -15 points", "No-show"), ("credit appeal is granted", "属实")),
    ],
)
def test_whoever_lost_points_hears_of_it_and_of_the_decision(
    write: Write, post: Post, locale: str, lost: tuple[str, str], granted: tuple[str, str]
) -> None:
    with write() as uow:
        scene = scene_in(uow, locale)
        number = make_no_show(uow, scene, now=MONDAY).number
        entry = only_entry(uow.session)
        made = appeal(uow, entry, "停电", actor=scene.member, now=AFTER)
        decide_appeal(uow, made.key, "属实", grant=True, actor=make_centre(uow), now=AFTER)
    first, second = about_credit(post, READER)
    for (subject, text), (in_subject, in_text) in ((first, lost), (second, granted)):
        assert in_subject in subject
        assert in_text in text
        assert number in text
    assert f"/credit/entries/{entry}/appeal" in first[1]


@pytest.mark.parametrize(("locale", "refused"), [("zh_CN", "不成立"), ("en", "is refused")])
def test_a_refusal_says_why(write: Write, post: Post, locale: str, refused: str) -> None:
    with write() as uow:
        scene = scene_in(uow, locale)
        make_no_show(uow, scene, now=MONDAY)
        made = appeal(uow, only_entry(uow.session), "停电", actor=scene.member, now=AFTER)
        decide_appeal(uow, made.key, "无凭据", grant=False, actor=make_centre(uow), now=AFTER)
    subject, text = about_credit(post, READER)[-1]
    assert refused in subject
    assert "无凭据" in text


def test_a_lab_hears_of_its_own(write: Write, post: Post) -> None:
    with write() as uow:
        scene = scene_in(uow, "zh_CN")
        made = make_reservation(uow, scene, now=MONDAY)
        cancel(uow, made.number, actor=scene.manager, now=MONDAY, reason="另有安排")
    ((_, text),) = about_credit(post, scene.manager.email)
    assert "实验室取消已确认的预约" in text
    assert about_credit(post, READER) == []


def test_good_use_needs_no_letter(write: Write, post: Post) -> None:
    with write() as uow:
        scene = scene_in(uow, "zh_CN")
        made = make_use(uow, scene, now=MONDAY)
        for side in (scene.manager, scene.member):
            confirm(uow, made.number, actor=side, now=AFTER)
    assert about_credit(post, READER) == []
    assert about_credit(post, scene.manager.email) == []
