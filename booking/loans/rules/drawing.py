"""How much of a credit line may be drawn for a charge, and what speaks against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from booking.kernel.errors import Violation
from booking.kernel.money import yuan
from booking.loans.rules.balances import Draw, Excess


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A credit line at the moment of asking; `asked_fen` waits for the bank already."""

    limit_fen: int
    owed_fen: int
    asked_fen: int
    share: Fraction
    draws_on_orders: bool = True
    is_open: bool = True
    is_overdue: bool = False
    # The centre takes on no more loans of the kind.
    is_refused: bool = False

    @property
    def free_fen(self) -> int:
        """What is neither owed nor asked for."""
        return max(self.limit_fen - self.owed_fen - self.asked_fen, 0)


def most_for(line: Line, charge_fen: int) -> int:
    """The most that may be drawn for a charge now."""
    return min(part_of(charge_fen, line.share), line.free_fen)


def faults_of(line: Line, charge_fen: int, amount_fen: int) -> Iterator[Violation]:
    """Every reason against drawing an amount for a charge."""
    if not line.draws_on_orders:
        yield Violation("loan.draw_kind")
    if line.is_refused:
        yield Violation("loan.kind_refused", {"field": "loan"})
    if not line.is_open:
        yield Violation("loan.draw_not_open")
    if line.is_overdue:
        yield Violation("loan.draw_overdue")
    if amount_fen <= 0:
        yield Violation("loan.draw_nothing", {"field": "amount"})
    most = part_of(charge_fen, line.share)
    if amount_fen > most:
        yield Violation("loan.draw_over_share", {"field": "amount", "most": yuan(most)})
    if amount_fen > line.free_fen:
        yield Violation("loan.draw_over_free", {"field": "amount", "free": yuan(line.free_fen)})


def part_of(charge_fen: int, share: Fraction) -> int:
    """What may be drawn of a charge: never more than the share, to the fen."""
    return int(charge_fen * share)


def beyond(drawn_fen: int, charge_fen: int, share: Fraction) -> int:
    """What of a draw its charge does not need (any more)."""
    return max(drawn_fen - part_of(charge_fen, share), 0)


class Corrected(NamedTuple):
    """A charge from a day on, as an entry against it left it."""

    day: date
    charge_fen: int


def excess_of(draw: Draw, share: Fraction, corrected: Iterable[Corrected]) -> tuple[Excess, ...]:
    """What of a draw is for no order, from which day on; corrections in the order of entry.

    Of one day the last says how it stands; what was corrected before the draw counts from its day.
    """
    by_day = {
        max(one.day, draw.day): beyond(draw.amount, one.charge_fen, share) for one in corrected
    }
    return tuple(Excess(day, by_day[day]) for day in sorted(by_day))
