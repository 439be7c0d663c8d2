"""Who does what with an order, and who does not even learn that it is there."""

from collections.abc import Callable
from datetime import datetime

import pytest

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.orders.actions.ask import ask_order
from booking.orders.actions.attach import add_file, send_message
from booking.orders.errors import OrderNoCompany, OrderNotSensible
from booking.orders.models import ServiceOrder
from booking.orders.queries.belongings import file_seen_by, files_of, sample_seen_by
from booking.orders.queries.orders import (
    Listing,
    order_row,
    order_seen_by,
    orders_of_companies,
    orders_of_labs,
)
from booking.orders.states import OrderState
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.files import receive_file
from tests.factories.instruments import make_instrument
from tests.factories.orders import make_order, order_told
from tests.factories.organisations import make_lab, make_organisation
from tests.factories.reservations import Scene
from tests.orders.deeds import DEEDS

OF_COMPANY = {"accept quote", "refuse quote", "withdraw", "send along", "accept report", "object"}
FITTING = {
    "accept quote": OrderState.QUOTED,
    "refuse quote": OrderState.QUOTED,
    "schedule": OrderState.ORDERED,
    "call off": OrderState.ORDERED,
    "add result": OrderState.IN_WORK,
    "accept report": OrderState.REPORTED,
    "object": OrderState.REPORTED,
    "give back": OrderState.ACCEPTED,
}
Stranger = Callable[[UnitOfWork], Actor]
STRANGERS: dict[str, Stranger] = {
    "another company": lambda uow: make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN),
    "another lab": lambda uow: make_lab_person(uow, make_lab(uow).key),
}


class _As:
    """A scene in which one person plays every part."""

    def __init__(self, scene: Scene, who: Actor) -> None:
        self.instrument, self.manager, self.member = scene.instrument, who, who


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("deed", DEEDS)
def test_strangers_find_nothing(
    uow: UnitOfWork, scene: Scene, now: datetime, deed: str, who: str
) -> None:
    order = make_order(uow, scene, FITTING.get(deed, OrderState.ASKED), now=now)
    stranger = STRANGERS[who](uow)
    with pytest.raises(NotFound):
        DEEDS[deed](uow, order, _As(scene, stranger), now)  # type: ignore[arg-type]  # like one


# Who sends a file decides what it is.
@pytest.mark.parametrize("deed", sorted(DEEDS.keys() - {"send along", "add result"}))
def test_each_side_does_its_own(uow: UnitOfWork, scene: Scene, now: datetime, deed: str) -> None:
    order = make_order(uow, scene, FITTING.get(deed, OrderState.ASKED), now=now)
    wrong = scene.manager if deed in OF_COMPANY else scene.member
    with pytest.raises(Forbidden):
        DEEDS[deed](uow, order, _As(scene, wrong), now)  # type: ignore[arg-type]  # like one


