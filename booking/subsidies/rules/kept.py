"""Inputs of a line as a statement keeps them, and the line out of what was kept."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from booking.kernel.money import fen, yuan
from booking.subsidies.rules import scalars
from booking.subsidies.rules.caps import Cut
from booking.subsidies.rules.line import Held, Line, chosen_amount, dating
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.results import Result
from booking.subsidies.rules.scalars import RATE_ONE

# One encoder for all: making one costs more than most lines.
encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Kept = Mapping[str, object]


def inputs_text(line: Line) -> str:
    """The inputs of a line as JSON text, in the words of the programme format."""
    value = "null" if line.original_value is None else f'"{yuan(line.original_value)}"'
    return (
        f'{{"resource_kind":{_text(line.resource_kind)},"original_value":{value},'
        f'"user_region":{_text(line.user_region)},'
        f'"provider_region":{_text(line.provider_region)},'
        f'"qualifications":{_held(line.qualifications)},'
        f'"flags":{encoded(sorted(line.flags)) if line.flags else "[]"},'
        f'"order_date":{_day(line.order_date)},"service_end":{_day(line.service_end)},'
        f'"invoice_date":{_day(line.invoice_date)},"payment_date":{_day(line.payment_date)},'
        f'"contract_amount":"{yuan(line.contract_amount)}",'
        f'"invoice_amount":"{yuan(line.invoice_amount)}",'
        f'"paid_amount":"{yuan(line.paid_amount)}",'
        f'"other_funding":"{yuan(line.other_funding)}",'
        f'"submitted_at":"{line.submitted_at.isoformat()}"}}'
    )


def line_of(line_id: str, kept: Kept) -> Line:
    """The line whose inputs were kept; whose it was, the row beside them says."""
    value = kept.get("original_value")
    held = kept.get("qualifications")
    flags = kept.get("flags")
    return Line(
        line_id=line_id,
        resource_kind=str(kept["resource_kind"]),
        original_value=None if value is None else fen(str(value)),
        user_region=str(kept["user_region"]),
        provider_region=str(kept["provider_region"]),
        qualifications=tuple(_held_of(one) for one in held) if isinstance(held, list) else (),
        flags=frozenset(flags) if isinstance(flags, list) else frozenset(),
        order_date=_day_of(kept.get("order_date")),
        service_end=_day_of(kept.get("service_end")),
        invoice_date=_day_of(kept.get("invoice_date")),
        payment_date=_day_of(kept.get("payment_date")),
        contract_amount=fen(str(kept["contract_amount"])),
        invoice_amount=fen(str(kept["invoice_amount"])),
        paid_amount=fen(str(kept["paid_amount"])),
        other_funding=fen(str(kept["other_funding"])),
        submitted_at=datetime.fromisoformat(str(kept["submitted_at"])),
    )


def result_of(terms: Programme, line: Line, detail: Kept, *, before: int, payable: int) -> Result:
    """The result that was kept, as far as its steps need it."""
    rate, reasons, cuts = detail.get("rate"), detail.get("reasons"), detail.get("cuts")
    base = max(chosen_amount(terms.base)(line) - line.other_funding, 0)
    return Result(
        terms=terms,
        line=line,
        day=dating(terms.dated_by)(line),
        user="",
        reasons=tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
        base=base,
        rate=None if rate is None else scalars.rate(rate),
        raw=base * RATE_ONE,
        before=before,
        cuts=tuple(_cut(cut) for cut in cuts) if isinstance(cuts, list) else (),
        granted=payable,
        payable=payable,
    )


def cuts_json(cuts: tuple[Cut, ...]) -> list[dict[str, str]]:
    """Cuts as a statement keeps them."""
    return [{"reason": cut.reason, "amount": yuan(cut.amount)} for cut in cuts]


@lru_cache(maxsize=4096)
def _day(day: date | None) -> str:
    return "null" if day is None else f'"{day.isoformat()}"'


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    return encoded(text)


@lru_cache(maxsize=4096)
def _held(held: tuple[Held, ...]) -> str:
    return encoded([_told(one) for one in held])


def _told(held: Held) -> dict[str, str | None]:
    """A qualification; without a number as it was kept before numbers were."""
    last = held.last.isoformat() if held.last else None
    told: dict[str, str | None] = {"code": held.code, "from": held.first.isoformat(), "to": last}
    return {**told, "number": held.number} if held.number else told


def _held_of(kept: object) -> Held:
    one = kept if isinstance(kept, Mapping) else {}
    first, number = date.fromisoformat(str(one["from"])), str(one.get("number", ""))
    return Held(str(one["code"]), first, _day_of(one.get("to")), number)


def _day_of(kept: object) -> date | None:
    return None if kept is None else date.fromisoformat(str(kept))


def _cut(kept: object) -> Cut:
    one = kept if isinstance(kept, Mapping) else {}
    return Cut(str(one["reason"]), fen(str(one["amount"])))
