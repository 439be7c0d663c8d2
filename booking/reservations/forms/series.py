"""Shapes coming in for series: what programs send and what people type."""

from typing import Annotated, Final

from pydantic import Field

from booking.instruments.rules.recurring import Frequency, Repeat
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.forms import (
    MoveBody,
    MoveForm,
    Purpose,
    Reason,
    ReasonBody,
    ReasonForm,
    ReserveBody,
    RowId,
    Samples,
    SpanForm,
    TypedPieces,
)
from booking.reservations.rules.series import LONGEST_RULE, OnConflict, Scope
from booking.reservations.rules.wish import SeriesWish, Wish
from booking.web.moments import Day
from booking.web.texts import text

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class SeriesBody(ReserveBody):
    """`POST /reservation-series`: a booking, and the RFC 5545 rule by which it comes again."""

    rrule: Annotated[str, text(LONGEST_RULE, shortest=1)]
    on_conflict: OnConflict = OnConflict.FAIL

    def series(self) -> SeriesWish:
        return SeriesWish(self.wish(), self.rrule, self.on_conflict)


class SeriesPreviewBody(SeriesBody):
    """`POST /reservation-series/preview`: the same, before anybody knows what for."""

    purpose: Reason = ""


class ScopedReasonBody(ReasonBody):
    """`POST /reservation-series/{number}/cancellation`: which bookings, and why.

    `reservation` is the one that `this` and `following` are said of.
    """

    scope: Scope = Scope.ALL
    reservation: Annotated[str, text(40, shortest=1)] | None = None


class ScopedMoveBody(MoveBody):
    """`POST /reservation-series/{number}/move`: where `reservation` goes, and which go along.

    For `all` it may be left out: then it is the first one ahead.
    """

    scope: Scope = Scope.ALL
    reservation: Annotated[str, text(40, shortest=1)] | None = None


class SeriesForm(SpanForm):
    """The first time, how it comes again, until when; as people fill it in."""

    frequency: Frequency
    every: Annotated[int, Field(ge=1, le=52)] = 1
    # From Monday, 0; those of a week besides the first time's own.
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=7)] = ()
    until: Day
    mode: ServiceMode | None = None
    samples: Samples = 0
    consumables: TypedPieces = Field(default_factory=dict)
    accessory_ids: Annotated[list[RowId], Field(max_length=20)] = Field(default_factory=list)
    voucher: Annotated[str, text(24)] = ""
    on_behalf_of: Annotated[str, text(254)] = ""
    override_reason: Reason = ""

    @property
    def rule(self) -> str:
        """The RFC 5545 rule of what was filled in."""
        rule = Repeat(self.frequency, self.every, self.until).rule(self.starts_at)
        if self.frequency is not Frequency.WEEKLY or not self.weekdays:
            return rule
        return f"{rule};BYDAY={','.join(WEEKDAYS[day] for day in sorted(set(self.weekdays)))}"

    def wish(self, instrument_id: int, purpose: str = "") -> Wish:
        return Wish(
            instrument_id=instrument_id,
            span=self.span,
            mode=self.mode,
            purpose=purpose,
            samples=self.samples,
            consumables=self.consumables,
            helper_ids=tuple(self.accessory_ids),
            on_behalf_of=self.on_behalf_of or None,
            override_reason=self.override_reason,
            voucher=self.voucher,
        )


class SeriesBookingForm(SeriesForm):
    """The same to be booked."""

    purpose: Purpose
    only_free: bool = False

    def series(self, instrument_id: int) -> SeriesWish:
        on_conflict = OnConflict.SKIP if self.only_free else OnConflict.FAIL
        return SeriesWish(self.wish(instrument_id, self.purpose), self.rule, on_conflict)


class ScopedMoveForm(MoveForm):
    """Another time, for one booking of a series or several."""

    scope: Scope = Scope.THIS


class ScopedReasonForm(ReasonForm):
    """Why, and for which bookings of a series."""

    scope: Scope = Scope.THIS
