"""Reckon anew on which days credit lines were overdue, from what was agreed and what came back.

Nothing is carried on from before: a record dated back may begin, end or undo a spell.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.loans.events import LineInOrder, LineOverdue
from booking.loans.models import OverdueSpell
from booking.loans.queries.bank_files import lines_for_update
from booking.loans.queries.lines import loan_values
from booking.loans.queries.repayment import agreed_on, borrowers, reckoned_spells
from booking.loans.rules.balances import Overdue
from booking.loans.rules.dues import Plan, overdue_amount, overdue_spells, plan

_DAY = timedelta(days=1)
_SPELL = OverdueSpell


def reckon(uow: UnitOfWork, ids: Collection[int], *, now: datetime) -> int:
    """As far as the end of yesterday knows; answers how many lines changed."""
    agreed = agreed_on(uow.session, ids)
    if not agreed:
        return 0
    lines_for_update(uow.session, agreed)
    values, kept = loan_values(uow.session, agreed), reckoned_spells(uow.session, agreed)
    as_of, changes = local(now).date() - _DAY, _Changes()
    plans = {key: plan(values[key], terms) for key, terms in agreed.items()}
    for key, of in plans.items():
        changes.note(key, kept.get(key, {}), {one.first: one for one in overdue_spells(of, as_of)})
    changes.write(uow)
    _tell(uow, changes, plans, now=now)
    return len(changes.lines)


@dataclass(slots=True)
class _Changes:
    gone: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    # Lines that change, and whether an open spell is there before and after.
    lines: dict[int, tuple[Overdue | None, Overdue | None]] = field(default_factory=dict)

    def note(self, key: int, kept: dict[date, Overdue], found: dict[date, Overdue]) -> None:
        if kept == found:
            return
        gone = [one for one in kept.values() if found.get(one.first) != one]
        new = [one for one in found.values() if kept.get(one.first) != one]
        self.gone += [{"line": key, "first_day": one.first} for one in gone]
        self.new += [
            {"credit_line_id": key, "first": one.first, "until": one.until, "reckoned": True}
            for one in new
        ]
        self.lines[key] = (_open(kept), _open(found))

    def write(self, uow: UnitOfWork) -> None:
        if self.gone:
            gone = sa.delete(_SPELL).where(
                col(_SPELL.credit_line_id) == sa.bindparam("line"),
                col(_SPELL.first) == sa.bindparam("first_day"),
                col(_SPELL.reckoned),
            )
            uow.session.connection().execute(gone, self.gone)
        if self.new:
            uow.session.execute(sa.insert(_SPELL), [{"note": "", **row} for row in self.new])


def _open(spells: dict[date, Overdue]) -> Overdue | None:
    return next((one for one in spells.values() if one.until is None), None)


def _tell(uow: UnitOfWork, changes: _Changes, plans: dict[int, Plan], *, now: datetime) -> None:
    whose = borrowers(uow.session, changes.lines)
    for key, (before, after) in changes.lines.items():
        if (before is None) == (after is None):
            continue
        line = whose[key]
        about: dict[str, Any] = {
            "at": now,
            "actor_id": None,
            "subject": f"loan:{line.number}",
            "loan": line.number,
            "organisation_id": line.organisation_id,
            "bank": line.bank,
        }
        if after is not None:
            amount = overdue_amount(plans[key], local(now).date() - _DAY)
            told = {"overdue_since": (None, after.first), "amount_fen": (None, amount)}
            uow.announce(LineOverdue(**about, changes=told, since=after.first, amount_fen=amount))
        elif before is not None:
            ended: dict[str, tuple[object, object]] = {"overdue_since": (before.first, None)}
            uow.announce(LineInOrder(**about, changes=ended, since=before.first))
