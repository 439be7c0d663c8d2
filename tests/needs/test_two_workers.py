"""Two workers look and tell at the same moment: each person is told once."""

from collections.abc import Callable
from functools import partial

from sqlmodel import select

from booking.db.transactions import unit_of_work
from booking.needs.actions.save_search import save_search
from booking.needs.jobs import match_saved_searches, tell_of_new_cards
from booking.needs.models import SavedSearchCard
from booking.notifications.models import OutboxMessage
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from booking.wiring import REACTIONS
from tests.factories.accounts import make_member
from tests.factories.organisations import make_organisation
from tests.support.crowd import all_at_once

_WORKERS = 2
_ROUNDS = 5


def look(engine, now) -> None:
    with unit_of_work(engine, REACTIONS) as uow:
        match_saved_searches(uow, now, programmes=ProgrammeSubsidies())


def tell(engine, now) -> int:
    with unit_of_work(engine, REACTIONS) as uow:
        return tell_of_new_cards(uow, now)


def test_each_person_is_told_once(engine, write, publish, now):
    with write() as uow:
        company = make_organisation(uow).key
        people = [make_member(uow, company) for _ in range(3)]
        for person in people:
            save_search(uow, "电镜", {"q": "电镜"}, actor=person, now=now)
    for number in range(1, _ROUNDS + 1):
        publish(f"扫描电镜{number}")
        publish(f"透射电镜{number}")
        all_at_once([partial(look, engine, now)] * _WORKERS)
        assert sum(all_at_once([partial(tell, engine, now)] * _WORKERS)) == len(people)
        with write() as uow:
            letters = uow.session.exec(select(OutboxMessage.user_id)).all()
            noted = uow.session.exec(select(SavedSearchCard)).all()
        assert sorted(letters) == sorted([person.id for person in people] * number)
        assert len(noted) == len(people) * 2 * number
        assert all(one.told_at for one in noted)


def test_looking_and_telling_at_once_loses_nothing_and_tells_nothing_twice(
    engine, write, publish, keep, now
):
    keep("电镜")
    for number in range(_ROUNDS):
        publish(f"扫描电镜{number}")
        both: list[Callable[[], object]] = [partial(look, engine, now), partial(tell, engine, now)]
        all_at_once([*both, *both])
    tell(engine, now)
    with write() as uow:
        letters = uow.session.exec(select(OutboxMessage.params)).all()
    named = [name for one in letters for *_, cards, _ in one["searches"] for _, name in cards]
    assert sorted(named) == [f"扫描电镜{number}" for number in range(_ROUNDS)]
