"""What happens to bookings when something they rest on changes elsewhere."""

from collections.abc import Sequence

from booking.accounts.events import MemberLeft, PersonAnonymised
from booking.credit.actions.annul import annul
from booking.credit.rules import Cause
from booking.db.transactions import UnitOfWork
from booking.instruments.events import HelperChanged
from booking.instruments.holds import freed_since
from booking.kernel.events import Event
from booking.organisations.events import OrganisationSuspended
from booking.reservations.actions.asking_life import Told, end_proposal, proposal_fact, swap_fact
from booking.reservations.actions.carry_on_without import carry_on_without
from booking.reservations.actions.change_joint import end_with_step
from booking.reservations.actions.count_credit import (
    count_for_company,
    count_late_start,
    count_settled,
    count_taken_back,
)
from booking.reservations.actions.end_with_organisation import suspend_bookings, withdraw_offers
from booking.reservations.actions.funding import free_price, keep_price
from booking.reservations.actions.hand_over import hand_over, note_departure
from booking.reservations.actions.join_waitlist import leave_waitlist
from booking.reservations.actions.keep_feed import forget_feeds_of
from booking.reservations.actions.offer_time import offer_freed
from booking.reservations.asked import ProposalWithdrawn, SwapWithdrawn
from booking.reservations.events import (
    ReservationCancelled,
    ReservationEvent,
    ReservationExpired,
    ReservationMissed,
    ReservationMoved,
    ReservationRejected,
    UseCorrected,
    UseEnded,
    UseSettled,
    UseStarted,
)
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.asks import (
    open_proposals_of,
    open_swaps_with,
    reservations_by_id,
)
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.queries.not_begun import open_offers_to
from booking.reservations.queries.waitlist import entries_of
from booking.reservations.rules.training import OPERATED_ALONE
from booking.reservations.states import AskState, State
from booking.training.actions.lasting import practised

# After these a booking is another one, or none.
_ENDING_ASKS = (
    ReservationCancelled,
    ReservationExpired,
    ReservationMissed,
    ReservationMoved,
    ReservationRejected,
    UseStarted,
)


def cancel_bookings_of_organisation(uow: UnitOfWork, fact: OrganisationSuspended) -> None:
    """What a suspended organisation had ahead of it, or was offered, is free for others."""
    suspend_bookings(uow, fact.organisation_id, actor_id=fact.actor_id, now=fact.at)
    offers = open_offers_to(uow.session, [fact.organisation_id])
    withdraw_offers(uow, offers, actor_id=fact.actor_id, now=fact.at)


def hand_over_bookings(uow: UnitOfWork, fact: MemberLeft) -> None:
    """What somebody who left had ahead goes to the successor; without one, nobody leaves."""
    if fact.gone:
        hand_over(
            uow,
            fact.user_id,
            fact.organisation_id,
            successor_id=fact.successor_id,
            actor_id=fact.actor_id,
            now=fact.at,
        )
        note_departure(
            uow, fact.user_id, fact.organisation_id, successor_id=fact.successor_id, now=fact.at
        )


def end_joint(uow: UnitOfWork, fact: ReservationRejected | ReservationExpired) -> None:
    """Who wanted several instruments together has no use for the others alone."""
    end_with_step(uow, fact)


def end_joint_of_lab(uow: UnitOfWork, fact: ReservationCancelled) -> None:
    """The same when a lab takes its promise back; whoever gives a step back keeps the others."""
    if fact.by_lab:
        end_with_step(uow, fact)


def forget_feeds(uow: UnitOfWork, fact: PersonAnonymised) -> None:
    """Nobody reads their calendars any more."""
    forget_feeds_of(uow, fact.user_id)


def note_practice(uow: UnitOfWork, fact: UseEnded) -> None:
    """Whoever operated alone stays in practice."""
    booked = uow.session.get_one(Reservation, fact.reservation_id)
    if booked.mode == OPERATED_ALONE:
        until = fact.span.end if fact.forgotten else fact.at
        practised(uow, fact.instrument_id, fact.holder_id, until=until)


def count_cancellation(uow: UnitOfWork, fact: ReservationCancelled) -> None:
    """Giving time back late counts for the company, breaking a promise for the lab."""
    if fact.late:
        count_for_company(uow, Cause.LATE_CANCELLATION, fact)
    elif fact.by_lab and fact.changes["state"][0] == State.CONFIRMED:
        count_taken_back(uow, fact)


