"""A company tells a need, labs read it without whose it is, one offer is taken."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.needs.jobs import lapse_needs, tell_labs
from booking.needs.models import Need, NeedOffer
from booking.needs.states import NeedState, OfferState
from booking.notifications.models import OutboxMessage
from tests.factories.accounts import (
    be,
    make_lab_person,
    make_member,
    make_staff,
    open_session,
)
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
WISH = {
    "what": "齿轮断口形貌",
    "material": "渗碳钢",
    "accuracy": "GB/T 16594-2008",
    "by_day": "2026-12-01",
    "samples": "3",
    "district": "fengdong",
}
OFFER = {"offer": "可以做，三天出报告", "until": "2026-12-01", "offered_price": "1200.50"}


@dataclass(frozen=True)
class People:
    asker: Actor
    rival: Actor
    keeper: Actor
    other_keeper: Actor
    auditor: Actor
    lab_id: int
    instrument_id: int


@pytest.fixture
def people(write: Write) -> People:
    with write() as uow:
        lab, other = make_lab(uow), make_lab(uow)
        sem = make_instrument(
            uow, lab_id=lab.key, name="场发射扫描电镜", functions="断口观察，依据 GB/T 16594"
        )
        index_cards(uow, [sem.key])
        company = make_organisation(uow, name="秘名精工")
        return People(
            asker=make_member(uow, company.key),
            rival=make_member(uow, make_organisation(uow).key),
            keeper=make_lab_person(uow, lab.key),
            other_keeper=make_lab_person(uow, other.key),
            auditor=make_staff(uow, Role.AUDITOR),
            lab_id=lab.key,
            instrument_id=sem.key,
        )


@pytest.fixture
def as_(client: TestClient, write: Write, clock: FrozenClock):
    def become(who: Actor) -> TestClient:
        with write() as uow:
            client.cookies.clear()
            return be(client, open_session(uow, who, now=clock.now()))

    return become


def tell(client: TestClient, **changes: str) -> str:
    answer = client.post("/needs", data={**WISH, **changes}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def done(client: TestClient, address: str, **told: str) -> None:
    answer = client.post(address, data=told, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def letters(write: Write, fact: str) -> list[OutboxMessage]:
    with write() as uow:
        asked = select(OutboxMessage).where(OutboxMessage.fact == fact)
        found = uow.session.exec(asked.order_by(col(OutboxMessage.id))).all()
        uow.session.expunge_all()
        return list(found)


def states(write: Write) -> tuple[NeedState, list[OfferState]]:
    with write() as uow:
        offers = uow.session.exec(select(NeedOffer).order_by(col(NeedOffer.id))).all()
        return uow.session.exec(select(Need)).one().state, [one.state for one in offers]


def test_the_answer_says_why_an_instrument_may_do(as_, people):
    page = as_(people.asker).get(tell(as_(people.asker))).text
    assert "场发射扫描电镜" in page
    assert "“断口”：功能中有" in page
    assert "标准 GB/T 16594-2008：功能中有" in page
    assert "适合的服务方式：委托" in page
    assert "最早空闲" in page
    assert "800.00" in page
    assert "不在您所在的片区" in page


def test_what_is_not_free_in_time_says_so(as_, people, write, clock):
    with write() as uow:
        shut = make_instrument(uow, lab_id=people.lab_id, name="镀层测厚仪", week={})
        index_cards(uow, [shut.key])
    page = as_(people.asker).get(tell(as_(people.asker), what="镀层", accuracy="")).text
    assert "所需日期前没有空闲时间" in page


def test_what_was_typed_stays_when_something_is_wrong(as_, people):
    answer = as_(people.asker).post("/needs", data={**WISH, "by_day": "2026-11-22"})
    assert answer.status_code == 422
    assert "齿轮断口形貌" in answer.text
    assert "渗碳钢" in answer.text
    assert "所需日期已过" in answer.text


def published_without_a_fit(client: TestClient) -> str:
    need = tell(client, what="磷化膜耐蚀性", material="", accuracy="")
    assert "没有仪器含有这些词" in client.get(need).text
    done(client, f"{need}/publication")
    return need


def board_of(need: str) -> str:
    return f"/needs/board/{need.rsplit('/', 1)[1]}"


def test_labs_read_what_is_needed_and_never_whose_it_is(as_, people):
    board = board_of(published_without_a_fit(as_(people.asker)))
    client = as_(people.keeper)
    assert "磷化膜耐蚀性" in client.get("/needs/board", params={"q": "耐蚀"}).text
    assert "磷化膜耐蚀性" not in client.get("/needs/board", params={"q": "光谱"}).text
    for page in (client.get("/needs/board").text, client.get(board).text):
        assert "企业" in page
        assert "沣东新城" in page
        assert "秘名精工" not in page
        assert people.asker.email not in page


def test_from_nothing_fits_to_an_accepted_offer(as_, people, write):
    need = published_without_a_fit(as_(people.asker))
    board = board_of(need)
    for keeper in (people.keeper, people.other_keeper):
        done(as_(keeper), f"{board}/offers", **OFFER)
    assert as_(people.keeper).post(f"{board}/offers", data=OFFER).status_code == 409
    assert [one.params["step"] for one in letters(write, "need_offer")] == ["need.offer_made"] * 2

    client = as_(people.asker)
    page = client.get(need).text
    assert "三天出报告" in page
    assert "1,200.50" in page
    with write() as uow:
        first, second = uow.session.exec(select(NeedOffer.id).order_by(col(NeedOffer.id))).all()
    done(client, f"{need}/offers/{first}/acceptance")
    assert states(write) == (NeedState.MATCHED, [OfferState.ACCEPTED, OfferState.DECLINED])
    assert client.post(f"{need}/offers/{second}/acceptance").status_code == 409


def test_only_the_lab_whose_offer_is_accepted_learns_whose_need_it_is(as_, people, write):
    need = published_without_a_fit(as_(people.asker))
    board = board_of(need)
    for keeper in (people.keeper, people.other_keeper):
        done(as_(keeper), f"{board}/offers", **OFFER)
    with write() as uow:
        first = uow.session.exec(select(NeedOffer.id).order_by(col(NeedOffer.id))).first()
    done(as_(people.asker), f"{need}/offers/{first}/acceptance")
    told = {one.email: one.params for one in letters(write, "need_offer")[2:]}
    assert told[people.keeper.email]["company"] == "秘名精工"
    assert told[people.keeper.email]["email"] == people.asker.email
    assert "秘名精工" not in str(told[people.other_keeper.email])
    assert "秘名精工" in as_(people.keeper).get(board).text
    assert "秘名精工" not in as_(people.other_keeper).get(board).text


def test_another_company_finds_nothing(as_, people):
    client = as_(people.asker)
    need = tell(client)
    done(client, f"{need}/publication")
    client = as_(people.rival)
    assert client.get(need).status_code == 404
    assert client.post(f"{need}/closure").status_code == 404
    assert client.post(f"{need}/offers/1/acceptance").status_code == 404
    assert "齿轮" not in client.get("/needs").text
    assert client.get("/needs/board").status_code == 403
    assert "秘名精工" in as_(people.auditor).get(need).text


def test_labs_do_not_see_what_is_not_published(as_, people):
    need = tell(as_(people.asker))
    client = as_(people.keeper)
    number = need.rsplit("/", 1)[1]
    assert client.get(f"/needs/board/{number}").status_code == 404
    assert client.get(need).status_code == 404
    assert client.post(f"/needs/board/{number}/offers", data=OFFER).status_code == 404


def test_an_offer_is_withdrawn_by_its_lab_alone_and_may_be_made_anew(as_, people, write):
    client = as_(people.asker)
    need = tell(client)
    done(client, f"{need}/publication")
    board = f"/needs/board/{need.rsplit('/', 1)[1]}"
    done(as_(people.keeper), f"{board}/offers", **OFFER)
    with write() as uow:
        offer = uow.session.exec(select(NeedOffer.id)).one()
    withdrawal = f"/needs/offers/{offer}/withdrawal"
    assert as_(people.other_keeper).post(withdrawal).status_code == 404
    client = as_(people.keeper)
    done(client, withdrawal)
    assert "三天出报告" not in as_(people.asker).get(need).text
    done(as_(people.keeper), f"{board}/offers", **OFFER)
    assert states(write)[1] == [OfferState.WITHDRAWN, OfferState.OFFERED]


def test_an_instrument_of_another_lab_cannot_be_offered(as_, people):
    client = as_(people.asker)
    need = tell(client)
    done(client, f"{need}/publication")
    client = as_(people.other_keeper)
    told = {**OFFER, "instrument": str(people.instrument_id)}
    board = f"/needs/board/{need.rsplit('/', 1)[1]}"
    assert client.post(f"{board}/offers", data=told).status_code == 404


def test_an_offer_that_is_over_cannot_be_accepted(as_, people, write, clock):
    client = as_(people.asker)
    need = tell(client)
    done(client, f"{need}/publication")
    board = f"/needs/board/{need.rsplit('/', 1)[1]}"
    done(as_(people.keeper), f"{board}/offers", **{**OFFER, "until": "2026-11-24"})
    with write() as uow:
        offer = uow.session.exec(select(NeedOffer.id)).one()
    clock.at("2026-11-25T00:00")
    answer = as_(people.asker).post(f"{need}/offers/{offer}/acceptance")
    assert answer.status_code == 409
    assert states(write)[0] is NeedState.PUBLISHED


def test_a_need_lapses_after_its_day_and_offers_with_it(as_, people, write, clock):
    client = as_(people.asker)
    need = tell(client, by_day="2026-11-30")
    done(client, f"{need}/publication")
    done(as_(people.keeper), f"/needs/board/{need.rsplit('/', 1)[1]}/offers", **OFFER)
    with write() as uow:
        assert lapse_needs(uow, clock.at("2026-11-30T23:59")) == 0
        assert lapse_needs(uow, clock.at("2026-12-01T00:10")) == 1
        assert lapse_needs(uow, clock.at("2026-12-02T00:10")) == 0
    assert states(write) == (NeedState.LAPSED, [OfferState.DECLINED])


def test_a_lab_gets_one_letter_a_day_with_all_that_fits(as_, people, write, clock):
    clock.at("2026-11-30T23:50")
    client = as_(people.asker)
    for what in ("断口", "扫描电镜", "磷化膜"):
        done(client, f"{tell(client, what=what, material='', accuracy='')}/publication")
    tell(client, what="断口，未发布")
    with write() as uow:
        assert tell_labs(uow, clock.at("2026-11-30T23:55")) == 0
        assert tell_labs(uow, clock.at("2026-12-01T08:15")) == 1
    client = as_(people.asker)
    done(client, f"{tell(client, what='断口')}/publication")
    with write() as uow:
        assert tell_labs(uow, clock.at("2026-12-01T20:00")) == 0
    (letter,) = letters(write, "needs_digest")
    assert letter.email == people.keeper.email
    told = cast(list[list[object]], letter.params["needs"])
    assert [what for _, what, _ in told] == ["断口", "扫描电镜"]
    with write() as uow:
        assert tell_labs(uow, clock.at("2026-12-02T08:15")) == 1
    assert len(letters(write, "needs_digest")) == 2
