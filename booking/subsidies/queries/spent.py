"""What live statement lines have used up: the balances from which a settlement goes on."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.subsidies.models.statement import OWN_NAME, StatementLine
from booking.subsidies.rules.caps import Balances, Claim, Spent, scope_key
from booking.subsidies.rules.programme import JointCap, Programme, Scope

_LINE = StatementLine
_CHUNK = 900  # SQLite allows 999 parameters where it is old
# Lines of who is a group of its own hold its own key; a group of that very name is marked.
_EMPTY: sa.ColumnElement[str] = sa.literal_column("''")
_MARK: sa.ColumnElement[str] = sa.literal_column(f"'{OWN_NAME}'")
_GROUP = sa.case(
    (col(_LINE.group_key) == col(_LINE.user_key), _EMPTY),
    (col(_LINE.group_key) == _MARK + col(_LINE.user_key), col(_LINE.user_key)),
    else_=col(_LINE.group_key),
)
_ALONE = sa.case((col(_LINE.group_key) == col(_LINE.user_key), col(_LINE.user_key)), else_=_EMPTY)
_WHO: dict[Scope, tuple[sa.SQLColumnExpression[Any], ...]] = {
    "loan": (col(_LINE.reference),),
    "instrument": (col(_LINE.user_key), col(_LINE.instrument_id), col(_LINE.period_year)),
    "user": (col(_LINE.user_key), col(_LINE.period_year)),
    "group": (_GROUP, _ALONE, col(_LINE.period_year)),
    "provider": (col(_LINE.provider_id), col(_LINE.period_year)),
}


def balances_before(
    session: Session,
    programmes: Sequence[Programme],
    *,
    joint_caps: Sequence[JointCap],
    years: Collection[int],
    settlement_id: int | None = None,
    user: str | None = None,
) -> Balances:
    """Everything granted so far that the caps and budgets of these programmes count.

    A settlement asks for all; an estimate for one user, whose other scopes are still seen whole.
    """
    found = Balances(one_cycle=settlement_id is not None)
    for terms in programmes:
        for scope in {cap.scope for cap in terms.caps} - {"line"}:
            if (terms.id, scope) not in found.spent:
                found.spent[terms.id, scope] = _spent(
                    session, terms.id, scope, years=years, user=user
                )
        if terms.budget:
            cycle = settlement_id if terms.budget.rule == "pro_rata" else None
            if terms.budget.rule == "first_come" or cycle is not None:
                found.budgets[terms.fund] = _paid(session, terms, cycle)
    for cap in joint_caps:
        found.joint[cap.order, cap.scope] = _joint(session, cap)
    return found


def stacked_before(
    session: Session, charge_ids: Sequence[int], *, but_for: Collection[str] = ()
) -> dict[str, int]:
    """What earlier settlements paid for these uses, under whatever programme but some.

    What was recovered counts as paid: no other programme pays it in its place.
    """
    found: dict[str, int] = {}
    for i in range(0, len(charge_ids), _CHUNK):
        query = (
            sa.select(col(_LINE.reference), sa.func.sum(col(_LINE.payable_fen)))
            .where(
                col(_LINE.live),
                col(_LINE.clawback_id).is_(None),
                col(_LINE.programme).not_in(sorted(but_for)),
                col(_LINE.charge_id).in_(charge_ids[i : i + _CHUNK]),
            )
            .group_by(col(_LINE.reference))
        )
        for reference, paid in session.execute(query):
            found[reference] = int(paid)
    return found


def _spent(
    session: Session, code: str, scope: Scope, *, years: Collection[int], user: str | None
) -> Spent:
    who = _WHO[scope]
    query = (
        sa.select(*who, sa.func.sum(col(_LINE.granted_fen)))
        .where(col(_LINE.live), col(_LINE.programme) == code)
        .group_by(*who)
    )
    if user is not None and scope in {"user", "instrument"}:
        query = query.where(col(_LINE.user_key) == user)
    if scope != "loan":
        query = query.where(col(_LINE.period_year).in_(sorted(years)))
    return {_key(scope, list(row[:-1])): int(row[-1]) for row in session.execute(query)}


def _key(scope: Scope, who: list[object]) -> object:
    """A key as the engine's scope_key makes it: identities are text there."""
    if scope == "loan":
        return f"loan:{who[0]}"
    return (*(str(part) for part in who[:-1]), who[-1])


def _paid(session: Session, terms: Programme, settlement_id: int | None) -> int:
    paid = col(_LINE.payable_fen) if settlement_id is not None else col(_LINE.granted_fen)
    query = sa.select(sa.func.coalesce(sa.func.sum(paid), 0)).where(
        col(_LINE.live),
        col(_LINE.programme) == terms.id,
        col(_LINE.version).in_(terms.funded_with or (terms.version,)),
    )
    if settlement_id is not None:
        # What goes back to an earlier cycle is not this one's to give out.
        query = query.where(col(_LINE.settlement_id) == settlement_id, col(_LINE.payable_fen) > 0)
    return int(session.execute(query).scalar_one())


def joint_before(
    session: Session, joint_caps: Sequence[JointCap], *, but_for: Collection[str]
) -> dict[tuple[tuple[str, ...], Scope], Spent]:
    """What programmes but some were granted under joint caps."""
    return {(cap.order, cap.scope): _joint(session, cap, but_for=but_for) for cap in joint_caps}


def _joint(session: Session, cap: JointCap, *, but_for: Collection[str] = ()) -> Spent:
    """Counted by day, because a joint cap's period may differ from its programmes' own."""
    query = (
        sa.select(
            col(_LINE.reference),
            col(_LINE.user_key),
            _GROUP,
            col(_LINE.provider_id),
            col(_LINE.instrument_id),
            col(_LINE.day),
            sa.func.sum(col(_LINE.granted_fen)),
        )
        .where(
            col(_LINE.live),
            col(_LINE.programme).in_([name for name in cap.programmes if name not in but_for]),
        )
        .group_by(
            col(_LINE.reference),
            col(_LINE.user_key),
            _GROUP,
            col(_LINE.provider_id),
            col(_LINE.instrument_id),
            col(_LINE.day),
        )
    )
    starts, key_of = cap.period_starts or (1, 1), scope_key(cap.scope)
    sums: Spent = {}
    for item, user, group, provider, instrument, day, granted in session.execute(query):
        claim = Claim(item, user, group, str(provider), str(instrument), day)
        year = day.year if (day.month, day.day) >= starts else day.year - 1
        key = key_of(claim, year)
        sums[key] = sums.get(key, 0) + int(granted)
    return sums
