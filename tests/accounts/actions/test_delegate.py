"""A colleague exercises a role while its holder is away: no longer, no further, no more."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import ROLE_PERMISSIONS, Role
from booking.accounts.actions.delegate import Absence, delegate, revoke_delegation
from booking.accounts.actions.grant_role import revoke_role
from booking.accounts.errors import (
    DelegationOverlaps,
    NoColleague,
    NotByToken,
    NotWellFormed,
)
from booking.accounts.models import Delegation
from booking.accounts.queries.actors import actor_of_session
from booking.accounts.queries.people import roles_of
from booking.accounts.rules import delegation_span, delegation_violations, digest_of
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from tests.factories.accounts import make_lab_person, make_member, make_staff, open_session, shut
from tests.factories.door import Write
from tests.factories.organisations import make_lab, make_organisation
from tests.support.clock import moment
from tests.support.crowd import all_at_once

NOW = moment("2026-11-23T09:00")
TODAY, WEEK = date(2026, 11, 23), timedelta(days=6)


def lend(
    uow: UnitOfWork,
    giver: Actor,
    to: Actor,
    first: date = TODAY,
    last: date = TODAY + WEEK,
) -> Delegation:
    (held,) = roles_of(uow.session, [giver.id])
    absence = Absence(
        membership_id=held.membership_id, email=to.email, first=first, last=last, reason="休假"
    )
    return delegate(uow, absence, actor=giver, now=NOW)


def seen(uow: UnitOfWork, who: Actor, now: datetime = NOW) -> Actor:
    """Somebody as the door sees them at a moment."""
    secret = open_session(uow, who, now=now)
    found = actor_of_session(uow.session, digest_of(secret), now)
    assert found is not None
    return found.actor


@pytest.fixture
def lab(uow: UnitOfWork) -> int:
    return make_lab(uow).key


@pytest.fixture
def manager(uow: UnitOfWork, lab: int) -> Actor:
    return make_lab_person(uow, lab)


@pytest.fixture
def operator(uow: UnitOfWork, lab: int) -> Actor:
    return make_lab_person(uow, lab, Role.OPERATOR)


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        ("2026-11-23", "2026-11-23", ()),
        ("2026-11-24", "2026-11-23", ("delegation.not_in_order",)),
        ("2026-11-22", "2026-11-24", ("delegation.in_the_past",)),
        ("2026-11-23", "2027-02-20", ()),  # ninety days
        ("2026-11-23", "2027-02-21", ("delegation.too_long",)),
        ("2028-02-01", "2028-02-29", ()),
        ("2026-11-22", "2026-11-21", ("delegation.not_in_order", "delegation.in_the_past")),
    ],
)
def test_which_absences_are_possible(first: str, last: str, codes: tuple[str, ...]) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert tuple(v.code for v in delegation_violations(*days, today=TODAY)) == codes


@pytest.mark.parametrize(
    ("last", "over"),
    [
        ("2026-11-23", "2026-11-24T00:00"),
        ("2028-02-28", "2028-02-29T00:00"),  # leap day
        ("2028-02-29", "2028-03-01T00:00"),
        ("2026-12-31", "2027-01-01T00:00"),
    ],
)
def test_the_last_day_is_whole_here(last: str, over: str) -> None:
    assert delegation_span(TODAY, date.fromisoformat(last)).end == moment(over)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 89))
def test_whatever_is_allowed_lasts_whole_days(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    assert tuple(delegation_violations(first, last, today=first)) == ()
    span = delegation_span(first, last)
    assert span.end - span.start == timedelta(days=more + 1)


@pytest.mark.parametrize(
    ("at", "runs"),
    [
        ("2026-11-24T23:59", False),
        ("2026-11-25T00:00", True),
        ("2026-11-26T23:59", True),
        ("2026-11-27T00:00", False),
    ],
)
def test_it_runs_from_midnight_to_midnight(uow, manager, operator, at: str, runs: bool) -> None:
    lend(uow, manager, operator, date(2026, 11, 25), date(2026, 11, 26))
    assert seen(uow, operator, moment(at)).may(Permission.RESERVATION_DECIDE) is runs


def test_it_gives_the_role_there_without_the_people(uow, lab, manager, operator) -> None:
    lend(uow, manager, operator)
    standing_in = seen(uow, operator)
    given = ROLE_PERMISSIONS[Role.LAB_MANAGER]
    assert standing_in.permissions == given - {Permission.PEOPLE_MANAGE}
    assert standing_in.may_for(Permission.RESERVATION_DECIDE, lab_id=lab)
    assert not standing_in.may_for(Permission.RESERVATION_DECIDE, lab_id=make_lab(uow).key)
    assert [grant.in_place_of for grant in standing_in.grants] == [manager.id, None]


def test_it_ends_with_the_role_and_does_not_come_back(uow, lab, manager, operator) -> None:
    make_lab_person(uow, lab)
    centre = make_staff(uow)
    lend(uow, manager, operator)
    (held,) = roles_of(uow.session, [manager.id])
    revoke_role(uow, held.membership_id, actor=centre, now=NOW)
    assert not seen(uow, operator).may(Permission.RESERVATION_DECIDE)
    assert uow.session.exec(select(Delegation.revoked_at)).all() == [NOW]


def test_a_closed_account_lends_nothing(uow, manager, operator) -> None:
    lend(uow, manager, operator)
    shut(uow, manager.id)
    uow.session.flush()
    assert not seen(uow, operator).may(Permission.RESERVATION_DECIDE)


def test_whoever_leaves_stands_in_no_more(uow, manager, operator) -> None:
    lend(uow, manager, operator)
    make_lab_person(uow, manager.grants[0].lab_id or 0, Role.OPERATOR)
    (held,) = roles_of(uow.session, [operator.id])
    revoke_role(uow, held.membership_id, actor=make_staff(uow), now=NOW)
    assert seen(uow, operator).grants == ()


def test_it_goes_no_further(uow, lab, manager, operator) -> None:
    third = make_lab_person(uow, lab, Role.OPERATOR)
    lend(uow, manager, operator)
    (held,) = roles_of(uow.session, [manager.id])
    absence = Absence(
        membership_id=held.membership_id,
        email=third.email,
        first=TODAY,
        last=TODAY,
        reason="转托",
    )
    with pytest.raises(NotFound):
        delegate(uow, absence, actor=seen(uow, operator), now=NOW)


@pytest.mark.parametrize("kind", ["stranger", "oneself", "staff"])
def test_only_a_colleague_stands_in(uow, manager, kind: str) -> None:
    others = {
        "stranger": make_member(uow, make_organisation(uow).key),
        "oneself": manager,
        "staff": make_staff(uow),
    }
    with pytest.raises(NoColleague):
        lend(uow, manager, others[kind])


def test_staff_stand_in_for_staff_and_nobody_else_does(uow) -> None:
    finance, auditor = make_staff(uow, Role.FINANCE), make_staff(uow, Role.AUDITOR)
    lend(uow, finance, auditor)
    assert seen(uow, auditor).may(Permission.SETTLEMENT_MANAGE)
    with pytest.raises(NoColleague):
        lend(uow, make_staff(uow), make_member(uow, make_organisation(uow).key))


@pytest.mark.parametrize(
    ("first", "last", "clashes"),
    [
        ("2026-11-29", "2026-12-02", True),  # the last day is whole
        ("2026-11-30", "2026-12-02", False),
        ("2026-11-23", "2026-11-29", True),
        ("2026-11-25", "2026-11-25", True),
    ],
)
def test_one_role_is_with_one_colleague_at_a_time(
    uow, lab, manager, operator, first: str, last: str, clashes: bool
) -> None:
    third = make_lab_person(uow, lab, Role.OPERATOR)
    lend(uow, manager, operator)
    days = date.fromisoformat(first), date.fromisoformat(last)
    if clashes:
        with pytest.raises(DelegationOverlaps):
            lend(uow, manager, third, *days)
    else:
        assert lend(uow, manager, third, *days).delegate_id == third.id


def test_either_ends_it_and_whoever_manages_people(uow, manager, operator) -> None:
    for who in (manager, operator, make_staff(uow)):
        made = lend(uow, manager, operator)
        revoke_delegation(uow, made.key, actor=who, now=NOW)
        assert not seen(uow, operator).may(Permission.RESERVATION_DECIDE)
    asked = select(AuditEntry.name).where(col(AuditEntry.name).startswith("delegation."))
    assert list(uow.session.exec(asked)) == ["delegation.made", "delegation.ended"] * 3


def test_others_do_not_end_it(uow, lab, manager, operator) -> None:
    made = lend(uow, manager, operator)
    third = make_lab_person(uow, lab, Role.OPERATOR)
    with pytest.raises(NotFound):
        revoke_delegation(uow, made.key, actor=third, now=NOW)


def test_a_token_lends_nothing(uow, manager, operator) -> None:
    program = Actor(
        manager.id, manager.name, manager.email, manager.grants, scopes=frozenset(Permission)
    )
    with pytest.raises(NotByToken):
        lend(uow, program, operator)


def test_too_long_is_refused(uow, manager, operator) -> None:
    with pytest.raises(NotWellFormed):
        lend(uow, manager, operator, TODAY, TODAY + timedelta(days=90))


def test_what_is_lent_is_not_ones_own(uow) -> None:
    grant = Grant(Role.COMPANY_ADMIN, 1, in_place_of=5)
    assert not grant.gives(Permission.PEOPLE_MANAGE)
    assert grant.gives(Permission.ORGANISATION_MANAGE)


def take(write: Write, membership_id: int, by: Actor) -> None:
    with write() as uow:
        revoke_role(uow, membership_id, actor=by, now=NOW)


def ask(write: Write, giver: Actor, to: Actor) -> None:
    with write() as uow, suppress(NoColleague):
        lend(uow, giver, to)


def test_nobody_who_is_leaving_is_lent_a_role(write) -> None:
    for _ in range(4):
        with write() as uow:
            company = make_organisation(uow).key
            admin, colleague = (
                make_member(uow, company, Role.COMPANY_ADMIN),
                make_member(uow, company),
            )
            (held,) = roles_of(uow.session, [colleague.id])

        all_at_once(
            [partial(take, write, held.membership_id, admin), partial(ask, write, admin, colleague)]
        )
        with write() as uow:
            assert seen(uow, colleague).grants == ()
