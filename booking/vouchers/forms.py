"""What addresses say about redemptions, and what is sent of payments to providers."""

from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from booking.kernel.periods import Period
from booking.ledger.forms import Amount, RowId
from booking.vouchers.rules.paying import Paid
from booking.web.moments import Day
from booking.web.texts import text, title

PeriodQuery = Annotated[str, Query(max_length=10)]


def _of_a_period(code: str) -> str:
    try:
        return Period.parse(code).code
    except ValueError:
        raise PydanticCustomError("ledger.period_unreadable", "no period") from None


class PaymentForm(BaseModel):
    """To whom, for what, how much left the bank when, and how the bank calls it."""

    provider_id: RowId
    # Everything owed up to its end.
    period: Annotated[str, text(10, shortest=1), AfterValidator(_of_a_period)]
    amount: Amount
    paid_on: Day
    bank_reference: Annotated[str, title(40)]
    note: Annotated[str, text(200)] = ""

    def paid(self) -> Paid:
        return Paid(
            provider_id=self.provider_id,
            period=Period.parse(self.period),
            amount_fen=self.amount,
            paid_on=self.paid_on,
            bank_reference=self.bank_reference,
            note=self.note,
        )


class PaymentBody(PaymentForm):
    """`POST /voucher-payments`."""

    model_config = ConfigDict(extra="forbid")
