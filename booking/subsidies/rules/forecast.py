"""What a year will come to, if months go on as those that were seen."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Forecast:
    """Fen at the year's end: as the mean of the months says, and as the least and the largest do.

    `runs_out` is the month (as a number since 0) in which the limit is reached, if it is.
    """

    so_far: int
    per_month: int
    months_left: int
    year_end: int
    least: int
    most: int
    limit: int | None = None
    runs_out: int | None = None


def forecast(
    months: Mapping[int, int],
    *,
    first: int,
    last: int,
    year_end: int,
    limit: int | None = None,
) -> Forecast:
    """From the months `first` to `last`, some of which may have spent nothing, to `year_end`.

    What was spent before counts towards the limit; a limit that is reached ends the spending.
    """
    seen = [months.get(month, 0) for month in range(first, last + 1)] or [0]
    left = max(year_end - last, 0)
    so_far = sum(months.values())
    mean = round(sum(seen) / len(seen))

    def at_end(monthly: int) -> int:
        whole = so_far + monthly * left
        return whole if limit is None else min(whole, max(limit, so_far))

    return Forecast(
        so_far=so_far,
        per_month=mean,
        months_left=left,
        year_end=at_end(mean),
        least=at_end(min(seen)),
        most=at_end(max(seen)),
        limit=limit,
        runs_out=_runs_out(so_far, mean, last, left=left, limit=limit),
    )


def _runs_out(so_far: int, mean: int, last: int, *, left: int, limit: int | None) -> int | None:
    if limit is None:
        return None
    if so_far >= limit:
        return last
    if mean <= 0:
        return None
    needed = -(-(limit - so_far) // mean)
    return last + needed if needed <= left else None
