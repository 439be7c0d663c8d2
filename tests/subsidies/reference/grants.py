"""Steps 5 and 6: caps, stacking, joint caps, budgets, each summed anew from earlier grants."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


@dataclass
class Grant:
    """What one programme grants for one line or one loan."""

    programme: Json
    item: str
    beneficiary: str
    group: str
    base: Fraction
    before: Fraction
    order: tuple[str, str]
    provider: str = ""
    instrument: str = ""
    day: date | None = None
    granted: Fraction = Fraction(0)
    payable: Fraction = Fraction(0)
    cuts: list[tuple[str, Fraction]] = field(default_factory=list)

    def cut_to(self, left: Fraction, reason: str) -> None:
        if left < self.granted:
            self.cuts.append((reason, self.granted - left))
            self.granted = left


def year_of(period: object, day: date) -> int:
    """The period a day falls in, named by the calendar year in which it begins."""
    start = {"calendar_year": "01-01", "academic_year": "09-01"}.get(str(period))
    if start is None and isinstance(period, dict):
        start = period["starts"]
    month, first = (int(part) for part in str(start).split("-"))
    return day.year if (day.month, day.day) >= (month, first) else day.year - 1


def key_of(grant: Grant, scope: str) -> tuple[object, ...]:
    """Who shares one cap of a scope."""
    if scope in {"line", "loan"}:
        return (grant.item,)
    names: dict[str, tuple[object, ...]] = {
        "instrument": (grant.beneficiary, grant.instrument),
        "user": (grant.beneficiary,),
        "group": (grant.group or grant.beneficiary,),
        "provider": (grant.provider,),
    }
    period = grant.programme.get("period", "calendar_year")
    return (*names[scope], grant.day and year_of(period, grant.day))


def spent(earlier: list[Grant], grant: Grant, scope: str, programmes: set[str]) -> Fraction:
    return sum(
        (
            other.granted
            for other in earlier
            if other.programme["id"] in programmes and key_of(other, scope) == key_of(grant, scope)
        ),
        Fraction(0),
    )


def settle_one(grant: Grant, earlier: list[Grant], joint_caps: list[Json]) -> None:
    """Own caps, stacking, joint caps, first-come budget: in this order."""
    identity = grant.programme["id"]
    grant.granted = grant.before
    for cap in grant.programme.get("caps", []):
        left = Fraction(cap["amount"]) - spent(earlier, grant, cap["scope"], {identity})
        grant.cut_to(left, f"cap:{cap['scope']}")
    others = [old for old in earlier if old.item == grant.item and old.programme["id"] != identity]
    # What an earlier programme could not pay for want of budget is not in the later one's way.
    stacked = sum((old.payable for old in others), Fraction(0))
    grant.cut_to(max(Fraction(0), grant.base - stacked), "stacking")
    for joint in joint_caps:
        if identity in joint["programmes"]:
            shared = spent(earlier, grant, joint["scope"], set(joint["programmes"]))
            grant.cut_to(Fraction(joint["amount"]) - shared, f"joint:{joint['scope']}")
    budget = grant.programme.get("budget")
    if budget and budget["rule"] == "first_come":
        gone = sum((old.granted for old in earlier if old.programme["id"] == identity), Fraction(0))
        grant.cut_to(Fraction(budget["amount"]) - gone, "budget")
    grant.payable = grant.granted


def cycle_of(programme: Json, day: date) -> tuple[int, int]:
    """A month, a calendar quarter, or the programme's own year."""
    settlement = programme.get("settlement", "monthly")
    if settlement == "yearly":
        return year_of(programme.get("period", "calendar_year"), day), 0
    return day.year, day.month if settlement == "monthly" else (day.month - 1) // 3


def share(grants: list[Grant], programme: Json) -> None:
    """The pro rata budget, for each settlement cycle by itself."""
    budget = programme.get("budget")
    if not budget or budget["rule"] != "pro_rata":
        return
    cycles: dict[tuple[int, int], list[Grant]] = {}
    for grant in grants:
        if grant.day is not None:
            cycles.setdefault(cycle_of(programme, grant.day), []).append(grant)
    for members in cycles.values():
        share_cycle(members, int(Fraction(budget["amount"]) * 100))


def share_cycle(members: list[Grant], fen: int) -> None:
    total = sum((grant.granted for grant in members), Fraction(0))
    if total * 100 <= fen:
        return
    exact = {grant.item: grant.granted * fen / total for grant in members}
    floors = {item: part.numerator // part.denominator for item, part in exact.items()}
    left = fen - sum(floors.values())
    ranked = sorted(members, key=lambda one: (floors[one.item] - exact[one.item], one.order))
    for place, grant in enumerate(ranked):
        grant.payable = Fraction(floors[grant.item] + (1 if place < left else 0), 100)
        if grant.payable < grant.granted:
            grant.cuts.append(("budget", grant.granted - grant.payable))
