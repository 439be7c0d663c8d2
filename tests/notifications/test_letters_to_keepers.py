"""Letters about proposals, orders and credit leave, and only to whoever still keeps the lab."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.models import Membership
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.jobs import lapse_asks
from tests.factories.asks import make_neighbour
from tests.factories.credit import make_rules
from tests.factories.door import Write
from tests.factories.orders import make_order
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock, moment
from tests.support.post import Post, by_folder
from tests.support.serving import test_settings as settings_for

NOW = moment("2026-11-23T09:00")
LATER = between("11-24 15:00", "17:00")
THEIRS = between("11-25 09:00", "12:00")
Deed = Callable[[UnitOfWork, Scene], None]


@pytest.fixture
def post(engine, clock: FrozenClock, tmp_path: Path) -> Post:
    clock.at("2026-11-24T12:30")
    return by_folder(engine, clock, settings_for(str(engine.url)), tmp_path / "letters")


def proposed(uow: UnitOfWork, scene: Scene) -> int:
    number = make_reservation(uow, scene, now=NOW).number
    wanted = Proposed(span=LATER, reason="保养")
    return propose_time(uow, number, wanted, actor=scene.manager, now=NOW).key


def accepted(uow: UnitOfWork, scene: Scene) -> None:
    accept_proposal(uow, proposed(uow, scene), actor=scene.member, now=NOW)


def declined(uow: UnitOfWork, scene: Scene) -> None:
    decline_proposal(uow, proposed(uow, scene), actor=scene.member, now=NOW)


def taken_back(uow: UnitOfWork, scene: Scene) -> None:
    withdraw_proposal(uow, proposed(uow, scene), actor=scene.manager, now=NOW)


def unanswered(uow: UnitOfWork, scene: Scene) -> None:
    proposed(uow, scene)
    lapse_asks(uow, moment("2026-11-24T12:00"))


def entrusted(uow: UnitOfWork, scene: Scene) -> None:
    make_order(uow, scene, now=NOW)


def cancelled_by_lab(uow: UnitOfWork, scene: Scene) -> None:
    make_rules(uow)
    number = make_reservation(uow, scene, now=NOW).number
    cancel(uow, number, actor=scene.manager, now=NOW, reason="另有安排")


def subjects(post: Post, to: Actor) -> list[str]:
    return [letter["Subject"] for letter in post.letters(to=to.email)]


KEEPERS: list[tuple[Deed, str]] = [
    (accepted, "接受改期建议"),
    (declined, "谢绝改期建议"),
    (unanswered, "改期建议过期"),
    (entrusted, "的新委托"),
    (cancelled_by_lab, "信用分变动"),
]


@pytest.mark.parametrize(("deed", "said"), KEEPERS)
def test_whoever_keeps_the_lab_is_told(post: Post, write: Write, deed: Deed, said: str) -> None:
    with write() as uow:
        scene = make_scene(uow)
        deed(uow, scene)
    assert [one for one in subjects(post, scene.manager) if said in one]
    assert post.deliver().failures == ()


@pytest.mark.parametrize(("deed", "said"), KEEPERS)
def test_whoever_keeps_it_no_more_is_not(post: Post, write: Write, deed: Deed, said: str) -> None:
    with write() as uow:
        scene = make_scene(uow)
        deed(uow, scene)
        uow.session.execute(
            sa.delete(Membership).where(col(Membership.user_id) == scene.manager.id)
        )
    assert not [one for one in subjects(post, scene.manager) if said in one]


@pytest.mark.parametrize(("deed", "said"), [(taken_back, "撤回改期建议"), (unanswered, "过期")])
def test_the_holder_is_told_that_it_stays(post: Post, write: Write, deed: Deed, said: str) -> None:
    with write() as uow:
        scene = make_scene(uow)
        deed(uow, scene)
    assert [one for one in subjects(post, scene.member) if said in one]


def test_the_end_of_an_exchange_is_told_to_the_other_side(post: Post, write: Write) -> None:
    with write() as uow:
        scene = make_scene(uow)
        number = make_reservation(uow, scene, now=NOW).number
        neighbour = make_neighbour(uow, scene, THEIRS, now=NOW)
        asked = ask_swap(uow, number, THEIRS, actor=scene.member, now=NOW).key
        decline_swap(uow, asked, actor=neighbour.actor, now=NOW)
        again = ask_swap(uow, number, THEIRS, actor=scene.member, now=NOW).key
        withdraw_swap(uow, again, actor=scene.member, now=NOW)
    assert [one for one in subjects(post, scene.member) if "谢绝互换" in one]
    assert [one for one in subjects(post, neighbour.actor) if "撤回互换申请" in one]
