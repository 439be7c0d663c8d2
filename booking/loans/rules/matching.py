"""Which credit line a bank means, and which of its records fit what is known of the line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from booking.loans.rules.balances import Movement, impossible

# In each round every day's culprit goes; who needs more rounds is nobody's bank.
_MOST_ROUNDS = 40


class Names(NamedTuple):
    """By what a credit line of a bank may be called."""

    id: int
    number: str
    contract_number: str
    organisation: str
    bank: str


class Matching:
    """Credit lines of a bank by number, by contract, or by company where it has only one."""

    def __init__(self, lines: Iterable[Names], bank: str) -> None:
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        self._others: set[str] = set()
        self._numbers: dict[str, int] = {}
        for line in lines:
            if line.bank != bank:
                self._others |= {line.number, line.contract_number}
                continue
            self._numbers[line.number] = line.id
            for name in (line.contract_number, line.organisation):
                if name:
                    self._by_name[name].add(line.id)

    def find(self, account: str) -> tuple[int | None, str]:
        """The credit line, or why it is none."""
        if account in self._numbers:
            return self._numbers[account], ""
        meant = self._by_name.get(account, set())
        if len(meant) == 1:
            return next(iter(meant)), ""
        if meant:
            return None, "loan.row_unclear"
        if account and account in self._others:
            return None, "loan.row_other_bank"
        return None, "loan.row_unmatched"


def misfits(known: Sequence[Movement], new: Sequence[Movement], limit: int) -> Mapping[int, str]:
    """Which new movements (by line) cannot be, beside what is known: why, in a code."""
    found: dict[int, str] = {}
    left = list(new)
    for _ in range(_MOST_ROUNDS):
        culprits = {movement.line: movement for movement in impossible([*known, *left], limit)}
        if not culprits:
            return found
        found |= {
            line: "loan.row_over_limit" if movement.amount > 0 else "loan.row_over_repaid"
            for line, movement in culprits.items()
        }
        left = [movement for movement in left if movement.line not in culprits]
    return found | {movement.line: "loan.row_contradicts" for movement in left}
