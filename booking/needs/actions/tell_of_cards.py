"""Find cards that have come to fit saved searches, and tell their people."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import sqlalchemy as sa

from booking.db.lists import among, ids_parameter
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.changes import (
    changed_cards_to_look_at,
    fitting_before,
    fitting_now,
    forget_changes,
)
from booking.instruments.queries.subsidised import SubsidySource
from booking.kernel.clock import local
from booking.needs.actions.save_search import note_cards
from booking.needs.events import NewCardsFit
from booking.needs.models import SAVED_CARD
from booking.needs.queries.searches import Untold, searches_to_look_for, untold_cards

_AT_ONCE: Final = 200


def match_cards(uow: UnitOfWork, *, programmes: SubsidySource, now: datetime) -> int:
    """Look at some of the cards that were filed otherwise; how many.

    What a search found before is noted as told, so that it is not new when it comes back; what
    a paused one finds, too.
    """
    ids = changed_cards_to_look_at(uow.session, limit=_AT_ONCE)
    if not ids:
        return 0
    searches = searches_to_look_for(uow.session, programmes, day=local(now).date())
    wishes = [one.wanted for one in searches]
    before = fitting_before(uow.session, wishes, ids)
    fitting = fitting_now(uow.session, wishes, ids)
    silent, told = {}, {}
    for one, old, new in zip(searches, before, fitting, strict=True):
        silent[one.id] = old | new if one.paused else old
        told[one.id] = set() if one.paused else new - old
    note_cards(uow, silent, found_at=now, told_at=now)
    note_cards(uow, told, found_at=now, told_at=None)
    forget_changes(uow.session, ids)
    return len(ids)


def tell_of_cards(uow: UnitOfWork, *, now: datetime) -> int:
    """One fact for each person, with all that is new to them; how many."""
    waiting = untold_cards(uow.session)
    told = 0
    for person_id, cards in groupby(waiting, key=lambda one: one.person_id):
        uow.announce(
            NewCardsFit(
                at=now,
                actor_id=None,
                subject=f"user:{person_id}",
                person_id=person_id,
                found=_by_search(list(cards)),
            )
        )
        told += 1
    done = sa.update(SAVED_CARD).where(among(SAVED_CARD.c.id, ids_parameter("ids")))
    uow.session.execute(done.values(told_at=now), {"ids": [one.id for one in waiting]})
    return told


def _by_search(cards: Sequence[Untold]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    grouped = groupby(cards, key=lambda one: one.search_id)
    return tuple((search, tuple(one.instrument_id for one in mine)) for search, mine in grouped)
