"""What follows from facts about bookings."""

from booking.billing.reactions import (
    charge_late_cancellation,
    charge_no_show,
    charge_overrun,
    charge_use,
    correct_charges,
)
from booking.db.transactions import Reactions
from booking.kernel.events import Event
from booking.notifications.reactions.asks import (
    tell_of_answer,
    tell_of_lapsed_proposal,
    tell_of_proposal,
    tell_of_swap,
)
from booking.notifications.reactions.bookings import tell_of_booking, tell_of_hand_over
from booking.notifications.reactions.departures import tell_of_bookings, tell_of_those_handed_on
from booking.notifications.reactions.disputes import tell_of_dispute
from booking.notifications.reactions.fees import tell_of_fee
from booking.notifications.reactions.joint import tell_of_joint
from booking.notifications.reactions.overruns import tell_of_overrun
from booking.notifications.reactions.reservations import tell_of_series
from booking.notifications.reactions.waitlist import (
    tell_of_helpers_withdrawn,
    tell_of_lapse,
    tell_of_offered_time,
)
from booking.notifications.reactions.webhooks import tell_webhooks
from booking.reservations import asked
from booking.reservations import events as reservations
from booking.reservations.events import quotes
from booking.reservations.reactions import (
    count_cancellation,
    count_no_show,
    count_overrun,
    count_settling,
    count_start,
    end_joint,
    end_joint_of_lab,
    forgive_overrun,
    free_funds,
    hold_funds_anew,
    note_practice,
)
from booking.vouchers.reactions import (
    adjust_voucher,
    encumber_voucher,
    redeem_voucher,
    release_voucher,
)

# Money paid in advance before vouchers, as whoever books takes them: nobody waits in a ring.
REACTIONS: Reactions = {
    asked.ProposalAccepted: (tell_of_answer,),
    asked.ProposalDeclined: (tell_of_answer,),
    asked.ProposalLapsed: (tell_of_lapsed_proposal,),
    asked.ProposalWithdrawn: (tell_of_proposal,),
    asked.SwapAsked: (tell_of_swap,),
    asked.SwapDeclined: (tell_of_swap,),
    asked.SwapLapsed: (tell_of_swap,),
    asked.SwapWithdrawn: (tell_of_swap,),
    asked.TimeProposed: (tell_of_proposal,),
    reservations.BookingsEnded: (tell_of_bookings,),
    reservations.BookingsHandedOver: (tell_of_bookings, tell_of_those_handed_on),
    reservations.CentreAsked: (tell_of_dispute,),
    reservations.DisputeAnswered: (tell_of_dispute,),
    reservations.DisputeResolved: (tell_of_dispute,),
    reservations.JointCancelled: (tell_of_joint,),
    reservations.JointMoved: (tell_of_joint,),
    reservations.JointReserved: (tell_of_joint,),
    reservations.OfferLapsed: (tell_of_lapse,),
    reservations.HelpersWithdrawn: (tell_of_helpers_withdrawn,),
    reservations.ReservationCancelled: (
        charge_late_cancellation,
        free_funds,
        release_voucher,
        count_cancellation,
        tell_of_booking,
        tell_of_fee,
        end_joint_of_lab,
    ),
    reservations.ReservationConfirmed: (encumber_voucher, tell_of_booking),
    reservations.ReservationExpired: (free_funds, release_voucher, tell_of_booking, end_joint),
    reservations.ReservationHandedOver: (tell_of_hand_over,),
    reservations.ReservationHindered: (tell_of_overrun,),
    reservations.ReservationMissed: (
        charge_no_show,
        free_funds,
        release_voucher,
        count_no_show,
        tell_of_fee,
        tell_webhooks,
    ),
    reservations.ReservationMoved: (hold_funds_anew, adjust_voucher, tell_of_booking),
    reservations.ReservationOverran: (charge_overrun, count_overrun, tell_of_fee),
    reservations.ReservationRejected: (free_funds, release_voucher, tell_of_booking, end_joint),
    reservations.ReservationRequested: (encumber_voucher, tell_of_booking),
    reservations.SeriesApproved: (tell_of_series,),
    reservations.SeriesCancelled: (tell_of_series,),
    reservations.SeriesMoved: (tell_of_series,),
    reservations.SeriesRejected: (tell_of_series,),
    reservations.SeriesReserved: (tell_of_series,),
    reservations.TimeOffered: (tell_of_offered_time,),
    reservations.UseDisputed: (tell_of_dispute,),
    reservations.UseEnded: (note_practice, tell_webhooks),
    reservations.UseCorrected: (correct_charges, forgive_overrun),
    reservations.UseSettled: (
        charge_use,
        free_funds,
        redeem_voucher,
        count_settling,
        tell_webhooks,
    ),
    reservations.UseStarted: (count_start, tell_webhooks),
}

# Recorded, and causing nothing else, on purpose.
SILENT: frozenset[type[Event]] = frozenset(
    {
        asked.SwapAccepted,
        reservations.ConditionShown,
        reservations.UseGraded,
        reservations.FeedMade,
        reservations.FeedReplaced,
        reservations.FeedRevoked,
        quotes.QuoteKept,
        reservations.OfferRefused,
        reservations.OfferTaken,
        reservations.UseConfirmed,
        reservations.WaitlistExpired,
        reservations.WaitlistJoined,
        reservations.WaitlistLeft,
    }
)
