"""Reading how much of a loan's interest a programme pays."""

from collections.abc import Mapping
from typing import Final

from booking.subsidies.rules import scalars
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import Discount, Method, PromisedHours

KEYS: Final = (
    *("discount", "day_count", "max_days", "exclude_overdue"),
    *("promised_hours", "loan_kinds"),
)
METHODS: Mapping[str, Method] = {
    "points": "points",
    "share": "share",
    "share_of_min": "share_of_min",
}
PROMISED_HOURS: Mapping[str, PromisedHours] = {
    "ignored": "ignored",
    "kept": "kept",
    "in_proportion": "in_proportion",
}
LOAN_KINDS: Mapping[str, str] = {"usage": "usage", "purchase": "purchase"}
DAY_COUNTS: Mapping[str, int] = {"act_360": 360, "act_365": 365}
_BOTH: tuple[str, ...] = ()


def read_discount(programme: Node) -> Discount:
    """The keys of an interest programme that say what is paid for."""
    node = programme.child("discount", ("method", "value"))
    if not programme.has("discount"):
        programme.fault("discount", "missing")
    get = programme.get
    return Discount(
        method=node.need("method", scalars.one_of(METHODS), otherwise="share"),
        value=node.need("value", scalars.rate, otherwise=0),
        day_count=get("day_count", scalars.one_of(DAY_COUNTS), default=360),
        max_days=get("max_days", _days, default=None),
        exclude_overdue=get("exclude_overdue", scalars.truth, default=True),
        promised_hours=get("promised_hours", scalars.one_of(PROMISED_HOURS), default="ignored"),
        loan_kinds=get("loan_kinds", scalars.some_of(LOAN_KINDS), default=_BOTH),
    )


def _days(value: object) -> int | None:
    return scalars.count(scalars.MOST_DAYS)(value)
