"""What a booking takes besides time has a price wherever it is asked to go."""

from collections.abc import Mapping

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.tariff import ItemNotPriced
from booking.reservations.actions.answer_swap import accept_swap
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.errors import SwapImpossible
from tests.factories.asks import make_neighbour
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import Scene, make_reservation, make_scene

MONDAY = at("11-23 09:00")
THEIRS = between("11-25 09:00", "12:00")
BARE = {"enterprise": {"hour": "800.00"}}
TARGET = {"金靶": 1}
SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    """Gold targets are sold until Tuesday."""
    scene = make_scene(uow)
    sells(uow, scene.instrument, SOLD, "11-22")
    return scene


def sells(uow: UnitOfWork, instrument: Instrument, classes: Mapping[str, object], day: str) -> None:
    add_tariff(uow, instrument.key, valid_from=at(f"{day} 00:00"), classes=classes)


def test_a_lab_proposes_no_time_at_which_a_consumable_is_not_sold(
    uow: UnitOfWork, scene: Scene
) -> None:
    sells(uow, scene.instrument, BARE, "11-25")
    number = make_reservation(uow, scene, now=MONDAY, consumables=TARGET).number
    wanted = Proposed(span=THEIRS, reason="保养")
    with pytest.raises(ItemNotPriced):
        propose_time(uow, number, wanted, actor=scene.manager, now=MONDAY)


def test_nobody_asks_for_such_a_time_in_exchange(uow: UnitOfWork, scene: Scene) -> None:
    sells(uow, scene.instrument, BARE, "11-25")
    number = make_reservation(uow, scene, now=MONDAY, consumables=TARGET).number
    make_neighbour(uow, scene, THEIRS, now=MONDAY)
    with pytest.raises(ItemNotPriced):
        ask_swap(uow, number, THEIRS, actor=scene.member, now=MONDAY)


def test_the_other_side_does_not_learn_what_is_missing(uow: UnitOfWork, scene: Scene) -> None:
    number = make_reservation(uow, scene, now=MONDAY, consumables=TARGET).number
    neighbour = make_neighbour(uow, scene, THEIRS, now=MONDAY)
    key = ask_swap(uow, number, THEIRS, actor=scene.member, now=MONDAY).key
    sells(uow, scene.instrument, BARE, "11-25")
    with pytest.raises(SwapImpossible):
        accept_swap(uow, key, actor=neighbour.actor, now=MONDAY)
