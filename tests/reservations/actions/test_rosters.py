"""Rosters: who is off duty is not taken; bookings that were made stay, and are named."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import select

from booking.access.actor import HOUSE, Grant
from booking.access.roles import Role
from booking.accounts.actions.grant_role import grant_role, revoke_role
from booking.accounts.models import Membership
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.actions.set_roster import (
    set_roster_days,
    set_roster_week,
    unset_roster_day,
)
from booking.instruments.errors import AbsenceTooLong, PersonIsOperator, SpanBackwards
from booking.instruments.models.roster import RosterDay
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.helpers import helpers_of_lab
from booking.instruments.rules.opening import Hours
from booking.instruments.rules.rosters import LONGEST_ABSENCE
from booking.instruments.rules.terms import Approval, ServiceMode
from booking.kernel.errors import NotFound
from booking.reservations.actions.decide import approve
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.queries.off_duty import off_duty_bookings
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_lab
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_scene
from tests.reservations.actions.test_cost import counted
from tests.reservations.actions.test_operators import LATER, assisted, helpers, offered
from tests.support.clock import FrozenClock

TUESDAY, DAY = date(2026, 11, 24), timedelta(days=1)
MORNING, AFTERNOON = Hours(8 * 60, 12 * 60), Hours(12 * 60, 20 * 60)
NIGHT = Hours(22 * 60, 30 * 60)
Refused = pytest.ExceptionInfo[ReservationRefused]


def codes(refused: Refused) -> list[str]:
    return [violation.code for violation in refused.value.violations]


def absent(uow: UnitOfWork, unit: int, scene: Scene, clock: FrozenClock) -> None:
    days = (TUESDAY, TUESDAY)
    set_roster_days(uow, unit, days, windows=[], actor=scene.manager, now=clock.now())


def on_week(uow: UnitOfWork, unit: int, scene: Scene, clock: FrozenClock, *week: Hours) -> None:
    set_roster_week(uow, unit, {2: list(week)}, actor=scene.manager, now=clock.now())


def test_the_one_on_duty_is_chosen(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    first, second = (offered(uow, scene, clock=clock) for _ in range(2))
    on_week(uow, first, scene, clock, MORNING)
    assert helpers(uow, assisted(uow, scene, clock)) == (second,)
    with pytest.raises(ReservationRefused) as refused:
        assisted(uow, scene, clock)
    assert codes(refused) == ["operator.none_free"]


def test_who_is_named_and_off_duty_is_refused_with_every_other_rule(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2, policy={"longest_minutes": 30})
    unit = offered(uow, scene, clock=clock)
    absent(uow, unit, scene, clock)
    for named in ((unit,), ()):
        with pytest.raises(ReservationRefused) as refused:
            assisted(uow, scene, clock, helper_ids=named)
        assert codes(refused) == ["duration.too_long", "operator.off_duty"]


def test_a_roster_is_hours_of_a_person_not_of_the_instrument(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2)
    unit = offered(uow, scene, clock=clock)
    on_week(uow, unit, scene, clock, MORNING, AFTERNOON)
    assert helpers(uow, assisted(uow, scene, clock)) == (unit,)
    absent(uow, unit, scene, clock)
    with pytest.raises(ReservationRefused):
        assisted(uow, scene, clock, span=LATER)
    unset_roster_day(uow, unit, TUESDAY, actor=scene.manager, now=clock.now())
    assisted(uow, scene, clock, span=LATER)


def test_extra_duty_counts_on_its_day_only(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    unit = offered(uow, scene, clock=clock)
    set_roster_week(uow, unit, {1: [NIGHT]}, actor=scene.manager, now=clock.now())
    with pytest.raises(ReservationRefused):
        assisted(uow, scene, clock)
    days = (TUESDAY, TUESDAY)
    set_roster_days(uow, unit, days, windows=[MORNING], actor=scene.manager, now=clock.now())
    with pytest.raises(ReservationRefused):
        assisted(uow, scene, clock)
    set_roster_days(uow, unit, days, windows=[Hours(0, 1440)], actor=scene.manager, now=clock.now())
    assert helpers(uow, assisted(uow, scene, clock)) == (unit,)


def test_no_time_is_proposed_when_nobody_is_on_duty(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    unit = offered(uow, scene, clock=clock)
    week = {4: [Hours(9 * 60, 12 * 60)]}
    set_roster_week(uow, unit, week, actor=scene.manager, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        assisted(uow, scene, clock)
    told = refused.value.alternatives
    assert told
    duties = [between(f"{day} 09:00", "12:00") for day in ("11-26", "12-03")]
    assert all(any(duty.contains(one.span) for duty in duties) for one in told)


def test_the_lab_may_call_in_somebody_off_duty(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    unit = offered(uow, scene, clock=clock)
    absent(uow, unit, scene, clock)
    why, whom = "本人同意加班", scene.member.id
    wish = scene.wish(mode=ServiceMode.ASSISTED, on_behalf_of=whom, override_reason=why)
    made = reserve(uow, wish, actor=scene.manager, now=clock.now())
    assert helpers(uow, made) == (unit,)


def test_bookings_stay_and_are_named_and_another_comes_when_moved(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2)
    first, second = (offered(uow, scene, clock=clock) for _ in range(2))
    made = assisted(uow, scene, clock)
    assert off_duty_bookings(uow.session, first, now=clock.now()) == []
    absent(uow, first, scene, clock)
    (left,) = off_duty_bookings(uow.session, first, now=clock.now())
    assert (left.number, helpers(uow, made)) == (made.number, (first,))
    reschedule(uow, made.number, LATER, actor=scene.member, now=clock.now())
    assert helpers(uow, made) == (second,)
    assert off_duty_bookings(uow.session, first, now=clock.now()) == []


def test_a_booking_from_before_there_were_operators_gets_one_when_moved(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2)
    made = assisted(uow, scene, clock)
    assert helpers(uow, made) == ()
    unit = offered(uow, scene, clock=clock)
    reschedule(uow, made.number, LATER, actor=scene.member, now=clock.now())
    assert helpers(uow, made) == (unit,)


@pytest.mark.parametrize("another", [True, False])
def test_approving_finds_another_or_refuses(
    uow: UnitOfWork, clock: FrozenClock, *, another: bool
) -> None:
    scene = make_scene(uow, units=2, policy={"approval": Approval.ALWAYS})
    first = offered(uow, scene, clock=clock)
    made = assisted(uow, scene, clock)
    second = offered(uow, scene, clock=clock) if another else None
    absent(uow, first, scene, clock)
    if another:
        done = approve(uow, made.number, actor=scene.manager, now=clock.now())
        assert (done.state, helpers(uow, made)) == (State.CONFIRMED, (second,))
    else:
        with pytest.raises(ReservationRefused) as refused:
            approve(uow, made.number, actor=scene.manager, now=clock.now())
        assert codes(refused) == ["operator.off_duty"]


def test_an_absence_has_an_end_and_is_the_labs_to_enter(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    unit = offered(uow, scene, clock=clock)
    tries: list[tuple[date, type[Exception], Callable[[], Scene]]] = [
        (date(2026, 11, 23), SpanBackwards, lambda: scene),
        (date(2027, 11, 24), AbsenceTooLong, lambda: scene),
        (TUESDAY, NotFound, lambda: make_scene(uow)),
    ]
    for last, refusal, whose in tries:
        actor = whose().manager
        with pytest.raises(refusal):
            set_roster_days(uow, unit, (TUESDAY, last), windows=[], actor=actor, now=clock.now())


def test_the_longest_absence_is_written_at_once_and_replaces_what_was_said(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    unit, other = (offered(uow, scene, clock=clock) for _ in range(2))
    for one in (unit, other):
        set_roster_days(
            uow,
            one,
            (TUESDAY, TUESDAY + DAY),
            windows=[MORNING, AFTERNOON],
            actor=scene.manager,
            now=clock.now(),
        )
    long = (TUESDAY + DAY, TUESDAY + LONGEST_ABSENCE)
    with counted(uow) as sent:
        set_roster_days(uow, unit, long, windows=[], actor=scene.manager, now=clock.now())
    assert sorted(said.split()[0] for said in sent if "roster_day" in said) == ["DELETE", "INSERT"]
    kept = uow.session.exec(select(RosterDay).where(RosterDay.unit_id == unit)).all()
    assert sorted((row.day, row.opens or 0) for row in kept) == [
        (TUESDAY, MORNING.opens),
        (TUESDAY, AFTERNOON.opens),
        *((TUESDAY + n * DAY, 0) for n in range(1, LONGEST_ABSENCE.days + 1)),
    ]
    others = uow.session.exec(select(RosterDay).where(RosterDay.unit_id == other)).all()
    assert len(others) == 4
    told = [
        fact for fact in uow.session.exec(select(AuditEntry)) if long[1].isoformat() in fact.changes
    ]
    assert [one.changes["2026-11-25"] for one in told] == [[[MORNING.text, AFTERNOON.text], []]]
    assert [one.changes["2026-11-26"] for one in told] == [[None, []]]


def test_an_operator_is_one_person_of_the_lab(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    lab_id = scene.instrument.lab_id
    mine = make_lab_person(uow, lab_id, Role.OPERATOR).id
    foreign = make_lab_person(uow, make_lab(uow).key, Role.OPERATOR).id

    def kept(person: int, unit: int | None = None, *, active: bool = True) -> int:
        wanted = Helper(
            kind=UnitKind.OPERATOR,
            label="岗位",
            instrument_ids=[scene.instrument.key],
            active=active,
            person_id=person,
        )
        made = keep_helper(uow, lab_id, wanted, unit_id=unit, actor=scene.manager, now=clock.now())
        return made.key

    with pytest.raises(NotFound):
        kept(foreign)
    unit = kept(mine)
    assert kept(mine, unit) == unit
    assert {one.person for one in helpers_of_lab(uow.session, lab_id)} == {"", "实验员甲"}
    with pytest.raises(PersonIsOperator):
        kept(mine)
    kept(mine, unit, active=False)
    assert {one.person for one in helpers_of_lab(uow.session, lab_id)} == {""}


def test_whose_role_ends_is_no_operator_any_more(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    lab_id = scene.instrument.lab_id
    going, staying = (make_lab_person(uow, lab_id, Role.OPERATOR).id for _ in range(2))
    units = {}
    for person in (going, staying):
        wanted = Helper(
            kind=UnitKind.OPERATOR,
            label="岗位",
            instrument_ids=[scene.instrument.key],
            person_id=person,
        )
        made = keep_helper(uow, lab_id, wanted, actor=scene.manager, now=clock.now())
        units[person] = made.key
    elsewhere = grant_role(
        uow, going, Grant(Role.OPERATOR, None, make_lab(uow).key), actor=HOUSE, now=clock.now()
    )
    revoke_role(uow, elsewhere.key, actor=HOUSE, now=clock.now())
    told = {one.id: one.person_id for one in helpers_of_lab(uow.session, lab_id)}
    assert told == {units[going]: going, units[staying]: staying}
    rows = select(Membership).where(Membership.user_id == going, Membership.lab_id == lab_id)
    revoke_role(uow, uow.session.exec(rows).one().key, actor=HOUSE, now=clock.now())
    told = {one.id: one.person_id for one in helpers_of_lab(uow.session, lab_id)}
    assert told == {units[going]: None, units[staying]: staying}
