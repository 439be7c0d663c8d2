"""What somebody waits for besides time is offered no longer: their place goes on without it."""

from collections.abc import Mapping
from datetime import datetime

from booking.db.sweeps import swept
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.waiting_life import waitlist_fact, window_of
from booking.reservations.events import HelpersWithdrawn
from booking.reservations.models.waitlist import WaitlistEntry
from booking.reservations.queries.units import labels_of
from booking.reservations.queries.waitlist import instrument_of
from booking.reservations.queries.withdrawn import (
    entries_in_line,
    entries_with_helpers,
    offered_to,
)
from booking.reservations.rules.waitlist import still_offered


def carry_on_without(uow: UnitOfWork, *, now: datetime) -> int:
    """Tell everybody in line what can no longer be had; as long as one of their instruments has
    it all, they wait for that. How many places that were."""
    kept = _still_to_be_had(uow)
    return swept(
        uow,
        entries_in_line(uow.session, list(kept)) if kept else (),
        lambda entry: _without(uow, entry, kept[entry.key], now=now),
        name=lambda entry: f"waitlist:{entry.key}",
    )


def _still_to_be_had(uow: UnitOfWork) -> Mapping[int, tuple[int, ...]]:
    """What is left of it, for those places only that lose something."""
    wanted = entries_with_helpers(uow.session)
    if not wanted:
        return {}
    units = sorted({unit for each in wanted.values() for unit in each})
    offered = offered_to(uow.session, list(wanted), units)
    left = {key: still_offered(each, offered[key]) for key, each in wanted.items()}
    return {key: each for key, each in left.items() if each != wanted[key]}


def _without(
    uow: UnitOfWork, entry: WaitlistEntry, left: tuple[int, ...], *, now: datetime
) -> None:
    gone = [one for one in entry.helper_ids if one not in left]
    if not gone:
        # Somebody else has told them while it was waited for.
        return
    changes = {"helper_ids": (list(entry.helper_ids), list(left))}
    entry.helper_ids = list(left)
    uow.session.flush()
    told = waitlist_fact(
        entry,
        (instrument_of(uow.session, entry.key), window_of(entry)),
        now=now,
        actor_id=None,
        changes=changes,
    )
    uow.announce(HelpersWithdrawn(**told, labels=tuple(labels_of(uow.session, gone))))
