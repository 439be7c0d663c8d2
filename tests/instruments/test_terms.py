"""What a booking is judged by, in two statements."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.opening import DayKind
from booking.instruments.rules.terms import Approval
from booking.instruments.states import InstrumentState
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab
from tests.factories.instruments import (
    OFFICE_HOURS,
    add_closure,
    add_exception,
    add_policy,
    add_tariff,
    enter_year,
    make_instrument,
    moment,
    span,
    unit_ids,
)

TUESDAY = span("2026-11-24T13:00", "16:00")


def windows(uow: UnitOfWork, instrument_id: int, start: str, end: str) -> list[str]:
    found = booking_terms(uow.session, instrument_id, span(start, end)).open_windows
    return [f"{local(w.start):%d %H:%M}–{local(w.end):%d %H:%M}" for w in found]


def test_the_terms_tell_everything_about_an_instrument(uow: UnitOfWork) -> None:
    instrument = make_instrument(
        uow, units=2, policy={"grid_minutes": 15, "buffer_after_minutes": 30, "approval": "first"}
    )
    terms = booking_terms(uow.session, instrument.key, TUESDAY)
    lab = uow.session.get_one(Lab, instrument.lab_id)
    assert terms.published
    assert (terms.lab_id, terms.organisation_id) == (lab.key, lab.organisation_id)
    assert terms.unit_ids == tuple(unit_ids(uow, instrument.key))
    assert terms.service_modes == {"self_operated", "assisted", "entrusted"}
    assert terms.policy.grid == timedelta(minutes=15)
    assert terms.policy.approval is Approval.FIRST
    assert terms.held(TUESDAY) == span("2026-11-24T13:00", "16:30")
    assert terms.tariff is not None
    assert terms.tariff.classes["enterprise"].hour_fen == 80_000
    assert terms.missing_years == ()


def test_reading_the_terms_takes_two_statements(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    sent: list[str] = []
    engine = uow.session.get_bind()
    note = lambda *args: sent.append(args[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", note)
    booking_terms(uow.session, instrument.key, TUESDAY)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len(sent) == 2


def test_the_versions_in_force_when_the_booking_starts_count(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow).key
    december = moment("2026-12-01T00:00")
    add_policy(
        uow,
        instrument,
        valid_from=december,
        grid_minutes=60,
        follows_statutory_calendar=False,
    )
    add_tariff(uow, instrument, valid_from=december, classes={"enterprise": {"hour": "900.00"}})
    before = booking_terms(uow.session, instrument, span("2026-11-30T23:00", "2026-12-01T01:00"))
    after = booking_terms(uow.session, instrument, span("2026-12-01T00:00", "01:00"))
    assert before.tariff is not None
    assert after.tariff is not None
    assert before.tariff.classes["enterprise"].hour_fen == 80_000
    assert after.tariff.classes["enterprise"].hour_fen == 90_000
    assert (before.policy.grid_minutes, after.policy.grid_minutes) == (30, 60)


def test_hours_exceptions_and_statutory_days_make_the_windows(uow: UnitOfWork) -> None:
    policy = {"follows_statutory_calendar": True}
    instrument = make_instrument(uow, week=OFFICE_HOURS, policy=policy).key
    enter_year(
        uow,
        2026,
        {
            date(2026, 10, 1): DayKind.HOLIDAY,
            date(2026, 10, 2): DayKind.HOLIDAY,
            date(2026, 10, 10): DayKind.MAKEUP_WORKDAY,
        },
    )
    add_exception(uow, instrument, date(2026, 10, 2), ("09:00", "11:00"), ("14:00", "15:00"))
    add_exception(uow, instrument, date(2026, 11, 24))
    assert windows(uow, instrument, "2026-10-01T09:00", "10:00") == []
    assert windows(uow, instrument, "2026-10-02T09:00", "10:00") == [
        "02 09:00–02 11:00",
        "02 14:00–02 15:00",
    ]
    assert windows(uow, instrument, "2026-10-10T09:00", "10:00") == ["10 08:30–10 18:00"]
    assert windows(uow, instrument, "2026-11-24T09:00", "10:00") == []
    assert windows(uow, instrument, "2026-11-25T09:00", "10:00") == ["25 08:30–25 18:00"]


def test_a_year_nobody_entered_is_named(uow: UnitOfWork) -> None:
    policy = {"follows_statutory_calendar": True}
    instrument = make_instrument(uow, week=OFFICE_HOURS, policy=policy).key
    enter_year(uow, 2026)
    terms = booking_terms(uow.session, instrument, span("2027-03-02T09:00", "10:00"))
    assert terms.missing_years == (2027,)
    assert terms.open_windows == ()


def test_a_fault_closes_and_says_since_when(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow).key
    fault = span("2026-11-24T15:00", "2026-11-26T08:00")
    add_closure(uow, instrument, fault, kind=ClosureKind.FAULT)
    terms = booking_terms(uow.session, instrument, TUESDAY)
    assert terms.faulty_since == fault.start
    assert [w.end for w in terms.open_windows] == [fault.start]
    later = booking_terms(uow.session, instrument, span("2026-11-26T08:00", "09:00"))
    assert later.faulty_since is None


def test_a_lifted_fault_closes_no_longer(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow).key
    fault = span("2026-11-24T10:00", "2026-11-26T08:00")
    add_closure(
        uow, instrument, fault, kind=ClosureKind.FAULT, lifted_at=moment("2026-11-24T12:00")
    )
    terms = booking_terms(uow.session, instrument, TUESDAY)
    assert terms.faulty_since is None
    assert any(window.contains(TUESDAY) for window in terms.open_windows)


def test_a_draft_has_terms_and_says_that_it_is_no_offer(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, state=InstrumentState.DRAFT).key
    assert not booking_terms(uow.session, instrument, TUESDAY).published


def test_no_instrument_no_terms(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        booking_terms(uow.session, 404, TUESDAY)
