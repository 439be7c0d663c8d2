"""Sharing out: an invoice over charges, a payment over invoices; never more than there is.

Proposals put exact sums first: one that is as much as is left, then an unbroken run of the oldest,
then any of the oldest that add up; else the oldest are filled one after the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from booking.kernel.errors import Violation

# Looking for what adds up ends here; what is older than so many waits for its turn anyway.
_LOOKED_AT: Final = 60
_MOST_SUMS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Open:
    """Something that an amount can be for, and how much of it is open; oldest come first."""

    number: str
    open_fen: int


@dataclass(frozen=True, slots=True)
class Share:
    """So much for that."""

    number: str
    amount_fen: int


def proposed(left_fen: int, opens: Sequence[Open]) -> tuple[Share, ...]:
    """How to share out what is left; nothing of another sign is ever touched."""
    sign = 1 if left_fen > 0 else -1
    fitting = [one for one in opens if one.open_fen * sign > 0][:_LOOKED_AT]
    wanted = abs(left_fen)
    sizes = [abs(one.open_fen) for one in fitting]
    chosen = _single(wanted, sizes) or _run(wanted, sizes) or _sum(wanted, sizes)
    if chosen is not None:
        return tuple(Share(fitting[place].number, fitting[place].open_fen) for place in chosen)
    return tuple(_filled(wanted, fitting, sign))


def _single(wanted: int, sizes: Sequence[int]) -> list[int] | None:
    return [sizes.index(wanted)] if wanted in sizes else None


def _run(wanted: int, sizes: Sequence[int]) -> list[int] | None:
    for first in range(len(sizes)):
        total = 0
        for last in range(first, len(sizes)):
            total += sizes[last]
            if total >= wanted:
                break
        if total == wanted:
            return list(range(first, last + 1))
    return None


def _sum(wanted: int, sizes: Sequence[int]) -> list[int] | None:
    """Any that add up; what is found first holds older ones."""
    ways: dict[int, tuple[int, ...]] = {0: ()}
    for place, size in enumerate(sizes):
        more = {
            total + size: (*way, place)
            for total, way in ways.items()
            if total + size <= wanted and total + size not in ways
        }
        ways |= more
        if wanted in ways:
            return list(ways[wanted])
        if len(ways) > _MOST_SUMS:
            return None
    return None


def _filled(wanted: int, fitting: Sequence[Open], sign: int) -> Iterator[Share]:
    for one in fitting:
        if not wanted:
            return
        part = min(wanted, abs(one.open_fen))
        wanted -= part
        yield Share(one.number, sign * part)


def share_violations(
    left_fen: int, opens: Sequence[Open], shares: Sequence[Share]
) -> Iterator[Violation]:
    """What speaks against sharing it out so; `opens` are those that may have a share."""
    known = {one.number: one.open_fen for one in opens}
    if not shares:
        yield Violation("match.nothing")
    if len({share.number for share in shares}) < len(shares):
        yield Violation("match.twice")
    for share in shares:
        if share.number not in known:
            yield Violation("match.not_open", {"number": share.number})
        elif not _within(share.amount_fen, known[share.number]):
            yield Violation(
                "match.beyond_open", {"number": share.number, "open_fen": known[share.number]}
            )
    if not _within(sum(share.amount_fen for share in shares), left_fen):
        yield Violation("match.beyond_whole", {"left_fen": left_fen})


def _within(part: int, whole: int) -> bool:
    """Of the same sign and no larger."""
    return part * whole > 0 and abs(part) <= abs(whole)


def part_of(whole_fen: int, share_fen: int, of_fen: int) -> int:
    """What falls to a share when only so much of `of_fen` is there; never more than there is."""
    return whole_fen * share_fen // of_fen
