"""Set money aside for a booking, give it free again, pay a charge from it.

The available amount is changed in one statement that finds it still large enough: whoever comes
second waits for the row, and finds what is left.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.ledger.actions.post import Leg, post
from booking.ledger.errors import InsufficientFunds
from booking.ledger.models import (
    AccountKind,
    FundsHold,
    PrepaidAccount,
    PrepaidEntry,
    PrepaidKind,
)
from booking.ledger.queries.prepaid import (
    account_between,
    available_between,
    drawn_for,
    held_for,
    owners_of,
    pays_ahead,
)

_ACCOUNT: Final[sa.Table] = PrepaidAccount.__table__  # type: ignore[attr-defined]  # by SQLModel
_ENTRY: Final[sa.Table] = PrepaidEntry.__table__  # type: ignore[attr-defined]
_HOLD: Final[sa.Table] = FundsHold.__table__  # type: ignore[attr-defined]
_AMOUNT: Final = sa.bindparam("amount", type_=sa.BigInteger())
_LEFT: Final = _ACCOUNT.c.balance_fen - _ACCOUNT.c.held_fen
_THIS: Final = _ACCOUNT.c.id == sa.bindparam("account")
_SET_ASIDE: Final = (
    sa.update(_ACCOUNT)
    .where(_THIS, _LEFT >= _AMOUNT)
    .values(held_fen=_ACCOUNT.c.held_fen + _AMOUNT)
)
_SET_FREE: Final = sa.update(_ACCOUNT).where(_THIS).values(held_fen=_ACCOUNT.c.held_fen - _AMOUNT)
_QUEUE: Final = sa.select(_ACCOUNT.c.id).where(_THIS).with_for_update()


@dataclass(frozen=True, slots=True)
class Movement:
    """What changes a balance: why, by how much, under which reference."""

    kind: PrepaidKind
    amount_fen: int
    reference: str
    made_at: datetime
    bank_reference: str = ""
    note: str = ""
    made_by: int | None = None


def has_funds(uow: UnitOfWork, organisation_id: int) -> bool:
    """Whether a company ever paid in advance; asked once in a deed, for most never did."""
    asked = (pays_ahead, organisation_id)
    return uow.ask_once(asked, lambda: pays_ahead(uow.session, organisation_id))


def hold_funds(
    uow: UnitOfWork,
    reference: str,
    amount_fen: int,
    *,
    between: tuple[int, int],
    now: datetime,
) -> None:
    """Set an amount aside for a booking, instead of what was held for it so far."""
    release_funds(uow, reference, now=now)
    if not amount_fen:
        return
    account_id = account_between(uow.session, *between)
    wanted = {"account": account_id, "amount": amount_fen}
    if account_id is None or not _changed(uow, _SET_ASIDE, wanted):
        left = available_between(uow.session, *between)
        raise InsufficientFunds(needed_fen=amount_fen, available_fen=left)
    row = {
        "account_id": account_id,
        "reference": reference,
        "amount_fen": amount_fen,
        "held_at": now,
    }
    uow.session.execute(sa.insert(_HOLD), row)


def release_funds(uow: UnitOfWork, reference: str, *, now: datetime) -> int:
    """Give free what is held for a booking; how much it was."""
    held = held_for(uow.session, reference)
    if held is None:
        return 0
    hold_id, account_id, amount_fen = held
    ended = sa.update(_HOLD).where(_HOLD.c.id == hold_id, _HOLD.c.released_at.is_(None))
    if not _changed(uow, ended.values(released_at=now), {}):
        return 0
    uow.session.execute(_SET_FREE, {"account": account_id, "amount": amount_fen})
    return amount_fen


def release_together(uow: UnitOfWork, references: Sequence[str], *, now: datetime) -> None:
    """Give free what is held for several bookings, in as many statements as for one."""
    ended = sa.update(_HOLD).where(
        _HOLD.c.reference.in_(sorted(references)), _HOLD.c.released_at.is_(None)
    )
    free: dict[int, int] = defaultdict(int)
    told = ended.values(released_at=now).returning(_HOLD.c.account_id, _HOLD.c.amount_fen)
    for account_id, amount_fen in uow.session.execute(told):
        free[account_id] += amount_fen
    if free:
        # One after the other, so that two who give free wait for each other in one order.
        changes = [{"account": one, "amount": free[one]} for one in sorted(free)]
        uow.session.connection().execute(_SET_FREE, changes)


def pay_from_prepaid(
    uow: UnitOfWork, reference: str, amount_fen: int, *, between: tuple[int, int], now: datetime
) -> int:
    """Pay what a company owes a provider from what it has there, as far as that goes; the rest
    stays owed. How much was paid."""
    account_id = account_between(uow.session, *between)
    if account_id is None or amount_fen <= 0:
        return 0
    uow.session.execute(_QUEUE, {"account": account_id})
    paid = min(amount_fen, available_between(uow.session, *between))
    if paid > 0:
        change_prepaid(uow, account_id, Movement(PrepaidKind.CHARGE, -paid, reference, made_at=now))
    return max(paid, 0)


def return_to_prepaid(
    uow: UnitOfWork,
    reference: str,
    amount_fen: int,
    *,
    drawn_by: tuple[str, ...],
    between: tuple[int, int],
    now: datetime,
) -> int:
    """Give back of what was paid for a charge that became cheaper; no more than was paid."""
    account_id = account_between(uow.session, *between)
    if account_id is None:
        return 0
    back = min(amount_fen, drawn_for(uow.session, drawn_by))
    if back > 0:
        change_prepaid(uow, account_id, Movement(PrepaidKind.RETURN, back, reference, made_at=now))
    return max(back, 0)


def change_prepaid(uow: UnitOfWork, account_id: int, movement: Movement) -> None:
    """One change of a balance, written down and posted."""
    organisation_id, provider_id = owners_of(uow.session, account_id)
    by_bank = movement.kind in {PrepaidKind.TOP_UP, PrepaidKind.REFUND}
    other = (
        (AccountKind.BANK, provider_id) if by_bank else (AccountKind.RECEIVABLE, organisation_id)
    )
    amount_fen = movement.amount_fen
    more = sa.update(_ACCOUNT).where(_THIS).values(balance_fen=_ACCOUNT.c.balance_fen + _AMOUNT)
    uow.session.execute(more, {"account": account_id, "amount": amount_fen})
    uow.session.execute(sa.insert(_ENTRY), {"account_id": account_id, **asdict(movement)})
    legs = [Leg(AccountKind.PREPAID, provider_id, -amount_fen), Leg(*other, amount_fen)]
    post(uow, f"prepaid:{movement.reference}", legs, at=movement.made_at)


def _changed(uow: UnitOfWork, statement: sa.Executable, values: Mapping[str, object]) -> bool:
    done = uow.session.execute(statement, values)
    return bool(done.rowcount)  # type: ignore[attr-defined]  # of an update
