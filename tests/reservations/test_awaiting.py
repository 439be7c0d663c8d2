"""What waits for an answer stands above one's bookings, and only what one may answer."""

from datetime import timedelta

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.queries.awaiting import awaited_of
from tests.factories.accounts import make_member
from tests.factories.asks import make_neighbour
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene, make_use
from tests.factories.waitlist import wait_wish
from tests.reservations.visiting import Visit, text_of
from tests.support.clock import FrozenClock

LATER = between("11-24 15:00", "17:00")
THEIRS = between("11-25 09:00", "12:00")
WAITED = between("11-26 09:00", "11:00")


def asked(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> Actor:
    """Everything that can be asked, of the scene's member; who asks to exchange."""
    now = clock.now()
    number = make_reservation(uow, scene, now=now).number
    wanted = Proposed(span=LATER, reason="保养")
    propose_time(uow, number, wanted, actor=scene.manager, now=now)
    make_reservation(uow, scene, THEIRS, now=now)
    neighbour = make_neighbour(uow, scene, between("11-25 13:00", "16:00"), now=now)
    ask_swap(uow, neighbour.number, THEIRS, actor=neighbour.actor, now=now)
    taken = make_neighbour(uow, scene, WAITED, now=now)
    join_waitlist(uow, wait_wish(scene, WAITED), actor=scene.member, now=now)
    cancel(uow, taken.number, actor=taken.actor, now=now)
    return neighbour.actor


def kinds(uow: UnitOfWork, actor: Actor, *, whole_company: bool = False) -> list[str]:
    found = awaited_of(uow.session, actor, whole_company=whole_company)
    return sorted(one.to.value for one in found)


def test_what_is_asked_is_listed_for_whoever_answers(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    asker = asked(uow, scene, clock)
    assert kinds(uow, scene.member) == ["offer", "proposal", "swap"]
    assert kinds(uow, scene.admin) == []
    assert kinds(uow, scene.admin, whole_company=True) == ["proposal", "swap"]
    colleague = make_member(uow, scene.company.key)
    assert kinds(uow, colleague, whole_company=True) == []
    assert kinds(uow, asker) == []
    assert kinds(uow, scene.manager, whole_company=True) == []


def test_a_use_is_listed_until_it_is_confirmed(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_use(uow, scene, now=clock.now()).number
    assert kinds(uow, scene.member) == ["use"]
    confirm(uow, number, actor=scene.member, now=NOON.end + timedelta(hours=1))
    assert kinds(uow, scene.member) == []


def test_the_page_of_bookings_leads_to_each_answer(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        asked(uow, scene, visit.clock)
    page = visit.by(scene.member).get("/reservations")
    for said in ("等待您答复", "实验室建议改期", "有人申请互换时段", "候补到的时段"):
        assert said in text_of(page)
    assert "等待您答复" not in text_of(visit.by(scene.admin).get("/reservations"))
