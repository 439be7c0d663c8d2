"""One application with all it needs, and what companies may apply to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.organisations.report.qualifications import QualificationRow, qualifications_of
from booking.subsidies.queries.application_lists import (
    ApplicationRow,
    Asking,
    PaperRow,
    application_seen_by,
    asking_versions,
    companies_named,
    live_applications,
    papers_shown,
)
from booking.subsidies.queries.applications import verified_codes
from booking.subsidies.rules.claims import Claims, Evidence
from booking.subsidies.rules.evidence_words import evidence_name
from booking.subsidies.rules.explanation import Language, name_of
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.summary import summary
from booking.subsidies.states import (
    APPLICATION_OPEN,
    APPLICATION_TRANSITIONS,
    ApplicationState,
    ApplicationStep,
)

_LONG_AGO: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of evidence, what was brought of it, and how many are still to come."""

    evidence: Evidence
    asked: bool
    papers: Sequence[PaperRow]
    missing: int
    name: str
    of_whom: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do with an application now."""

    writes: bool
    withdraws: bool
    decides: bool
    revokes: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """An application as its page and JSON show it."""

    row: ApplicationRow
    items: Sequence[Item]
    rights: Rights
    sentences: Sequence[str]
    is_open: bool
    closes_on: date | None
    qualifications: Sequence[QualificationRow]

    @property
    def asked(self) -> Sequence[Item]:
        return [one for one in self.items if one.asked]

    @property
    def complete(self) -> bool:
        return not any(one.missing for one in self.items)

    def removable(self, paper: PaperRow) -> bool:
        """Whether a paper was not handed in yet."""
        seen_at = self.row.handed_in_at
        return self.rights.writes and (seen_at is None or paper.added_at > seen_at)


@dataclass(frozen=True, slots=True)
class Offer:
    """A version that a company may apply to, now or from `opens_on`; or did already."""

    organisation_id: int
    organisation: str
    asking: Asking
    name: str
    sentences: Sequence[str]
    evidence: Sequence[Item]
    is_open: bool
    closes_on: date | None
    opens_on: date | None
    standing: tuple[int, ApplicationState] | None

    @property
    def is_back(self) -> bool:
        """Whether the centre asked for more: it may come again, also after the window."""
        return self.standing is not None and self.standing[1] is ApplicationState.RETURNED

    @property
    def wants(self) -> bool:
        """Whether something may be handed in now that was not, or came back."""
        waits = self.standing is None or self.standing[1] in APPLICATION_OPEN
        return self.is_back or (self.is_open and waits)


def application_sheet(
    session: Session, application_id: int, actor: Actor, *, day: date, tongue: Language
) -> Sheet:
    """One application; NotFound where it is not this person's to see."""
    row = application_seen_by(session, application_id, actor)
    terms, company = row.programme, row.organisation_id
    held = verified_codes(session, [company], day)[company]
    of_centre = actor.reach(Permission.APPLICATION_READ).everywhere
    known = qualifications_of(session, company) if of_centre else ()
    return Sheet(
        row=row,
        items=_items(terms.claims, held, papers_shown(session, row.id), tongue=tongue),
        rights=_rights(row, actor),
        sentences=summary(terms, tongue),
        is_open=row.covers_from is not None or may_apply(terms, day),
        closes_on=terms.claims.closes_on(day),
        qualifications=[one for one in known if one.live],
    )


def offers_to(
    session: Session, organisation_ids: Collection[int], *, day: date, tongue: Language
) -> list[Offer]:
    """What each of these companies may apply to now or later; what is open, or came
    back, comes first."""
    asking = asking_versions(session) if organisation_ids else []
    if not asking:
        return []
    standing = live_applications(session, organisation_ids)
    held = verified_codes(session, organisation_ids, day)
    found = [
        Offer(
            organisation_id=key,
            organisation=name,
            asking=one,
            name=one.programme.name[tongue],
            sentences=summary(one.programme, tongue),
            evidence=_items(one.programme.claims, held[key], (), tongue=tongue),
            is_open=may_apply(one.programme, day),
            closes_on=one.programme.claims.closes_on(day),
            opens_on=one.programme.claims.opens_on(day),
            standing=standing.get((key, one.id)),
        )
        for key, name in companies_named(session, organisation_ids)
        for one in asking
        if _recent(one.programme, day)
    ]
    shown = (one for one in found if one.is_open or one.opens_on or one.is_back)
    return sorted(shown, key=_first)


def may_apply(terms: Programme, day: date) -> bool:
    """Whether an application handed in that day reaches anything."""
    reached = terms.claims.covers_from(day) or terms.valid_from
    return terms.claims.open_on(day) and reached <= terms.valid_to


def version_to_apply_to(session: Session, code: str, day: date) -> int:
    """The version of a programme that an application of that day would be for."""
    of_code = [one for one in asking_versions(session) if one.programme.id == code]
    if not of_code:
        raise NotFound(programme=code)
    is_open = [one for one in of_code if may_apply(one.programme, day)]
    return (is_open or of_code)[-1].version


def applying_company(actor: Actor, organisation_id: int | None) -> int:
    """For whom one applies: the company that was named, or one's own."""
    own = actor.organisations_giving(Permission.APPLICATION_MAKE)
    if organisation_id is None and own:
        return own[0]
    if organisation_id not in own:
        raise NotFound(organisation_id=organisation_id)
    return organisation_id


def _recent(terms: Programme, day: date) -> bool:
    """Not one of long ago: it may still be applied to where it says so, but nobody is told."""
    return terms.valid_to >= day - _LONG_AGO


def _first(offer: Offer) -> tuple[bool, date, str]:
    return (
        not (offer.is_open or offer.is_back),
        offer.closes_on or offer.opens_on or date.max,
        offer.name,
    )


def _items(
    claims: Claims, held: Sequence[str], papers: Sequence[PaperRow], *, tongue: Language
) -> list[Item]:
    return [
        Item(
            evidence=one,
            asked=one.asked_of(held),
            papers=brought,
            missing=max(one.min_count - len(brought), 0) if one.asked_of(held) else 0,
            name=evidence_name(one.code, tongue),
            of_whom=name_of(one.applies_if, tongue),
        )
        for one in claims.evidence
        for brought in [[paper for paper in papers if paper.code == one.code]]
    ]


def _rights(row: ApplicationRow, actor: Actor) -> Rights:
    own = actor.may_for(Permission.APPLICATION_MAKE, organisation_id=row.organisation_id)
    # Who handed it in decides nothing of it.
    judges = actor.may(Permission.APPLICATION_DECIDE) and row.handed_in_by != actor.known_id
    knows = APPLICATION_TRANSITIONS
    return Rights(
        writes=own and row.state in APPLICATION_OPEN,
        withdraws=own and (row.state, ApplicationStep.WITHDRAW) in knows,
        decides=judges and (row.state, ApplicationStep.ACCEPT) in knows,
        revokes=judges and (row.state, ApplicationStep.REVOKE) in knows,
    )
