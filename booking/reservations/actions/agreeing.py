"""What a changed booking costs: its new price, and never less for giving it up than it cost."""

from dataclasses import replace
from datetime import datetime

from booking.access.actor import Actor
from booking.instruments.rules.pricing import Quote, price
from booking.instruments.rules.tariff import Basis
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import enter
from booking.reservations.actions.reserve import moment_columns, price_columns
from booking.reservations.actions.taking import Judged
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.seen import Seen
from booking.reservations.queries.terms import KeptTerms
from booking.reservations.rules.cancellation import costs_to_give_back
from booking.reservations.rules.fees import Forfeit, agreed_fees, owed_for_less
from booking.reservations.rules.offer import agreed_terms
from booking.reservations.rules.quoting import snapshot_of, with_fees
from booking.reservations.states import Action, State

Changed = dict[str, tuple[object, object]]


def kept_quote(
    kept: KeptTerms, booked: Reservation | Seen, span: TimeSpan, *, now: datetime
) -> Quote:
    """What another length costs by the price list of the booking, with the fees agreed.

    Once cancelling costs something, giving up a part makes neither that nor staying away cheaper.
    """
    quote = price(
        span,
        kept.tariff(booked.tariff_id),
        booked.customer_class,
        samples=booked.samples,
        consumables=booked.consumables,
    )
    quote = replace(quote, fees=agreed_fees(booked.quote))
    if not is_late(booked, now):
        return quote
    before = forfeit(kept, booked)
    after = replace(before, price_fen=quote.total_fen)
    return replace(quote, fees=after.at_least(before))


def agree_anew(
    kept: KeptTerms,
    reservation: Reservation,
    judged: Judged,
    *,
    actor: Actor,
    now: datetime,
    by_lab: bool = False,
) -> Changed:
    """New price and moments. What was late stays late and becomes no cheaper to give up, also when
    the lab has to decide anew; whom the lab moves may cancel as for a new booking."""
    was, deadline = reservation.quoted_fen, reservation.free_cancel_until
    before = forfeit(kept, reservation) if not by_lab and is_late(reservation, now) else None
    percent = 0 if by_lab else percent_of_less(kept, reservation, now)
    waits = judged.must_be_approved(actor)
    agreed = price_columns(judged, reservation.samples, reservation.consumables)
    columns = agreed | moment_columns(judged, waits=waits, now=now)
    for name, value in columns.items():
        setattr(reservation, name, value)
    reservation.stays_late = before is not None
    if before is not None:
        reservation.free_cancel_until = min(deadline, reservation.free_cancel_until)
        fees = _forfeit_by(judged, reservation).at_least(before)
        reservation.quote = with_fees(reservation.quote, fees)
    owe_for_less(reservation, percent, before_fen=was)
    changes: Changed = {}
    if was != reservation.quoted_fen:
        changes["quoted_fen"] = (was, reservation.quoted_fen)
    if waits and reservation.state is State.CONFIRMED:
        changes |= enter(reservation, Action.ASK_AGAIN, now=now)
    return changes


def ask_again(booked: Loaded, judged: Judged, *, now: datetime) -> Changed:
    """A promise that the lab has to give anew, for somebody else; what was late stays late."""
    reservation = booked.reservation
    late = is_late(reservation, now)
    changes = enter(reservation, Action.ASK_AGAIN, now=now)
    reservation.stays_late = late
    agreed = agreed_terms(judged.terms.policy)
    reservation.decide_by = agreed.decide_by(booked.span, asked_at=now)
    return changes


def requote(reservation: Reservation, quote: Quote) -> Changed:
    """Keep another price; what changed of it."""
    was = reservation.quoted_fen
    reservation.quote, reservation.quoted_fen = snapshot_of(quote), quote.total_fen
    return {} if was == quote.total_fen else {"quoted_fen": (was, quote.total_fen)}


def percent_of_less(kept: KeptTerms, booked: Reservation | Seen, now: datetime) -> int:
    """How much of the price of time that is given back now is owed all the same.

    Where reserved time is charged: as much as for cancelling, and all of it once the use has begun,
    as if one had left early. Where only used time is charged, nothing: leaving early is free too.
    """
    begun = booked.state is State.IN_USE
    if not (begun or is_late(booked, now)):
        return 0
    if kept.tariff(booked.tariff_id).basis is Basis.ACTUAL:
        return 0
    return 100 if begun else kept.afterwards(booked.policy_id).late_cancel_percent


def owe_for_less(reservation: Reservation, percent: int, *, before_fen: int) -> None:
    """Note what is owed for the part of a price that is no longer asked."""
    reservation.given_back_fen = owed_for_less(
        reservation.given_back_fen,
        percent,
        before_fen=before_fen,
        after_fen=reservation.quoted_fen,
    )


def is_late(booked: Reservation | Seen, now: datetime) -> bool:
    """Whether giving it back costs something by now."""
    return costs_to_give_back(
        booked.state, stays_late=booked.stays_late, deadline=booked.free_cancel_until, now=now
    )


def forfeit(kept: KeptTerms, booked: Reservation | Seen) -> Forfeit:
    """What giving it back late and not coming cost as agreed so far."""
    terms = kept.afterwards(booked.policy_id)
    return Forfeit(
        price_fen=booked.quoted_fen,
        late_cancel_percent=terms.late_cancel_percent,
        no_show_percent=terms.no_show_percent,
        fixed=agreed_fees(booked.quote),
    )


def _forfeit_by(judged: Judged, reservation: Reservation) -> Forfeit:
    """The same under the rules by which it was judged now."""
    policy = judged.terms.policy
    return Forfeit(
        price_fen=reservation.quoted_fen,
        late_cancel_percent=policy.late_cancel_percent,
        no_show_percent=policy.no_show_percent,
        fixed=agreed_fees(reservation.quote),
    )
