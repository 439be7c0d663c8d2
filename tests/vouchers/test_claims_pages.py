"""A provider sees what it is owed for vouchers, and whether it was paid: its own only."""

import pytest

from booking.access.roles import Role
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.reservations import make_scene
from tests.vouchers.test_paying_providers import World

PAGE = "/voucher-claims?period=2026-11"


class Providers:
    """Two providers, each owed 800.00; the first also has somebody who administers it."""

    def __init__(self, uow, now) -> None:
        self.world = World(uow)
        other = make_scene(uow)
        self.foreign = World.use(uow, other)
        admin = make_member(uow, self.world.provider, Role.COMPANY_ADMIN)
        people = {
            "lab": self.world.scene.manager,
            "admin": admin,
            "other": other.manager,
            "company": make_member(uow, self.world.scene.company.key, Role.COMPANY_ADMIN),
            "auditor": make_staff(uow, Role.AUDITOR),
        }
        self.secrets = {who: open_session(uow, one, now=now) for who, one in people.items()}
        self.tokens = {who: bearer(uow, one, now=now) for who, one in people.items()}


@pytest.fixture
def providers(write, clock) -> Providers:
    clock.at("2026-12-02T09:00")
    with write() as uow:
        return Providers(uow, clock.now())


@pytest.mark.parametrize("who", ["lab", "admin"])
def test_a_provider_reads_its_own(providers, client, who):
    be(client, providers.secrets[who])
    shown = client.get(PAGE).text
    assert providers.world.number in shown
    assert "尚未支付" in shown
    assert providers.foreign not in shown
    listed = client.get("/voucher-claims.csv?period=2026-11").text.splitlines()
    assert len(listed) == 2
    assert ",800.00," in listed[1]


def test_it_sees_that_it_was_paid_and_what_was_not_is_carried_on(providers, client, write):
    be(client, providers.secrets["lab"])
    assert providers.world.number in client.get("/voucher-claims?period=2026-12").text
    with write() as uow:
        providers.world.pay(uow)
    shown = client.get(PAGE).text
    assert "BANK-7" in shown
    assert providers.world.number not in client.get("/voucher-claims?period=2026-12").text


def test_others_read_theirs_a_company_nothing_and_the_centre_all(providers, client):
    read = {}
    for who, token in providers.tokens.items():
        answer = client.get("/api/v1/voucher-claims?period=2026-11", headers=token)
        assert answer.status_code == 200, who
        read[who] = [one["reservation"] for one in answer.json()["items"]]
    ours, theirs = [providers.world.number], [providers.foreign]
    assert read == {
        "lab": ours,
        "admin": ours,
        "other": theirs,
        "company": [],
        "auditor": ours + theirs,
    }


def test_a_period_that_is_none_is_refused(providers, client):
    be(client, providers.secrets["lab"])
    assert client.get("/voucher-claims?period=2026-13").status_code == 422


@pytest.mark.parametrize(("who", "linked"), [("lab", True), ("admin", False), ("auditor", True)])
def test_a_booking_is_a_link_for_who_may_read_it(providers, client, who, linked):
    be(client, providers.secrets[who])
    at = f"/reservations/{providers.world.number}"
    assert (f'href="{at}"' in client.get(PAGE).text) is linked
    assert (client.get(at).status_code == 200) is linked


@pytest.mark.parametrize(("who", "linked"), [("lab", True), ("company", False)])
def test_the_menu_leads_there_where_somebody_keeps_a_providers_money(
    providers, client, who, linked
):
    be(client, providers.secrets[who])
    assert ('href="/voucher-claims"' in client.get("/instruments").text) is linked