def count_no_show(uow: UnitOfWork, fact: ReservationMissed) -> None:
    """Nobody came: it counts for the company."""
    count_for_company(uow, Cause.NO_SHOW, fact)


def count_overrun(uow: UnitOfWork, fact: ReservationEvent) -> None:
    """Somebody stayed beyond their time: it counts for the company, once for each booking."""
    count_for_company(uow, Cause.OVERRUN, fact)


def forgive_overrun(uow: UnitOfWork, fact: UseCorrected) -> None:
    """The centre found that staying longer counts for nobody."""
    if fact.forgives:
        annul(uow, Cause.OVERRUN, fact.number, actor_id=fact.actor_id, now=fact.at)


def count_start(uow: UnitOfWork, fact: UseStarted) -> None:
    """Where the lab operates, its own late start is the lab's."""
    count_late_start(uow, fact)


def count_settling(uow: UnitOfWork, fact: UseSettled) -> None:
    """Whoever was silent until the clock said yes was late; a use that both confirmed is good."""
    count_settled(uow, fact)


def free_funds(uow: UnitOfWork, fact: ReservationEvent) -> None:
    """What was set aside for a booking that is over, and not charged, is free again."""
    free_price(uow, fact)


def hold_funds_anew(uow: UnitOfWork, fact: ReservationMoved) -> None:
    """Another time has another price."""
    keep_price(uow, fact)


def wait_without_helper(uow: UnitOfWork, fact: HelperChanged) -> None:
    """Those who wait for what is offered no longer go on without it."""
    carry_on_without(uow, now=fact.at)


def leave_waitlists(uow: UnitOfWork, fact: MemberLeft) -> None:
    """Whoever is gone waits for nothing in that organisation's name."""
    if fact.gone:
        for entry_id in entries_of(uow.session, fact.user_id, fact.organisation_id):
            leave_waitlist(
                uow, entry_id, holder_id=fact.user_id, actor_id=fact.actor_id, now=fact.at
            )


def end_asks(uow: UnitOfWork, facts: Sequence[Event]) -> None:
    """Bookings that are others now, or none, are not asked about any more."""
    about = {one.reservation_id: one for one in facts if isinstance(one, _ENDING_ASKS)}
    if not about:
        return
    proposals = open_proposals_of(uow.session, about)
    swaps = open_swaps_with(uow.session, about)
    for key, fact in about.items():
        if key in proposals:
            _end_proposal(uow, proposals[key], fact)
        for swap in swaps:
            if swap.state is AskState.OPEN and key in {swap.asking_id, swap.asked_id}:
                _end_swap(uow, swap, fact)


def _end_proposal(uow: UnitOfWork, proposal: ReservationProposal, fact: ReservationEvent) -> None:
    booked = reservation_by_number(uow.session, fact.number)
    end_proposal(uow, proposal, AskState.WITHDRAWN, now=fact.at)
    told = Told(actor_id=fact.actor_id, cause="")
    over = proposal_fact(proposal, booked, now=fact.at, told=told)
    uow.announce(ProposalWithdrawn(**over, moot=True))


def _end_swap(uow: UnitOfWork, swap: ReservationSwap, fact: ReservationEvent) -> None:
    both = reservations_by_id(uow.session, [swap.asking_id, swap.asked_id])
    asking, asked = both[swap.asking_id], both[swap.asked_id]
    swap.state, swap.ended_at = AskState.WITHDRAWN, fact.at
    uow.session.flush()
    told = Told(actor_id=fact.actor_id, cause="")
    for sides in ((asking, asked), (asked, asking)):
        withdrawn = swap_fact(swap, sides, now=fact.at, told=told)
        here = withdrawn["reservation_id"] == fact.reservation_id
        uow.announce(SwapWithdrawn(**withdrawn, by_this_side=here))


def offer_what_was_freed(uow: UnitOfWork, facts: Sequence[Event]) -> None:
    """After any deed: the time it gave back is held for the next in line before anybody sees it."""
    if freed := freed_since(uow):
        offer_freed(uow, freed, now=max(fact.at for fact in facts))
