"""The price shown when booking, as plain values that stay with the booking."""

from booking.instruments.rules.pricing import PriceLine, Quote
from booking.kernel.money import yuan


def snapshot_of(quote: Quote) -> dict[str, object]:
    """Lines and total in yuan strings, with what explains a time line."""
    return {
        "lines": [_line(line) for line in quote.lines],
        "total": yuan(quote.total_fen),
        "basis": quote.basis.value,
        "vat_rate": str(quote.vat_rate),
        "vat": yuan(quote.vat_fen),
    }


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
