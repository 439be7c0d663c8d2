"""An absence and bookings in the same moment: nobody is taken unseen by the lab."""

from datetime import timedelta

import pytest
from sqlmodel import select

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.accounts.actions.grant_role import revoke_role
from booking.accounts.models import Membership
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.actions.set_roster import set_roster_days
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.helpers import helpers_of_lab
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.reservations.queries.off_duty import off_duty_bookings
from tests.factories.accounts import make_lab_person
from tests.races.arena import NOW, OpenArena, round_span
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]


def test_who_books_first_is_named_and_who_comes_later_is_refused(open_arena: OpenArena) -> None:
    arena = open_arena()
    here, keeper = arena.scene.instrument, arena.scene.manager
    with arena.write() as uow:
        wanted = Helper(kind=UnitKind.OPERATOR, label="示例", instrument_ids=[here.key])
        unit = keep_helper(uow, here.lab_id, wanted, actor=keeper, now=NOW).key
    for n in range(6):
        span = round_span(8 * n)
        day = local(span.start).date()

        def absent() -> list[str]:
            with arena.write() as uow:
                enter(uow)
            with arena.write() as uow:
                return [one.number for one in off_duty_bookings(uow.session, unit, now=NOW)]

        def enter(uow: UnitOfWork) -> None:
            days = (day, day + timedelta(days=1))  # noqa: B023
            set_roster_days(uow, unit, days, windows=[], actor=keeper, now=NOW)

        def book() -> str:
            answer = arena.ask(arena.wish(span, mode="assisted"))  # noqa: B023
            return answer.body["number"] if answer.status == 201 else ""

        told, *_ = all_at_once([absent, book, book])
        with arena.write() as uow:
            left = {one.number for one in off_duty_bookings(uow.session, unit, now=NOW)}
        # Whatever stands now was named to whoever entered the absence.
        assert left == set(told)
    arena.assert_sound()


def test_who_is_named_while_their_role_ends_is_not_named_after_it(open_arena: OpenArena) -> None:
    arena = open_arena()
    here, keeper = arena.scene.instrument, arena.scene.manager
    for _ in range(4):
        with arena.write() as uow:
            person = make_lab_person(uow, here.lab_id, Role.OPERATOR).id
            held = select(Membership).where(Membership.user_id == person)
            role = uow.session.exec(held).one().key

        def name() -> str:
            wanted = Helper(
                kind=UnitKind.OPERATOR,
                label="示例",
                instrument_ids=[here.key],
                person_id=person,  # noqa: B023
            )
            try:
                with arena.write() as uow:
                    keep_helper(uow, here.lab_id, wanted, actor=keeper, now=NOW)
            except NotFound:
                return "gone"
            return "named"

        def take() -> str:
            with arena.write() as uow:
                revoke_role(uow, role, actor=HOUSE, now=NOW)  # noqa: B023
            return "taken"

        all_at_once([name, take])
        with arena.write() as uow:
            known = {one.person_id for one in helpers_of_lab(uow.session, here.lab_id)}
        assert person not in known
