"""What every rule would say to a company, as pages show it; nothing is kept or held."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.instruments.queries.holds import has_room
from booking.instruments.rules.terms import Approval, BookingTerms, ServiceMode
from booking.kernel.errors import Violation
from booking.reservations.actions.taking import NO_PRICE, Ask, judge_by
from booking.reservations.rules.booking import RULES
from booking.reservations.rules.credit import credit_high_enough

UNKNOWN_COMPANY: Final = Violation("organisation.unknown")
# Whoever is not known yet: nobody has this number, so that personal limits begin at nothing.
_NOBODY: Final = 0
# A lab tries its own rules; how a company stands with others is not its to find out.
_TRIED: Final = tuple(rule for rule in RULES if rule is not credit_high_enough)


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says."""

    rule: str
    broken: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What every rule says, and what else would happen."""

    said: tuple[Said, ...]
    customer_class: str
    approval: Approval
    occupied: bool

    @property
    def refused(self) -> tuple[Said, ...]:
        return tuple(said for said in self.said if said.broken)

    @property
    def overridable(self) -> bool:
        """Whether the lab could set aside everything that speaks against it."""
        return all(broken.overridable for said in self.refused for broken in said.broken)


def verdict_of(
    session: Session,
    terms: BookingTerms,
    *,
    company: int,
    mode: ServiceMode | None,
    now: datetime,
) -> Verdict:
    """The judgement of a booking of the terms' span by somebody of a company."""
    ask = Ask(
        instrument_id=terms.instrument_id,
        span=terms.span,
        mode=mode.value if mode else None,
        organisation_id=company,
        holder_id=_NOBODY,
    )
    judged = judge_by(session, ask, terms, now=now)
    said = [Said(rule.__name__, judged.broken([rule])) for rule in _TRIED]
    said.append(Said("priced", () if terms.tariff else (NO_PRICE,)))
    held = judged.policy.held(terms.span)
    free = has_room(session, terms.unit_ids, held, others=terms.part_unit_ids)
    return Verdict(
        tuple(said), judged.demand.customer_class, terms.policy.approval, occupied=not free
    )
