"""Appeals: whose they are, that there is one for each entry, and what a decision does."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.credit.actions.appeal import appeal, decide_appeal
from booking.credit.actions.set_rules import Version, set_rules
from booking.credit.errors import (
    AppealDecided,
    AppealedAlready,
    EntryNotAppealable,
    RulesBackdated,
    RulesContradict,
)
from booking.credit.models import CreditEntry
from booking.credit.queries.appeals import waiting_appeals
from booking.credit.queries.standing import credit_of_organisation
from booking.credit.rules import EXAMPLE, Cause
from booking.credit.states import AppealState
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import BookingError, Forbidden, NotFound
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from tests.factories.accounts import make_actor, make_lab_person, make_member
from tests.factories.credit import entries, make_centre, make_no_show, make_rules, only_entry
from tests.factories.organisations import make_organisation
from tests.factories.reservations import Scene, make_reservation, make_scene, make_use
from tests.support.clock import moment

Who = Callable[[UnitOfWork, Scene], Actor]
MONDAY = moment("2026-11-23T09:00")
AFTER = moment("2026-11-25T09:00")
NEXT_YEAR = moment("2027-11-25T09:00")


@pytest.fixture
def scene(uow) -> Scene:
    """A company with one no-show under rules in force."""
    make_rules(uow)
    found = make_scene(uow)
    make_no_show(uow, found, now=MONDAY)
    return found


def score_of(uow, scene) -> int:
    credit = credit_of_organisation(uow.session, scene.company.key, AFTER)
    assert credit is not None
    return credit.score


def test_it_counts_until_the_centre_has_decided_and_then_no_more(uow, scene) -> None:
    made = appeal(uow, only_entry(uow.session), "停电", actor=scene.admin, now=AFTER)
    waited = score_of(uow, scene)
    decide_appeal(uow, made.key, "属实", grant=True, actor=make_centre(uow), now=AFTER)
    assert (waited, score_of(uow, scene)) == (85, 100)
    assert entries(uow.session) == [(Cause.NO_SHOW, -15), (Cause.NO_SHOW, 15)]
    assert waiting_appeals(uow.session, limit=9) == []


def test_a_refused_appeal_changes_nothing(uow, scene) -> None:
    made = appeal(uow, only_entry(uow.session), "停电", actor=scene.admin, now=AFTER)
    decided = decide_appeal(uow, made.key, "无据", grant=False, actor=make_centre(uow), now=AFTER)
    assert decided.state is AppealState.REFUSED
    assert score_of(uow, scene) == 85


def test_nobody_decides_twice(uow, scene) -> None:
    centre = make_centre(uow)
    made = appeal(uow, only_entry(uow.session), "停电", actor=scene.admin, now=AFTER)
    decide_appeal(uow, made.key, "属实", grant=True, actor=centre, now=AFTER)
    with pytest.raises(AppealDecided):
        decide_appeal(uow, made.key, "再想", grant=False, actor=centre, now=AFTER)


def test_nobody_appeals_twice_against_one_entry(uow, scene) -> None:
    entry = only_entry(uow.session)
    appeal(uow, entry, "停电", actor=scene.member, now=AFTER)
    with pytest.raises(AppealedAlready):
        appeal(uow, entry, "又停电", actor=scene.admin, now=AFTER)


def _member(uow, scene):
    return scene.member


def _admin(uow, scene):
    return scene.admin


def _colleague(uow, scene):
    return make_member(uow, scene.company.key)


def _stranger(uow, scene):
    return make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)


def _lab(uow, scene):
    return scene.manager


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        (_member, None),
        (_admin, None),
        (_colleague, NotFound),
        (_stranger, NotFound),
        (_lab, NotFound),
        (lambda uow, _: make_centre(uow), NotFound),
    ],
)
def test_only_who_is_concerned_or_manages_the_company_appeals(
    uow, scene, who: Who, refused: type[BookingError] | None
) -> None:
    actor, entry = who(uow, scene), only_entry(uow.session)
    if refused is None:
        appeal(uow, entry, "停电", actor=actor, now=AFTER)
        return
    with pytest.raises(refused):
        appeal(uow, entry, "停电", actor=actor, now=AFTER)


def test_a_lab_appeals_through_its_manager(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.manager, now=MONDAY, reason="另有安排")
    entry = only_entry(uow.session)
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    for nobody in (scene.admin, operator):
        with pytest.raises(NotFound):
            appeal(uow, entry, "停水", actor=nobody, now=MONDAY)
    appeal(uow, entry, "停水", actor=scene.manager, now=MONDAY)
    assert [row.lab_id for row in waiting_appeals(uow.session, limit=9)] == [
        scene.instrument.lab_id
    ]


def test_what_has_lapsed_is_not_appealed_against(uow, scene) -> None:
    with pytest.raises(EntryNotAppealable):
        appeal(uow, only_entry(uow.session), "停电", actor=scene.admin, now=NEXT_YEAR)


def test_what_restores_is_not_appealed_against(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_use(uow, scene, now=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=AFTER)
    good = uow.session.execute(
        sa.select(col(CreditEntry.id)).where(col(CreditEntry.cause) == Cause.GOOD_USE)
    ).scalar_one()
    with pytest.raises(EntryNotAppealable):
        appeal(uow, good, "多给点", actor=scene.admin, now=AFTER)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_only_the_centres_administrators_decide_and_set_rules(uow, scene, role) -> None:
    other = make_actor(uow, Grant(role))
    made = appeal(uow, only_entry(uow.session), "停电", actor=scene.admin, now=AFTER)
    with pytest.raises(Forbidden):
        decide_appeal(uow, made.key, "属实", grant=True, actor=other, now=AFTER)
    with pytest.raises(Forbidden):
        set_rules(uow, Version(terms=EXAMPLE), actor=other, now=AFTER)


def test_rules_are_not_set_for_the_past(uow) -> None:
    with pytest.raises(RulesBackdated):
        set_rules(uow, Version(terms=EXAMPLE, valid_from=MONDAY), actor=make_centre(uow), now=AFTER)


def test_rules_that_contradict_themselves_are_refused(uow) -> None:
    odd = replace(EXAMPLE, approval_below=50, refuse_below=60)
    with pytest.raises(RulesContradict) as refused:
        set_rules(uow, Version(terms=odd), actor=make_centre(uow), now=AFTER)
    assert [broken.code for broken in refused.value.violations] == ["credit.thresholds_reversed"]
