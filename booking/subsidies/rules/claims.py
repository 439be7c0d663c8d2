"""What a programme asks of a claim: an application in its windows, evidence, a deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from booking.subsidies.rules import scalars
from booking.subsidies.rules.faults import Bad
from booking.subsidies.rules.nodes import Node

Asks = Literal["required", "none"]
ASKS: Final[Mapping[str, Asks]] = {"required": "required", "none": "none"}
KEYS: Final = ("windows", "claim_within_days", "evidence", "application")
MOST_FILES: Final = 20
_APPLIED: Final = "application:"
_WINDOW_KEYS: Final = ("from", "to")
_EVIDENCE_KEYS: Final = ("code", "mandatory", "min_count", "applies_if")
Ends = tuple[int, int] | date


@dataclass(frozen=True, slots=True)
class Window:
    """When one may apply, both days included: of every year, or once."""

    first: Ends
    last: Ends

    def holds(self, day: date) -> bool:
        if isinstance(self.first, date) and isinstance(self.last, date):
            return self.first <= day <= self.last
        if isinstance(self.first, tuple) and isinstance(self.last, tuple):
            return self.first <= (day.month, day.day) <= self.last
        return False

    def days_in(self, year: int) -> tuple[date, date]:
        """Its first and its last day, where it is of every year: in that one."""
        return _day_in(year, self.first), _day_in(year, self.last)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kind of paper that an application has to bring, perhaps only of some applicants."""

    code: str
    mandatory: bool = True
    min_count: int = 1
    # Of whom it is asked: who holds this qualification; empty: of everybody.
    applies_if: str = ""

    def asked_of(self, held: Sequence[str]) -> bool:
        """Whether who holds these qualifications has to bring it."""
        return self.mandatory and (not self.applies_if or self.applies_if in held)


@dataclass(frozen=True, slots=True)
class Claims:
    """What is asked of a claim; nothing, where nothing is said."""

    required: bool = False
    windows: tuple[Window, ...] = ()
    within_days: int | None = None
    evidence: tuple[Evidence, ...] = ()

    def open_on(self, day: date) -> bool:
        """Whether one may apply on a day; without windows, always."""
        return not self.windows or any(window.holds(day) for window in self.windows)

    def closes_on(self, day: date) -> date | None:
        """The last day of the window that is open; None without windows, or between them."""
        return max((w.days_in(day.year)[1] for w in self.windows if w.holds(day)), default=None)

    def opens_on(self, day: date) -> date | None:
        """When one may next apply, on a day when one may not; None: never again."""
        coming = (w.days_in(year)[0] for w in self.windows for year in (day.year, day.year + 1))
        return min((first for first in coming if first > day), default=None)

    def covers_from(self, handed_in: date) -> date | None:
        """The first day whose uses an application still reaches; None: all."""
        return None if self.within_days is None else handed_in - timedelta(days=self.within_days)

    def missing(self, given: Mapping[str, int], held: Sequence[str]) -> list[tuple[str, int]]:
        """Which kinds of evidence are still to be given, and how many of each."""
        of_them = [one for one in self.evidence if one.asked_of(held)]
        short = [(one.code, one.min_count - given.get(one.code, 0)) for one in of_them]
        return [(code, count) for code, count in short if count > 0]


def application_code(programme: str) -> str:
    """How an accepted application stands among the qualifications of a line."""
    return f"{_APPLIED}{programme}"


def is_application(code: str) -> bool:
    """Whether what is held is an accepted application, and no qualification."""
    return code.startswith(_APPLIED)


def read_claims(node: Node, kind: str) -> Claims:
    """The keys about claims of a programme."""
    asks = node.get("application", scalars.one_of(ASKS), default="none")
    if asks == "required" and kind != "usage":
        node.fault("application", "usage_only")
    within = node.get("claim_within_days", _days, default=None)
    windows = tuple(_window(one) for one in node.children("windows", _WINDOW_KEYS))
    for key, said in (("windows", bool(windows)), ("claim_within_days", within is not None)):
        if said and asks != "required":
            node.fault(key, "needs_application")
    return Claims(asks == "required", windows, within, _evidence(node))


def _evidence(node: Node) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for item in node.children("evidence", _EVIDENCE_KEYS):
        one = Evidence(
            item.need("code", scalars.slug, otherwise="?"),
            item.get("mandatory", scalars.truth, default=True),
            item.get("min_count", scalars.count(MOST_FILES), default=1),
            item.get("applies_if", scalars.text, default="").strip(),
        )
        if any(other.code == one.code for other in found):
            item.fault("code", "duplicate")
        found.append(one)
    return tuple(found)


def _window(node: Node) -> Window:
    start: Ends = (1, 1)
    end: Ends = (12, 31)
    first = node.need("from", _end, otherwise=start)
    last = node.need("to", _end, otherwise=end)
    if isinstance(first, date) != isinstance(last, date):
        node.fault("to", "mixed_window")
    elif not Window(first, last).holds(_any_day(first)):
        node.fault("to", "ends_before_start")
    return Window(first, last)


def _day_in(year: int, end: Ends) -> date:
    if isinstance(end, date):
        return end
    # 29 February is no day of every year, and refused on entry.
    return date(year, *end)


def _any_day(end: Ends) -> date:
    return end if isinstance(end, date) else date(2001, *end)


def _end(value: object) -> Ends:
    try:
        return scalars.month_day(value)
    except Bad:
        return scalars.day(value)


def _days(value: object) -> int | None:
    return scalars.count(scalars.MOST_DAYS)(value)
