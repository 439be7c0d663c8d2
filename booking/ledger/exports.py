"""The ledger as accounting tools read it: Beancount text, and an account's entries as a table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from sqlmodel import Session

from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.models import AccountKind
from booking.ledger.queries.pages import AccountRow, MovedRow, accounts, moved_within

BEANCOUNT: Final = "text/x-beancount; charset=utf-8"
_CURRENCY: Final = "CNY"
_ROOTS: Final[Mapping[AccountKind, str]] = {
    AccountKind.RECEIVABLE: "Assets:Receivable",
    AccountKind.BANK: "Assets:Bank",
    AccountKind.REVENUE: "Income:Use",
    AccountKind.SUBSIDY_EXPENSE: "Expenses:Subsidy",
    AccountKind.SUBSIDY_PAYABLE: "Liabilities:Subsidy",
    AccountKind.PREPAID: "Liabilities:Prepaid",
    AccountKind.VOUCHER_CLAIM: "Assets:Voucher",
    AccountKind.VOUCHER_PAYABLE: "Liabilities:Voucher",
}


def beancount(session: Session, period: Period) -> Iterator[bytes]:
    """A period's postings between what every account held before and what it held after.

    Balances stand at the ends, so that a tool proves them; the same books give the same bytes.
    """
    rows = accounts(session, period.span)
    names = {row.id: account_name(row) for row in rows}
    yield from _lines(_head(rows, period, names))
    for _, entries in groupby(moved_within(session, period.span), key=lambda one: one.posting_id):
        yield from _lines(_posting(list(entries), names))
    yield from _lines(_balances(rows, period.until, names))


def account_name(row: AccountRow) -> str:
    """What an account is called there: by the number of its owner, for names may change."""
    return f"{_ROOTS[row.kind]}:O{row.organisation_id}"


def _head(rows: Sequence[AccountRow], period: Period, names: Mapping[int, str]) -> Iterator[str]:
    yield f'option "title" {_quoted(f"仪器共享平台 {period.code}")}'
    yield f'option "operating_currency" "{_CURRENCY}"'
    yield ""
    for row in rows:
        yield f"{period.first} open {names[row.id]} {_CURRENCY}"
        yield f"  owner: {_quoted(row.owner)}"
    held = [row for row in rows if row.opening_fen]
    if held:
        yield ""
        yield f'{period.first} * "opening balances"'
        yield from (_leg(names[row.id], row.opening_fen) for row in held)


def _posting(entries: Sequence[MovedRow], names: Mapping[int, str]) -> Iterator[str]:
    first = entries[0]
    yield ""
    yield f"{local(first.at):%Y-%m-%d} * {_quoted(first.reference)} {_quoted(first.memo)}"
    yield f'  at: "{local(first.at).isoformat()}"'
    yield from (_leg(names[entry.account_id], entry.amount_fen) for entry in entries)


def _balances(rows: Sequence[AccountRow], until: date, names: Mapping[int, str]) -> Iterator[str]:
    yield ""
    for row in rows:
        yield f"{until} balance {names[row.id]} {yuan(row.closing_fen)} {_CURRENCY}"


def _leg(name: str, amount_fen: int) -> str:
    return f"  {name}  {yuan(amount_fen)} {_CURRENCY}"


def _quoted(text: str) -> str:
    """On one line, as Beancount reads texts."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _lines(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield f"{line}\n".encode()
