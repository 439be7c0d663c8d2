"""What somebody asks for, before anybody has judged it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.series import OnConflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants; staff may want it for somebody else, and against some rules."""

    instrument_id: int
    span: TimeSpan
    purpose: str
    mode: ServiceMode | None = None
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    organisation_id: int | None = None
    on_behalf_of: int | str | None = None
    override_reason: str = ""
    helper_ids: tuple[int, ...] = ()
    # A kept quote whose price is to hold.
    quote_number: str = ""
    # A voucher to pay a part with.
    voucher: str = ""


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """The same again and again: `first` at the times of an RFC 5545 rule."""

    first: Wish
    rule: str
    on_conflict: OnConflict = OnConflict.FAIL


@dataclass(frozen=True, slots=True)
class PartOf:
    """What a booking was made as a part of, by row; most stand alone."""

    series_id: int | None = None
    joint_id: int | None = None
    # Between the end of the step before and this one, at the least.
    joint_pause_minutes: int = 0


ALONE = PartOf()
