"""What the clock does when nobody else does: requests lapse, no-shows count, sessions end."""

from collections.abc import Mapping
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, release_holds
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.check_out import end_use, presence, silence_ends
from booking.reservations.actions.confirm import settle
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.overrunning import keep_held, warn_next
from booking.reservations.actions.recording import write_record
from booking.reservations.events import (
    ReservationExpired,
    ReservationMissed,
    UseEnded,
)
from booking.reservations.queries.loading import Loaded, LoadedUse
from booking.reservations.queries.terms import AfterwardsTerms, afterwards_terms
from booking.reservations.rules.fees import agreed_fees, share_of
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import Action

NOT_DECIDED = "not decided in time"
NOBODY_CAME = "nobody came"
FORGOTTEN = "nobody checked out"
BY_ITSELF = "the booked time was over"
SILENCE = "no objection in time"


def expire(uow: UnitOfWork, booked: Loaded, *, now: datetime) -> None:
    """A request that nobody answered gives its time back."""
    changes = enter(booked.reservation, Action.EXPIRE, now=now)
    uow.session.flush()
    release_holds(uow, HoldReason.reservation(booked.reservation.number))
    told = fact(booked, now=now, actor_id=None, cause=NOT_DECIDED, changes=changes)
    uow.announce(ReservationExpired(**told))


def miss(uow: UnitOfWork, booked: Loaded, *, now: datetime) -> None:
    """Nobody came before the grace had passed: the rest of the time is free, the fee is due."""
    reservation = booked.reservation
    changes = enter(reservation, Action.MISS, now=now)
    terms = afterwards_terms(uow.session, reservation.policy_id)
    share = share_of(reservation.quoted_fen, terms.no_show_percent)
    reservation.fee_fen = share + agreed_fees(reservation.quote).no_show_fen
    uow.session.flush()
    release_holds(uow, HoldReason.reservation(reservation.number))
    if reservation.fee_fen:
        changes["fee_fen"] = (0, reservation.fee_fen)
    told = fact(booked, now=now, actor_id=None, cause=NOBODY_CAME, changes=changes)
    uow.announce(ReservationMissed(**told, fee_fen=reservation.fee_fen))


def close_forgotten(uow: UnitOfWork, use: LoadedUse, *, now: datetime) -> None:
    """End a use when its booking did; the operator is asked for the real figures."""
    booked, usage = use.booked, use.usage
    changes = enter(booked.reservation, Action.CHECK_OUT, now=now)
    changes |= end_use(uow, booked, usage, ended_at=booked.reservation.ends_at)
    changes |= write_record(usage, UseRecord(samples=usage.samples), presence(usage))
    usage.to_be_completed = True
    uow.session.flush()
    told = fact(booked, now=now, actor_id=None, cause=FORGOTTEN, changes=changes)
    uow.announce(UseEnded(**told, forgotten=True))


def end_by_itself(uow: UnitOfWork, use: LoadedUse, *, now: datetime) -> None:
    """Where the lab wants it so, a use is over when its booking is; the presence was as booked."""
    booked, usage = use.booked, use.usage
    changes = enter(booked.reservation, Action.CHECK_OUT, now=now)
    changes |= end_use(uow, booked, usage, ended_at=booked.reservation.ends_at)
    changes |= write_record(usage, UseRecord(samples=usage.samples), presence(usage))
    uow.session.flush()
    told = fact(booked, now=now, actor_id=None, cause=BY_ITSELF, changes=changes)
    uow.announce(UseEnded(**told))


def note_overrun(
    uow: UnitOfWork,
    use: LoadedUse,
    *,
    terms: AfterwardsTerms,
    held: Mapping[int, TimeSpan],
    now: datetime,
) -> None:
    """A use goes on: its time stays held as far as it is free, whoever comes next is warned."""
    if use.usage.overrun_noted_at is None:
        use.usage.overrun_noted_at = now
        uow.session.flush()
    keep_held(uow, use, held, terms=terms, now=now)
    warn_next(uow, use, now=now)


def count_silence(uow: UnitOfWork, use: LoadedUse) -> None:
    """The calendar that was missing when the use ended is known now."""
    terms = afterwards_terms(uow.session, use.booked.reservation.policy_id)
    usage = use.usage
    usage.confirm_by = silence_ends(uow.session, usage.ended_at or usage.started_at, terms)
    uow.session.flush()


def settle_silent(uow: UnitOfWork, use: LoadedUse, *, now: datetime) -> None:
    """Nobody objected in time: silence is a yes; where no days were given, nobody was silent."""
    terms = afterwards_terms(uow.session, use.booked.reservation.policy_id)
    settle(
        uow,
        use,
        actor_id=None,
        now=now,
        cause=SILENCE,
        unanswered=terms.confirm_days > 0,
    )
