"""Whatever happens to a voucher, no fen of it is twice, and the order of its facts is nothing."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.vouchers.rules.balance import Balance, Movement, balance_of, may_move
from booking.vouchers.states import FLOWS, MovementKind

FACE = 10_000
ISSUED = (MovementKind.ISSUED, FACE)
TRIES = st.lists(st.tuples(st.sampled_from(list(MovementKind)), st.integers(-1, FACE + 1)))


@pytest.mark.parametrize(
    ("kind", "amount", "after"),
    [
        (MovementKind.ENCUMBERED, 4, Balance(6, 10, 10, 10)),
        (MovementKind.RELEASED, 6, Balance(16, 0, 10, 10)),
        (MovementKind.REDEEMED, 6, Balance(10, 0, 16, 10)),
        (MovementKind.RETURNED, 10, Balance(20, 6, 0, 10)),
        (MovementKind.EXPIRED, 10, Balance(0, 6, 10, 20)),
    ],
)
def test_each_movement_goes_where_the_table_says(
    kind: MovementKind, amount: int, after: Balance
) -> None:
    told = [
        (MovementKind.ISSUED, 36),
        (MovementKind.ENCUMBERED, 16),
        (MovementKind.REDEEMED, 10),
        (MovementKind.EXPIRED, 10),
    ]
    before = balance_of(told)

    assert before == Balance(10, 6, 10, 10)
    assert may_move(before, kind, amount)
    assert balance_of([*told, (kind, amount)]) == after


def test_every_kind_of_movement_has_its_way() -> None:
    assert set(FLOWS) == set(MovementKind)


@given(TRIES, st.randoms(use_true_random=False))
def test_a_face_value_is_never_exceeded_and_never_counted_twice(
    tries: list[Movement], random: Random
) -> None:
    done: list[Movement] = [ISSUED]
    for kind, amount in tries:
        if may_move(balance_of(done), kind, amount):
            done.append((kind, amount))
        balance = balance_of(done)
        assert balance.holds
        assert balance.face == FACE
    mixed = random.sample(done, len(done))
    assert balance_of(mixed) == balance_of(done)
