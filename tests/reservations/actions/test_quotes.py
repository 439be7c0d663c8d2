"""A price that was kept: whoever cites it in time, and for just that, gets it."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from booking.billing.models import Charge
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.keep_quote import keep_quote
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import QuoteDiffers, QuoteExpired, QuoteUnknown
from booking.reservations.rules.use_record import UseRecord
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, make_scene

MONDAY = at("11-23 09:00")
EVENING = at("11-23 18:00")
DEARER = {"enterprise": {"hour": "9000.00"}}


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def kept(uow, scene):
    """1600.00 for two hours; then the list becomes dearer."""
    made = keep_quote(uow, scene.wish(), actor=scene.member, now=MONDAY)
    add_tariff(uow, scene.instrument.key, classes=DEARER, valid_from=MONDAY)
    return made


def book(uow, scene, number, *, now=EVENING, actor=None, **changes):
    wish = replace(scene.wish(**changes), quote_number=number)
    return reserve(uow, wish, actor=actor or scene.member, now=now)


def test_a_kept_price_says_until_when_and_what_it_is_the_sum_of(kept):
    assert kept.total_fen == 160_000
    assert kept.quote["total"] == "1600.00"
    # Never beyond the beginning of the time itself.
    assert kept.valid_until == NOON.start


def test_whoever_cites_it_pays_it_to_the_end(uow, scene, kept):
    made = book(uow, scene, kept.number)
    assert (made.quoted_fen, made.tariff_id) == (160_000, kept.tariff_id)
    assert made.quote["number"] == kept.number
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    record = UseRecord(test_minutes=120)
    check_out(uow, made.number, record, actor=scene.manager, now=NOON.end)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=at("11-25 09:00"))
    assert uow.session.execute(sa.select(col(Charge.amount_fen))).scalars().all() == [160_000]


def test_without_it_the_list_of_the_day_holds(uow, scene, kept):
    assert reserve(uow, scene.wish(), actor=scene.member, now=EVENING).quoted_fen == 1_800_000


def test_a_colleague_may_cite_it_another_company_learns_nothing(uow, scene, kept):
    made = book(uow, scene, kept.number, actor=scene.admin)
    assert made.quoted_fen == 160_000
    stranger = make_scene(uow).member
    with pytest.raises(QuoteUnknown):
        book(uow, scene, kept.number, actor=stranger, span=between("11-24 16:00", "18:00"))


def test_when_it_has_ended_it_is_said_so(uow, scene, kept):
    far = scene.wish(span=between("12-08 12:00", "14:00"))
    long = keep_quote(uow, far, actor=scene.member, now=MONDAY)
    assert long.valid_until == at("11-30 09:00")
    with pytest.raises(QuoteExpired):
        book(uow, scene, long.number, now=long.valid_until, span=far.span)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"span": between("11-24 12:00", "15:00")}, ["ends_at"]),
        ({"span": between("11-24 13:00", "15:00")}, ["starts_at", "ends_at"]),
        ({"samples": 3}, ["samples"]),
    ],
)
def test_for_something_else_it_does_not_hold(uow, scene, kept, changes, fields):
    with pytest.raises(QuoteDiffers) as refused:
        book(uow, scene, kept.number, **changes)
    assert refused.value.params["fields"] == fields


def test_another_instrument_is_something_else(uow, scene, kept):
    other = make_scene(uow).instrument.key
    with pytest.raises(QuoteDiffers):
        book(uow, scene, kept.number, instrument_id=other)


def test_a_booking_that_moves_agrees_anew(uow, scene, kept):
    made = book(uow, scene, kept.number)
    later = between("11-24 15:00", "17:00")
    moved = reschedule(uow, made.number, later, actor=scene.member, now=EVENING)
    assert moved.quoted_fen == 1_800_000
    assert "number" not in moved.quote


def test_nothing_is_kept_for_time_that_has_begun(uow, scene):
    with pytest.raises(QuoteExpired):
        keep_quote(uow, scene.wish(), actor=scene.member, now=NOON.start)


def test_the_database_refuses_to_rewrite_it(uow, kept):
    with pytest.raises(DatabaseError, match="append_only"):
        uow.session.execute(sa.text("UPDATE price_quote SET total_fen = 1"))
