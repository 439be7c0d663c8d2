"""The interest that a settlement discounts: its own days, and those settled before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session, select

from booking.kernel.periods import Period
from booking.loans.queries.lines import loan_values
from booking.loans.rules.balances import Loan
from booking.subsidies.actions.draft_lines import LoanAnswer
from booking.subsidies.models.statement import Settlement
from booking.subsidies.queries.interest import interest_held
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.corrections import settle_interest
from booking.subsidies.rules.cycles import Days, settled_days
from booking.subsidies.rules.discounts import Held, Stretch
from booking.subsidies.rules.interest import window
from booking.subsidies.rules.programme import JointCap, Programme


@dataclass
class Borrowing:
    """The loans of a settlement; `frozen` are those whose statement of it is no draft any more."""

    session: Session
    period: Period
    settlement: Settlement
    frozen: Collection[int]

    def discounted(
        self, group: Sequence[Programme], joint_caps: Sequence[JointCap], balances: Balances
    ) -> tuple[list[LoanAnswer], Balances]:
        """What the versions of a programme pay for each loan, and the balances afterwards."""
        keys = {loan.loan_id: key for key, loan in self._loans.items()}
        found = settle_interest(
            group, self._stretches(group), joint_caps=joint_caps, balances=balances
        )
        answers = [LoanAnswer(result, keys[result.loan.loan_id]) for result in found.loans]
        return answers, found.balances

    def cycles(self, terms: Programme) -> list[Days]:
        """The days that are settled now, then those that were before."""
        now = settled_days(terms, self.period)
        before = {settled_days(terms, period) for period in self._settled}
        return [days for days in (now, *sorted(filter(None, before - {now}))) if days]

    def _stretches(self, group: Sequence[Programme]) -> list[Stretch]:
        """Also days settled before: a bank record that comes late may bear interest on days of
        which no line says anything yet."""
        known = interest_held(self.session, group)
        found = []
        for terms in group:
            for cycle in self.cycles(terms):
                days = window(terms, *cycle)
                for key, loan in self._loans.items():
                    held = known.get((key, terms.version, cycle), Held())
                    if days:
                        found.append(Stretch(terms, loan, days, held))
                    elif any(held):
                        # The version was ended before these days: nothing is due for them.
                        found.append(
                            Stretch(terms, loan._replace(draws=(), repayments=()), cycle, held)
                        )
        return found

    @cached_property
    def _settled(self) -> list[Period]:
        """The periods settled up to this one."""
        query = select(Settlement.period).where(
            Settlement.until <= self.period.until, Settlement.id != self.settlement.id
        )
        return [Period.parse(code) for code in self.session.exec(query)]

    @cached_property
    def _loans(self) -> dict[int, Loan]:
        """The loans of those whose statement is still open."""
        return {
            key: loan
            for key, loan in loan_values(self.session).items()
            if int(loan.user) not in self.frozen
        }
