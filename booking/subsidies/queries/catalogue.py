"""What the catalogue is told of programmes: which cards they pay for, and how much of an hour."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.billing.rules import INTERNAL_USE, RELATED_PARTY, flags_between
from booking.instruments.rules.subsidised import Assumed, Hour, Scheme
from booking.organisations.models import Organisation, RelatedParty
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.queries.uses import qualifications
from booking.subsidies.rules.eligibility import qualified, reasons_against
from booking.subsidies.rules.line import Held, Line
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.rate import half_up_fen, rating
from booking.subsidies.rules.regions import DISTRICTS, ZONE, names_districts, region_of

_ALIKE: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Company:
    """A user organisation as programmes see it today."""

    id: int
    district: str
    held: tuple[Held, ...]
    related: frozenset[int] = frozenset()

    def region(self, terms: Programme) -> str:
        return self.district if names_districts(terms) else region_of(self.district)


class ProgrammeSubsidies:
    """Answers the catalogue from the programmes that are active."""

    def assumed(self, session: Session, actor: Actor | None, *, day: date) -> Assumed:
        """For the first company that somebody books for; for others, any that may claim."""
        (one,) = self.assumed_for(session, [actor], day=day)
        return one

    def assumed_for(
        self, session: Session, actors: Sequence[Actor | None], *, day: date
    ) -> Sequence[Assumed]:
        """The same for many, in as many statements as for one."""
        terms = [
            one for one in active_programmes(session) if one.kind == "usage" and one.in_force(day)
        ]
        booked_for = [_booked_for(actor) for actor in actors]
        known = _companies(session, {one for one in booked_for if one is not None})
        answers = {one: _assumed(terms, known.get(one or 0), day) for one in set(booked_for)}
        return [answers[one] for one in booked_for]


def _booked_for(actor: Actor | None) -> int | None:
    mine = actor.organisations_giving(Permission.RESERVATION_CREATE) if actor else ()
    return mine[0] if mine else None


def _assumed(terms: Sequence[Programme], known: tuple[str, _Company] | None, day: date) -> Assumed:
    if known is None:
        return Assumed(tuple(_scheme(one, _claimants(one, day), day) for one in terms))
    name, company = known
    open_to = [one for one in terms if _may_claim(one, company, day)]
    return Assumed(tuple(_scheme(one, [company], day) for one in open_to), name)


def _companies(session: Session, ids: Collection[int]) -> dict[int, tuple[str, _Company]]:
    if not ids:
        return {}
    owns = session.exec(select(Organisation).where(col(Organisation.id).in_(ids))).all()
    related: dict[int, set[int]] = defaultdict(set)
    pairs = sa.select(col(RelatedParty.organisation_id), col(RelatedParty.other_id)).where(
        sa.or_(
            col(RelatedParty.organisation_id).in_(ids),
            col(RelatedParty.other_id).in_(ids),
        )
    )
    for one, other in session.execute(pairs):
        related[one].add(other)
        related[other].add(one)
    groups: dict[str, set[int]] = defaultdict(set)
    keys = {one.controller_key for one in owns if one.controller_key}
    group = sa.select(col(Organisation.controller_key), col(Organisation.id)).where(
        col(Organisation.controller_key).in_(keys)
    )
    for key, one in session.execute(group) if keys else ():
        groups[key].add(one)
    held = qualifications(session, ids)
    return {
        own.key: (
            own.name,
            _Company(
                own.key,
                own.district,
                held.get(own.key, ()),
                frozenset((related[own.key] | groups[own.controller_key or ""]) - {own.key}),
            ),
        )
        for own in owns
    }


def _claimants(terms: Programme, day: date) -> Sequence[_Company]:
    """One of each sort that the general conditions let through."""
    asked = terms.eligibility
    codes: list[tuple[Held, ...]] = [(Held(one, day, None),) for one in asked.qualifications_any]
    return [
        _Company(0, place, held) for held, place in product(codes or [()], asked.regions or (ZONE,))
    ]


def _may_claim(terms: Programme, company: _Company, day: date) -> bool:
    asked = terms.eligibility
    if asked.qualifications_any and not qualified(company.held, asked.qualifications_any, day):
        return False
    return not asked.regions or company.region(terms) in asked.regions


def _scheme(terms: Programme, companies: Sequence[_Company], day: date) -> Scheme:
    asked = terms.eligibility
    own = {one.id for one in companies if one.id and INTERNAL_USE in asked.exclude}
    related = {other for one in companies for other in one.related}
    return Scheme(
        pays=lru_cache(_ALIKE)(_Paying(terms, companies, day)),
        kinds=frozenset(asked.resource_kinds),
        districts=frozenset(_districts(asked.provider_regions)),
        least_value_fen=asked.min_original_value,
        not_of=frozenset(own | (related if RELATED_PARTY in asked.exclude else set())),
    )


def _districts(regions: Iterable[str]) -> set[str]:
    return {one for region in regions for one in (DISTRICTS if region == ZONE else (region,))}


class _Paying:
    """What a programme pays of an hour: the least that any of these companies gets."""

    def __init__(self, terms: Programme, companies: Sequence[_Company], day: date) -> None:
        self._terms, self._companies, self._day = terms, companies, day
        self._reasons, self._rate = reasons_against(terms), rating(terms)
        self._most = min((cap.amount for cap in terms.caps if cap.scope == "line"), default=None)

    def __call__(self, hour: Hour) -> int:
        return min((self._paid(hour, one) for one in self._companies), default=0)

    def _paid(self, hour: Hour, company: _Company) -> int:
        line = self._line(hour, company)
        if self._reasons(line, self._day, hour.fen):
            return 0
        rated = self._rate(line, self._day, hour.fen)
        paid = 0 if rated is None else half_up_fen(rated.raw)
        return paid if self._most is None else min(paid, self._most)

    def _line(self, hour: Hour, company: _Company) -> Line:
        by_district = names_districts(self._terms)
        flags = flags_between(
            company.id,
            hour.provider_id,
            same_controller=False,
            related=hour.provider_id in company.related,
        )
        place = hour.provider_district
        return Line(
            line_id="hour",
            resource_kind=hour.kind,
            original_value=hour.value_fen,
            user_region=company.region(self._terms),
            provider_region=place if by_district else region_of(place),
            qualifications=company.held,
            flags=frozenset(flags),
        )
