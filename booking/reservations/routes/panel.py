"""What the booking panel shows, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from booking.instruments.rules.pricing import PriceLine
from booking.instruments.rules.tariff import Consumable
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import PanelForm
from booking.reservations.queries.citable import VoucherToCite
from booking.web.formats import utc
from booking.web.forms import Filled

# Fields of one value that a series has too.
_ALONE: Final = (
    *("mode", "samples", "consumables", "purpose", "voucher"),
    *("on_behalf_of", "override_reason"),
)
_OF_STEP: Final = ("samples", "purpose", "voucher")
_OCCUPIED: Final = frozenset({"reservation.slot_taken", "operator.none_free"})


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of what the rules say; the tone is that of `ui.marks`."""

    code: str
    tone: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeesShown:
    """What giving back late and not coming would cost; the share alone where there is no price."""

    late_percent: int = 0
    late_fixed_fen: int = 0
    late_fen: int = 0
    no_show_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Everything the panel shows; plain values, so that a refusal can show it again."""

    instrument_id: int
    name: str
    name_en: str
    form: Filled[PanelForm]
    modes: tuple[ServiceMode, ...]
    grid_minutes: int
    is_staff: bool
    has_organisation: bool
    # Whether the lab also takes time for orders, which nobody books here but the lab.
    by_order: bool = False
    span: TimeSpan | None = None
    marks: tuple[Mark, ...] = ()
    lines: tuple[PriceLine, ...] = ()
    total_fen: int | None = None
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    free_until: datetime | None = None
    fees: FeesShown = field(default=FeesShown())
    # What can be used up, and what of it is expected as it was typed, where it has a price.
    consumables: tuple[Consumable, ...] = ()
    expected: str = ""
    # What a cited quote has of it that the price list has no more, and the rest as it is typed.
    unsold: tuple[str, ...] = ()
    still_sold: str = ""
    # What may be taken along, as id and label, whatever the time.
    accessories: Sequence[tuple[int, str]] = ()
    # Those of the ticked ones that somebody else has then.
    lacking: Sequence[str] = ()
    # What of a company's vouchers may be cited here, whatever the time.
    vouchers: Sequence[VoucherToCite] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def orders_only(self) -> bool:
        """Whether there is nothing to book here, only to order."""
        return self.by_order and not self.modes

    @property
    def occupied(self) -> bool:
        """Whether somebody else has the time, so that it can be waited for."""
        return any(mark.code in _OCCUPIED for mark in self.marks)

    @property
    def as_series(self) -> dict[str, object]:
        """What the page of a series begins with."""
        span, form = self.span, self.form
        time = {"start": utc(span.start), "end": utc(span.end)} if span else {}
        chosen = {name: text for name in _ALONE if (text := form.value(name))}
        return {**time, **chosen, "accessory_ids": form.values("accessory_ids")}

    @property
    def as_step(self) -> dict[str, object]:
        """What the page of a joint booking begins with."""
        span, form = self.span, self.form
        minute = timedelta(minutes=1)
        time = {"start": utc(span.start), "minutes": span.length // minute} if span else {}
        chosen = {name: text for name in _OF_STEP if (text := form.value(name))}
        along = [f"0:{unit}" for unit in form.values("accessory_ids")]
        return {"instrument": self.instrument_id, **time, **chosen, "accessory": along}

    @property
    def needs_training(self) -> bool:
        """Whether the way goes on over a training, and no other time would do."""
        return any(mark.code.startswith("training.") for mark in self.marks)
