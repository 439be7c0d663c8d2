"""What a use would be subsidised with, if it were confirmed as it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.rules import flags_between
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation, RelatedParty
from booking.subsidies.queries.programmes import active_programmes, joint_caps_of
from booking.subsidies.queries.spent import balances_before
from booking.subsidies.queries.uses import qualifications, unsettled_uses
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.regions import names_districts, region_of
from booking.subsidies.rules.results import Result

_ITEM = "estimate"
_DAY = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The programmes' answers for a use, and what is left of the user's cap before it."""

    amount_fen: int
    results: tuple[Result, ...]
    cap_left_fen: int | None

    @property
    def subsidy_fen(self) -> int:
        return sum(result.payable for result in self.results)

    @property
    def own_share_fen(self) -> int:
        return self.amount_fen - self.subsidy_fen


def estimate_for(
    session: Session, organisation_id: int, *, instrument_id: int, amount_fen: int, day: date
) -> Estimate:
    """Evaluate a use that is only wished for, after everything confirmed so far.

    What is confirmed but not settled is granted first; a pro-rata budget nobody can foresee.
    """
    programmes = [
        _foreseeable(terms)
        for terms in active_programmes(session)
        if terms.kind == "usage" and terms.in_force(day)
    ]
    if not programmes:
        return Estimate(amount_fen, (), None)
    line, districts = _line(session, organisation_id, instrument_id, amount_fen=amount_fen, day=day)
    joint_caps = joint_caps_of(session, programmes)
    balances = balances_before(
        session,
        programmes,
        joint_caps=joint_caps,
        years={terms.period_of(day) for terms in programmes},
        user=line.user,
    )
    return _estimated(session, programmes, _Asked(line, districts, joint_caps, balances, day))


@dataclass(slots=True)
class _Asked:
    """A wished use and everything that bears on it."""

    line: Line
    districts: tuple[str, str]
    joint_caps: Sequence[JointCap]
    balances: Balances
    day: date


def _estimated(session: Session, programmes: Sequence[Programme], asked: _Asked) -> Estimate:
    by_code = {terms.id: [terms] for terms in programmes}
    waiting = unsettled_uses(
        session,
        by_code,
        until=asked.day + _DAY,
        organisation_id=int(asked.line.user),
        foreseen=True,
    )
    results: list[Result] = []
    lefts: list[int] = []
    for code in evaluation_order(list(by_code), asked.joint_caps) or ():
        terms = by_code[code][0]
        mine = [cap for cap in asked.joint_caps if code in cap.programmes]
        before = evaluate(
            [terms], waiting.lines[code], joint_caps=mine, balances=asked.balances
        ).balances
        lefts += _left(terms, asked, before)
        line = asked.line
        if names_districts(terms):
            line = line._replace(user_region=asked.districts[0], provider_region=asked.districts[1])
        found = evaluate([terms], [line], joint_caps=mine, balances=before)
        asked.balances = found.balances
        results += found.results
    return Estimate(asked.line.paid_amount, tuple(results), min(lefts, default=None))


def _left(terms: Programme, asked: _Asked, before: Balances) -> list[int]:
    key = (asked.line.user, terms.period_of(asked.day))
    return [
        max(cap.amount - before.spent.get((terms.id, "user"), {}).get(key, 0), 0)
        for cap in terms.caps
        if cap.scope == "user"
    ]


def _foreseeable(terms: Programme) -> Programme:
    shared = terms.budget is not None and terms.budget.rule == "pro_rata"
    return replace(terms, budget=None) if shared else terms


def _line(
    session: Session, organisation_id: int, instrument_id: int, *, amount_fen: int, day: date
) -> tuple[Line, tuple[str, str]]:
    user = Organisation.__table__.alias("user_side")  # type: ignore[attr-defined]  # SQLModel adds it
    provider = Organisation.__table__.alias("provider_side")  # type: ignore[attr-defined]
    related = sa.exists().where(
        sa.or_(
            sa.and_(
                col(RelatedParty.organisation_id) == user.c.id,
                col(RelatedParty.other_id) == provider.c.id,
            ),
            sa.and_(
                col(RelatedParty.organisation_id) == provider.c.id,
                col(RelatedParty.other_id) == user.c.id,
            ),
        )
    )
    query = (
        sa.select(
            user.c.controller_key,
            user.c.district.label("user_district"),
            provider.c.id.label("provider_id"),
            provider.c.district.label("provider_district"),
            (user.c.controller_key == provider.c.controller_key).label("same"),
            related.label("related"),
            col(Instrument.resource_kind),
            col(Instrument.original_value_fen),
        )
        .select_from(Instrument)
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(provider, provider.c.id == col(Lab.organisation_id))
        .join(user, user.c.id == organisation_id)
        .where(col(Instrument.id) == instrument_id)
    )
    row = session.execute(query).one()
    flags = flags_between(
        organisation_id,
        row.provider_id,
        same_controller=bool(row.same),
        related=bool(row.related),
    )
    line = Line(
        line_id=_ITEM,
        user=str(organisation_id),
        group=row.controller_key or "",
        provider=str(row.provider_id),
        instrument=str(instrument_id),
        resource_kind=row.resource_kind,
        original_value=row.original_value_fen,
        user_region=region_of(row.user_district),
        provider_region=region_of(row.provider_district),
        qualifications=qualifications(session, [organisation_id]).get(organisation_id, ()),
        flags=frozenset(flags),
        order_date=day,
        service_end=day,
        invoice_date=day,
        payment_date=day,
        contract_amount=amount_fen,
        invoice_amount=amount_fen,
        paid_amount=amount_fen,
        submitted_at=_LAST,
    )
    return line, (row.user_district, row.provider_district)
