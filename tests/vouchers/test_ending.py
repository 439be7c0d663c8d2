"""Vouchers end piece by piece: each piece is kept, and nothing ends twice."""

from datetime import date

import pytest
import sqlalchemy as sa

from booking.db.outside import Outside
from booking.db.transactions import unit_of_work
from booking.jobs.books import broken_books
from booking.jobs.runner import Outcome, Runner
from booking.jobs.schedule import JOBS
from booking.settings import Settings
from booking.vouchers import jobs
from booking.vouchers.events import VoucherExpired
from booking.vouchers.queries.claims import VOUCHER
from booking.wiring import REACTIONS
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import at
from tests.factories.vouchers import make_voucher
from tests.support.clock import moment

MANY = 7
NEW_YEAR = moment("2027-01-01T09:00")


@pytest.fixture
def given(write, monkeypatch) -> int:
    """Vouchers of one day for more than two pieces."""
    monkeypatch.setattr(jobs, "PIECE", 3)
    with write() as uow:
        company = make_organisation(uow).key
        for _ in range(MANY):
            make_voucher(uow, company)
    return MANY


def left(engine) -> int:
    with unit_of_work(engine, REACTIONS) as uow:
        assert list(broken_books(uow.session)) == []
        return int(
            uow.session.execute(sa.select(sa.func.sum(VOUCHER.c.available_fen))).scalar_one()
        )


def outside(engine, reactions=REACTIONS) -> Outside:
    return Outside(engine, reactions, Settings())


def test_all_of_them_end_in_pieces_and_once(engine, given):
    assert jobs.expire_in_pieces(outside(engine), NEW_YEAR).rows == MANY
    assert left(engine) == 0
    assert jobs.expire_in_pieces(outside(engine), NEW_YEAR).rows == 0


def test_what_ended_before_a_crash_stays_ended_and_the_rest_ends_later(engine, given):
    seen = []

    def breaks_off(_, fact):
        seen.append(fact)
        if len(seen) == 5:
            raise RuntimeError

    broken = {**REACTIONS, VoucherExpired: (breaks_off,)}
    with pytest.raises(RuntimeError):
        jobs.expire_in_pieces(outside(engine, broken), NEW_YEAR)
    # The first piece of three is kept; of the second nothing.
    assert left(engine) == (MANY - 3) * 200_000
    assert jobs.expire_in_pieces(outside(engine), NEW_YEAR).rows == MANY - 3
    assert left(engine) == 0


def test_companies_are_warned_in_pieces_and_once(engine, given):
    assert jobs.warn_in_pieces(outside(engine), at("12-05 09:00")).rows == MANY
    assert jobs.warn_in_pieces(outside(engine), at("12-06 09:00")).rows == 0


def test_the_job_says_how_many_ended(engine, clock, given):
    clock.at("2027-01-01T09:00")
    (job,) = (one for one in JOBS if one.id == "expire_vouchers")
    done = Runner(engine, REACTIONS, clock).run_due(job)
    assert (done.outcome, done.rows) == (Outcome.DONE, MANY)
    assert left(engine) == 0


def test_beyond_the_pieces_the_rest_ends_in_the_same_night(engine, clock, given, monkeypatch):
    monkeypatch.setattr(jobs, "_MOST_PIECES", 1)
    clock.at("2027-01-01T09:00")
    (job,) = (one for one in JOBS if one.id == "expire_vouchers")
    assert Runner(engine, REACTIONS, clock).run_due(job).rows == MANY
    assert left(engine) == 0


def test_the_last_day_is_a_day_of_use(engine, write):
    with write() as uow:
        make_voucher(uow, make_organisation(uow).key, valid_to=date(2026, 12, 31))
    assert jobs.expire_in_pieces(outside(engine), at("12-31 23:59")).rows == 0
    assert jobs.expire_in_pieces(outside(engine), moment("2027-01-01T00:00")).rows == 1
