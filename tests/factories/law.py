"""Cases of the law of booking: a wish, the terms of an instrument, and what speaks against it.

Terms are said in the words of the API (`grid_minutes=30`), what is known of who asks in those of
`Demand`. Whatever a case does not say is allowed: the instrument is open day and night, on a grid
of a minute, to bookings of up to 62 days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from booking.instruments.rules.layers import Layer, Layers, WeekRow
from booking.instruments.rules.opening import StatutoryCalendar
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.price_list import Listed, tariff_terms
from booking.instruments.rules.tariff import TariffTerms
from booking.instruments.rules.terms import BookingTerms, PolicyTerms, QuotaTerms, ServiceMode
from booking.instruments.states import InstrumentState
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.booking import violations
from booking.reservations.rules.demand import Counted, Demand, Policy
from booking.reservations.rules.offer import policy_from
from tests.factories.reservation_values import NOW, at, between

ALWAYS: Final[tuple[WeekRow, ...]] = tuple((day, 0, 1440) for day in range(1, 8))
OFFICE: Final[tuple[WeekRow, ...]] = tuple((day, 540, 1020) for day in range(1, 6))
_POLICY: Final = {field.name for field in fields(PolicyTerms)}
_DEMAND: Final = {field.name for field in fields(Demand)}
_LAX: Final = {"grid_minutes": 1, "shortest_minutes": 1, "longest_minutes": 62 * 1440}
_MODES: Final = frozenset({ServiceMode.SELF_OPERATED, ServiceMode.ASSISTED, ServiceMode.ENTRUSTED})


@dataclass(frozen=True)
class Case:
    """A wish beside one boundary of the law: `about` is the code of that boundary."""

    about: str
    name: str
    span: TimeSpan
    breaks: tuple[str, ...]
    said: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.about}: {self.name}"

    @property
    def demand(self) -> Demand:
        plain = {"asked_at": NOW, "mode": "self_operated", "customer_class": "enterprise"}
        told = {name: value for name, value in self.said.items() if name in _DEMAND}
        return Demand(span=self.span, **{**plain, **told})

    @property
    def terms(self) -> BookingTerms:
        told = {name: value for name, value in self.said.items() if name in _POLICY}
        offer = {name: self.said[name] for name in self.said.keys() - _POLICY - _DEMAND}
        return terms_of(self.span, PolicyTerms(**{**_LAX, **told}), **offer)

    @property
    def policy(self) -> Policy:
        return policy_from(self.terms, self.demand.customer_class)

    def found(self) -> tuple[Violation, ...]:
        """What the law says."""
        return violations(self.demand, self.policy)


def terms_of(
    span: TimeSpan,
    policy: PolicyTerms,
    *,
    published: bool = True,
    modes: frozenset[ServiceMode] = _MODES,
    week: tuple[WeekRow, ...] = ALWAYS,
    calendar: StatutoryCalendar | None = None,
    faults: tuple[TimeSpan, ...] = (),
    tariff: TariffTerms | None = None,
    places: int = 1,
) -> BookingTerms:
    """The terms of an instrument for a span."""
    layers = Layers(own=Layer.of(week), calendar=calendar)
    return BookingTerms(
        instrument_id=1,
        name="扫描电镜",
        name_en="SEM",
        state=InstrumentState.PUBLISHED if published else InstrumentState.SUSPENDED,
        lab_id=1,
        organisation_id=1,
        service_modes=modes,
        unit_ids=tuple(range(1, places + 1)),
        policy=policy,
        tariff=tariff,
        span=span,
        layers=layers,
        schedule=layers.schedule,
        faults=faults,
    )


def within(about: str, name: str, span: str, **said: Any) -> Case:
    """A wish on the near side of a boundary."""
    return Case(about, name, span_in(span), (), said)


def beyond(about: str, name: str, span: str, *also: str, **said: Any) -> Case:
    """A wish on the far side of a boundary, and perhaps of others."""
    return Case(about, name, span_in(span), (about, *also), said)


def span_in(text: str) -> TimeSpan:
    """`11-24 13:00/16:00` in the zone, or two moments with their offsets."""
    start, end = text.split("/")
    if "T" in text:
        return TimeSpan(datetime.fromisoformat(start), datetime.fromisoformat(end))
    return between(start, end)


def mine(
    span: str, *, made: str = "11-01 08:00", used: bool = False, stands: bool = True
) -> Counted:
    """A booking of who asks; not standing when it was missed or given back late."""
    is_open = stands and not used
    return Counted(span_in(span), True, True, is_open, at(made), stands)


def colleagues(span: str, *, stands: bool = True) -> Counted:
    """A booking of somebody else of the organisation."""
    return Counted(span_in(span), False, True, stands, at("11-01 08:00"), stands)


def elsewhere(span: str) -> Counted:
    """A booking of the same person for another organisation."""
    return Counted(span_in(span), True, False, True, at("11-01 08:00"))


def quota(said: str, *, whom: str = "") -> tuple[QuotaTerms, ...]:
    """`person hours week 10`, as the `quotas` of a policy."""
    per, measure, period, limit = said.split()
    return (
        QuotaTerms(per=per, measure=measure, period=period, limit=int(limit), customer_class=whom),
    )


def peak(days: str, begins: str, ends: str) -> tuple[PeakBand, ...]:
    """`12345` from 09:00 to 18:00, as the `peak_hours` of a policy."""
    return (PeakBand.of({"weekdays": [int(day) for day in days], "from": begins, "to": ends}),)


def prices(*bands: tuple[str, str, str, str]) -> TariffTerms:
    """A price list with factors: (`12345`, `18:00`, `22:00`, `1.5`)."""
    told = [
        {"weekdays": [int(day) for day in days], "from": begins, "to": ends, "factor": factor}
        for days, begins, ends, factor in bands
    ]
    return tariff_terms(Listed(classes={"enterprise": {"hour": "100.00"}}, peak=told))
