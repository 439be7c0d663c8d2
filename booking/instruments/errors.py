"""Why something about an instrument was refused."""

from booking.kernel.errors import BookingError, Conflict, RulesBroken, Violation


class TimeHeld(BookingError):
    """Time is held already; `conflicts` say when, never by whom."""

    kind = "conflict"

    def __init__(self, conflicts: tuple[Conflict, ...] = (), **params: object) -> None:
        super().__init__(**params)
        self.conflicts = conflicts


class SlotTaken(TimeHeld):
    """Somebody else holds the time."""

    code = "reservation.slot_taken"


class ClosureInTheWay(TimeHeld):
    """Bookings lie where the instrument was to be closed; they are moved or cancelled first."""

    code = "closure.bookings_in_the_way"


class CardStale(BookingError):
    """Somebody else changed the card since it was read."""

    kind = "stale"
    code = "instrument.stale"


class IllegalStep(BookingError):
    """The card's life does not lead there from where it stands."""

    kind = "conflict"
    code = "instrument.illegal_step"


class ReasonMissing(BookingError):
    """Whoever returns, suspends or closes says why."""

    code = "instrument.reason_missing"


class InnerIdTaken(BookingError):
    """The lab has another instrument under this inner id."""

    kind = "conflict"
    code = "instrument.inner_id_taken"


class UnitsBusy(BookingError):
    """A place that still has bookings ahead cannot be taken away."""

    kind = "conflict"
    code = "instrument.units_busy"


class ClosedAhead(TimeHeld):
    """A closure or a fault is not over; whoever retires the instrument ends it first."""

    code = "instrument.closed_ahead"


class AlreadyRetired(BookingError):
    """What is retired is not closed, and breaks no more."""

    kind = "conflict"
    code = "instrument.already_retired"


class PartsContradict(BookingError):
    """An instrument would be part of itself, or of a whole with too many levels."""

    kind = "conflict"
    code = "instrument.parts_contradict"


class PartsHeld(BookingError):
    """What belongs to a whole does not change while time is held on it or on the part."""

    kind = "conflict"
    code = "instrument.parts_held"


class VersionExists(BookingError):
    """A version with this start is there already, and what was used never changes."""

    kind = "conflict"
    code = "instrument.version_exists"


class VersionBegun(BookingError):
    """A version that has begun, or was withdrawn before, stays as it is."""

    kind = "conflict"
    code = "instrument.version_begun"


class SeriesContradicts(RulesBroken):
    """A series without bounds, without a day, or in its own way."""

    code = "closure.series_contradicts"


class SeriesInTheWay(RulesBroken):
    """Bookings lie where some of the occurrences were to be; each of these is told with them."""

    kind = "conflict"
    code = "closure.series_in_the_way"


class ClosureTooLong(BookingError):
    """A closure of more than a year is a retirement."""

    code = "closure.too_long"


class ClosureTooFarBack(BookingError):
    """What was closed long ago is in the reports already."""

    code = "closure.too_far_back"


class ClosureOver(BookingError):
    """It has been lifted or is past."""

    kind = "conflict"
    code = "closure.over"


class CategoryUnknown(BookingError):
    """The classification that the card goes by has no such code."""

    code = "instrument.category_unknown"

    def __init__(self, code: str) -> None:
        super().__init__(category_code=code)
        self.violations = (Violation(self.code, {"field": "category_code"}),)


class CardIncomplete(RulesBroken):
    """Something in the card is missing or contradicts itself."""

    code = "instrument.incomplete"


class HoursClash(BookingError):
    """Windows of a day overlap, are empty, or open outside it."""

    code = "opening.hours_clash"


class NightClash(BookingError):
    """A window over midnight lasts into a window of the day after."""

    code = "opening.night_clash"


class TariffContradicts(RulesBroken):
    """Nobody could say from this price list what a minute costs."""

    code = "tariff.contradicts"


class CalendarContradicts(RulesBroken):
    """The days do not fit the year, or the sheet cannot be read; each row is told."""

    code = "calendar.contradicts"


class SpanBackwards(BookingError):
    """It ends before it starts."""

    code = "span.backwards"


class SpanTooLong(BookingError):
    """More time than one answer can tell about."""

    code = "span.too_long"


class SheetRefused(RulesBroken):
    """It lacks headings or rows, or has too many; nothing of it was kept."""

    code = "import.refused"


class TooManyImports(BookingError):
    """As many sheets of the person as one may have are still on their way in."""

    kind = "conflict"
    code = "import.too_many"


class ProviderSuspended(BookingError):
    """While its provider is suspended an instrument is not offered."""

    kind = "conflict"
    code = "instrument.provider_suspended"


class TooManyAttachments(BookingError):
    """The card has as many pictures or papers as it may."""

    kind = "conflict"
    code = "instrument.too_many_attachments"


class FilingAhead(BookingError):
    """Nothing was filed on a day that is still to come."""

    code = "instrument.filing_ahead"


class PairExists(BookingError):
    """The search knows this pair of words already."""

    kind = "conflict"
    code = "instrument.words_known"


class PairMeaningless(BookingError):
    """Two words that are the same, or none."""

    code = "instrument.words_meaningless"


class PersonIsOperator(BookingError):
    """The person is another operator already, and works at one place at a time."""

    kind = "conflict"
    code = "operator.person_taken"


class AbsenceTooLong(RulesBroken):
    """More days at once than an absence is entered for."""

    code = "roster.too_long"

    def __init__(self, days: int) -> None:
        super().__init__([Violation(self.code, {"field": "until", "days": days})])


class FaultUnreported(RulesBroken):
    """A fault closes an instrument only by way of its report; else nobody could repair it."""

    code = "closure.fault_unreported"

    def __init__(self) -> None:
        super().__init__([Violation(self.code, {"field": "kind"})])


class IllegalFaultStep(BookingError):
    """The fault's life does not lead there from where it stands."""

    kind = "conflict"
    code = "fault.illegal_step"


class OutOfServiceAlready(BookingError):
    """Another fault keeps the instrument closed."""

    kind = "conflict"
    code = "fault.closed_already"


class ExpectedEndPassed(BookingError):
    """A repair is expected to end later than now."""

    code = "fault.end_passed"


class BrokenOutOfBounds(RulesBroken):
    """A time that is entered late is past, recent, and not before there was the instrument."""

    code = "fault.out_of_bounds"


class FaultNotRepaired(BookingError):
    """Whoever repairs a fault opens the instrument again; its closure is not lifted by hand."""

    kind = "conflict"
    code = "fault.not_repaired"


class NotToReport(BookingError):
    """A holder reports what is wrong during a booking, or on the day before it."""

    kind = "conflict"
    code = "fault.not_to_report"
