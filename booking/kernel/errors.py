"""Errors as facts: a kind, a code and parameters; never a sentence, never a status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from booking.kernel.timespan import TimeSpan

Kind = Literal[
    "unauthenticated", "forbidden", "missing", "conflict", "stale", "invalid", "busy", "unavailable"
]
Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that was broken, and what is needed to explain it."""

    code: str
    params: Params = field(default_factory=dict)
    overridable: bool = False


def codes_of(violations: Iterable[Violation]) -> tuple[str, ...]:
    """Which rules were broken, each once however often."""
    return tuple(dict.fromkeys(violation.code for violation in violations))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Time that is already taken, said without saying by whom."""

    span: TimeSpan
    kind: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Free time to propose instead."""

    instrument_id: int
    span: TimeSpan


class BookingError(Exception):
    """Why a deed was refused. Subclasses fix `kind` and `code`; words are in the catalogues."""

    kind: ClassVar[Kind] = "invalid"
    code: ClassVar[str] = "invalid"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params: dict[str, object] = params
        self.violations: tuple[Violation, ...] = ()
        self.conflicts: tuple[Conflict, ...] = ()
        self.alternatives: tuple[Alternative, ...] = ()


class NotFound(BookingError):
    """Absent, or not yours to know."""

    kind = "missing"
    code = "not_found"


class Forbidden(BookingError):
    """Known to you, but not yours to do."""

    kind = "forbidden"
    code = "forbidden"


class RulesBroken(BookingError):
    """Every rule that speaks against a deed, and free time instead where there is some."""

    code = "rules_broken"

    def __init__(
        self, violations: Iterable[Violation], alternatives: Iterable[Alternative] = ()
    ) -> None:
        super().__init__()
        self.violations = tuple(violations)
        self.alternatives = tuple(alternatives)
