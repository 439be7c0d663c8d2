"""Registering instruments and changing their cards."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.register import CardChanges, edit, register
from booking.instruments.errors import CardIncomplete, CardStale, InnerIdTaken, SlotTaken, UnitsBusy
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.unit import Unit
from booking.instruments.queries.holds import held_on
from booking.instruments.rules.card import Card
from booking.instruments.rules.opening import DayKind
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import (
    add_closure,
    enter_year,
    keeper_of,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    span,
    unit_ids,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
CARD = Card(name="场发射扫描电子显微镜", inner_id="EM-1", category_code="010102", aliases=("SEM",))
WEEK = span("2026-11-23T00:00", "2026-11-30T00:00")
NOBODY = Actor(id=0, name="", email="")


def active_places(uow: UnitOfWork, instrument_id: int) -> list[int]:
    mine = select(Unit.position).where(col(Unit.instrument_id) == instrument_id, col(Unit.active))
    return sorted(uow.session.exec(mine))


def test_a_new_instrument_is_a_draft_with_its_places(uow: UnitOfWork) -> None:
    lab = make_lab(uow, district="qinhan")
    made = register(uow, lab.key, CARD, units=3, actor=keeper_of(lab), now=NOW)
    assert made.state is InstrumentState.DRAFT
    assert made.district == "qinhan"
    assert (made.aliases, made.service_modes) == (["SEM"], ["self_operated"])
    assert active_places(uow, made.key) == [1, 2, 3]


def test_a_lab_has_one_instrument_of_each_inner_id(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    register(uow, lab.key, CARD, actor=keeper_of(lab), now=NOW)
    with pytest.raises(InnerIdTaken):
        register(uow, lab.key, CARD, actor=keeper_of(lab), now=NOW)
    other = make_lab(uow)
    register(uow, other.key, CARD, actor=keeper_of(other), now=NOW)


def test_nobody_registers_for_another_lab(uow: UnitOfWork) -> None:
    lab, other = make_lab(uow), make_lab(uow)
    with pytest.raises(NotFound):
        register(uow, lab.key, CARD, actor=keeper_of(other), now=NOW)


def test_filing_is_due_thirty_working_days_after_acceptance(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    enter_year(
        uow,
        2026,
        {
            date(2026, 9, 25): DayKind.HOLIDAY,
            **{date(2026, 10, day): DayKind.HOLIDAY for day in range(1, 8)},
            date(2026, 9, 20): DayKind.MAKEUP_WORKDAY,
            date(2026, 10, 10): DayKind.MAKEUP_WORKDAY,
        },
    )
    accepted = Card(name="甲", inner_id="1", acceptance_date=date(2026, 9, 18))
    late = Card(name="乙", inner_id="2", acceptance_date=date(2026, 12, 18))
    first = register(uow, lab.key, accepted, actor=keeper_of(lab), now=NOW)
    second = register(uow, lab.key, late, actor=keeper_of(lab), now=NOW)
    assert first.filing_due == date(2026, 11, 5)
    # The next year's holidays are not known yet, so nobody can say.
    assert second.filing_due is None


def test_a_change_is_kept_with_what_was_before(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, model="A-1")
    keeper = keeper_of_instrument(uow, instrument)
    changes = CardChanges(values={"model": "A-2", "name": instrument.name}, version=1)
    changed = edit(uow, instrument.key, changes, actor=keeper, now=NOW)
    assert (changed.model, changed.version, changed.updated_at) == ("A-2", 2, NOW)


def test_who_read_an_older_version_overwrites_nothing(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    edit(uow, instrument.key, CardChanges(values={"model": "B"}), actor=keeper, now=NOW)
    stale = CardChanges(values={"model": "C"}, version=1)
    with pytest.raises(CardStale):
        edit(uow, instrument.key, stale, actor=keeper, now=NOW)


def test_a_strange_labs_draft_does_not_exist(uow: UnitOfWork) -> None:
    draft = make_instrument(uow, state=InstrumentState.DRAFT)
    for stranger in (keeper_of(make_lab(uow)), NOBODY):
        with pytest.raises(NotFound):
            edit(uow, draft.key, CardChanges(), actor=stranger, now=NOW)


def test_places_come_and_go_but_not_under_bookings(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=2)
    keeper = keeper_of_instrument(uow, instrument)
    _, second = unit_ids(uow, instrument.key)
    edit(uow, instrument.key, CardChanges(units=1), actor=keeper, now=NOW)
    assert active_places(uow, instrument.key) == [1]
    edit(uow, instrument.key, CardChanges(units=3), actor=keeper, now=NOW)
    assert active_places(uow, instrument.key) == [1, 2, 3]
    ahead = span("2026-11-24T13:00", "16:00")
    reason = HoldReason.closure(add_closure(uow, instrument.key, ahead).key)
    take_hold(uow, [second], ahead, reason=reason)
    with pytest.raises(UnitsBusy):
        edit(uow, instrument.key, CardChanges(units=1), actor=keeper, now=NOW)


def test_a_new_place_is_closed_when_the_others_are(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    (first,) = unit_ids(uow, instrument.key)
    ahead, running = span("2026-11-24T13:00", "16:00"), span("2026-11-23T08:00", "12:00")
    for shut in (ahead, running):
        closing = Closing(shut, ClosureKind.MAINTENANCE)
        close(uow, instrument.key, closing, actor=keeper, now=running.start)
    edit(uow, instrument.key, CardChanges(units=3), actor=keeper, now=NOW)
    second, third = (unit for unit in unit_ids(uow, instrument.key) if unit != first)
    rest = TimeSpan(NOW, running.end)
    held = {
        one: [hold.span for _, hold in held_on(uow.session, [one], WEEK)] for one in (second, third)
    }
    assert held == {second: [rest, ahead], third: [rest, ahead]}
    with pytest.raises(SlotTaken):
        take_hold(uow, [first, second, third], ahead, reason=HoldReason.reservation("R-1"))


@pytest.mark.parametrize("name", ["category_code", "service_modes"])
@pytest.mark.parametrize(
    ("state", "is_refused"),
    [
        (InstrumentState.DRAFT, False),
        (InstrumentState.RETURNED, False),
        (InstrumentState.SUBMITTED, True),
        (InstrumentState.PUBLISHED, True),
        (InstrumentState.SUSPENDED, True),
    ],
)
def test_what_a_shown_card_needs_is_not_emptied(
    uow: UnitOfWork, state: InstrumentState, is_refused: bool, name: str
) -> None:
    made = make_instrument(uow, state=state)
    before = getattr(made, name)
    empty: object = () if isinstance(before, list) else ""
    changes = CardChanges(values={name: empty, "model": "S-4800"})
    if not is_refused:
        edit(uow, made.key, changes, actor=keeper_of_instrument(uow, made), now=NOW)
        assert not getattr(made, name)
        return
    with pytest.raises(CardIncomplete) as refused:
        edit(uow, made.key, changes, actor=keeper_of_instrument(uow, made), now=NOW)
    assert [one.params for one in refused.value.violations] == [{"field": name}]
    assert (getattr(made, name), made.model) == (before, "")
