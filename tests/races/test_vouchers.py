"""Vouchers on a live server: what is there is set aside, given, redeemed, ended and paid once."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.jobs.books import broken_books
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.confirm import confirm
from booking.vouchers.jobs import expire_vouchers
from booking.vouchers.rules.terms import Terms
from tests.factories.accounts import bearer, make_staff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, make_reservation, make_scene, make_use
from tests.factories.settled_uses import make_company, make_programme, seeded_programme
from tests.factories.vouchers import make_voucher, pots
from tests.races.arena import NOW, Arena, OpenArena, statuses
from tests.support.crowd import Answer, all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]

MANY = 50
BEFORE, LAST_DAY = at("11-19 09:00"), date(2026, 11, 20)
SPAN, LATER = between("11-20 12:00", "14:00"), between("11-26 12:00", "14:00")


def short_span(n: int) -> TimeSpan:
    start = NOON.start + timedelta(minutes=30 * n)
    return TimeSpan(start, start + timedelta(minutes=30))


def given(arena: Arena, face_fen: int, **terms: Any) -> str:
    with arena.write() as uow:
        return make_voucher(uow, arena.scene.company.key, face_fen=face_fen, **terms)


def staff(arena: Arena, role: Role) -> Actor:
    with arena.write() as uow:
        made = make_staff(uow, role)
        arena.keys[made.id] = bearer(uow, made, now=NOW)
    return made


def sums(arena: Arena, number: str) -> tuple[int, int, int, int]:
    arena.assert_sound()
    with arena.write() as uow:
        assert list(broken_books(uow.session)) == []
        return pots(uow.session, number)


def test_fifty_bookings_share_the_rest_of_a_voucher_and_no_fen_more(open_arena: OpenArena) -> None:
    arena = open_arena()
    # Half an hour costs 400.00, half of it by voucher: ten of them, and a half.
    number = given(arena, 210_000)
    wishes = [arena.wish(short_span(n), voucher=number) for n in range(MANY)]
    answers = arena.at_once(*wishes)
    assert statuses(answers) == {201: 11, 422: MANY - 11}
    assert sums(arena, number) == (0, 210_000, 0, 0)
    refused = [one.body["violations"][0]["code"] for one in answers if one.status == 422]
    assert set(refused) == {"voucher.nothing_left"}


def test_a_use_is_redeemed_once_while_the_rest_of_the_voucher_ends(open_arena: OpenArena) -> None:
    arena = open_arena()
    for _ in range(4):
        with arena.write() as uow:
            scene = make_scene(uow)
            number = make_voucher(uow, scene.company.key, valid_to=LAST_DAY)
            used = make_use(uow, scene, SPAN, now=BEFORE, voucher=number).number
            # Another booking gives its part free at the same moment.
            other = make_reservation(uow, scene, LATER, now=BEFORE, voucher=number).number
            confirm(uow, used, actor=scene.manager, now=SPAN.end)
            arena.keys[scene.member.id] = bearer(uow, scene.member, now=NOW)
        settle = arena.asking(f"/reservations/{used}/confirmation", {}, scene.member)
        cancel = arena.asking(f"/reservations/{other}/cancellation", {}, scene.member)
        deeds: list[Callable[[], Answer | int]] = [
            *(partial(arena.ask, one) for one in (settle, settle, cancel)),
            *[partial(expire, arena)] * 2,
        ]
        answers = [one for one in all_at_once(deeds) if isinstance(one, Answer)]
        assert statuses(answers)[200] >= 2
        available, encumbered, redeemed, expired = sums(arena, number)
        assert (encumbered, redeemed) == (0, 80_000)
        expire(arena)
        assert sums(arena, number) == (0, 0, 80_000, available + expired)


def expire(arena: Arena) -> int:
    with arena.write() as uow:
        return expire_vouchers(uow, NOW)


def test_a_budget_is_given_once(open_arena: OpenArena) -> None:
    arena = open_arena()
    finance = staff(arena, Role.FINANCE)
    terms = seeded_programme("voucher_2026") | {
        "id": "RACE-VOUCHERS",
        "budget": {"amount": "100000.00", "rule": "first_come"},
    }
    with arena.write() as uow:
        make_programme(uow, terms)
        companies = [make_company(uow).key for _ in range(12)]
    body = {"programme": terms["id"]}
    askings = [
        arena.asking("/vouchers", body | {"organisation_ids": [key]}, finance) for key in companies
    ]
    answers = arena.at_once(*askings)
    assert statuses(answers) == {201: 5, 422: 7}


def test_a_provider_is_paid_once(open_arena: OpenArena) -> None:
    arena = open_arena()
    finance = staff(arena, Role.FINANCE)
    with arena.write() as uow:
        scene = arena.scene
        number = make_voucher(uow, scene.company.key, terms=Terms(share=Decimal(1)))
        used = make_use(uow, scene, SPAN, now=BEFORE, voucher=number).number
        for who in (scene.manager, scene.member):
            confirm(uow, used, actor=who, now=SPAN.end)
    (provider,) = scene.manager.organisation_ids
    body = {
        "provider_id": provider,
        "period": "2026-11",
        "amount": "1600.00",
        "paid_on": "2026-11-23",
    }
    askings = [
        arena.asking("/voucher-payments", body | {"bank_reference": f"{used}-{n}"}, finance)
        for n in range(8)
    ]
    assert statuses(arena.at_once(*askings)) == {201: 1, 409: 7}
