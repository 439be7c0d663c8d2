"""What an organisation must be: a well-formed credit code, qualifications judged at a date."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from booking.kernel.errors import Violation
from booking.organisations.states import OrganisationKind

# GB 32100-2015: no I, O, S, V, Z; the weight of place i is 3^(i-1) mod 31.
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH = 18
_WEIGHTS = tuple(pow(3, place, 31) for place in range(USCC_LENGTH - 1))
_REGION = range(2, 8)


class District(StrEnum):
    """The five new cities of the zone, its financial district, and everywhere else."""

    ENERGY_TRADE = "energy_trade"
    FENGDONG = "fengdong"
    FENGXI = "fengxi"
    QINHAN = "qinhan"
    KONGGANG = "konggang"
    JINGHE = "jinghe"
    OUTSIDE = "outside"


class QualificationCode(StrEnum):
    """The qualifications that the centre knows by name; programmes may ask for others."""

    TECH_SME = "tech_sme"
    HNTE = "hnte"
    SFUI_SME = "sfui_sme"
    ABOVE_SCALE = "above_scale"
    STARTUP_TEAM = "startup_team"


# These warn and never refuse: the formats are customs of the issuers, not standards.
_NUMBER_PATTERNS: dict[str, re.Pattern[str]] = {
    QualificationCode.TECH_SME: re.compile(r"20\d{2}\d{6}[0-9A-Z]{2}\d{6}"),
    QualificationCode.HNTE: re.compile(r"GR20\d{10}"),
}


def compact_uscc(text: str) -> str:
    """The code as it is stored: full-width signs folded, blanks and hyphens dropped, upper case."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


# What legal form a name ends with says nothing about whose name it is.
_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "公司", "集团")


def name_core(name: str) -> str:
    """What is left of a name without brackets, blanks, case and legal form; never nothing."""
    folded = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", name)).casefold()
    core = folded
    for form in _FORMS:
        core = core.removesuffix(form)
    return core or folded


def uscc_check_digit(body: str) -> str:
    """The eighteenth sign that belongs to seventeen others."""
    total = sum(
        USCC_LETTERS.index(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True)
    )
    return USCC_LETTERS[-total % 31]


def uscc_violation(text: str) -> Violation | None:
    """The first thing wrong with a credit code, with what is needed to point at it."""
    code = compact_uscc(text)
    if len(code) != USCC_LENGTH:
        return Violation("uscc.length", {"length": len(code), "expected": USCC_LENGTH})
    for place, sign in enumerate(code):
        if sign not in (USCC_LETTERS[:10] if place in _REGION else USCC_LETTERS):
            return Violation("uscc.letter", {"letter": sign, "position": place + 1})
    if uscc_check_digit(code[:-1]) != code[-1]:
        return Violation("uscc.check_digit", {"found": code[-1]})
    return None


def uscc_fault(text: str) -> str | None:
    """What is wrong with a credit code as a code of the catalogue, or nothing."""
    violation = uscc_violation(text)
    return violation.code if violation else None


def registration_violations(kind: OrganisationKind, uscc: str | None) -> Iterator[Violation]:
    """Everybody but a startup team has a credit code; whoever gives one gives a true one."""
    if uscc:
        if violation := uscc_violation(uscc):
            yield violation
    elif kind is not OrganisationKind.STARTUP_TEAM:
        yield Violation("uscc.missing", {"kind": kind.value})


@dataclass(frozen=True, slots=True)
class QualificationTerm:
    """One qualification for the days printed on its certificate, both included."""

    code: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def codes_held_on(terms: Iterable[QualificationTerm], day: date) -> frozenset[str]:
    """The qualifications that count on a day."""
    return frozenset(term.code for term in terms if term.holds_on(day))


def term_violations(valid_from: date, valid_to: date | None) -> Iterator[Violation]:
    """A certificate cannot end before it begins."""
    if valid_to is not None and valid_to < valid_from:
        yield Violation("qualification.ends_before_start", {"from": valid_from, "to": valid_to})


def number_warning(code: str, number: str) -> Violation | None:
    """A number unlike those its kind usually has: worth a second look, never a refusal."""
    pattern = _NUMBER_PATTERNS.get(code)
    if pattern is None or pattern.fullmatch(number.strip().upper()):
        return None
    return Violation("qualification.number_unusual", {"number": number}, overridable=True)


# So many days before a qualification ends somebody is told; it can take weeks to renew one.
REMINDERS: Final = (60, 30, 7)


def is_continued(term: QualificationTerm, others: Iterable[QualificationTerm]) -> bool:
    """Whether another one of its kind goes on without a gap where this one ends."""
    if term.valid_to is None:
        return True
    next_day = term.valid_to + timedelta(days=1)
    return any(
        other.code == term.code
        and other.valid_from <= next_day
        and (other.valid_to is None or other.valid_to > term.valid_to)
        for other in others
    )


def reminders_due(valid_to: date, today: date, *, noted: Collection[int] = ()) -> tuple[int, ...]:
    """The steps that have come and nobody noted, the most urgent first.

    After an outage several have come at once; only the first of them is worth a word. One that
    has ended needs no reminder.
    """
    left = (valid_to - today).days
    if left < 0:
        return ()
    return tuple(step for step in sorted(REMINDERS) if left <= step and step not in noted)
