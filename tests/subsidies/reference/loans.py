"""Interest counted one day at a time: no segments, so that none can be cut wrongly."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def balances(loan: Json, day: date) -> list[tuple[date, Fraction]]:
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
            owed.append((first, Fraction(draw["amount"]) - falls))
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


def interest(
    programme: Json, loan: Json, *, start: date, end: date
) -> tuple[Fraction, Fraction, Fraction]:
    """All interest, what of it is eligible, and the discount: exact, without the day of `end`."""
    basis = {"act_360": 360, "act_365": 365}[programme["day_count"]]
    all_owed = eligible_owed = discount = Fraction(0)
    for number in range((end - start).days):
        day = start + timedelta(days=number)
        for first, owed in balances(loan, day):
            all_owed += owed
            if owed and eligible(programme, loan, day=day, first=first):
                eligible_owed += owed
                discount += owed * discount_rate(programme, loan, day)
    rate = Fraction(loan["annual_rate"])
    return all_owed * rate / basis, eligible_owed * rate / basis, discount / basis


def discount_rate(programme: Json, loan: Json, day: date) -> Fraction:
    value, actual = Fraction(programme["discount"]["value"]), Fraction(loan["annual_rate"])
    method = programme["discount"]["method"]
    if method == "points":
        return value
    return value * (actual if method == "share" else min(actual, lpr_on(loan, day)))
