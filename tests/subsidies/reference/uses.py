"""Steps 1 to 4 of the calculation: whether a line is eligible, its base, its rate and the raw."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

Json = dict[str, Any]

DATES = {
    "order": "order_date",
    "service_end": "service_end",
    "invoice": "invoice_date",
    "payment": "payment_date",
}


def day_of(programme: Json, line: Json) -> date | None:
    written = line.get(DATES[programme["dated_by"]])
    return date.fromisoformat(written) if written else None


def reasons(programme: Json, line: Json) -> set[str]:
    """Step 1: all of them, not the first."""
    return {*outside(programme, line), *unfit(programme, line), *excluded(programme, line)}


def outside(programme: Json, line: Json) -> Iterator[str]:
    day = day_of(programme, line)
    valid = programme["valid"]
    if day is None or not valid["from"] <= day.isoformat() <= valid["to"]:
        yield "not_in_force"
    asked = programme.get("eligibility", {}).get("qualifications_any")
    if asked and not any(qualified(programme, line, code) for code in asked):
        yield "qualification"


def unfit(programme: Json, line: Json) -> Iterator[str]:
    terms = programme.get("eligibility", {})
    for key, fact, reason in (
        ("regions", "user_region", "region"),
        ("provider_regions", "provider_region", "provider_region"),
        ("resource_kinds", "resource_kind", "resource_kind"),
    ):
        if terms.get(key) and line[fact] not in terms[key]:
            yield reason
    if Fraction(line["original_value"]) < Fraction(terms.get("min_original_value", "0")):
        yield "original_value"


def excluded(programme: Json, line: Json) -> Iterator[str]:
    terms = programme.get("eligibility", {})
    for flag in terms.get("exclude", []):
        if flag in line["flags"]:
            yield f"excluded:{flag}"
    if base(programme, line) < Fraction(terms.get("min_amount", "0")):
        yield "below_minimum"


def qualified(programme: Json, line: Json, code: str) -> bool:
    day = day_of(programme, line)
    return day is not None and any(
        held["code"] == code
        and held["from"] <= day.isoformat()
        and (held["to"] is None or day.isoformat() <= held["to"])
        for held in line["qualifications"]
    )


def base(programme: Json, line: Json) -> Fraction:
    """Step 2."""
    amounts = [Fraction(line[f"{name}_amount"]) for name in ("contract", "invoice", "paid")]
    chosen = {
        "min_of_all": min(amounts),
        "contract": amounts[0],
        "invoice": amounts[1],
        "paid": amounts[2],
    }[programme.get("base", "min_of_all")]
    return max(Fraction(0), chosen - Fraction(line.get("other_funding", "0")))


def holds(programme: Json, line: Json, when: Json) -> bool:
    tests = {
        "qualification": lambda code: qualified(programme, line, code),
        "user_region": lambda region: line["user_region"] == region,
        "provider_region": lambda region: line["provider_region"] == region,
        "flag": lambda flag: flag in line["flags"],
        "base_over": lambda amount: base(programme, line) > Fraction(amount),
    }
    return all(tests[key](value) for key, value in when.items())


def rate(programme: Json, line: Json) -> Fraction | None:
    """Step 3, tiers and bonuses; nothing when no tier matches."""
    terms = programme["rate"]
    matching = [
        Fraction(tier["rate"])
        for tier in terms["tiers"]
        if holds(programme, line, tier.get("when", {}))
    ]
    if not matching:
        return None
    combined = {"highest": max(matching), "first": matching[0], "sum": sum(matching, Fraction(0))}
    extra = [
        Fraction(bonus["rate"])
        for bonus in terms.get("bonus", [])
        if holds(programme, line, bonus.get("when", {}))
    ]
    total = combined[terms.get("combine", "highest")] + sum(extra, Fraction(0))
    return min(total, Fraction(terms.get("ceiling", "1")))


def banded(programme: Json, amount: Fraction) -> Fraction:
    """Step 3, brackets: each yuan at the rate of the band it lies in."""
    paid, start = Fraction(0), Fraction(0)
    for band in programme["brackets"]:
        end = Fraction(band["up_to"]) if "up_to" in band else max(amount, start)
        paid += max(Fraction(0), min(amount, end) - start) * Fraction(band["rate"])
        start = end
    return paid


def raw(programme: Json, line: Json) -> Fraction | None:
    """Step 4, before rounding; nothing when no tier matches."""
    amount = base(programme, line)
    if programme.get("brackets"):
        product: Fraction | None = banded(programme, amount)
    else:
        found = rate(programme, line)
        product = None if found is None else amount * found
    full = Fraction(programme.get("rate", {}).get("full_offset_up_to", "0"))
    return amount if product is not None and amount <= full else product


def rounded(exact: Fraction) -> Fraction:
    """Half a fen goes up."""
    return Fraction((exact * 100 * 2 + 1) // 2, 100)
