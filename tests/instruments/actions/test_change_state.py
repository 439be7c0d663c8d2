"""A card's life, and who leads it."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.change_state import change_state
from booking.instruments.errors import CardIncomplete, IllegalStep, ReasonMissing, UnitsBusy
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.states import Action, InstrumentState
from booking.kernel.errors import Forbidden
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import (
    CENTRE_ADMIN,
    add_closure,
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


def test_who_still_has_bookings_ahead_does_not_retire(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    ahead = TimeSpan(NOW + timedelta(days=1), NOW + timedelta(days=2))
    reason = HoldReason.closure(add_closure(uow, instrument.key, ahead).key)
    take_hold(uow, unit_ids(uow, instrument.key), ahead, reason=reason)
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(UnitsBusy):
        change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=NOW)
    later = NOW + timedelta(days=3)
    change_state(uow, instrument.key, Action.RETIRE, actor=keeper, now=later)
    assert instrument.state is InstrumentState.RETIRED
