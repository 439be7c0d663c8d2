"""Limits that add up what many book at once: nobody passes them together."""

from datetime import timedelta

import pytest

from booking.access.roles import Role
from booking.accounts.models import Membership
from booking.kernel.timespan import TimeSpan
from tests.factories.organisations import make_organisation
from tests.factories.reservations import NOON
from tests.races.arena import NOW, ROUNDS, OpenArena, statuses

pytestmark = [pytest.mark.race, pytest.mark.slow]


def quota(per: str, measure: str, limit: int) -> dict[str, object]:
    return {"per": per, "measure": measure, "period": "day", "limit": limit}


def of_day(n: int, minutes: int = 0) -> TimeSpan:
    """An hour of another day for each round."""
    start = NOON.start + timedelta(days=n, minutes=minutes)
    return TimeSpan(start, start + timedelta(hours=1))


def test_colleagues_do_not_pass_the_hours_of_their_company(open_arena: OpenArena) -> None:
    arena = open_arena(quotas=[quota("organisation", "hours", 3)])
    people = (arena.scene.member, arena.scene.admin)
    for n in range(ROUNDS):
        answers = arena.at_once(*(arena.wish(of_day(n, 60 * m), people[m % 2]) for m in range(8)))
        assert statuses(answers) == {201: 3, 422: 5}
    arena.assert_sound()


def test_who_books_for_two_companies_is_one_person(open_arena: OpenArena) -> None:
    arena = open_arena(quotas=[quota("person", "count", 1)])
    with arena.write() as uow:
        second = make_organisation(uow).key
        joined = {"user_id": arena.scene.member.id, "organisation_id": second}
        uow.session.add(Membership(**joined, role=Role.COMPANY_MEMBER, granted_at=NOW))
    companies = (arena.scene.company.key, second)
    for n in range(ROUNDS):
        answers = arena.at_once(
            *(arena.wish(of_day(n, 60 * m), organisation_id=companies[m % 2]) for m in range(4))
        )
        assert statuses(answers) == {201: 1, 422: 3}
    arena.assert_sound()


def test_bookings_made_at_once_keep_the_gap(open_arena: OpenArena) -> None:
    arena = open_arena(organisation_gap_minutes=90)
    people = (arena.scene.member, arena.scene.admin)
    for n in range(ROUNDS):
        # Any two of them are an hour apart or less.
        answers = arena.at_once(*(arena.wish(of_day(n, 40 * m), people[m % 2]) for m in range(4)))
        assert statuses(answers)[201] == 1
        assert {answer.status for answer in answers} <= {201, 409, 422}
    arena.assert_sound()
