"""Whoever reads English is told the English names on pages of money, training and needs."""

from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from booking.instruments.models.instrument import Instrument
from booking.ledger.actions.prepay import Payment, top_up
from booking.organisations.models import Organisation
from booking.reservations.actions.confirm import confirm
from tests.conftest import Write
from tests.factories.accounts import be, open_session
from tests.factories.reservations import Scene, make_use
from tests.factories.training import make_grant, training_scene
from tests.reservations.visiting import text_of
from tests.support.clock import FrozenClock, moment

MONDAY, WEDNESDAY = moment("2026-11-23T09:00"), moment("2026-11-25T09:00")
NAMES = {
    "instrument": ("示例扫描电镜", "Example SEM"),
    "company": ("示例制造", "Example Works"),
    "provider": ("示例大学", "Example University"),
}
NEED = {"what": "断口形貌", "by_day": "2026-12-01", "district": "fengdong"}


@dataclass(frozen=True)
class World:
    scene: Scene
    charge: str
    account: int


@pytest.fixture
def world(write: Write, clock: FrozenClock) -> World:
    clock.at("2026-11-26T09:00")
    with write() as uow:
        scene = training_scene(uow)
        (provider,) = scene.manager.organisation_ids
        for key, model, name in (
            (scene.instrument.key, Instrument, NAMES["instrument"]),
            (scene.company.key, Organisation, NAMES["company"]),
            (provider, Organisation, NAMES["provider"]),
        ):
            row = uow.session.get_one(model, key)
            row.name, row.name_en = name
        uow.session.flush()
        make_grant(uow, scene, now=MONDAY)
        made = make_use(uow, scene, now=MONDAY)
        for side in (scene.manager, scene.member):
            confirm(uow, made.number, actor=side, now=WEDNESDAY)
        paid = Payment(amount_fen=100_000, bank_reference="1", note="")
        company = NAMES["company"][0]
        account = top_up(uow, company, provider, paid=paid, actor=scene.manager, now=clock.now())
    return World(scene, f"C-{made.number}", account)


@pytest.mark.parametrize("english", [True, False])
@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/training", ["instrument"]),
        ("/charges", ["instrument", "company", "provider"]),
        ("/charges/{charge}", ["instrument", "company", "provider"]),
        ("/prepayments", ["company", "provider"]),
        ("/prepayments/{account}", ["company", "provider"]),
        ("/needs", ["company"]),
    ],
)
def test_names_are_those_of_the_language(
    client: TestClient,
    write: Write,
    clock: FrozenClock,
    world: World,
    path: str,
    named: list[str],
    *,
    english: bool,
) -> None:
    with write() as uow:
        be(client, open_session(uow, world.scene.member, now=clock.now()))
    client.post("/needs", data=NEED)
    client.get("/", params={"lang": "en" if english else "zh"})
    place = path.format(charge=world.charge, account=world.account)
    answer = client.get(place)
    assert answer.status_code == 200, answer.text
    said = text_of(answer)
    for name in named:
        assert NAMES[name][english] in said
        assert NAMES[name][not english] not in said
