"""Give an instrument a booking policy from a day on; bookings made before keep theirs."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.keeping import fact, kept_instrument, terms_changed
from booking.instruments.errors import VersionBegun, VersionExists
from booking.instruments.events import PolicyChanged, PolicyWithdrawn
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.queries.settings import in_force, policies, policy_terms, standing_policy
from booking.instruments.rules.terms import PolicyTerms, QuotaTerms

_TICK = timedelta(microseconds=1)
# Versions at once within it begin a tick after each other.
_WITHIN = timedelta(milliseconds=1)


def set_policy(
    uow: UnitOfWork,
    instrument_id: int,
    terms: PolicyTerms,
    *,
    actor: Actor,
    now: datetime,
    valid_from: datetime | None = None,
) -> BookingPolicy:
    """Write a version; without a start it holds at once.

    What holds already when it is to hold at once is not written again: that version is answered.
    """
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    if valid_from is None and (held := _same(uow.session, instrument_id, terms, now=now)):
        return held
    starts = valid_from or _next_free(uow.session, instrument_id, now)
    told = asdict(terms)
    del told["policy_id"]
    told |= {
        "instrument_id": instrument_id,
        "valid_from": starts,
        "horizon_days": dict(terms.horizon_days),
        "quotas": [_kept(quota) for quota in terms.quotas],
        "peak_hours": [band.stored for band in terms.peak_hours],
        "per_class": {name: dict(own) for name, own in terms.per_class.items() if own},
        "created_by": actor.known_id,
        "created_at": now,
    }
    row = BookingPolicy.model_validate(told).model_dump(exclude={"id"})
    if not (made := insert_unless_exists(uow.session, BookingPolicy, [row])):
        raise VersionExists(valid_from=starts)
    terms_changed(instrument, now)
    uow.session.flush()
    about = fact(instrument_id, actor=actor, now=now)
    changes = {"policy_valid_from": (None, starts)}
    uow.announce(PolicyChanged(**about, changes=changes, policy_id=made[0], valid_from=starts))
    return uow.session.get_one(BookingPolicy, made[0])


def withdraw_policy(
    uow: UnitOfWork, instrument_id: int, valid_from: datetime, *, actor: Actor, now: datetime
) -> BookingPolicy:
    """Take the version of that start back before it begins.

    Whoever booked under it meanwhile keeps its terms, and another may begin then instead.
    """
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    row = standing_policy(uow.session, instrument_id, valid_from)
    if valid_from <= now:
        raise VersionBegun(valid_from=valid_from)
    row.withdrawn_at = now
    terms_changed(instrument, now)
    uow.session.flush()
    about = fact(instrument_id, actor=actor, now=now)
    changes = {"policy_valid_from": (valid_from, None)}
    uow.announce(
        PolicyWithdrawn(**about, changes=changes, policy_id=row.key, valid_from=valid_from)
    )
    return row


def _same(
    session: Session, instrument_id: int, terms: PolicyTerms, *, now: datetime
) -> BookingPolicy | None:
    """The version in force, where it says the same."""
    held = in_force(policies(session, instrument_id), now + _WITHIN)
    if not isinstance(held, BookingPolicy):
        return None
    return held if _said(policy_terms(held)) == _said(terms) else None


def _said(terms: PolicyTerms) -> PolicyTerms:
    own = {name: dict(rules) for name, rules in terms.per_class.items() if rules}
    return replace(terms, policy_id=None, per_class=own)


def _kept(quota: QuotaTerms) -> dict[str, object]:
    """As it was said; one that binds everybody names no class."""
    return {name: value for name, value in asdict(quota).items() if value != ""}


def _next_free(session: Session, instrument_id: int, now: datetime) -> datetime:
    """This moment; a tick later for each version written within it."""
    at_once = select(BookingPolicy.valid_from).where(
        col(BookingPolicy.instrument_id) == instrument_id,
        col(BookingPolicy.valid_from) >= now,
        col(BookingPolicy.valid_from) < now + _WITHIN,
    )
    taken: list[datetime] = [now - _TICK, *session.exec(at_once)]
    return max(taken) + _TICK
