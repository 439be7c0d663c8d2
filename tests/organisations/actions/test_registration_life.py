"""A registration is returned, corrected and handed in again; a suspension carries through."""

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.change_state import change_state
from booking.instruments.errors import ProviderSuspended
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import Action as CardAction
from booking.instruments.states import InstrumentState
from booking.kernel.errors import Forbidden, RulesBroken
from booking.organisations.actions.register_organisation import edit_organisation
from booking.organisations.actions.verify import take_step
from booking.organisations.errors import ReasonMissing
from booking.organisations.queries import lab_summary
from booking.organisations.report.registrations import waiting_registrations
from booking.organisations.rules import name_core
from booking.organisations.states import OrganisationState, OrganisationStep
from booking.reservations.actions.check_in import check_in
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import held_for, make_reservation, make_scene, state_of, told_of
from tests.support.clock import moment

Step = OrganisationStep
NOW = moment("2026-11-23T09:00")


def step(uow: UnitOfWork, organisation_id: int, taken: Step, reason: str = "年检未过") -> None:
    take_step(uow, organisation_id, taken, actor=make_staff(uow), now=NOW, reason=reason)


def test_what_was_returned_is_corrected_by_its_administrator_and_handed_in(uow) -> None:
    company = make_organisation(uow, verified=False)
    admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
    correction: dict[str, str | None] = {"name": "示例精密制造有限公司"}
    with pytest.raises(Forbidden):
        edit_organisation(uow, company.key, correction, actor=admin, now=NOW)
    step(uow, company.key, Step.RETURN, "名称与执照不符")
    edit_organisation(uow, company.key, correction, actor=admin, now=NOW)
    take_step(uow, company.key, Step.RESUBMIT, actor=admin, now=NOW)
    assert (company.state, company.name) == (OrganisationState.PENDING, "示例精密制造有限公司")


def test_only_its_own_administrator_hands_in_again(uow) -> None:
    company, other = make_organisation(uow, verified=False), make_organisation(uow)
    stranger = make_member(uow, other.key, Role.COMPANY_ADMIN)
    step(uow, company.key, Step.RETURN)
    with pytest.raises(Forbidden):
        take_step(uow, company.key, Step.RESUBMIT, actor=stranger, now=NOW)


@pytest.mark.parametrize(("verified", "taken"), [(False, Step.RETURN), (True, Step.SUSPEND)])
def test_returning_and_suspending_say_why(uow, verified: bool, taken: Step) -> None:
    company = make_organisation(uow, verified=verified)
    with pytest.raises(ReasonMissing):
        step(uow, company.key, taken, " ")


def test_a_suspended_company_loses_what_it_has_ahead_and_pays_nothing(uow) -> None:
    scene = make_scene(uow)
    begun = make_reservation(uow, scene, between("11-23 09:30", "10:30"), now=NOW)
    check_in(uow, begun.number, actor=scene.manager, now=moment("2026-11-23T09:30"))
    ahead = make_reservation(uow, scene, between("11-24 12:00", "14:00"), now=NOW)
    take_step(
        uow,
        scene.company.key,
        Step.SUSPEND,
        actor=make_staff(uow),
        now=moment("2026-11-23T09:40"),
        reason="年检未过",
    )
    assert (state_of(uow.session, ahead.number), ahead.fee_fen) == (State.CANCELLED, 0)
    assert held_for(uow.session, ahead.number) == []
    assert told_of(uow.session, ahead.number)[-1] == "reservation.cancelled"
    assert state_of(uow.session, begun.number) is State.IN_USE


def test_a_suspended_company_books_nothing_until_it_is_reinstated(uow) -> None:
    scene = make_scene(uow)
    step(uow, scene.company.key, Step.SUSPEND)
    with pytest.raises(RulesBroken) as refused:
        make_reservation(uow, scene, now=NOW)
    assert [v.code for v in refused.value.violations] == ["organisation.unverified"]
    step(uow, scene.company.key, Step.REINSTATE)
    assert make_reservation(uow, scene, now=NOW).state is State.CONFIRMED


def test_the_instruments_of_a_suspended_provider_go_and_come_back(uow) -> None:
    scene = make_scene(uow)
    lab = scene.instrument.lab_id
    booked = make_reservation(uow, scene, now=NOW)
    resting = make_instrument(uow, lab_id=lab)
    manager = make_lab_person(uow, lab)
    change_state(uow, resting.key, CardAction.SUSPEND, actor=manager, now=NOW, reason="搬迁")
    provider = lab_summary(uow.session, lab).organisation_id
    step(uow, provider, Step.SUSPEND)
    assert state_of_card(uow, scene.instrument.key) is InstrumentState.SUSPENDED
    assert state_of(uow.session, booked.number) is State.CONFIRMED
    with pytest.raises(ProviderSuspended):
        change_state(uow, scene.instrument.key, CardAction.RESUME, actor=manager, now=NOW)
    step(uow, provider, Step.REINSTATE)
    assert state_of_card(uow, scene.instrument.key) is InstrumentState.PUBLISHED
    assert state_of_card(uow, resting.key) is InstrumentState.SUSPENDED


def state_of_card(uow: UnitOfWork, instrument_id: int) -> InstrumentState:
    return uow.session.get_one(Instrument, instrument_id).state


def test_the_queue_shows_the_oldest_first_and_whom_it_may_be_a_double_of(uow) -> None:
    known = make_organisation(uow, name="示例（西咸）检测有限公司")
    first = make_organisation(uow, name="示例(西咸)检测 有限责任公司", verified=False)
    second = make_organisation(uow, name="另一家示例材料公司", verified=False)
    mine = {first.key, second.key}
    found = waiting_registrations(uow.session, limit=500)
    waiting = [one for one in found if one.organisation.id in mine]
    assert [w.organisation.id for w in waiting] == [first.key, second.key]
    assert [key for key, _ in waiting[0].alike] == [known.key]
    assert waiting[1].alike == []


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("示例精密制造有限公司", "示例精密制造"),
        ("示例（集团）股份有限公司", "示例"),
        ("ＡＢＣ 检测 有限责任公司", "abc检测"),
        ("公司", "公司"),
        ("西咸大学", "西咸大学"),
    ],
)
def test_names_are_compared_without_what_says_nothing(name: str, core: str) -> None:
    assert name_core(name) == core
