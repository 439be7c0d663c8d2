"""What addresses say about the ledger, and what is sent of payments in advance."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from booking.kernel.periods import Period
from booking.ledger.errors import LedgerPeriodUnreadable
from booking.web.json import YuanStr
from booking.web.texts import text, title

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Amount = Annotated[YuanStr, Field(gt=0, le=10_000_000_000)]


def period_named(code: str) -> Period | None:
    """The period of an address; none for all time."""
    if not code:
        return None
    try:
        return Period.parse(code)
    except ValueError as broken:
        raise LedgerPeriodUnreadable(period=code) from broken


class RefundForm(BaseModel):
    """What was paid back, and how the bank calls it."""

    amount: Amount
    bank_reference: Annotated[str, title(40)]
    note: Annotated[str, text(200)] = ""


class TopUpForm(RefundForm):
    """What a company (by credit code or name) has paid a provider in advance."""

    company: Annotated[str, title(200)]
    provider_id: RowId


class RefundBody(RefundForm):
    """`POST /prepayments/{id}/refunds`."""

    model_config = ConfigDict(extra="forbid")


class TopUpBody(TopUpForm):
    """`POST /prepayments`."""

    model_config = ConfigDict(extra="forbid")
