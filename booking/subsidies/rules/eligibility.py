"""Every reason why a line does not qualify."""

from collections.abc import Callable, Collection, Iterator
from datetime import date

from booking.subsidies.rules.claims import application_code
from booking.subsidies.rules.line import Held, Line
from booking.subsidies.rules.programme import Programme

Fails = Callable[[Line, date | None], bool]
Reasons = Callable[[Line, date | None, int], tuple[str, ...]]


def qualified(held: Collection[Held], wanted: Collection[str], day: date | None) -> bool:
    """Whether one of the wanted qualifications counts on that day, its first and last included."""
    if day is None:
        return False
    for code, first, last, _ in held:
        if code in wanted and first <= day and (last is None or day <= last):
            return True
    return False


def reasons_against(programme: Programme) -> Reasons:
    """A function that answers all reasons against a line with a base dated on a day."""
    checks = tuple(_checks(programme))
    exclude, minimum = programme.eligibility.exclude, programme.eligibility.min_amount

    def reasons(line: Line, day: date | None, base: int) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for reason, fails in checks:
            if fails(line, day):
                found += (reason,)
        if line.flags:
            found += tuple(f"excluded:{flag}" for flag in exclude if flag in line.flags)
        return (*found, "below_minimum") if base < minimum else found

    return reasons


def _checks(programme: Programme) -> Iterator[tuple[str, Fails]]:
    """Only what the programme asks, so that nothing is paid for what it does not."""
    terms = programme.eligibility
    first, last = programme.valid_from, programme.valid_to
    yield "not_in_force", lambda _, day: day is None or not first <= day <= last
    if wanted := frozenset(terms.qualifications_any):
        yield "qualification", lambda line, day: not qualified(line.qualifications, wanted, day)
    if programme.claims.required:
        applied = (application_code(programme.id),)
        yield "no_application", lambda line, day: not qualified(line.qualifications, applied, day)
    if regions := frozenset(terms.regions):
        yield "region", lambda line, _: line.user_region not in regions
    if providers := frozenset(terms.provider_regions):
        yield "provider_region", lambda line, _: line.provider_region not in providers
    if kinds := frozenset(terms.resource_kinds):
        yield "resource_kind", lambda line, _: line.resource_kind not in kinds
    if (least := terms.min_original_value) is not None:
        yield (
            "original_value",
            lambda line, _: line.original_value is None or line.original_value < least,
        )
