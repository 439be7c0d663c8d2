"""Count the hours of promise years: those that are over are judged, of others borrowers are warned.

Nothing is carried on from before: a use confirmed or corrected later gives another judgement, which
takes the place of the one before it.
"""

from datetime import datetime
from typing import Any, Final

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.loans.events import (
    PromiseAtRisk,
    PromiseEvent,
    PromiseJudged,
    PromiseKept,
    PromiseShort,
)
from booking.loans.models.promises import PromiseJudgement, PromiseWarning
from booking.loans.queries.promises import (
    PromiseRow,
    progress_of,
    promise_years,
    promises,
    warned,
)
from booking.loans.rules.balances import PromiseYear
from booking.loans.rules.promises import hours_text

_SECONDS: Final = 36
_HUNDRED: Final = 100


def judge_promises(uow: UnitOfWork, *, now: datetime) -> int:
    """Answers how many years were judged anew."""
    rows, before = promises(uow.session), promise_years(uow.session)
    found, changed = progress_of(uow.session, rows, local(now).date()), 0
    for row in rows:
        judged = {year.first: year for year in before.get(row.credit_line_id, ())}
        for one in found.get(row.credit_line_id, ()):
            kept = judged.get(one.year.first)
            if one.is_over and kept != one.year:
                _write(uow, row, one.year, now=now)
                uow.announce(_judged(kept, one.year)(**_about(row, one.year, now=now)))
                changed += 1
    return changed


def warn_of_promises(uow: UnitOfWork, *, now: datetime) -> int:
    """Once in a year, from its middle on, when its hours will not be there at this pace."""
    rows, told = promises(uow.session), warned(uow.session)
    today, count = local(now).date(), 0
    found = progress_of(uow.session, rows, today, back=0)
    for row in rows:
        for one in found.get(row.credit_line_id, ()):
            key = (row.credit_line_id, one.year.first)
            if one.is_over or not one.is_half_over or not one.missing_at_pace or key in told:
                continue
            entry = {"credit_line_id": key[0], "first": key[1], "told_at": now}
            insert_unless_exists(uow.session, PromiseWarning, [entry])
            about = _about(row, one.year, now=now)
            uow.announce(PromiseAtRisk(**{**about, "missing": hours_text(one.missing_at_pace)}))
            count += 1
    return count


def _write(uow: UnitOfWork, row: PromiseRow, year: PromiseYear, *, now: datetime) -> None:
    uow.session.add(
        PromiseJudgement(
            credit_line_id=row.credit_line_id,
            first=year.first,
            until=year.until,
            promised_hours=year.promised // _HUNDRED,
            delivered_seconds=year.delivered * _SECONDS,
            judged_at=now,
        )
    )
    uow.session.flush()


def _judged(before: PromiseYear | None, year: PromiseYear) -> type[PromiseEvent]:
    if before is not None and before.is_kept == year.is_kept:
        return PromiseJudged
    return PromiseKept if year.is_kept else PromiseShort


def _about(row: PromiseRow, year: PromiseYear, *, now: datetime) -> dict[str, Any]:
    missing = max(year.promised - year.delivered, 0)
    return {
        "at": now,
        "actor_id": None,
        "subject": f"loan:{row.loan}",
        "changes": {"delivered": (None, hours_text(year.delivered))},
        "loan": row.loan,
        "organisation_id": row.organisation_id,
        "bank": row.bank,
        "first": year.first,
        "until": year.until,
        "promised": hours_text(year.promised),
        "delivered": hours_text(year.delivered),
        "missing": hours_text(missing),
    }
