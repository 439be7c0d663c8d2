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
from booking.subsidies.queries.uses import Uses, few_unsettled, qualifications, unsettled_uses
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.regions import names_districts, region_of
from booking.subsidies.rules.results import Result

_ITEM = "estimate"
# What others' uses leave of a budget is looked at as long as a panel does not wait for it.
_MOST_OF_OTHERS = 2_000
_DAY = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The programmes' answers for a use, and what is left of the user's cap before it."""

    amount_fen: int
    results: tuple[Result, ...]
    cap_left_fen: int | None
    # What a voucher pays; programmes pay of the rest.
    voucher_fen: int = 0

    @property
    def subsidy_fen(self) -> int:
        return sum(result.payable for result in self.results)

    @property
    def own_share_fen(self) -> int:
        return self.amount_fen - self.voucher_fen - self.subsidy_fen


def estimate_for(
    session: Session,
    organisation_id: int,
    *,
    instrument_id: int,
    amount_fen: int,
    day: date,
    voucher_fen: int = 0,
) -> Estimate:
    """Evaluate a use that is only wished for, after everything confirmed so far.

    What is confirmed but not settled is granted first, also to others where they share a limit; a
    pro-rata budget nobody can foresee. What a voucher pays is other funding, as in a settlement.
    """
    programmes = for_uses(session, day)
    if not programmes:
        return Estimate(amount_fen, (), None, voucher_fen)
    line, districts = _line(session, organisation_id, instrument_id, amount_fen=amount_fen, day=day)
    line = line._replace(other_funding=voucher_fen)
    joint_caps = joint_caps_of(session, programmes)
    waiting = _waiting(session, programmes, joint_caps=joint_caps, line=line, until=day + _DAY)
    alone = all(one.user == line.user for lines in waiting.lines.values() for one in lines)
    balances = balances_before(
        session,
        programmes,
        joint_caps=joint_caps,
        years={terms.period_of(day) for terms in programmes},
        user=line.user if alone else None,
    )
    return _estimated(programmes, _Asked(line, districts, joint_caps, balances, day), waiting)


def for_uses(session: Session, day: date) -> Sequence[Programme]:
    """The programmes that pay for uses of a day, as far as it can be foreseen."""
    active = active_programmes(session)
    return [foreseeable(one) for one in active if one.kind == "usage" and one.in_force(day)]


def foreseen_balances(
    session: Session, programmes: Sequence[Programme], *, organisation_id: int, day: date
) -> Balances:
    """What limits will have counted of a user once all of its that is confirmed is settled."""
    joint_caps = joint_caps_of(session, programmes)
    found = balances_before(
        session,
        programmes,
        joint_caps=joint_caps,
        years={terms.period_of(day) for terms in programmes},
        user=str(organisation_id),
    )
    by_code = {terms.id: [terms] for terms in programmes}
    waiting = unsettled_uses(
        session, by_code, until=day + _DAY, organisation_ids=(organisation_id,), foreseen=True
    )
    for code in evaluation_order(list(by_code), joint_caps) or ():
        mine = [cap for cap in joint_caps if code in cap.programmes]
        lines = _where_it_matters(by_code[code][0], waiting, code)
        found = evaluate(by_code[code], lines, joint_caps=mine, balances=found).balances
    return found


def left_of_caps(
    terms: Programme, balances: Balances, *, user: str, day: date
) -> list[tuple[int, int]]:
    """Each cap of a user's period that holds a day, and what is left of it."""
    spent = balances.spent.get((terms.id, "user"), {}).get((user, terms.period_of(day)), 0)
    caps = [cap.amount for cap in terms.caps if cap.scope == "user"]
    return [(amount, max(amount - spent, 0)) for amount in caps]


@dataclass(slots=True)
class _Asked:
    """A wished use and everything that bears on it."""

    line: Line
    districts: tuple[str, str]
    joint_caps: Sequence[JointCap]
    balances: Balances
    day: date


def _waiting(
    session: Session,
    programmes: Sequence[Programme],
    *,
    joint_caps: Sequence[JointCap],
    line: Line,
    until: date,
) -> Uses:
    """What is granted before: the uses that wait, of everybody with whom a limit is shared."""
    by_code = {terms.id: [terms] for terms in programmes}
    scopes = {cap.scope for terms in programmes for cap in terms.caps}
    scopes |= {cap.scope for cap in joint_caps}
    with_all = "provider" in scopes or any(terms.budget for terms in programmes)
    if with_all and few_unsettled(session, by_code, until=until, most=_MOST_OF_OTHERS):
        return unsettled_uses(session, by_code, until=until, foreseen=True)
    own = int(line.user)
    group = _group_of(session, line.group) if line.group and "group" in scopes else {own}
    return unsettled_uses(
        session, by_code, until=until, organisation_ids=group | {own}, foreseen=True
    )


def _group_of(session: Session, controller: str) -> set[int]:
    query = sa.select(col(Organisation.id)).where(col(Organisation.controller_key) == controller)
    return set(session.execute(query).scalars())


def _estimated(programmes: Sequence[Programme], asked: _Asked, waiting: Uses) -> Estimate:
    by_code = {terms.id: [terms] for terms in programmes}
    results: list[Result] = []
    lefts: list[int] = []
    for code in evaluation_order(list(by_code), asked.joint_caps) or ():
        terms = by_code[code][0]
        mine = [cap for cap in asked.joint_caps if code in cap.programmes]
        lines, line = _where_it_matters(terms, waiting, code), asked.line
        if names_districts(terms):
            line = _in_district(line, asked.districts)
        before = evaluate([terms], lines, joint_caps=mine, balances=asked.balances).balances
        caps = left_of_caps(terms, before, user=asked.line.user, day=asked.day)
        lefts += [left for _, left in caps]
        found = evaluate([terms], [line], joint_caps=mine, balances=before)
        asked.balances = found.balances
        results += found.results
    paid, by_voucher = asked.line.paid_amount, asked.line.other_funding
    return Estimate(paid, tuple(results), min(lefts, default=None), by_voucher)


def _in_district(line: Line, districts: tuple[str, str]) -> Line:
    return line._replace(user_region=districts[0], provider_region=districts[1])


def _where_it_matters(terms: Programme, waiting: Uses, code: str) -> Sequence[Line]:
    """The waiting lines of a programme, in their districts where it asks for those."""
    lines = waiting.lines[code]
    if not names_districts(terms):
        return lines
    return [_in_district(one, waiting.of[one.line_id].districts) for one in lines]


def foreseeable(terms: Programme) -> Programme:
    """A programme without what nobody can foresee: how a budget will be shared."""
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
