"""Why a deed on a reservation is refused, apart from the rules of booking."""

from booking.kernel.errors import Alternative, BookingError, RulesBroken
from booking.kernel.timespan import TimeSpan


class ReservationRefused(RulesBroken):
    """The rules speak against it; every one that does is named."""

    code = "reservation.rules_broken"


class IllegalTransition(BookingError):
    """The reservation's life does not lead there from where it stands."""

    kind = "conflict"
    code = "reservation.illegal_transition"


class TooEarly(BookingError):
    """Not yet: use begins when the booked time comes near."""

    kind = "conflict"
    code = "reservation.too_early"


class UnitInUse(BookingError):
    """Somebody is still checked in on the same unit."""

    kind = "conflict"
    code = "reservation.unit_in_use"


class UseRecordWrong(RulesBroken):
    """The account of a use does not fit the time between check-in and check-out."""

    code = "reservation.use_record_wrong"


class ReasonMissing(BookingError):
    """Whoever sets a rule aside, rejects or disputes says why."""

    code = "reservation.reason_missing"


class AlreadyConfirmed(BookingError):
    """This side has said so before."""

    kind = "conflict"
    code = "reservation.already_confirmed"


class TooLate(BookingError):
    """The booked time is over."""

    kind = "conflict"
    code = "reservation.too_late"


class EndPassed(BookingError):
    """A booking ends after it begins, and after now."""

    code = "reservation.end_passed"


class LabDecides(BookingError):
    """The lab decides on such time, so that nobody else can change it this way."""

    kind = "conflict"
    code = "reservation.lab_decides"


class ConsentMissing(BookingError):
    """Other or more time than a company booked, or dearer: the lab proposes it, and they answer."""

    kind = "conflict"
    code = "reservation.consent_missing"


class ColleagueMissing(BookingError):
    """Nobody else of the organisation who may book is called that."""

    code = "reservation.colleague_missing"


class RecordMissing(BookingError):
    """The clock closed this use; the host says first what was done."""

    code = "reservation.record_missing"


class CodeMissing(BookingError):
    """Here one checks in with the code that the lab's screen shows."""

    kind = "conflict"
    code = "reservation.code_missing"


class LinkOver(BookingError):
    """The link of the page at the instrument has ended, or is not this person's."""

    kind = "conflict"
    code = "reservation.link_over"


class CentreDecides(BookingError):
    """Somebody asked the centre; the lab no longer decides its own dispute."""

    kind = "conflict"
    code = "reservation.centre_decides"


class TooManyMessages(BookingError):
    """Enough was said; somebody has to decide."""

    kind = "conflict"
    code = "reservation.too_many_messages"


class TooManyPhotos(BookingError):
    """A few photos tell how an instrument looked."""

    kind = "conflict"
    code = "reservation.too_many_photos"


class OrganisationMissing(BookingError):
    """Nobody knows for which organisation the time is meant."""

    code = "reservation.organisation_missing"


class SuccessorMissing(BookingError):
    """Bookings are ahead; somebody has to hold them."""

    kind = "invalid"
    code = "departure.successor_missing"


class NotInSeries(BookingError):
    """The booking stands alone, or nothing of its series is left to do that with."""

    kind = "conflict"
    code = "series.nothing_left"


class JointBegun(BookingError):
    """Of a joint booking nothing is left to do that with, or a step of it has begun already."""

    kind = "conflict"
    code = "joint.begun"


class JointOrderBroken(BookingError):
    """Alone, a step may not leave its place among the others; all of them can move together."""

    kind = "conflict"
    code = "joint.order_broken"


class WaitingOver(BookingError):
    """The time that is waited for has begun, or is too short for what is wanted."""

    code = "waitlist.over"


class LengthNotInWindow(BookingError):
    """What is wanted is longer than the window it is to lie in, or the window is too long."""

    code = "waitlist.length"


class WaitingAlready(BookingError):
    """The same person waits for the same time on the same instrument."""

    kind = "conflict"
    code = "waitlist.waiting_already"


class TimeIsFree(BookingError):
    """Nobody has to wait for what can be booked now."""

    kind = "conflict"
    code = "waitlist.time_is_free"

    def __init__(self, instrument_id: int, span: TimeSpan) -> None:
        super().__init__(span=span)
        self.alternatives = (Alternative(instrument_id, span),)


class HelperNotThere(BookingError):
    """One of the instruments is not offered with an operator or accessory that is waited for."""

    code = "waitlist.helper_not_there"


class TooManyWaiting(BookingError):
    """Nobody waits for very many times at once."""

    kind = "conflict"
    code = "waitlist.too_many"


class EntryOver(BookingError):
    """This place in line is given up or was served."""

    kind = "conflict"
    code = "waitlist.entry_over"


class OfferOver(BookingError):
    """The offer was answered, or nobody answered it in time."""

    kind = "conflict"
    code = "waitlist.offer_over"


class AskOver(BookingError):
    """What was proposed or asked for was answered, withdrawn, or lapsed."""

    kind = "conflict"
    code = "proposal.over"


class AskOpen(BookingError):
    """For this booking something is asked already."""

    kind = "conflict"
    code = "proposal.open_already"


class NothingNew(BookingError):
    """The time that is proposed is the booked one, or has nearly come."""

    code = "proposal.nothing_new"


class NothingToSwap(BookingError):
    """At that time nobody else has booked there what could be exchanged."""

    kind = "conflict"
    code = "swap.nothing_there"


class SwapImpossible(BookingError):
    """Something speaks against it on the other side; what, is theirs to know."""

    kind = "conflict"
    code = "swap.impossible"


class QuoteUnknown(BookingError):
    """No quote of that number was made for this organisation."""

    kind = "missing"
    code = "quote.unknown"


class QuoteExpired(BookingError):
    """Its price was kept so long and no longer."""

    kind = "conflict"
    code = "quote.expired"


class QuoteDiffers(BookingError):
    """It was made for something else than is booked."""

    code = "quote.differs"


class UseNotFinished(BookingError):
    """Only a use that is over can be graded."""

    kind = "conflict"
    code = "feedback.not_finished"


class FeedbackTermOver(BookingError):
    """So long after the use nothing is said of it any more."""

    kind = "conflict"
    code = "feedback.term_over"


class FeedbackReported(BookingError):
    """The grade was handed in with the records of its quarter."""

    kind = "conflict"
    code = "feedback.reported"
