"""The price shown when booking, as plain values that stay with the booking."""

from collections.abc import Mapping

from booking.instruments.rules.pricing import FixedFees, PriceLine, Quote
from booking.kernel.money import yuan


def snapshot_of(quote: Quote) -> dict[str, object]:
    """Lines and total in yuan strings, with what explains a time line; fixed fees if there are."""
    kept: dict[str, object] = {
        "lines": [_line(line) for line in quote.lines],
        "total": yuan(quote.total_fen),
        "basis": quote.basis.value,
        "vat_rate": str(quote.vat_rate),
        "vat": yuan(quote.vat_fen),
    }
    if quote.fees != FixedFees():
        kept["fees"] = fees_told(quote.fees)
    return kept


def with_fees(kept: Mapping[str, object], fees: FixedFees) -> dict[str, object]:
    """The same snapshot with other fixed fees."""
    rest = {name: value for name, value in kept.items() if name != "fees"}
    return rest if fees == FixedFees() else rest | {"fees": fees_told(fees)}


def fees_told(fees: FixedFees) -> dict[str, str]:
    """What giving back late and not coming cost besides a share of the price, in yuan strings."""
    return {"late_cancel": yuan(fees.late_cancel_fen), "no_show": yuan(fees.no_show_fen)}


def _line(line: PriceLine) -> dict[str, object]:
    plain: dict[str, object] = {
        "kind": line.kind.value,
        "quantity": str(line.quantity),
        "unit_price": yuan(line.unit_fen),
        "amount": yuan(line.amount_fen),
    }
    if line.name:
        plain["name"] = line.name
    if line.minimum_fen is not None:
        plain["minimum"] = yuan(line.minimum_fen)
    if len(line.parts) > 1:
        plain["parts"] = [
            {
                "per": part.rate.value,
                "quantity": str(part.quantity),
                "unit_price": yuan(part.unit_fen),
                "factor": str(part.factor),
            }
            for part in line.parts
        ]
    return plain


def as_typed(consumables: Mapping[str, int]) -> str:
    """Consumables as people type them into the panel."""
    return "、".join(f"{name} × {pieces}" for name, pieces in consumables.items())
