"""What the database itself refuses, whatever the code above it would do."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_reservation, make_scene
from tests.factories.vouchers import make_voucher

MONDAY = at("11-23 09:00")
SPAN = between("11-24 12:00", "14:00")
_MOVE = (
    "INSERT INTO voucher_movement (voucher_id, claim_id, kind, amount_fen, reference, made_at)"
    " SELECT voucher.id, {claim}, '{kind}', {amount}, '', issued_at FROM voucher"
    " LEFT JOIN voucher_claim ON voucher_claim.voucher_id = voucher.id"
)


@pytest.mark.parametrize(
    "sql",
    [
        _MOVE.format(claim="voucher_claim.id", kind="encumbered", amount=120_001),
        _MOVE.format(claim="voucher_claim.id", kind="released", amount=80_001),
        _MOVE.format(claim="voucher_claim.id", kind="redeemed", amount=80_001),
        _MOVE.format(claim="voucher_claim.id", kind="returned", amount=1),
        _MOVE.format(claim="NULL", kind="expired", amount=120_001),
        _MOVE.format(claim="NULL", kind="issued", amount=1),
        _MOVE.format(claim="NULL", kind="encumbered", amount=1),
        _MOVE.format(claim="NULL", kind="expired", amount=0),
        "UPDATE voucher_movement SET amount_fen = 1",
        "DELETE FROM voucher_movement",
        "UPDATE voucher SET face_fen = face_fen + 1",
        "UPDATE voucher SET valid_to = '2030-01-01'",
        "UPDATE voucher SET available_fen = 200001",
        "DELETE FROM voucher",
        "UPDATE voucher_claim SET reservation_id = reservation_id + 1",
        "UPDATE voucher_claim SET state = 'released', ended_at = made_at",
    ],
)
def test_the_database_refuses(uow, sql):
    scene = make_scene(uow)
    number = make_voucher(uow, scene.company.key)
    make_reservation(uow, scene, SPAN, now=MONDAY, voucher=number)
    with pytest.raises(DatabaseError):
        uow.session.execute(sa.text(sql))
