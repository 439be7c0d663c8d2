"""Shapes of waiting: what programs send and what people type."""

import re
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from booking.instruments.rules.terms import ServiceMode
from booking.reservations.forms import (
    Pieces,
    Purpose,
    RowId,
    Samples,
    SpanBody,
    SpanForm,
    TypedPieces,
)
from booking.reservations.rules.waitlist import WaitWish

_MOST: Final = 5
_LONGEST: Final = 60 * 24 * 31
_MINUTE: Final = timedelta(minutes=1)
_ID: Final = re.compile(r"\d{1,18}")

Length = Annotated[int, Field(ge=1, le=_LONGEST)]
Accessories = Annotated[list[RowId], Field(max_length=20)]
Others = Annotated[list[RowId], Field(max_length=_MOST - 1)]


def typed_ids(value: object) -> object:
    """`12, 40`: the numbers of instruments, as they stand in their addresses."""
    return [int(one) for one in _ID.findall(value)] if isinstance(value, str) else value


class WaitBody(SpanBody):
    """`POST /instruments/{id}/waitlist`: without `minutes` the whole span is waited for."""

    minutes: Length | None = None
    other_instrument_ids: Others = Field(default_factory=list)
    mode: ServiceMode | None = None
    purpose: Purpose
    samples: Samples = 0
    consumables: Pieces = Field(default_factory=dict)
    operator_id: RowId | None = None
    accessory_ids: Accessories = Field(default_factory=list)
    organisation_id: RowId | None = None

    def wish(self, instrument_id: int) -> WaitWish:
        operator = () if self.operator_id is None else (self.operator_id,)
        return WaitWish(
            instrument_ids=(instrument_id, *self.other_instrument_ids),
            window=self.span,
            minutes=self.minutes or self.span.length // _MINUTE,
            mode=self.mode,
            purpose=self.purpose,
            samples=self.samples,
            consumables=self.consumables,
            helper_ids=(*operator, *self.accessory_ids),
            organisation_id=self.organisation_id,
        )


class WaitForm(SpanForm):
    """The same from the booking panel, or from the page for some time of a window."""

    hours: Annotated[float | None, Field(gt=0, le=24 * 31)] = None
    others: Annotated[Others, BeforeValidator(typed_ids)] = Field(default_factory=list)
    mode: ServiceMode | None = None
    purpose: Purpose
    samples: Samples = 0
    consumables: TypedPieces = Field(default_factory=dict)
    accessory_ids: Accessories = Field(default_factory=list)

    def wish(self, instrument_id: int) -> WaitWish:
        minutes = (
            self.span.length // _MINUTE if self.hours is None else max(1, round(self.hours * 60))
        )
        return WaitWish(
            instrument_ids=(instrument_id, *self.others),
            window=self.span,
            minutes=minutes,
            mode=self.mode,
            purpose=self.purpose,
            samples=self.samples,
            consumables=self.consumables,
            helper_ids=tuple(self.accessory_ids),
        )
