"""Fees: a share of the price, rounded once to the fen, and a fixed amount agreed with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from booking.instruments.rules.pricing import FixedFees
from booking.kernel.money import fen, half_up


def share_of(price_fen: int, percent: int) -> int:
    """`percent` of a price, half-up."""
    return half_up(Decimal(price_fen) * percent / 100)


def owed_for_less(owed_fen: int, percent: int, *, before_fen: int, after_fen: int) -> int:
    """What is owed for time given back, after the price changed again; taking it back undoes it."""
    return max(0, owed_fen + share_of(before_fen - after_fen, percent))


def agreed_fees(quote: Mapping[str, object]) -> FixedFees:
    """The fixed amounts that a booking keeps with its price; none where it names none."""
    kept = quote.get("fees")
    if not isinstance(kept, Mapping):
        return FixedFees()
    return FixedFees(fen(str(kept["late_cancel"])), fen(str(kept["no_show"])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forfeit:
    """What whoever gives a booking back late, or does not come, owes: shares of its price, and
    fixed amounts."""

    price_fen: int
    late_cancel_percent: int
    no_show_percent: int
    fixed: FixedFees

    @property
    def late_cancel_fen(self) -> int:
        return share_of(self.price_fen, self.late_cancel_percent) + self.fixed.late_cancel_fen

    @property
    def no_show_fen(self) -> int:
        return share_of(self.price_fen, self.no_show_percent) + self.fixed.no_show_fen

    def at_least(self, before: "Forfeit") -> FixedFees:
        """The fixed amounts with which neither is cheaper than it was."""
        return FixedFees(
            self.fixed.late_cancel_fen + max(0, before.late_cancel_fen - self.late_cancel_fen),
            self.fixed.no_show_fen + max(0, before.no_show_fen - self.no_show_fen),
        )
