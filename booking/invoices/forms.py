"""What browsers and programs say of invoices and payments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field, create_model

from booking.billing.forms import NoSuchPeriod
from booking.files.forms import ChosenFile
from booking.invoices.queries.invoices import PapersWanted
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.rules.matching import Share
from booking.invoices.rules.told import InvoiceTold, PaymentTold
from booking.invoices.states import PaperState
from booking.kernel.periods import Period
from booking.web.forms import YuanField
from booking.web.json import YuanStr
from booking.web.moments import Day
from booking.web.texts import prose, text

# So many shares a page offers at once.
MATCH_ROWS: Final = 40
_MOST_FEN: Final = 10**13
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Number = Annotated[str, text(40, shortest=1)]
Code = Annotated[str, text(20)]
Uscc = Annotated[str, text(30)]
Name = Annotated[str, text(40)]
Note = Annotated[str, text(200)]
Reason = Annotated[str, prose(500, shortest=1)]
Bank = Annotated[str, text(100, shortest=1)]
Transaction = Annotated[str, text(64, shortest=1)]
_Bounds = Field(ge=-_MOST_FEN, le=_MOST_FEN)
Typed = Annotated[YuanField, _Bounds]
Amount = Annotated[YuanStr, _Bounds]


class InvoiceForm(BaseModel):
    """An invoice as it is read off the paper; `original` for a credit note."""

    kind: InvoiceKind
    number: Number
    code: Code = ""
    provider_id: RowId
    organisation_id: RowId
    seller_uscc: Uscc = ""
    buyer_uscc: Uscc = ""
    issued_on: Day
    net: Typed
    tax: Typed
    total: Typed
    original: Name = ""
    note: Note = ""
    paper: ChosenFile | None = None

    def told(self) -> InvoiceTold:
        return _invoice(self.model_dump(exclude={"paper"}))


class PaperForm(BaseModel):
    """The file alone, whatever else is typed already."""

    paper: ChosenFile


class PaymentForm(BaseModel):
    """A payment as the bank's receipt says; `original` for a refund."""

    organisation_id: RowId
    provider_id: RowId
    paid_on: Day
    amount: Typed
    bank: Bank
    bank_transaction_number: Transaction
    original: Name = ""
    note: Note = ""
    receipt: ChosenFile | None = None

    def told(self) -> PaymentTold:
        return _payment(self.model_dump(exclude={"receipt"}))


class ReasonForm(BaseModel):
    """Why something is voided."""

    reason: Reason


class KeepingForm(BaseModel):
    """Since when invoices are kept here; without a day, they are not."""

    first_day: Day | None = None
    reason: Annotated[str, text(200, shortest=1)]


class _Matched(BaseModel):
    def shares(self) -> Sequence[Share]:
        """The rows that are ticked."""
        return tuple(self._ticked(self.model_dump()))

    def _ticked(self, rows: dict[str, Any]) -> Iterator[Share]:
        for n in range(1, MATCH_ROWS + 1):
            number, amount = rows[f"number{n}"], rows[f"amount{n}"]
            if rows[f"pick{n}"] and number is not None:
                yield Share(number, amount or 0)


_ROW: Final[dict[str, Any]] = {
    "pick": (bool, False),
    "number": (Name | None, None),
    "amount": (Typed | None, None),
}
MatchForm = create_model(
    "MatchForm",
    __base__=_Matched,
    **{f"{name}{n}": kind for n in range(1, MATCH_ROWS + 1) for name, kind in _ROW.items()},
)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InvoiceBody(_Body):
    """An invoice as programs record it; a credit note is negative and names its `original` by
    reference or number."""

    kind: InvoiceKind
    number: Number
    code: Code = ""
    provider_id: RowId
    organisation_id: RowId
    seller_uscc: Uscc = ""
    buyer_uscc: Uscc
    issued_on: Day
    net: Amount
    tax: Amount
    total: Amount
    original: Name = ""
    note: Note = ""

    def told(self) -> InvoiceTold:
        return _invoice(self.model_dump())


class PaymentBody(_Body):
    """A payment of a company to a provider; a refund is negative and names its `original`."""

    organisation_id: RowId
    provider_id: RowId
    paid_on: Day
    amount: Amount
    bank: Bank
    bank_transaction_number: Transaction
    original: Name = ""
    note: Note = ""

    def told(self) -> PaymentTold:
        return _payment(self.model_dump())


class ShareBody(_Body):
    """So much for a charge, or for an invoice, by its number."""

    number: Name
    amount: Amount


class SharesBody(_Body):
    """How an invoice or a payment is shared out, beside what it is shared out already."""

    shares: Annotated[list[ShareBody], Field(min_length=1, max_length=200)]

    def told(self) -> Sequence[Share]:
        return tuple(Share(one.number, one.amount) for one in self.shares)


class ReasonBody(_Body):
    reason: Reason


def _invoice(given: dict[str, Any]) -> InvoiceTold:
    amounts = {f"{name}_fen": given.pop(name) for name in ("net", "tax", "total")}
    return InvoiceTold(**given, **amounts)


def _payment(given: dict[str, Any]) -> PaymentTold:
    return PaymentTold(amount_fen=given.pop("amount"), **given)


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """What an address narrows a list to; the export takes the same."""

    state: PaperState | None
    month: str
    words: str

    @property
    def wanted(self) -> PapersWanted:
        if not self.month:
            return PapersWanted(state=self.state, words=self.words)
        try:
            period = Period.parse(self.month)
        except ValueError as broken:
            raise NoSuchPeriod(period=self.month) from broken
        return PapersWanted(
            state=self.state, first=period.first, until=period.until, words=self.words
        )


def read_filter(
    state: Annotated[str, Query(pattern="^(recorded|checked|voided)?$")] = "",
    month: Annotated[str, Query(max_length=8)] = "",
    q: Annotated[str, Query(max_length=64)] = "",
) -> PaperFilter:
    """The filter of a list."""
    return PaperFilter(PaperState(state) if state else None, month, q.strip())


FilterDep = Annotated[PaperFilter, Depends(read_filter)]
