"""Saved searches: one's own, told once of what has come to fit, never of what fitted before."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.accounts.events import PersonAnonymised
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.search import CardChange
from booking.instruments.states import InstrumentState
from booking.needs.actions.save_search import save_search
from booking.needs.jobs import match_saved_searches, tell_of_new_cards
from booking.needs.models import SavedSearch, SavedSearchCard
from booking.needs.reactions import forget_searches
from booking.notifications.models import OutboxMessage
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from tests.factories.accounts import be, make_member, open_session
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation, make_qualification
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True)
class People:
    seeker: Actor
    other: Actor
    # Of a company that has a qualification.
    paid: Actor


@pytest.fixture
def people(write: Write) -> People:
    with write() as uow:
        company = make_organisation(uow)
        claims = make_organisation(uow)
        make_qualification(uow, claims.key)
        return People(
            make_member(uow, company.key),
            make_member(uow, company.key),
            make_member(uow, claims.key),
        )


@pytest.fixture
def as_(client: TestClient, write: Write, clock: FrozenClock):
    def become(who: Actor) -> TestClient:
        with write() as uow:
            client.cookies.clear()
            return be(client, open_session(uow, who, now=clock.now()))

    return become


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def saved(write: Write, who: Actor, now: datetime, **asked: str) -> int:
    with write() as uow:
        return save_search(uow, " ".join(asked.values()), asked, actor=who, now=now).key


def published(write: Write, name: str, **card: Any) -> int:
    with write() as uow:
        made = make_instrument(uow, name=name, **card)
        index_cards(uow, [made.key])
        return made.key


def changed(write: Write, instrument_id: int, **card: object) -> None:
    with write() as uow:
        values = sa.update(Instrument).where(col(Instrument.id) == instrument_id).values(**card)
        uow.session.execute(values)
        index_cards(uow, [instrument_id])


def matched(uow: UnitOfWork, now: datetime) -> int:
    return match_saved_searches(uow, now, programmes=ProgrammeSubsidies())


def morning(write: Write, now: datetime) -> list[list[str]]:
    """The names of new cards in the letters that a run wrote."""
    with write() as uow:
        while matched(uow, now):
            pass
    with write() as uow:
        tell_of_new_cards(uow, now)
    with write() as uow:
        letters = uow.session.exec(
            select(OutboxMessage).where(OutboxMessage.fact == "new_cards")
        ).all()
        told = [
            [name for _, _, cards, _ in letter.params["searches"] for _, name in cards]  # type: ignore[attr-defined]
            for letter in letters
        ]
        for letter in letters:
            uow.session.delete(letter)
        return told


def test_a_card_that_is_published_is_told_of_once(write, people, now):
    saved(write, people.seeker, now, q="电镜")
    published(write, "场发射扫描电镜")
    published(write, "质谱仪")
    assert morning(write, now) == [["场发射扫描电镜"]]
    assert morning(write, now) == []


def test_what_fits_when_it_is_saved_is_never_new(write, people, now):
    seen = published(write, "扫描电镜甲")
    assert morning(write, now) == []
    waiting = published(write, "扫描电镜乙")
    saved(write, people.seeker, now, q="电镜")
    assert morning(write, now) == []
    for card in (seen, waiting):
        changed(write, card, functions="断口观察")
        assert morning(write, now) == []


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        ({"q": "断口"}, {"functions": ""}, {"functions": "断口观察"}),
        ({"district": "fengdong"}, {"district": "fengxi"}, {"district": "fengdong"}),
        ({"category": "01"}, {"category_code": "020101"}, {"category_code": "010102"}),
        ({"mode": "remote"}, {"service_modes": ["assisted"]}, {"service_modes": ["remote"]}),
    ],
)
def test_a_card_that_comes_to_fit_is_new_and_only_the_first_time(
    write, people, now, asked, before, after
):
    card = published(write, "仪器", **before)
    saved(write, people.seeker, now, **asked)
    changed(write, card, **after)
    assert morning(write, now) == [["仪器"]]
    changed(write, card, **before)
    changed(write, card, **after)
    assert morning(write, now) == []


def test_what_fitted_before_and_comes_back_is_not_new(write, people, now):
    card = published(write, "仪器", functions="断口观察")
    morning(write, now)
    saved(write, people.seeker, now, q="断口")
    changed(write, card, functions="")
    assert morning(write, now) == []
    changed(write, card, functions="断口观察")
    assert morning(write, now) == []


def test_one_that_is_out_of_service_is_told_of_when_it_is_back_and_is_then_not_new(
    write, people, now
):
    saved(write, people.seeker, now, q="电镜")
    card = published(write, "扫描电镜")
    changed(write, card, state=InstrumentState.SUSPENDED)
    assert morning(write, now) == []
    changed(write, card, state=InstrumentState.PUBLISHED)
    assert morning(write, now) == [["扫描电镜"]]
    changed(write, card, state=InstrumentState.SUSPENDED)
    changed(write, card, state=InstrumentState.PUBLISHED)
    assert morning(write, now) == []


def test_drafts_are_nobodys_to_know(write, people, now):
    saved(write, people.seeker, now, q="电镜")
    card = published(write, "扫描电镜", state=InstrumentState.DRAFT)
    assert morning(write, now) == []
    changed(write, card, state=InstrumentState.PUBLISHED)
    assert morning(write, now) == [["扫描电镜"]]


def test_all_searches_of_a_person_go_into_one_letter(write, people, now):
    saved(write, people.seeker, now, q="电镜")
    saved(write, people.seeker, now, q="质谱")
    saved(write, people.other, now, q="质谱")
    published(write, "扫描电镜")
    published(write, "质谱仪")
    assert sorted(morning(write, now)) == [["扫描电镜", "质谱仪"], ["质谱仪"]]


def test_what_is_not_committed_is_told_again_by_the_next_run(write, people, now):
    saved(write, people.seeker, now, q="电镜")
    published(write, "扫描电镜")
    with write() as uow:
        matched(uow, now)
    with suppress(RuntimeError), write() as uow:
        tell_of_new_cards(uow, now)
        raise RuntimeError
    assert morning(write, now) == [["扫描电镜"]]


def test_nothing_is_looked_at_when_nothing_changed(write, people, now):
    saved(write, people.seeker, now, q="电镜")
    card = published(write, "扫描电镜")
    with write() as uow:
        assert matched(uow, now) == 1
        index_cards(uow, [card])
        assert matched(uow, now) == 0
        assert uow.session.exec(select(CardChange)).all() == []


def test_the_page_saves_opens_renames_pauses_and_removes(as_, people, write, now):
    client = as_(people.seeker)
    catalogue = client.get("/instruments?q=电镜&district=fengxi&sort=price").text
    assert "/saved-searches/new?q=" in catalogue
    offered = client.get("/saved-searches/new?q=电镜&district=fengxi&sort=price").text
    assert 'name="district" value="fengxi"' in offered
    assert "不保存时段" not in offered
    times = "free_from=2026-11-24T09:00&free_to=2026-11-24T10:00"
    assert "不保存时段" in client.get(f"/saved-searches/new?q=电镜&{times}").text
    told = {"q": "电镜", "district": "fengxi", "sort": "price"}
    _done(client, "/saved-searches", **told, search_name="沣西的电镜")
    listed = client.get("/saved-searches").text
    assert "沣西的电镜" in listed
    assert all(part in listed for part in ("q=%E7%94%B5", "district=fengxi", "sort=price"))
    (one,) = _all(write)
    _done(client, f"/saved-searches/{one}/name", search_name="近处的电镜")
    assert "近处的电镜" in client.get("/saved-searches").text
    _done(client, f"/saved-searches/{one}/pause")
    published(write, "扫描电镜甲")
    assert morning(write, now) == []
    _done(client, f"/saved-searches/{one}/resumption")
    published(write, "扫描电镜乙")
    assert morning(write, now) == [["扫描电镜乙"]]
    _done(client, f"/saved-searches/{one}/removal")
    assert _all(write) == []


def test_what_was_found_before_a_pause_is_not_told_of_after_it(as_, people, write, now):
    one = saved(write, people.seeker, now, q="电镜")
    published(write, "扫描电镜")
    with write() as uow:
        matched(uow, now)
    _done(as_(people.seeker), f"/saved-searches/{one}/pause")
    _done(as_(people.seeker), f"/saved-searches/{one}/resumption")
    assert morning(write, now) == []


@pytest.mark.parametrize("deed", ["name", "pause", "resumption", "removal"])
def test_a_search_of_somebody_else_is_not_found(as_, people, write, now, deed):
    one = saved(write, people.seeker, now, q="电镜")
    client = as_(people.other)
    assert "电镜" not in client.get("/saved-searches").text
    answer = client.post(f"/saved-searches/{one}/{deed}", data={"search_name": "别人的"})
    assert answer.status_code == 404


def test_a_name_is_needed_and_is_ones_own_only_once(as_, people, write, now):
    saved(write, people.seeker, now, q="电镜")
    client = as_(people.seeker)
    empty = client.post("/saved-searches", data={"q": "质谱", "search_name": " "})
    assert (empty.status_code, "质谱" in empty.text) == (422, True)
    taken = client.post("/saved-searches", data={"q": "质谱", "search_name": "电镜"})
    assert (taken.status_code, "质谱" in taken.text) == (409, True)


def test_they_go_with_the_name_of_the_person(people, write, now):
    saved(write, people.seeker, now, q="电镜")
    kept = saved(write, people.other, now, q="电镜")
    published(write, "扫描电镜")
    with write() as uow:
        matched(uow, now)
        gone = PersonAnonymised(
            at=now,
            actor_id=None,
            subject=f"user:{people.seeker.id}",
            user_id=people.seeker.id,
            email="",
        )
        forget_searches(uow, gone)
    assert _all(write) == [kept]
    with write() as uow:
        left = uow.session.exec(select(SavedSearchCard)).all()
        assert [one.search_id for one in left] == [kept]


def _done(client: TestClient, address: str, **told: str) -> None:
    answer = client.post(address, data=told, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def _all(write: Write) -> list[int]:
    with write() as uow:
        return [one.key for one in uow.session.exec(select(SavedSearch))]
