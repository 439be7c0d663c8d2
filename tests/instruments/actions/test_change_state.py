"""A card's life, and who leads it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.change_state import change_state
from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.close_series import Series, close_series
from booking.instruments.actions.faults import close_for_fault, repair_fault, report_fault
from booking.instruments.errors import (
    AlreadyRetired,
    CardIncomplete,
    ClosedAhead,
    IllegalStep,
    ReasonMissing,
    UnitsBusy,
)
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.rules.recurring import Frequency, Repeat
from booking.instruments.states import Action, InstrumentState
from booking.kernel.errors import Conflict, Forbidden
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import (
    CENTRE_ADMIN,
    keeper_of_instrument,
    make_instrument,
    unit_ids,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_the_lab_submits_and_the_centre_publishes(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, state=InstrumentState.DRAFT)
    keeper = keeper_of_instrument(uow, instrument)
    change_state(uow, instrument.key, Action.SUBMIT, actor=keeper, now=NOW)
    with pytest.raises(Forbidden):
        change_state(uow, instrument.key, Action.PUBLISH, actor=keeper, now=NOW)
    change_state(uow, instrument.key, Action.PUBLISH, actor=CENTRE_ADMIN, now=NOW)
    assert instrument.state is InstrumentState.PUBLISHED


def test_a_card_is_returned_with_reasons(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, state=InstrumentState.SUBMITTED)
    with pytest.raises(ReasonMissing):
        change_state(uow, instrument.key, Action.RETURN, actor=CENTRE_ADMIN, now=NOW, reason=" ")
    change_state(
        uow, instrument.key, Action.RETURN, actor=CENTRE_ADMIN, now=NOW, reason="缺少技术指标"
    )
    assert instrument.state is InstrumentState.RETURNED
    assert instrument.state_reason == "缺少技术指标"


def test_what_the_public_needs_must_be_there_before_submission(uow: UnitOfWork) -> None:
    instrument = make_instrument(
        uow, state=InstrumentState.DRAFT, category_code="", service_modes=[]
    )
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(CardIncomplete) as refused:
        change_state(uow, instrument.key, Action.SUBMIT, actor=keeper, now=NOW)
    fields = [violation.params["field"] for violation in refused.value.violations]
    assert fields == ["category_code", "service_modes"]


def test_steps_outside_the_table_are_refused(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, state=InstrumentState.DRAFT)
    with pytest.raises(IllegalStep):
        change_state(uow, instrument.key, Action.PUBLISH, actor=CENTRE_ADMIN, now=NOW)


AHEAD = TimeSpan(NOW + timedelta(days=1), NOW + timedelta(days=2))


def test_who_still_has_bookings_ahead_does_not_retire(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    reason = HoldReason.reservation("R261123-0000000")
    take_hold(uow, unit_ids(uow, instrument.key), AHEAD, reason=reason)
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(UnitsBusy):
        change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=NOW)


def test_who_is_broken_is_not_retired_before_that_is_settled(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    fault = report_fault(uow, instrument.key, "镜筒报废", actor=keeper, now=NOW)
    close_for_fault(uow, fault.key, actor=keeper, now=NOW, until=NOW + timedelta(days=1))
    for now in (NOW, NOW + timedelta(days=9)):
        with pytest.raises(ClosedAhead):
            change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=now)
    repair_fault(uow, fault.key, "报废", actor=keeper, now=now)
    change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=now)
    assert instrument.state is InstrumentState.RETIRED


def test_a_retired_instrument_is_neither_closed_nor_reported(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, state=InstrumentState.RETIRED)
    keeper, wanted = keeper_of_instrument(uow, instrument), Closing(AHEAD, ClosureKind.MAINTENANCE)
    series = Series(wanted, Repeat(Frequency.WEEKLY, 1, date(2026, 12, 24)))
    deeds: list[Callable[[], object]] = [
        lambda: close(uow, instrument.key, wanted, actor=keeper, now=NOW),
        lambda: close_series(uow, instrument.key, series, actor=keeper, now=NOW),
        lambda: report_fault(uow, instrument.key, "异响", actor=keeper, now=NOW),
    ]
    for deed in deeds:
        with pytest.raises(AlreadyRetired):
            deed()


def test_what_its_own_closure_holds_is_said(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    close(uow, instrument.key, Closing(AHEAD, ClosureKind.MAINTENANCE), actor=keeper, now=NOW)
    with pytest.raises(ClosedAhead) as refused:
        change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=NOW)
    assert refused.value.conflicts == (Conflict(AHEAD, "maintenance"),)
    later = NOW + timedelta(days=3)
    change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=later)
    assert instrument.state is InstrumentState.RETIRED
