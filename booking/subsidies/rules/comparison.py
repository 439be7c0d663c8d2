"""What a trial says beside today's rule: totals, who wins and who loses, what cuts, what is spent.

Plain values, ready to be kept as JSON: amounts in fen under names that end in `_fen`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from booking.kernel.periods import Period
from booking.subsidies.rules.forecast import Forecast, forecast
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.what_if import Tally, Trial, month_of

Json = dict[str, Any]
# What a company gets in the period, in yuan: the upper ends of the columns of the distribution.
_STEPS: Final = (0, 1_000, 5_000, 10_000, 50_000, 100_000)


def report(trial: Trial, today: Trial, *, period: Period, uses: int) -> Json:
    """Everything that a page shows and an answer carries."""
    new, old = _companies(trial), _companies(today)
    differences = sorted(
        (
            {
                "organisation_id": int(user),
                "trial_fen": new.get(user, 0),
                "today_fen": old.get(user, 0),
                "difference_fen": new.get(user, 0) - old.get(user, 0),
            }
            for user in {*new, *old}
        ),
        key=lambda row: (-row["difference_fen"], row["organisation_id"]),
    )
    return {
        "period": period.code,
        "uses": uses,
        "trial": _side(trial, period),
        "today": _side(today, period),
        "companies": differences,
        "winners": sum(row["difference_fen"] > 0 for row in differences),
        "losers": sum(row["difference_fen"] < 0 for row in differences),
        "distribution": _distribution(new, old),
    }


def month_code(month: int) -> str:
    """A month's number as `2026-10`."""
    year, index = divmod(month, 12)
    return f"{year}-{index + 1:02d}"


def _companies(trial: Trial) -> Mapping[str, int]:
    sums: Counter[str] = Counter()
    for tally in trial.tallies.values():
        sums.update(tally.companies)
    return sums


def _side(trial: Trial, period: Period) -> Json:
    months: Counter[int] = Counter()
    for tally in trial.tallies.values():
        months.update(tally.months)
    by_code = {terms.id: terms for terms in reversed(trial.programmes)}
    rows = [_programme(by_code[code], tally) for code, tally in trial.tallies.items()]
    return {
        "programmes": rows,
        "payable_fen": sum(tally.payable for tally in trial.tallies.values()),
        "companies": sum(amount > 0 for amount in _companies(trial).values()),
        "cuts": _cuts(trial),
        "reasons": _reasons(trial),
        "months": [
            {"month": part.code, "payable_fen": months.get(month_of(part.first), 0)}
            for part in period.months()
        ],
        "forecast": told(_forecast(trial, period)),
    }


def _programme(terms: Programme, tally: Tally) -> Json:
    budget = terms.budget
    return {
        "programme": terms.id,
        "version": terms.version,
        "name": dict(terms.name),
        "lines": tally.lines,
        "eligible": tally.eligible,
        "base_fen": tally.base,
        "before_caps_fen": tally.before,
        "payable_fen": tally.payable,
        "budget_fen": budget.amount if budget else None,
        "budget_rule": budget.rule if budget else None,
    }


def _cuts(trial: Trial) -> list[Json]:
    return [
        {
            "programme": code,
            "reason": reason,
            "lines": hits.count,
            "companies": len(hits.companies),
            "amount_fen": hits.amount,
        }
        for code, tally in trial.tallies.items()
        for reason, hits in sorted(tally.cuts.items())
    ]


def _reasons(trial: Trial) -> list[Json]:
    return [
        {"programme": code, "reason": reason, "lines": count}
        for code, tally in trial.tallies.items()
        for reason, count in sorted(tally.reasons.items())
    ]


def _distribution(new: Mapping[str, int], old: Mapping[str, int]) -> list[Json]:
    """How many companies get how much; whoever gets nothing on one side is in its first row."""
    found = [
        {"over_fen": low * 100, "up_to_fen": high * 100 if high else None, "trial": 0, "today": 0}
        for low, high in zip(_STEPS, (*_STEPS[1:], 0), strict=True)
    ]
    nothing: Json = {"over_fen": None, "up_to_fen": 0, "trial": 0, "today": 0}
    for user in {*new, *old}:
        for side, sums in (("trial", new), ("today", old)):
            _row(found, nothing, sums.get(user, 0))[side] += 1
    return [nothing, *found]


def _row(rows: Sequence[Json], nothing: Json, amount: int) -> Json:
    if amount <= 0:
        return nothing
    return next(row for row in rows if row["up_to_fen"] is None or amount <= row["up_to_fen"])


def _forecast(trial: Trial, period: Period) -> Forecast:
    """Programme by programme, because each budget ends by itself, to the calendar year's end."""
    last = month_of(period.last)
    whole = Forecast(0, 0, 0, 0, 0, 0)
    for terms in {terms.id: terms for terms in trial.programmes}.values():
        limit = terms.budget.amount if terms.budget and terms.budget.rule == "first_come" else None
        found = forecast(
            trial.tallies[terms.id].months,
            first=month_of(period.first),
            last=last,
            year_end=last - last % 12 + 11,
            limit=limit,
        )
        whole = _together(whole, found)
    return whole


def _together(one: Forecast, other: Forecast) -> Forecast:
    ends = [month for month in (one.runs_out, other.runs_out) if month is not None]
    return replace(
        one,
        so_far=one.so_far + other.so_far,
        per_month=one.per_month + other.per_month,
        months_left=other.months_left,
        year_end=one.year_end + other.year_end,
        least=one.least + other.least,
        most=one.most + other.most,
        runs_out=min(ends, default=None),
    )


def told(found: Forecast) -> Json:
    """A forecast as it is kept."""
    plain = asdict(found)
    months = {"months_left": plain.pop("months_left"), "runs_out": plain.pop("runs_out")}
    if months["runs_out"] is not None:
        months["runs_out"] = month_code(months["runs_out"])
    return {**{f"{name}_fen": amount for name, amount in plain.items()}, **months}
