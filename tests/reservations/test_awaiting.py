"""What waits for an answer stands above one's bookings, and only what one may answer."""

from datetime import timedelta

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.queries.awaiting import awaiting_of
from tests.factories.accounts import make_member
from tests.factories.asks import make_neighbour
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene, make_use
from tests.factories.waitlist import wait_wish
from tests.reservations.visiting import HTMX, Visit, soup, text_of
from tests.support.clock import FrozenClock

LATER = between("11-24 15:00", "17:00")
THEIRS = between("11-25 09:00", "12:00")
WAITED = between("11-26 09:00", "11:00")


def later_by(length: timedelta) -> TimeSpan:
    return TimeSpan(NOON.start + length, NOON.end + length)


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
    found = awaiting_of(uow.session, actor, whole_company=whole_company)
    return sorted(one.to.value for one in found.asked)


def uses(uow: UnitOfWork, actor: Actor, *, whole_company: bool = False) -> int:
    return awaiting_of(uow.session, actor, whole_company=whole_company).uses


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


def test_a_use_is_counted_until_it_is_confirmed(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_use(uow, scene, now=clock.now()).number
    assert (kinds(uow, scene.member), uses(uow, scene.member)) == ([], 1)
    assert [uses(uow, scene.admin, whole_company=whole) for whole in (False, True)] == [0, 1]
    assert uses(uow, make_member(uow, scene.company.key), whole_company=True) == 0
    confirm(uow, number, actor=scene.member, now=NOON.end + timedelta(hours=1))
    assert uses(uow, scene.member) == 0


def test_of_many_questions_the_first_are_told_and_how_many_follow(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    asked(uow, scene, clock)
    everything = awaiting_of(uow.session, scene.member, whole_company=False)
    first = awaiting_of(uow.session, scene.member, whole_company=False, most=2)
    assert first.asked == everything.asked[:2]
    assert (first.more, everything.more) == (1, 0)


def test_the_page_of_bookings_leads_to_each_answer(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        asked(uow, scene, visit.clock)
    page = visit.by(scene.member).get("/reservations")
    for said in ("等待您答复", "实验室建议改期", "有人申请互换时段", "候补到的时段"):
        assert said in text_of(page)
    assert "等待您答复" not in text_of(visit.by(scene.admin).get("/reservations"))


def test_more_than_five_questions_and_all_uses_are_a_line_each(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        for n in range(7):
            span = later_by(timedelta(days=n))
            number = make_reservation(uow, scene, span, now=visit.clock.now()).number
            wanted = Proposed(span=later_by(timedelta(days=n, hours=2)), reason="保养")
            propose_time(uow, number, wanted, actor=scene.manager, now=visit.clock.now())
    client = visit.by(scene.member)
    card = soup(client.get("/reservations")).select_one("#awaiting")
    assert card
    assert len(card.select("tbody tr")) == 5
    (more,) = (link for link in card.select("p a") if "2" in link.text)
    whole = soup(client.get(str(more["href"]))).select("#awaiting tbody tr")
    assert len(whole) == 7


def test_the_start_page_loads_what_waits_and_what_comes_next(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        make_use(uow, scene, now=visit.clock.now())
    number = visit.book(scene, LATER)
    client = visit.by(scene.member)
    home = soup(client.get("/"))
    loaded = {str(one["id"]): str(one["hx-get"]) for one in home.select(".start [hx-get]")}
    assert loaded.keys() == {"start", "caps", "latest"}
    parts = {
        name: soup(client.get(path, headers={**HTMX, "HX-Target": name}))
        for name, path in loaded.items()
    }
    brought = {
        name: [one.get("id", one.get("hx-swap-oob")) for one in part.find_all(recursive=False)]
        for name, part in parts.items()
    }
    assert brought == {
        "start": ["start"],
        "caps": ["caps", "open_programmes"],
        "latest": ["latest", "innerHTML:.bell-place"],
    }
    # The bell comes with the latest notices: nothing else is asked for.
    assert len(home.select("[hx-trigger]")) == len(loaded)
    assert home.select(".bell-place")
    assert parts["start"].select_one('a[href="/confirmations"]')
    assert parts["start"].select_one(f'a[href="/reservations/{number}"]')
    assert not soup(visit.by(scene.manager).get("/")).select(".start")
