"""How much of a credit line may be drawn for a charge, and what speaks against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from booking.kernel.errors import Violation
from booking.kernel.money import yuan


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

    @property
    def free_fen(self) -> int:
        """What is neither owed nor asked for."""
        return max(self.limit_fen - self.owed_fen - self.asked_fen, 0)


def most_for(line: Line, charge_fen: int) -> int:
    """The most that may be drawn for a charge now."""
    return min(_part_of(charge_fen, line.share), line.free_fen)


def faults_of(line: Line, charge_fen: int, amount_fen: int) -> Iterator[Violation]:
    """Every reason against drawing an amount for a charge."""
    if not line.draws_on_orders:
        yield Violation("loan.draw_kind")
    if not line.is_open:
        yield Violation("loan.draw_not_open")
    if line.is_overdue:
        yield Violation("loan.draw_overdue")
    if amount_fen <= 0:
        yield Violation("loan.draw_nothing", {"field": "amount"})
    most = _part_of(charge_fen, line.share)
    if amount_fen > most:
        yield Violation("loan.draw_over_share", {"field": "amount", "most": yuan(most)})
    if amount_fen > line.free_fen:
        yield Violation("loan.draw_over_free", {"field": "amount", "free": yuan(line.free_fen)})


def _part_of(charge_fen: int, share: Fraction) -> int:
    # Never more than the share, to the fen.
    return int(charge_fen * share)
