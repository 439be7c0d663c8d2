"""A refusal as it leaves the house: a status, a code, and everything that helps the asker on.

JSON form: RFC 9457 `application/problem+json`; the words come from the catalogues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import ErrorDetails

from booking.kernel.errors import Alternative, BookingError, Conflict, Kind, Params, Violation
from booking.kernel.timespan import TimeSpan
from booking.web.json import json_safe, rfc3339
from booking.web.texts import UNREADABLE
from booking.web.words import words

FORM_INVALID: Final = "form.invalid"

# What a visitor may be told to wait before asking again.
_RETRY_SECONDS: Final[Mapping[str, int]] = {"busy": 30, "unavailable": 2}

STATUS: Final[Mapping[Kind, int]] = {
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "stale": 412,
    "invalid": 422,
    "busy": 429,
    "unavailable": 503,
}

# pydantic's own findings, as codes of ours; whatever is not listed is `form.value`.
_FINDINGS: Final[Mapping[str, str]] = {
    "missing": "form.missing",
    "extra_forbidden": "form.unknown_field",
    "json_invalid": "form.json_invalid",
    "string_too_short": "form.too_short",
    "string_too_long": "form.too_long",
    "too_long": "form.too_many",
    "too_short": "form.too_few",
    "greater_than": "form.too_small",
    "greater_than_equal": "form.too_small",
    "less_than": "form.too_large",
    "less_than_equal": "form.too_large",
    "enum": "form.not_offered",
    "literal_error": "form.not_offered",
    "string_pattern_mismatch": "form.pattern",
    "string_unicode": UNREADABLE,
}
_LIMITS: Final = ("min_length", "max_length", "gt", "ge", "lt", "le")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, without saying yet in which language or form."""

    status: int
    code: str
    kind: str
    params: Params = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    retry_after: int | None = None

    @property
    def title(self) -> str:
        """The kind of refusal in words."""
        return words(f"kind.{self.kind}")

    @property
    def detail(self) -> str:
        """This refusal in words."""
        return words(self.code, self.params)

    @property
    def yields(self) -> bool:
        """Whether only rules speak against it that yield to a reason of who may give one."""
        return bool(self.violations) and all(one.overridable for one in self.violations)

    @property
    def headers(self) -> dict[str, str]:
        """Headers that belong to the status."""
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        return headers | ({"www-authenticate": "Bearer"} if self.status == 401 else {})

    def as_json(self) -> dict[str, object]:
        """RFC 9457, with our additions where there is something to add."""
        body: dict[str, object] = {
            "type": f"urn:booking:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        added: dict[str, object] = {
            "params": json_safe(self.params),
            "violations": [violation_out(broken) for broken in self.violations],
            "conflicts": [conflict_out(one) for one in self.conflicts],
            "alternatives": [
                {"instrument_id": a.instrument_id} | _span(a.span) for a in self.alternatives
            ],
        }
        return body | {name: value for name, value in added.items() if value}


def problem_of(error: BookingError) -> Problem:
    """The facts of a domain error; it may say itself how long to wait (`retry_after` seconds)."""
    wait = error.params.get("retry_after", _RETRY_SECONDS.get(error.kind))
    return Problem(
        status=STATUS[error.kind],
        code=error.code,
        kind=error.kind,
        params=error.params,
        violations=error.violations,
        conflicts=error.conflicts,
        alternatives=error.alternatives,
        retry_after=wait if isinstance(wait, int) else None,
    )


def problem_of_kind(kind: Kind, code: str) -> Problem:
    """A refusal that no domain error stands behind."""
    return Problem(status=STATUS[kind], code=code, kind=kind, retry_after=_RETRY_SECONDS.get(kind))


def problem_of_input(findings: Sequence[ErrorDetails]) -> Problem:
    """What is wrong with a form or a body; one finding that has a code of its own lends it."""
    if any(finding["loc"][:1] == ("path",) for finding in findings):
        return problem_of_kind("missing", "not_found")
    violations = tuple(violation_of(finding) for finding in findings)
    own = [broken for broken in violations if not broken.code.startswith("form.")]
    return Problem(
        status=422,
        code=own[0].code if own else FORM_INVALID,
        kind="invalid",
        params=own[0].params if own else {},
        violations=violations,
    )


def violation_of(finding: ErrorDetails) -> Violation:
    """One finding of pydantic as a violation that names its field."""
    kind, context = finding["type"], finding.get("ctx", {})
    code = kind if "." in kind else _FINDINGS.get(kind, "form.value")
    limits = [context[name] for name in _LIMITS if name in context]
    params = {k: v for k, v in context.items() if "." in kind and not isinstance(v, Exception)}
    if limits and code.startswith("form."):
        params["limit"] = limits[0]
    return Violation(code, {"field": field_of(finding), **params})


def field_of(finding: ErrorDetails) -> str:
    """`steps.0.hour`: where in the form or body it was found."""
    places = [str(place) for place in finding["loc"]]
    outside = places and places[0] in {"body", "query", "header", "cookie", "form"}
    return ".".join(places[1:] if outside else places)


def conflict_out(conflict: Conflict) -> dict[str, object]:
    """Time that is taken, for programs; without saying by whom."""
    return _span(conflict.span) | {"kind": conflict.kind}


def violation_out(broken: Violation) -> dict[str, object]:
    return {
        "code": broken.code,
        "params": json_safe(broken.params),
        "overridable": broken.overridable,
        "detail": words(broken.code, broken.params),
    }


def _span(span: TimeSpan) -> dict[str, object]:
    return {"start": rfc3339(span.start), "end": rfc3339(span.end)}
