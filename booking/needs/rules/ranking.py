"""Which instrument comes first for a need, and what speaks for and against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from booking.instruments.rules.nearness import borders_between
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Violation
from booking.needs.rules.asking import Reason

_NO_PRICE: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An instrument that has some of the words: how many, how closely (0 is closest), the earliest
    free time before the day asked, the price of an hour in fen."""

    instrument_id: int
    words: int
    distance: int
    free_at: datetime | None
    hour_fen: int | None
    district: str
    modes: Sequence[str]
    reasons: Sequence[Reason] = ()


def ranked(candidates: Iterable[Candidate], *, district: str) -> list[Candidate]:
    """Those with more of the words first, then closer, free in time, cheaper, nearer."""

    def key(one: Candidate) -> tuple[object, ...]:
        return (
            -one.words,
            one.distance,
            one.free_at is None,
            _NO_PRICE if one.hour_fen is None else one.hour_fen,
            borders_between(district, one.district),
            one.instrument_id,
        )

    return sorted(candidates, key=key)


def mode_for(samples: int, modes: Sequence[str]) -> ServiceMode | None:
    """Samples are sent in, without any the company comes itself; None where no mode fits."""
    sent = (ServiceMode.ENTRUSTED, ServiceMode.ASSISTED)
    present = (ServiceMode.SELF_OPERATED, ServiceMode.ASSISTED, ServiceMode.ENTRUSTED)
    wanted = sent if samples else present
    return next((mode for mode in wanted if mode in modes), None)


def objections(one: Candidate, *, samples: int, district: str) -> list[str]:
    """What speaks against it, as codes."""
    against = []
    if one.free_at is None:
        against.append("not_free")
    if mode_for(samples, one.modes) is None:
        against.append("no_mode")
    if one.hour_fen is None:
        against.append("no_price")
    if one.district != district:
        against.append("elsewhere")
    return against


def need_violations(by_day: date, *, today: date) -> Iterable[Violation]:
    """A need is about a day to come."""
    if by_day < today:
        yield Violation("need.day_over")


def offer_violations(until: date, *, today: date) -> Iterable[Violation]:
    """An offer holds for some time."""
    if until < today:
        yield Violation("need.until_over")
