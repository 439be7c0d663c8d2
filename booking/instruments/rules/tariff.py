"""A price list as a value: what each kind of customer pays, at which hours more or less."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from booking.kernel.errors import BookingError

NO_FACTOR = Decimal(1)
# The class whose prices are the public ones; whoever has no prices of his own pays these.
GENERAL_CLASS = "enterprise"


class Basis(StrEnum):
    """Which time is charged after use."""

    RESERVED = "reserved"
    ACTUAL = "actual"
    LARGER = "larger"


class ClassNotPriced(BookingError):
    """The tariff has no price for this kind of customer, nor a general one."""

    code = "tariff.class_missing"


class ItemNotPriced(BookingError):
    """The tariff names no consumable like this."""

    code = "tariff.item_missing"


@dataclass(frozen=True, slots=True)
class Step:
    """Another hourly price for the minutes after the first ones."""

    over_minutes: int
    hour_fen: int


@dataclass(frozen=True, slots=True)
class Consumable:
    """Something used up, sold by the piece: `unit` says what one is (片, 支, mL)."""

    name: str
    price_fen: int
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPrice:
    """The prices of one kind of customer."""

    hour_fen: int = 0
    steps: tuple[Step, ...] = ()
    day_fen: int | None = None
    sample_fen: int = 0
    staff_hour_fen: int = 0
    minimum_fen: int = 0
    free_minutes: int = 0
    # Besides a share of the price, which the booking rules state.
    late_cancel_fen: int = 0
    no_show_fen: int = 0
    consumables: tuple[Consumable, ...] = ()

    def hour_fen_after(self, elapsed: int) -> int:
        """The price of an hour once so many minutes of the booking have passed."""
        passed = [step for step in self.steps if step.over_minutes <= elapsed]
        if not passed:
            return self.hour_fen
        return max(passed, key=lambda step: step.over_minutes).hour_fen


@dataclass(frozen=True, slots=True)
class Peak:
    """A factor on the hourly price, on some ISO weekdays between two minutes of the day.

    A band that ends at or before the minute at which it begins goes on over midnight: it belongs to
    the weekday on which it begins.
    """

    weekdays: frozenset[int]
    from_minute: int
    to_minute: int
    factor: Decimal

    @property
    def over_midnight(self) -> bool:
        return self.to_minute <= self.from_minute

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether the minute of that weekday lies within the band."""
        if not self.over_midnight:
            return weekday in self.weekdays and self.from_minute <= minute < self.to_minute
        tonight = weekday in self.weekdays and self.from_minute <= minute
        return tonight or (day_before(weekday) in self.weekdays and minute < self.to_minute)


def day_before(weekday: int) -> int:
    """The ISO weekday before another."""
    return (weekday - 2) % 7 + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffTerms:
    """A price list as a value; `tariff_id` says which one, for the snapshot."""

    classes: Mapping[str, ClassPrice]
    basis: Basis = Basis.RESERVED
    round_up_minutes: int = 1
    vat_rate: Decimal = Decimal(0)
    vat_included: bool = True
    peak: tuple[Peak, ...] = ()
    tariff_id: int | None = None

    def prices_for(self, customer_class: str) -> ClassPrice:
        """The prices of a class; one without its own pays the general price."""
        prices = self.classes.get(customer_class) or self.classes.get(GENERAL_CLASS)
        if prices is None:
            raise ClassNotPriced(customer_class=customer_class)
        return prices

    def is_priced(self, customer_class: str) -> bool:
        """Whether there are prices for a class, its own or the general ones."""
        return customer_class in self.classes or GENERAL_CLASS in self.classes

    def consumables_for(self, customer_class: str) -> tuple[Consumable, ...]:
        """What a class can be sold; an item without a price of its own has the general one."""
        known = (self.classes.get(GENERAL_CLASS), self.classes.get(customer_class))
        items = {item.name: item for prices in known if prices for item in prices.consumables}
        return tuple(items.values())

    def consumable_for(self, customer_class: str, name: str) -> Consumable:
        """The item of that name; ItemNotPriced when there is none."""
        for item in self.consumables_for(customer_class):
            if item.name == name:
                return item
        raise ItemNotPriced(item=name)

    def factor_at(self, weekday: int, minute: int) -> Decimal:
        """The peak factor of a minute of a weekday."""
        for band in self.peak:
            if band.holds(weekday, minute):
                return band.factor
        return NO_FACTOR
