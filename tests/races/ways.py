"""Every way of taking time, made ready to race for one span of one instrument.

And of keeping it: what somebody holds who leaves stays held for whoever follows. A sheet that is
taken in writes cards, places and opening hours, never a booking, a closure or a hold; so it is no
way, and places that it adds to a closed instrument are the closure's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.faults import close_for_fault, report_fault
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.rules.terms import Approval
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_offer import accept_offer
from booking.reservations.actions.answer_proposal import accept_proposal
from booking.reservations.actions.answer_swap import accept_swap
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.decide import approve
from booking.reservations.actions.hand_over import hand_over
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.wish import SeriesWish
from booking.reservations.states import State
from booking.web.retrying import is_passing
from tests.factories.accounts import make_member
from tests.factories.asks import make_neighbour
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import at, between
from tests.factories.reservations import Scene, make_reservation
from tests.factories.waitlist import make_offered, offer_to
from tests.races.arena import Arena, Write

SPAN = between("11-24 12:00", "12:20")
EARLIER = at("11-24 09:00")
# Near enough to begin what is booked after the span.
NOW = SPAN.start - timedelta(minutes=5)
BEFORE = TimeSpan(SPAN.start - timedelta(minutes=30), SPAN.start)
AFTER = TimeSpan(SPAN.end, SPAN.end + timedelta(hours=1))
POLICY: Mapping[str, object] = {"grid_minutes": 5, "shortest_minutes": 5}
DONE = "done"

Deed = Callable[[UnitOfWork], object]
Ready = Callable[[UnitOfWork, Scene, int], Deed]


def elsewhere(n: int) -> TimeSpan:
    """Another time for each of two rivals."""
    by = timedelta(hours=3 * (n + 1))
    return TimeSpan(SPAN.start + by, SPAN.end + by)


def create(_: UnitOfWork, scene: Scene, n: int) -> Deed:
    who = (scene.member, scene.admin)[n]
    return lambda uow: reserve(uow, scene.wish(SPAN), actor=who, now=NOW)


def api(uow: UnitOfWork, scene: Scene, n: int) -> Deed:
    return create(uow, scene, n)


def override(_: UnitOfWork, scene: Scene, n: int) -> Deed:
    whose = (scene.member, scene.admin)[n].id
    wish = scene.wish(
        SPAN,
        organisation_id=scene.company.key,
        on_behalf_of=whose,
        override_reason="急用",
    )
    return lambda uow: reserve(uow, wish, actor=scene.manager, now=NOW)


def move(uow: UnitOfWork, scene: Scene, n: int) -> Deed:
    number = make_reservation(uow, scene, elsewhere(n), now=EARLIER).number
    return lambda uow: reschedule(uow, number, SPAN, actor=scene.member, now=NOW)


def extend(uow: UnitOfWork, scene: Scene, _: int) -> Deed:
    number = make_reservation(uow, scene, BEFORE, now=EARLIER).number
    check_in(uow, number, actor=scene.member, now=BEFORE.start)
    return lambda uow: resize(uow, number, SPAN.end, actor=scene.member, now=NOW)


def series(_: UnitOfWork, scene: Scene, n: int) -> Deed:
    wish = SeriesWish(scene.wish(SPAN), f"FREQ=DAILY;INTERVAL={n + 1};COUNT=3")
    return lambda uow: reserve_series(uow, wish, actor=scene.member, now=NOW)


def joint(uow: UnitOfWork, scene: Scene, n: int) -> Deed:
    other = make_instrument(uow, lab_id=scene.instrument.lab_id, policy=POLICY)
    here = scene.wish(SPAN)
    steps = [here, replace(here, instrument_id=other.key)]
    wanted = steps if n else steps[::-1]
    return lambda uow: reserve_joint(uow, wanted, actor=scene.member, now=NOW)


def approval(uow: UnitOfWork, scene: Scene, _: int) -> Deed:
    here = col(BookingPolicy.instrument_id) == scene.instrument.key
    rules = uow.session.exec(select(BookingPolicy).where(here)).one()
    rules.approval = Approval.ALWAYS
    uow.session.flush()
    made = make_reservation(uow, scene, SPAN, now=EARLIER)
    assert made.state is State.REQUESTED
    rules.approval = Approval.NONE
    number = made.number
    return lambda uow: approve(uow, number, actor=scene.manager, now=NOW)


def offer(uow: UnitOfWork, scene: Scene, _: int) -> Deed:
    waiter = make_offered(uow, scene, SPAN, now=NOW)
    offered = offer_to(uow.session, waiter)
    assert offered is not None
    key = offered.key
    return lambda uow: accept_offer(uow, key, actor=waiter.actor, now=NOW)


def proposal(uow: UnitOfWork, scene: Scene, n: int) -> Deed:
    number = make_reservation(uow, scene, elsewhere(n), now=EARLIER).number
    wanted = Proposed(span=SPAN, reason="保养")
    key = propose_time(uow, number, wanted, actor=scene.manager, now=EARLIER).key
    return lambda uow: accept_proposal(uow, key, actor=scene.member, now=NOW)


def swap(uow: UnitOfWork, scene: Scene, n: int) -> Deed:
    number = make_reservation(uow, scene, elsewhere(n), now=EARLIER).number
    make_neighbour(uow, scene, SPAN, now=EARLIER)
    asked = ask_swap(uow, number, SPAN, actor=scene.member, now=EARLIER)
    # Of two neighbours the first is asked, by both.
    booked = uow.session.get_one(Reservation, asked.asked_id)
    grant = Grant(Role.COMPANY_MEMBER, organisation_id=booked.organisation_id)
    who = replace(scene.member, id=booked.holder_id, grants=(grant,))
    return lambda uow: accept_swap(uow, asked.key, actor=who, now=NOW)


def hand_over_all(uow: UnitOfWork, scene: Scene, _: int) -> Deed:
    """Somebody leaves their company; a colleague has their bookings from then on."""
    company, heir = scene.company.key, scene.admin.id
    leaving = make_member(uow, company)
    reserve(uow, scene.wish(SPAN), actor=leaving, now=EARLIER)
    return lambda uow: hand_over(
        uow, leaving.id, company, successor_id=heir, actor_id=heir, now=NOW
    )


def early_start(uow: UnitOfWork, scene: Scene, _: int) -> Deed:
    number = make_reservation(uow, scene, AFTER, now=EARLIER).number
    return lambda uow: check_in(uow, number, actor=scene.member, now=NOW)


def closure(_: UnitOfWork, scene: Scene, __: int) -> Deed:
    closing = Closing(SPAN, ClosureKind.MAINTENANCE, "更换灯丝")
    return lambda uow: close(uow, scene.instrument.key, closing, actor=scene.manager, now=NOW)


def fault(uow: UnitOfWork, scene: Scene, _: int) -> Deed:
    keeper = scene.manager
    key = report_fault(uow, scene.instrument.key, "漏气", actor=keeper, now=EARLIER).key
    return lambda uow: close_for_fault(uow, key, actor=keeper, now=NOW)


@dataclass(frozen=True)
class Way:
    """How it is made ready; `has` is what of the place it holds before the race."""

    ready: Ready
    has: str = ""

    @property
    def name(self) -> str:
        return self.ready.__name__


# One of two at once asks the server, for that is how companies' programs book.
API = Way(api)
WAYS = (
    *(Way(ready) for ready in (create, override, move, series, joint, closure, fault)),
    Way(extend, "before"),
    *(Way(ready, "span") for ready in (approval, offer, proposal, swap, hand_over_all)),
    Way(early_start, "after"),
)


def made_ready(arena: Arena, ways: tuple[Way, Way], *, places: int) -> tuple[Scene, list[Deed]]:
    """An instrument of its own, and both rivals before it."""
    with arena.write() as uow:
        lab_id = arena.scene.instrument.lab_id
        made = make_instrument(uow, lab_id=lab_id, units=places, policy=POLICY)
        scene = replace(arena.scene, instrument=made)
        return scene, [way.ready(uow, scene, n) for n, way in enumerate(ways)]


def tried(write: Write, deed: Deed) -> str:
    """`done`, or the code of the refusal; done again once where the application would."""
    try:
        return _once(write, deed)
    except DBAPIError as error:
        if not is_passing(error):
            raise
        return _once(write, deed)


def asked(arena: Arena, scene: Scene) -> str:
    """The same of a wish that the server is asked for."""
    answer = arena.ask(arena.wish(SPAN, on=scene.instrument))
    assert answer.status < 500, answer.body
    return DONE if answer.status == 201 else str(answer.body["code"])


def _once(write: Write, deed: Deed) -> str:
    try:
        with write() as uow:
            deed(uow)
    except BookingError as refused:
        return refused.code
    return DONE
