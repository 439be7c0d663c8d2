"""Invoices and payments of the played history: labs invoice a month, companies pay, finance checks.

Of each month some pairs only: the rest waits, so that every list shows something in every state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Final

from booking.access.actor import HOUSE, Actor
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.judge_invoice import check_invoice
from booking.invoices.actions.judge_payment import check_payment
from booking.invoices.actions.match_charges import match_charges
from booking.invoices.actions.match_invoices import match_invoices
from booking.invoices.actions.record_invoice import record_invoice
from booking.invoices.actions.record_payment import record_payment
from booking.invoices.models import Invoice
from booking.invoices.queries.matches import Pair, open_charges, pairs_with_open_charges
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.rules.matching import Share
from booking.invoices.rules.told import InvoiceTold, PaymentTold
from booking.kernel.clock import local
from booking.kernel.money import half_up
from booking.kernel.periods import Period
from booking.seeding.playing import Stage

_DAY: Final = timedelta(days=1)
_PAIRS: Final = 4
# 现代服务业, as the examples charge it.
_WITH_TAX: Final = Fraction(106, 100)


@dataclass
class Counting:
    """Who checks, and what was invoiced and waits to be paid."""

    stage: Stage
    finance: Actor
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _unpaid: list[Invoice] = field(default_factory=list)

    def plan(self, first: datetime, now: datetime) -> None:
        """On the fifth, the eighth and the twelfth of every month."""
        month = Period.month_at(first)
        while month.span.end + 5 * _DAY <= now:
            start = month.span.end + timedelta(hours=10)
            self.stage.later(start + 4 * _DAY, self.invoice)
            self.stage.later(start + 7 * _DAY, self.check)
            self.stage.later(start + 11 * _DAY, self.pay)
            month = month.next()

    def invoice(self, uow: UnitOfWork, now: datetime) -> None:
        for pair in pairs_with_open_charges(uow.session, before=now, limit=_PAIRS):
            self.stage.attempt("invoice", lambda pair=pair: self._invoice(uow, pair, now))  # type: ignore[misc]  # bound now

    def _invoice(self, uow: UnitOfWork, pair: Pair, now: datetime) -> Invoice:
        opens = open_charges(uow.session, pair.organisation_id, pair.provider_id)
        total = sum(one.open_fen for one in opens)
        net = half_up(total / _WITH_TAX)
        told = InvoiceTold(
            kind=InvoiceKind.DIGITAL_ORDINARY,
            number=f"2661{next(self._numbers):016d}",
            provider_id=pair.provider_id,
            organisation_id=pair.organisation_id,
            buyer_uscc=pair.uscc,
            issued_on=local(now).date(),
            net_fen=net,
            tax_fen=total - net,
            total_fen=total,
            note="示例发票",
        )
        made = record_invoice(uow, told, actor=HOUSE, now=now)
        shares = [Share(one.number, one.open_fen) for one in opens]
        match_charges(uow, made.reference, shares, actor=HOUSE, now=now)
        self._unpaid.append(made)
        return made

    def check(self, uow: UnitOfWork, now: datetime) -> None:
        """All but the last, which waits in finance's queue."""
        for made in self._unpaid[:-1]:
            self.stage.attempt(
                "check invoice",
                lambda made=made: check_invoice(uow, made.reference, actor=self.finance, now=now),  # type: ignore[misc]  # bound now
            )

    def pay(self, uow: UnitOfWork, now: datetime) -> None:
        """Every second one is paid, and every payment but the last checked."""
        paid, self._unpaid = self._unpaid[::2], []
        for made in paid:
            self.stage.attempt("pay invoice", lambda made=made: self._pay(uow, made, paid, now=now))  # type: ignore[misc]  # bound now

    def _pay(
        self, uow: UnitOfWork, invoice: Invoice, paid: Sequence[Invoice], *, now: datetime
    ) -> None:
        told = PaymentTold(
            organisation_id=invoice.organisation_id,
            provider_id=invoice.provider_id,
            paid_on=local(now).date(),
            amount_fen=invoice.total_fen,
            bank="示例银行",
            bank_transaction_number=f"示例{next(self._numbers):010d}",
        )
        made = record_payment(uow, told, actor=HOUSE, now=now)
        share = Share(invoice.reference, invoice.total_fen)
        match_invoices(uow, made.reference, [share], actor=HOUSE, now=now)
        if invoice is not paid[-1]:
            check_payment(uow, made.reference, actor=self.finance, now=now)
