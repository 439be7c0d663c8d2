"""The demo's script is repeatable, busy enough, and asks for nothing that cannot be."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from booking.instruments.rules.opening import open_windows
from booking.kernel.timespan import TimeSpan, in_order
from booking.seeding.casting import cards, customers, settings_of
from booking.seeding.files import SeedFiles
from booking.seeding.planning import plan
from booking.seeding.script import Fate
from booking.settings import REPOSITORY

pytestmark = pytest.mark.slow

SEED = SeedFiles(REPOSITORY / "seed")
SETTINGS = settings_of(SEED.history)
CARDS = {card.code: card for card in cards(SEED, SETTINGS)}
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def script(now: datetime = NOW, **changes):
    settings = replace(SETTINGS, **changes)
    return plan(list(CARDS.values()), customers(SEED, settings), settings, now=now)


@pytest.fixture(scope="module")
def year():
    return script()


def test_the_same_seed_gives_the_same_script():
    first = script(days=20, bookings=300)
    assert script(days=20, bookings=300) == first
    assert script(days=20, bookings=300, seed=1) != first


def test_a_year_holds_about_as_many_visits_as_wished(year):
    assert SETTINGS.bookings * 0.85 < len(year.visits) < SETTINGS.bookings * 1.15


def test_visits_are_asked_in_order_and_before_they_begin(year):
    assert all(visit.asked_at < visit.span.start for visit in year.visits)
    asked = [visit.asked_at for visit in year.visits]
    assert asked == sorted(asked)
    assert asked[-1] <= NOW


def test_every_visit_lies_within_opening_hours(year):
    for visit in year.visits:
        windows = open_windows(CARDS[visit.card].schedule, visit.span)
        assert windows == (visit.span,), visit


def test_an_instrument_with_one_unit_never_has_two_visits_at_once(year):
    by_card: dict[str, list[TimeSpan]] = {}
    for visit in year.visits:
        by_card.setdefault(visit.card, []).append(visit.span)
    assert all(in_order(spans) for code, spans in by_card.items() if CARDS[code].units == 1)


def test_every_kind_of_fate_and_mishap_is_there(year):
    assert set(Counter(visit.fate for visit in year.visits)) == set(Fate)
    assert {mishap.kind for mishap in year.mishaps} == {"fault", "maintenance"}
    assert len(year.collisions) > 20


def test_people_have_booked_some_of_the_days_ahead(year):
    ahead = [visit for visit in year.visits if visit.span.start > NOW]
    assert len(ahead) > 50
    assert max(visit.span.start for visit in ahead) < NOW + timedelta(days=16)


def test_nobody_outside_the_verified_organisations_books(year):
    verified = {row["code"] for row in SEED.organisations if row["status"] == "verified"}
    assert {visit.customer for visit in year.visits} <= verified
