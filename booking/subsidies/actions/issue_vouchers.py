"""Give the vouchers of a programme to companies, under its lock: its terms of today go along."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound, Violation
from booking.organisations.queries import OrganisationSummary, organisations_by_id
from booking.subsidies.errors import GivesNoVouchers
from booking.subsidies.queries.programmes import programme_entry, voucher_programmes
from booking.subsidies.queries.uses import qualifications
from booking.subsidies.rules.line import Held
from booking.subsidies.rules.programme import Gift, Programme, rate_text
from booking.subsidies.rules.regions import DISTRICTS, ZONE, region_of
from booking.vouchers.actions.issue import Offer, issue
from booking.vouchers.errors import VoucherNotIssued
from booking.vouchers.rules.terms import Terms, valid_days


def issue_vouchers(
    uow: UnitOfWork,
    code: str,
    organisation_ids: Sequence[int],
    *,
    actor_id: int | None,
    now: datetime,
) -> list[str]:
    """One for each company; their numbers. Nobody is given one where one of them may not."""
    programme_entry(uow.session, code)
    today = local(now).date()
    chosen = [one for one in voucher_programmes(uow.session, today) if one.id == code]
    if not chosen or chosen[0].gift is None:
        raise GivesNoVouchers(programme=code)
    terms, gift = chosen[0], chosen[0].gift
    keys = list(dict.fromkeys(organisation_ids))
    companies = organisations_by_id(uow.session, keys)
    if unknown := [key for key in keys if key not in companies]:
        raise NotFound(organisation_id=unknown[0])
    held = qualifications(uow.session, keys)
    broken = [
        found
        for key in keys
        for found in _against(terms, companies[key], held.get(key, ()), today=today)
    ]
    if broken:
        raise VoucherNotIssued(broken)
    names = {key: companies[key].name for key in keys}
    return issue(uow, _offer(terms, gift, today), names, actor_id=actor_id, now=now)


def _against(
    terms: Programme, company: OrganisationSummary, held: tuple[Held, ...], *, today: date
) -> Iterator[Violation]:
    asked = terms.eligibility
    told = {"organisation_id": company.id, "organisation": company.name}
    if not company.verified:
        yield Violation("voucher.company_unverified", told)
    if asked.regions and not {company.district, region_of(company.district)} & {*asked.regions}:
        yield Violation("voucher.company_region", told)
    codes = {one.code for one in held if one.first <= today and (one.last or today) >= today}
    if asked.qualifications_any and not codes & {*asked.qualifications_any}:
        yield Violation("voucher.company_qualification", told)


def _offer(terms: Programme, gift: Gift, today: date) -> Offer:
    first, last = valid_days(today, days=gift.days, until=terms.valid_to)
    asked = terms.eligibility
    return Offer(
        programme=terms.id,
        version=terms.version,
        name=terms.name,
        document=terms.document,
        period=terms.period_of(today),
        face_fen=gift.face,
        terms=Terms(
            share=Decimal(rate_text(gift.share)),
            per_order_fen=gift.per_order,
            districts=tuple(sorted(_districts(asked.provider_regions))),
            resource_kinds=asked.resource_kinds,
            exclude=asked.exclude,
            pays_fees=gift.fees,
        ),
        valid_from=first,
        valid_to=last,
        cap_fen=_least(terms, "user"),
        group_cap_fen=_least(terms, "group"),
        budget_fen=terms.budget.amount if terms.budget else None,
    )


def _least(terms: Programme, scope: str) -> int | None:
    return min((cap.amount for cap in terms.caps if cap.scope == scope), default=None)


def _districts(regions: Sequence[str]) -> set[str]:
    """Districts by name: the zone is all of its own."""
    named = {*regions} - {ZONE}
    return named | DISTRICTS if ZONE in regions else named