def test_an_operator_works_but_promises_nothing(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    order = make_order(uow, scene, OrderState.IN_WORK, now=now)
    add_file(uow, order.number, receive_file(uow), actor=operator, now=now)
    with pytest.raises(Forbidden):
        DEEDS["call off"](uow, order, _As(scene, operator), now)  # type: ignore[arg-type]


def test_strangers_read_nothing(uow: UnitOfWork, scene: Scene, now: datetime) -> None:
    order = make_order(uow, scene, now=now)
    for make in STRANGERS.values():
        stranger = make(uow)
        with pytest.raises(NotFound):
            order_seen_by(uow.session, order.number, stranger)
        with pytest.raises(NotFound) as refused:
            sample_seen_by(uow.session, f"{order.number}-01", stranger)
        assert refused.value.params == {"label": f"{order.number}-01"}
        with pytest.raises(NotFound):
            send_message(uow, order.number, "?", actor=stranger, now=now)
        listed = (orders_of_companies, orders_of_labs)
        assert [list(of(uow.session, stranger, Listing())) for of in listed] == [[], []]


@pytest.fixture
def reported(uow: UnitOfWork, scene: Scene, now: datetime) -> ServiceOrder:
    return make_order(uow, scene, OrderState.REPORTED, now=now)


def _names(uow: UnitOfWork, order: ServiceOrder, who: Actor) -> list[str]:
    return [one.name for one in files_of(uow.session, order_row(uow.session, order.number), who)]


def test_results_are_read_by_the_company_and_the_lab_and_nobody_else(
    uow: UnitOfWork, scene: Scene, reported: ServiceOrder
) -> None:
    file_id = files_of(uow.session, order_row(uow.session, reported.number), scene.member)[0].id
    colleague = make_member(uow, scene.company.key)
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    for reader in (scene.member, scene.admin, colleague, scene.manager, operator):
        found = file_seen_by(uow.session, reported.number, file_id, actor=reader)
        assert found.given_name == "报告.pdf"
    staff = [make_staff(uow, one) for one in (Role.CENTRE_ADMIN, Role.FINANCE, Role.AUDITOR)]
    for nobody in (*staff, *(make(uow) for make in STRANGERS.values())):
        with pytest.raises(NotFound):
            file_seen_by(uow.session, reported.number, file_id, actor=nobody)


def test_a_file_is_not_found_under_another_order(
    uow: UnitOfWork, scene: Scene, reported: ServiceOrder, now: datetime
) -> None:
    file_id = files_of(uow.session, order_row(uow.session, reported.number), scene.member)[0].id
    other = make_order(uow, scene, now=now)
    with pytest.raises(NotFound):
        file_seen_by(uow.session, other.number, file_id, actor=scene.member)


def test_a_file_that_is_not_shown_is_as_absent_as_its_order(
    uow: UnitOfWork, scene: Scene, reported: ServiceOrder, now: datetime
) -> None:
    file_id = files_of(uow.session, order_row(uow.session, reported.number), scene.member)[0].id
    for number in (reported.number, "E000000-NONE"):
        with pytest.raises(NotFound) as answered:
            file_seen_by(uow.session, number, file_id, actor=make_staff(uow))
        assert answered.value.params == {"file_id": file_id}


def test_the_company_sees_no_result_before_it_is_handed_in(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, OrderState.IN_WORK, now=now)
    add_file(uow, order.number, receive_file(uow, name="草稿.pdf"), actor=scene.manager, now=now)
    add_file(uow, order.number, receive_file(uow, name="图纸.pdf"), actor=scene.member, now=now)
    assert _names(uow, order, scene.manager) == ["草稿.pdf", "图纸.pdf"]
    assert _names(uow, order, scene.member) == ["图纸.pdf"]


def test_the_centre_reads_orders_and_adds_no_file(
    uow: UnitOfWork, scene: Scene, reported: ServiceOrder, now: datetime
) -> None:
    order = make_order(uow, scene, OrderState.IN_WORK, now=now)
    with pytest.raises(Forbidden):
        add_file(uow, order.number, receive_file(uow), actor=make_staff(uow), now=now)
    auditor = make_staff(uow, Role.AUDITOR)
    assert order_seen_by(uow.session, reported.number, auditor).company
    assert _names(uow, reported, auditor) == []


def test_only_work_for_others_can_be_asked_for(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    alone = make_instrument(uow, service_modes=["self_operated"])
    with pytest.raises(OrderNotSensible):
        ask_order(uow, alone.key, order_told(now), actor=scene.member, now=now)


def test_whoever_belongs_to_several_companies_names_one(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    told = order_told(now, organisation_id=make_organisation(uow).key)
    with pytest.raises(OrderNoCompany):
        ask_order(uow, scene.instrument.key, told, actor=scene.member, now=now)


def test_a_lab_asks_for_nobody_as_it_could_accept_no_quote(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    with pytest.raises(OrderNoCompany):
        ask_order(uow, scene.instrument.key, order_told(now), actor=scene.manager, now=now)
