"""Interest counted one day at a time: no segments, so that none can be cut wrongly."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def balances(loan: Json, day: date) -> list[tuple[Json, Fraction]]:
    """What is still owed of each draw on a day, repayments falling on the oldest first."""
    repaid = sum(
        (
            Fraction(paid["amount"])
            for paid in loan["repayments"]
            if date.fromisoformat(paid["date"]) <= day
        ),
        Fraction(0),
    )
    owed = []
    for draw in sorted(loan["draws"], key=lambda draw: str(draw["date"])):
        first = date.fromisoformat(draw["date"])
        if first <= day:
            falls = min(repaid, Fraction(draw["amount"]))
            repaid -= falls
            owed.append((draw, Fraction(draw["amount"]) - falls))
    return owed


def lpr_on(loan: Json, day: date) -> Fraction:
    known = [entry for entry in loan["lpr"] if entry["from"] <= day.isoformat()]
    return Fraction(max(known, key=lambda entry: str(entry["from"]))["rate"])


def overdue_on(loan: Json, day: date) -> bool:
    return any(span["from"] <= day.isoformat() < span["to"] for span in loan["overdue"])


def eligible(programme: Json, loan: Json, *, day: date, first: date) -> bool:
    """Whether what a draw of a first day still owes bears a subsidy on a day."""
    most = programme.get("max_days")
    if most is not None and day >= first + timedelta(days=most):
        return False
    return not (programme.get("exclude_overdue") and overdue_on(loan, day))


def for_orders(draw: Json, owed: Fraction, day: date) -> Fraction:
    """What is owed of a draw, as far as the order that it was for still costs as much."""
    entries = [one for one in draw.get("excess", []) if one["from"] <= day.isoformat()]
    beyond = max(entries, key=lambda one: str(one["from"]))["amount"] if entries else "0.00"
    return min(owed, max(Fraction(draw["amount"]) - Fraction(beyond), Fraction(0)))


def promise_part(programme: Json, loan: Json, day: date) -> Fraction:
    """All, nothing or a part, by the hours delivered in the year of a promise."""
    rule = programme.get("promised_hours", "ignored")
    for year in loan.get("promises", []):
        if rule != "ignored" and year["from"] <= day.isoformat() < year["to"]:
            kept = Fraction(year["delivered"]) / Fraction(year["promised"])
            return min(kept, Fraction(1)) if rule == "in_proportion" else Fraction(kept >= 1)
    return Fraction(1)


def interest(
    programme: Json, loan: Json, *, start: date, end: date
) -> tuple[Fraction, Fraction, Fraction]:
    """All interest, what of it is eligible, and the discount: exact, without the day of `end`."""
    kinds = programme.get("loan_kinds") or ["usage", "purchase"]
    basis = {"act_360": 360, "act_365": 365}[programme["day_count"]]
    all_owed = eligible_owed = discount = Fraction(0)
    for number in range((end - start).days):
        day = start + timedelta(days=number)
        for draw, owed in balances(loan, day):
            all_owed += owed
            first = date.fromisoformat(draw["date"])
            if (
                owed
                and loan.get("kind", "usage") in kinds
                and eligible(programme, loan, day=day, first=first)
            ):
                counted = for_orders(draw, owed, day) * promise_part(programme, loan, day)
                eligible_owed += counted
                if counted:
                    discount += counted * discount_rate(programme, loan, day)
    rate = Fraction(loan["annual_rate"])
    return all_owed * rate / basis, eligible_owed * rate / basis, discount / basis


def discount_rate(programme: Json, loan: Json, day: date) -> Fraction:
    value, actual = Fraction(programme["discount"]["value"]), Fraction(loan["annual_rate"])
    method = programme["discount"]["method"]
    if method == "points":
        return value
    return value * (actual if method == "share" else min(actual, lpr_on(loan, day)))
