"""The share of the base: tiers, bonuses, ceiling; or brackets; or the base in full.

A raw amount is base × rate as a whole number of fen × 10⁻¹²: exact, and cheap.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from booking.subsidies.rules.eligibility import qualified
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import Bracket, Combine, Programme, Tier, When
from booking.subsidies.rules.scalars import RATE_ONE

Condition = Callable[[Line, date, int], bool]


class Rated(NamedTuple):
    """The rate (None: brackets have no single one) and the exact product."""

    rate: int | None
    raw: int


Rating = Callable[[Line, date, int], Rated | None]


def rating(programme: Programme) -> Rating:
    """A function that rates a base; None when no tier matches."""
    full = programme.rate.full_offset_up_to
    share = _by_brackets(programme) if programme.rate.brackets else _by_tiers(programme)

    def rate(line: Line, day: date, base: int) -> Rated | None:
        rated = share(line, day, base)
        if rated is not None and base <= full:
            return Rated(rated.rate, base * RATE_ONE)
        return rated

    return rate if full > 0 else share


def bands(brackets: Sequence[Bracket], base: int) -> list[tuple[Bracket, int]]:
    """How much of a base lies in each band."""
    below, parts = 0, []
    for bracket in brackets:
        top = base if bracket.up_to is None else min(base, bracket.up_to)
        if top <= below:
            break
        parts.append((bracket, top - below))
        below = top
    return parts


def matching(tiers: Iterable[Tier], line: Line, day: date, *, base: int) -> list[Tier]:
    """The tiers (or bonuses) whose conditions hold, in file order."""
    return [tier for tier in tiers if _condition(tier.when)(line, day, base)]


def half_up_fen(raw: int) -> int:
    """An exact product to the fen, halves up; products are never negative."""
    return (2 * raw + RATE_ONE) // (2 * RATE_ONE)


def _by_brackets(programme: Programme) -> Rating:
    brackets = programme.rate.brackets

    def rate(_: Line, __: date, base: int) -> Rated:
        return Rated(None, sum(part * bracket.rate for bracket, part in bands(brackets, base)))

    return rate


def _by_tiers(programme: Programme) -> Rating:
    terms = programme.rate
    combined = _COMBINED[terms.combine](_compiled(terms.tiers))
    bonuses, ceiling = _compiled(terms.bonus), terms.ceiling

    def rate(line: Line, day: date, base: int) -> Rated | None:
        found = combined(line, day, base)
        if found is None:
            return None
        for holds, extra in bonuses:
            if holds(line, day, base):
                found += extra
        found = min(found, ceiling)
        return Rated(found, base * found)

    return rate


Compiled = Sequence[tuple[Condition, int]]
Combined = Callable[[Line, date, int], int | None]


def _compiled(tiers: Iterable[Tier]) -> Compiled:
    return tuple((_condition(tier.when), tier.rate) for tier in tiers)


def _highest(tiers: Compiled) -> Combined:
    # The largest that holds is the first that holds when the largest are tried first.
    return _first(sorted(tiers, key=lambda tier: -tier[1]))


def _first(tiers: Compiled) -> Combined:
    def first(line: Line, day: date, base: int) -> int | None:
        for holds, rate in tiers:
            if holds(line, day, base):
                return rate
        return None

    return first


def _sum(tiers: Compiled) -> Combined:
    def total(line: Line, day: date, base: int) -> int | None:
        found = [rate for holds, rate in tiers if holds(line, day, base)]
        return sum(found) if found else None

    return total


_COMBINED: dict[Combine, Callable[[Compiled], Combined]] = {
    "highest": _highest,
    "first": _first,
    "sum": _sum,
}


def _condition(when: When) -> Condition:
    conditions = _conditions(when)
    if len(conditions) == 1:
        return conditions[0]
    return lambda line, day, base: all(holds(line, day, base) for holds in conditions)


def _conditions(when: When) -> list[Condition]:
    found: list[Condition] = []
    if (code := when.qualification) is not None:
        wanted = (code,)
        found.append(lambda line, day, _: qualified(line.qualifications, wanted, day))
    if (region := when.user_region) is not None:
        found.append(lambda line, _, __: line.user_region == region)
    if (provider := when.provider_region) is not None:
        found.append(lambda line, _, __: line.provider_region == provider)
    if (flag := when.flag) is not None:
        found.append(lambda line, _, __: flag in line.flags)
    if (limit := when.base_over) is not None:
        found.append(lambda _, __, base: base > limit)
    return found
