"""From its present day on the demo has a whole with parts, and an operator with a roster."""

from datetime import timedelta

import pytest

from booking.accounts.providers.local import passwords
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.family import wholes_in_lab
from booking.instruments.queries.helpers import helpers_of_lab
from booking.instruments.queries.rosters import on_duty_throughout
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import reserve
from booking.reservations.queries.units import helpers_held_for
from booking.reservations.rules.wish import Wish
from booking.seeding.files import SeedFiles
from booking.seeding.loading import load
from booking.seeding.sharing import share
from booking.settings import REPOSITORY
from tests.support.clock import moment

pytestmark = pytest.mark.slow

SEED = SeedFiles(REPOSITORY / "seed")
NOW = moment("2026-11-23T09:00")
TUESDAY = TimeSpan(moment("2026-11-24T13:00"), moment("2026-11-24T15:00"))
WEEK = timedelta(days=7)


def test_a_beamline_its_stations_and_who_is_there(uow: UnitOfWork) -> None:
    opened = NOW - timedelta(days=30)
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    share(uow, SEED, register, now=NOW)
    lab_id, numbers = register.labs["qlut-xt"], register.instruments
    above = wholes_in_lab(uow.session, lab_id)
    stations = [numbers["station-abs"], numbers["station-saxs"]]
    assert [above[one] for one in stations] == [numbers["beamline"]] * 2
    tool, operator = sorted(helpers_of_lab(uow.session, lab_id), key=lambda one: one.kind)
    assert len(tool.instruments) == 3
    assert operator.person == "实验技术员甲"
    monday = TimeSpan(TUESDAY.start - WEEK / 7 + WEEK, TUESDAY.end - WEEK / 7 + WEEK)
    for span, there in ((TUESDAY, {operator.id}), (monday, set())):
        assert on_duty_throughout(uow.session, [operator.id], span) == there
    wish = Wish(instrument_id=stations[0], span=TUESDAY, purpose="谱学", mode=ServiceMode.ASSISTED)
    member = actor_by_id(uow.session, register.people["sme@example.com"])
    made = reserve(uow, wish, actor=member, now=NOW)
    assert helpers_held_for(uow.session, made.number).operators == (operator.id,)
