"""The answer to a need: ranked instruments, with what speaks for and against each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.instruments.queries.found import FoundCard, cards
from booking.instruments.queries.likely import Described, Likely, described, likely_cards
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots
from booking.instruments.queries.words import known_lexicon
from booking.instruments.rules.customer import customer_class
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.needs.queries.needs import NeedRow
from booking.needs.rules.asking import Place, Wish, reasons_of, steps_fitted, wishes_of
from booking.needs.rules.ranking import Candidate, mode_for, objections, ranked

# How many of the closest are looked at further, and how many are shown.
_LOOKED_AT: Final = 50
_SHOWN: Final = 10
_HOUR: Final = timedelta(hours=1)
# Nobody plans further ahead by the hour.
_FARTHEST: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """An instrument that may do, why, in which mode, and what speaks against it."""

    card: FoundCard
    candidate: Candidate
    mode: ServiceMode | None
    against: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Fit:
    card: Likely
    steps: Mapping[int, int]

    @property
    def closeness(self) -> tuple[int, int, int]:
        return -len(self.steps), sum(self.steps.values()), self.card.id


def answers(
    session: Session, need: NeedRow, *, now: datetime, memory: Memory | None = None
) -> list[Answer]:
    """The best few; none when no public card has any of the words."""
    wishes = wishes_of(need.texts, known_lexicon(session))
    fits = _fits(session, wishes)[:_LOOKED_AT]
    ids = [fit.card.id for fit in fits]
    shown = {card.id: card for card in cards(session, ids, at=now)}
    said = described(session, ids, at=now)
    free = _free(session, ids, need, now=now, memory=memory)
    candidates = [
        _candidate(fit, wishes, said[fit.card.id], need=need, free=free, card=shown[fit.card.id])
        for fit in fits
        if fit.card.id in shown
    ]
    return [
        Answer(
            shown[one.instrument_id],
            one,
            mode_for(need.samples, one.modes),
            objections(one, samples=need.samples, district=need.district),
        )
        for one in ranked(candidates, district=need.district)[:_SHOWN]
    ]


def labs_for(session: Session, needs: Sequence[NeedRow]) -> dict[int, list[int]]:
    """The labs whose public instruments fit most of what a need asks for, and their needs."""
    lexicon = known_lexicon(session)
    asked = {need.id: wishes_of(need.texts, lexicon) for need in needs}
    found: dict[int, list[int]] = {}
    for need_id, fits in ((one, _fits(session, wishes)) for one, wishes in asked.items()):
        most = max((len(fit.steps) for fit in fits), default=0)
        for lab_id in {fit.card.lab_id for fit in fits if len(fit.steps) == most}:
            found.setdefault(lab_id, []).append(need_id)
    return dict(sorted(found.items()))


def _fits(session: Session, wishes: Sequence[Wish]) -> list[_Fit]:
    cards_found = likely_cards(session, [wish.unit for wish in wishes])
    fits = [_Fit(card, steps_fitted(wishes, card.texts)) for card in cards_found]
    return sorted((fit for fit in fits if fit.steps), key=lambda fit: fit.closeness)


def _free(
    session: Session, ids: Sequence[int], need: NeedRow, *, now: datetime, memory: Memory | None
) -> dict[int, datetime]:
    end = min(TimeSpan.of_local_day(need.by_day).end, now + _FARTHEST)
    if not ids or end <= now:
        return {}
    wish = SlotWish(_HOUR, TimeSpan(now, end), now)
    slots = earliest_slots(session, ids, wish, limit=len(ids), memory=memory)
    return {slot.instrument_id: slot.span.start for slot in slots}


def _candidate(
    fit: _Fit,
    wishes: Sequence[Wish],
    said: Described,
    *,
    need: NeedRow,
    free: Mapping[int, datetime],
    card: FoundCard,
) -> Candidate:
    payer = customer_class(
        need.kind, organisation_id=need.organisation_id, provider_id=card.organisation_id
    )
    fields = {
        Place.NAME: said.names,
        Place.OTHER_NAME: said.aliases,
        Place.MODEL: said.model,
        Place.FUNCTION: said.functions,
        Place.SPECIFICATION: said.specs,
        Place.SERVICE: said.services,
    }
    return Candidate(
        instrument_id=card.id,
        words=len(fit.steps),
        distance=sum(fit.steps.values()),
        free_at=free.get(card.id),
        hour_fen=said.prices.get(payer),
        district=fit.card.district,
        modes=said.modes,
        reasons=reasons_of([wishes[at] for at in sorted(fit.steps)], fields),
    )
