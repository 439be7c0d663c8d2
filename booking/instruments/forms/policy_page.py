"""The booking rules as they are filled in on a page: sentences with gaps, rows of limits and peaks.

Lengths are typed as people say them, `2 天`, `1.5 小时`, `90 min`; a number alone means minutes.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.forms.terms import Length, PolicyForm
from booking.instruments.forms.texts import Minutes, TypedBegin, TypedClock
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.rules.customer import RULE_CLASSES
from booking.instruments.rules.terms import PER_CLASS, PolicyTerms, ServiceMode
from booking.web.formats import length_text
from booking.web.forms import Filled, LocalMoment
from booking.web.texts import text, title

USUAL_QUOTAS, MOST_QUOTAS = 2, 20
USUAL_PEAKS, MOST_PEAKS = 1, 20
_MINUTES: Final = {"d": 1440, "h": 60, "m": 1}
_UNITS: Final = {"天": "d", "日": "d", "小时": "h", "时": "h", "分钟": "m", "分": "m"}
_PIECE: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s*(天|日|小时|时|分钟|分|d(?:ays?)?|h(?:ours?)?|m(?:in(?:utes?)?)?)?\s*"
)
_LENGTHS: Final = tuple(name for name in PolicyForm.model_fields if name.endswith("_minutes"))
_NOT_PLAIN: Final = {"quotas", "peak_hours", "horizon_days", "per_class", "valid_from"}
_OWN: Final = tuple(f"{rule}_{name}" for rule in PER_CLASS for name in RULE_CLASSES)


def minutes_of(typed: object) -> object:
    """A typed length in minutes; what cannot be read is left for the field to refuse."""
    text = str(typed).strip().lower()
    whole, at = Decimal(0), 0
    # Piece by piece: one expression for all of them could be made to try for ever.
    while piece := _PIECE.match(text, at):
        number, unit = piece.groups(default="")
        whole, at = whole + Decimal(number) * _MINUTES[_unit(unit)], piece.end()
    is_read = 0 < at == len(text) and whole == whole.to_integral_value()
    return int(whole) if is_read else typed


def _unit(typed: str) -> str:
    return _UNITS.get(typed, typed[:1] or "m")


class _Sentences(PolicyForm):
    """One horizon per class, boxes not ticked not sent, a row of fields for each quota."""

    follows_statutory_calendar: bool = False
    more: Annotated[str, text(10)] = ""
    # Whom and when the rules are tried on before they are kept.
    try_company: Annotated[str, title(100)] = ""
    try_start: LocalMoment | None = None
    try_end: LocalMoment | None = None
    try_mode: ServiceMode | None = None

    @model_validator(mode="before")
    @classmethod
    def _lengths(cls, told: Any) -> Any:
        if not isinstance(told, Mapping):
            return told
        lengths = {*_LENGTHS, *_OWN}
        return {k: minutes_of(typed) if k in lengths else typed for k, typed in told.items()}

    @model_validator(mode="after")
    def _own_lengths_in_order(self) -> Self:
        for name in RULE_CLASSES:
            own = self._own_rules(name)
            shortest = own.get("shortest_minutes", self.shortest_minutes)
            if shortest > own.get("longest_minutes", self.longest_minutes):
                raise PydanticCustomError("policy.lengths_backwards", "shortest above longest")
        return self

    @model_validator(mode="after")
    def _peaks_whole(self) -> Self:
        for n in range(1, MOST_PEAKS + 1):
            days, begins, ends = (getattr(self, f"peak{n}_{part}") or None for part in _PEAK)
            if len({days is None, begins is None, ends is None}) > 1:
                raise PydanticCustomError("policy.peak_incomplete", "half a row")
            if begins is not None and begins == ends:
                raise PydanticCustomError("tariff.peak_backwards", "begins when it ends")
        return self

    def terms(self) -> PolicyTerms:
        told = {name: getattr(self, name) for name in PolicyForm.model_fields}
        told["horizon_days"] = {
            name: days
            for name in RULE_CLASSES
            if (days := getattr(self, f"horizon_{name}")) is not None
        }
        told["quotas"] = [
            {part: getattr(self, f"quota{n}_{part}") for part in _QUOTA}
            for n in range(1, MOST_QUOTAS + 1)
            if getattr(self, f"quota{n}_limit") is not None
        ]
        told["peak_hours"] = [
            {part: getattr(self, f"peak{n}_{part}") for part in _PEAK}
            for n in range(1, MOST_PEAKS + 1)
            if getattr(self, f"peak{n}_from") is not None
        ]
        told["per_class"] = {name: own for name in RULE_CLASSES if (own := self._own_rules(name))}
        return PolicyForm(**told).terms()

    def _own_rules(self, name: str) -> dict[str, int]:
        own = {rule: getattr(self, f"{rule}_{name}") for rule in PER_CLASS}
        return {rule: minutes for rule, minutes in own.items() if minutes is not None}


_Days = Annotated[int, Field(ge=0, le=3660)]
_QUOTA: Final[Mapping[str, Any]] = {
    "per": (Annotated[str, Field(pattern="^(person|organisation)$")], "organisation"),
    "measure": (Annotated[str, Field(pattern="^(hours|count)$")], "hours"),
    "period": (Annotated[str, Field(pattern="^(day|week|month|open)$")], "week"),
    "limit": (Annotated[int, Field(ge=0, le=100_000)] | None, None),
    "customer_class": (
        Annotated[str, Field(pattern="^(enterprise|academic|internal)?$")],
        "",
    ),
}
_PEAK: Final[Mapping[str, Any]] = {
    "weekdays": (list[Annotated[int, Field(ge=1, le=7)]], Field(default_factory=list)),
    "from": (TypedBegin | None, None),
    "to": (TypedClock | None, None),
}
_ROWS: Final[dict[str, Any]] = {
    **{
        f"quota{n}_{part}": field
        for n in range(1, MOST_QUOTAS + 1)
        for part, field in _QUOTA.items()
    },
    **{f"peak{n}_{part}": field for n in range(1, MOST_PEAKS + 1) for part, field in _PEAK.items()},
    **{f"horizon_{name}": (_Days | None, None) for name in RULE_CLASSES},
    **{name: ((Minutes if name.startswith("notice") else Length) | None, None) for name in _OWN},
}
PolicyPage = create_model("PolicyPage", __base__=_Sentences, **_ROWS)


def quotas_shown(form: Filled[Any], *, more: bool) -> range:
    """The numbers of the rows to show: as many as were sent, perhaps one more."""
    sent = [n for n in range(1, MOST_QUOTAS + 1) if f"quota{n}_limit" in form.typed]
    wanted = max(USUAL_QUOTAS, max(sent, default=0) + (1 if more else 0))
    return range(1, min(wanted, MOST_QUOTAS) + 1)


def peaks_shown(form: Filled[Any], *, more: bool) -> range:
    """The same for peak hours."""
    sent = [n for n in range(1, MOST_PEAKS + 1) if f"peak{n}_from" in form.typed]
    wanted = max(USUAL_PEAKS, max(sent, default=0) + (1 if more else 0))
    return range(1, min(wanted, MOST_PEAKS) + 1)


def as_typed(held: BookingPolicy | None) -> dict[str, object]:
    """A kept policy, or what holds without one, as the fields of the page."""
    row: BookingPolicy | PolicyTerms = held or PolicyTerms()
    plain = set(PolicyForm.model_fields) - _NOT_PLAIN
    fields: dict[str, object] = {name: getattr(row, name) for name in plain}
    fields |= {name: _as_said(fields[name]) for name in _LENGTHS}
    fields |= {f"horizon_{name}": days for name, days in row.horizon_days.items()}
    for n, quota in enumerate(held.quotas if held else (), 1):
        fields |= {f"quota{n}_{part}": value for part, value in quota.items()}
    for n, band in enumerate(held.peak_hours if held else (), 1):
        fields |= {f"peak{n}_{part}": value for part, value in band.items()}
    for name, own in row.per_class.items():
        fields |= {f"{rule}_{name}": _as_said(minutes) for rule, minutes in own.items()}
    return fields


def _as_said(minutes: object) -> str:
    return "" if minutes is None else length_text(timedelta(minutes=int(str(minutes))))
