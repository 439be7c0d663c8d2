"""An order's life: which deed is allowed in which state, and what each leaves behind."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import col, select

from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import RulesBroken
from booking.notifications.models import OutboxMessage
from booking.orders.actions.attach import send_message
from booking.orders.actions.decide import (
    accept_quote,
    call_off_order,
    decline_order,
    withdraw_order,
)
from booking.orders.actions.report import hand_in_report, object_to_report
from booking.orders.actions.work import move_samples
from booking.orders.errors import (
    OrderIllegalStep,
    OrderReasonMissing,
    QuoteNotStanding,
    QuoteOver,
    SampleIllegalStation,
)
from booking.orders.jobs import accept_reports, lapse_quotes
from booking.orders.models import OrderQuote
from booking.orders.queries.belongings import (
    messages_of,
    quotes_of,
    samples_of,
)
from booking.orders.states import TRANSITIONS, OrderState, OrderStep, QuoteState, Station, after
from tests.factories.orders import make_order, make_quote, work_through
from tests.factories.reservations import Scene
from tests.orders.deeds import DEEDS, standing
from tests.support.clock import FrozenClock

S = OrderState
# Where each deed leads from each state in which it is allowed; from all others it is refused.
LEADS: dict[OrderState, dict[str, OrderState]] = {
    S.ASKED: {
        "quote": S.QUOTED,
        "decline": S.DECLINED,
        "withdraw": S.WITHDRAWN,
        "send along": S.ASKED,
    },
    S.QUOTED: {
        "quote": S.QUOTED,
        "decline": S.DECLINED,
        "accept quote": S.ORDERED,
        "refuse quote": S.REFUSED,
        "withdraw": S.WITHDRAWN,
        "send along": S.QUOTED,
    },
    S.ORDERED: {
        "quote": S.ORDERED,
        "withdraw": S.WITHDRAWN,
        "call off": S.CALLED_OFF,
        "schedule": S.ORDERED,
        "send along": S.ORDERED,
    },
    S.IN_WORK: {
        "quote": S.IN_WORK,
        "withdraw": S.WITHDRAWN,
        "call off": S.CALLED_OFF,
        "schedule": S.IN_WORK,
        "send along": S.IN_WORK,
        "add result": S.IN_WORK,
    },
    S.REPORTED: {"accept report": S.ACCEPTED, "object": S.IN_WORK},
    S.ACCEPTED: {"give back": S.CLOSED},
    S.CLOSED: {},
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("state", LEADS)
def test_what_is_not_in_the_table_is_refused(
    uow: UnitOfWork, scene: Scene, now: datetime, state: OrderState, deed: str
) -> None:
    order = make_order(uow, scene, state, now=now)
    leads_to = LEADS[state].get(deed)
    if leads_to is None:
        with pytest.raises((OrderIllegalStep, QuoteNotStanding)):
            DEEDS[deed](uow, order, scene, now)
        assert order.state is state
    else:
        DEEDS[deed](uow, order, scene, now)
        assert order.state is leads_to


def test_the_table_says_what_the_states_do() -> None:
    assert after(S.LAPSED, OrderStep.QUOTE) is S.QUOTED
    ends = {S.DECLINED, S.REFUSED, S.CLOSED}
    assert {state for state, _ in TRANSITIONS} == set(OrderState) - ends


def test_every_step_is_in_the_trail_and_the_other_side_has_a_letter(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.CLOSED, now=now)
    asked = select(AuditEntry.name).where(AuditEntry.subject == f"order:{order.number}")
    assert list(uow.session.exec(asked.order_by(col(AuditEntry.id)))) == [
        "order.asked",
        "order.quoted",
        "order.quote_accepted",
        *["order.samples_moved"] * 3,
        "order.file_added",
        "order.reported",
        "order.report_accepted",
        "order.samples_moved",
        "order.closed",
    ]
    letters = uow.session.exec(
        select(OutboxMessage)
        .where(OutboxMessage.fact == "order_step")
        .order_by(col(OutboxMessage.id))
    ).all()
    lab, company = scene.manager.email, scene.member.email
    assert [(one.params["step"], one.email) for one in letters] == [
        ("order.asked", lab),
        ("order.quoted", company),
        ("order.quote_accepted", lab),
        *[("order.samples_moved", company)] * 3,
        ("order.reported", company),
        ("order.report_accepted", lab),
        ("order.samples_moved", company),
        ("order.closed", company),
    ]


def test_a_quote_is_reckoned_by_the_price_list(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, now=now)
    quote = make_quote(uow, order, scene, now)
    row = quotes_of(uow.session, order.key)[0]
    assert [(line.kind.value, str(line.quantity)) for line in row.lines] == [
        ("time", "2"),
        ("sample", "3"),
    ]
    assert quote.total_fen == sum(line.amount_fen for line in row.lines) > 0
    assert quote.tariff_id is not None


def test_a_new_quote_takes_the_place_of_the_old(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.QUOTED, now=now)
    first = standing(uow, order)
    make_quote(uow, order, scene, now)
    with pytest.raises(QuoteNotStanding):
        accept_quote(uow, order.number, first, actor=scene.member, now=now)
    assert uow.session.get_one(OrderQuote, first).state is QuoteState.REPLACED


def test_a_quote_lapses_after_its_last_day_and_can_be_made_anew(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    order = make_order(uow, scene, S.QUOTED, now=clock.now())
    clock.at("2026-11-30T23:59+08:00")
    assert lapse_quotes(uow, clock.now()) == 0
    clock.at("2026-12-01T00:12+08:00")
    assert [lapse_quotes(uow, clock.now()) for _ in range(2)] == [1, 0]
    assert order.state is S.LAPSED
    make_quote(uow, order, scene, clock.now())
    assert standing(uow, order)


def test_a_quote_that_is_over_is_not_accepted_even_before_it_lapsed(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    order = make_order(uow, scene, S.QUOTED, now=clock.now())
    clock.at("2026-12-01T00:00+08:00")
    with pytest.raises(QuoteOver):
        accept_quote(uow, order.number, standing(uow, order), actor=scene.member, now=clock.now())


def test_a_report_counts_as_accepted_after_ten_working_days(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    order = make_order(uow, scene, S.REPORTED, now=clock.now())
    clock.at("2026-12-07T23:00+08:00")
    assert accept_reports(uow, clock.now()) == 0
    clock.at("2026-12-08T00:14+08:00")
    assert [accept_reports(uow, clock.now()) for _ in range(2)] == [1, 0]
    assert order.state is S.ACCEPTED


def test_a_report_needs_a_result_and_every_sample_written_up(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.IN_WORK, now=now)
    with pytest.raises(RulesBroken) as refused:
        hand_in_report(uow, order.number, actor=scene.manager, now=now)
    codes = [one.code for one in refused.value.violations]
    assert codes == ["order.no_result", "order.unwritten"]


def test_an_objection_sends_the_work_back_and_asks_for_another_result(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.REPORTED, now=now)
    object_to_report(uow, order.number, actor=scene.member, now=now, reason="第二张图缺标尺")
    send_message(uow, order.number, "已补做", actor=scene.manager, now=now)
    thread = [
        (one.from_lab, one.is_objection, one.words) for one in messages_of(uow.session, order.key)
    ]
    assert thread == [(False, True, "第二张图缺标尺"), (True, False, "已补做")]
    with pytest.raises(RulesBroken):
        hand_in_report(uow, order.number, actor=scene.manager, now=now)
    move_samples(uow, order.number, Station.PREPARING, actor=scene.manager, now=now)
    work_through(uow, order, scene, now)
    hand_in_report(uow, order.number, actor=scene.manager, now=now)
    assert order.state is S.REPORTED


def test_one_sample_is_moved_by_its_label_and_its_way_is_kept(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.ORDERED, now=now)
    label = f"{order.number}-02"
    move_samples(uow, order.number, Station.RECEIVED, actor=scene.manager, now=now, label=label)
    first, second = samples_of(uow.session, order.key)
    assert (first.station, second.station) == (Station.ANNOUNCED, Station.RECEIVED)
    assert [(step.station, step.at) for step in second.way] == [(Station.RECEIVED, now)]
    with pytest.raises(SampleIllegalStation):
        move_samples(uow, order.number, Station.RECEIVED, actor=scene.manager, now=now, label=label)


def test_it_closes_when_the_last_sample_has_left(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.ACCEPTED, now=now)
    labels = [one.label for one in samples_of(uow.session, order.key)]
    for label, left in zip(labels, (Station.RETURNED, Station.DISPOSED), strict=True):
        assert order.state is S.ACCEPTED
        move_samples(uow, order.number, left, actor=scene.manager, now=now, label=label)
    assert order.state is S.CLOSED


def test_what_the_lab_has_of_a_withdrawn_order_goes_home(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, S.IN_WORK, now=now)
    withdraw_order(uow, order.number, actor=scene.member, now=now)
    move_samples(uow, order.number, Station.RETURNED, actor=scene.manager, now=now)
    assert {one.station for one in samples_of(uow.session, order.key)} == {Station.RETURNED}
    assert order.state is S.WITHDRAWN


@pytest.mark.parametrize("deed", [decline_order, call_off_order])
def test_the_lab_says_why(
    uow: UnitOfWork, scene: Scene, now: datetime, deed: Callable[..., object]
) -> None:
    order = make_order(uow, scene, now=now)
    with pytest.raises(OrderReasonMissing):
        deed(uow, order.number, actor=scene.manager, now=now, reason=" ")
