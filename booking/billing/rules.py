"""What a use or a fee amounts to, and how the reckoning is kept for whoever asks later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from booking.instruments.rules.pricing import PriceLine
from booking.instruments.rules.stretches import TimePart
from booking.instruments.rules.tariff import Basis
from booking.kernel.money import fen, yuan
from booking.kernel.timespan import TimeSpan

# Flags of a subsidy line that follow from who deals with whom.
INTERNAL_USE = "internal_use"
RELATED_PARTY = "related_party"
_SHORTEST_USE = timedelta(minutes=1)

Line = dict[str, object]


def paid_under(number: str, corrections: int) -> tuple[str, ...]:
    """Every reference under which a charge is paid from money paid in advance, or that comes
    back: its own, its corrections', and those of a voucher that pays a part of it."""
    numbers = (number, *(f"{number}/{n}" for n in range(1, corrections + 1)))
    return tuple(f"{by}:{one}" for by in ("charge", "voucher") for one in numbers)


def presence(started_at: datetime, ended_at: datetime) -> TimeSpan:
    """From check-in to check-out; leaving at once still was a use of a minute."""
    return TimeSpan(started_at, max(ended_at, started_at + _SHORTEST_USE))


def billed_span(basis: Basis, *, reserved: TimeSpan, actual: TimeSpan) -> TimeSpan:
    """The time that is charged; of two equally long ones the reserved.

    Whoever came early has taken that time from others: it counts as reserved too.
    """
    if basis is Basis.LARGER:
        return actual if actual.length > reserved.length else reserved
    if basis is Basis.ACTUAL:
        return actual
    return TimeSpan(min(actual.start, reserved.start), reserved.end)


def snapshot(lines: Sequence[PriceLine]) -> list[Line]:
    """Priced lines as they are kept and shown: amounts in yuan, with what explains them."""
    return [_kept(line) for line in lines]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A kept line, or a part of one, with its figures; a part has no amount of its own."""

    kind: str
    quantity: str
    unit_fen: int
    name: str = ""
    factor: str = "1"
    amount_fen: int | None = None
    is_minimum: bool = False
    parts: tuple["ShownLine", ...] = ()


def shown(lines: Iterable[Mapping[str, object]]) -> tuple[ShownLine, ...]:
    """What was kept, for a page."""
    return tuple(_shown(line) for line in lines)


def _shown(line: Mapping[str, object]) -> ShownLine:
    parts = line.get("parts")
    return ShownLine(
        kind=str(line.get("kind") or line.get("rate")),
        quantity=str(line["quantity"]),
        unit_fen=fen(str(line["unit_price"])),
        name=str(line.get("name", "")),
        factor=str(line.get("factor", "1")),
        amount_fen=fen(str(line["amount"])) if "amount" in line else None,
        is_minimum="minimum" in line,
        parts=shown(parts) if isinstance(parts, list) else (),
    )


def fee_line(kind: str, amount_fen: int) -> list[Line]:
    """A fee as the only line of its charge."""
    amount = yuan(amount_fen)
    return [{"kind": kind, "quantity": "1", "unit_price": amount, "amount": amount}]


def flags_between(
    user_id: int, provider_id: int, *, same_controller: bool, related: bool
) -> list[str]:
    """What keeps dealings between these two from being subsidised, as flags of a line."""
    if user_id == provider_id:
        return [INTERNAL_USE]
    return [RELATED_PARTY] if related or same_controller else []


def _kept(line: PriceLine) -> Line:
    kept: Line = {
        "kind": line.kind.value,
        "quantity": format(line.quantity, "f"),
        "unit_price": yuan(line.unit_fen),
        "amount": yuan(line.amount_fen),
    }
    if line.name:
        kept["name"] = line.name
    if len(line.parts) > 1 or line.minimum_fen is not None:
        kept["parts"] = [_part(part) for part in line.parts]
    if line.minimum_fen is not None:
        kept["minimum"] = yuan(line.minimum_fen)
    return kept


def _part(part: TimePart) -> Line:
    return {
        "rate": part.rate.value,
        "quantity": format(part.quantity, "f"),
        "unit_price": yuan(part.unit_fen),
        "factor": format(part.factor, "f"),
    }


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one person alone may take off a charge, and by which rule."""

    limit_fen: int
    note: str = ""
    assumed: bool = False


# An example until the centre says what holds: no document gives it.
ASSUMED_LIMIT: Final = Limit(50_000, assumed=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a charge was written with, what the facts and what people changed of it, in fen."""

    amount_fen: int
    by_facts_fen: int = 0
    adjusted_fen: int = 0

    @property
    def reckoned_fen(self) -> int:
        """What use and terms ask for, before anybody was lenient."""
        return self.amount_fen + self.by_facts_fen

    @property
    def total_fen(self) -> int:
        """What is owed."""
        return self.reckoned_fen + self.adjusted_fen

    def change_to(self, reckoned_fen: int) -> int:
        """What to enter so that use and terms ask for that; nothing is owed below nought."""
        return max(reckoned_fen - self.reckoned_fen, -self.total_fen)


def needs_second(amount_fen: int, *, alone_fen: int, limit_fen: int) -> bool:
    """Whether a change takes two: it makes dearer, or takes off more than one person may.

    `alone_fen` is what was taken off this charge without a second person before.
    """
    return amount_fen > 0 or alone_fen - amount_fen > limit_fen
