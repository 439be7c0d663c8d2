"""Hold freed time for the next in line: in the transaction that freed it, or by the clock.

Every way of giving time back notes it in `instruments/holds.py`; the fact that is announced next
leads here. Whatever else becomes free (longer opening hours, a new place, a crash between) is found
by the job, which looks at time that is free and not at marks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from booking.db.sweeps import swept
from booking.db.transactions import UnitOfWork
from booking.db.turns import has_turn
from booking.instruments.errors import SlotTaken
from booking.instruments.queries.family import instruments_using
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.stretches import Asking, FreeTime, free_time
from booking.instruments.rules.freed import Freed
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.fitting import (
    Fitting,
    fitting,
    helpers_are_free,
    hold_for_offer,
)
from booking.reservations.actions.waiting_life import waitlist_fact
from booking.reservations.events import TimeOffered
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.queries.missing import Missing, missing_units
from booking.reservations.queries.offers import NotTaken, not_taken_since, open_offers_by
from booking.reservations.queries.standing import standing_of
from booking.reservations.queries.waitlist import Waiting, in_line, waiting_entry
from booking.reservations.rules.alternatives import nearest_windows
from booking.reservations.rules.demand import Demand
from booking.reservations.rules.offer import policy_of_time
from booking.reservations.rules.waitlist import (
    MOST_OFFERED,
    NOT_OFFERED_AGAIN,
    lapses_at,
    wanted_in,
    within,
)
from booking.reservations.states import EntryState


def offer_freed(uow: UnitOfWork, freed: Sequence[Freed], *, now: datetime) -> int:
    """Hold what was just given back for whoever waits for it; how many offers were made."""
    ahead = [one for one in freed if one.span.end > now]
    if not ahead:
        return 0
    around = TimeSpan(min(one.span.start for one in ahead), max(one.span.end for one in ahead))
    on = instruments_using(sorted({one.unit_id for one in ahead}))
    line = in_line(uow.session, now, on=on, around=around)
    return _offer(uow, line, now=now, freed=ahead)


def free_already(
    uow: UnitOfWork, waiting: Waiting, *, now: datetime
) -> tuple[int, TimeSpan] | None:
    """On which instrument which time that would do can be booked now; nothing is held."""
    return _Serving(uow, [waiting], now, ()).first_free(waiting)


def offer_free(uow: UnitOfWork, *, now: datetime) -> int:
    """Hold whatever is free for whoever waits for it; how many offers were made."""
    return _offer(uow, in_line(uow.session, now), now=now, freed=())


def _offer(
    uow: UnitOfWork, line: Sequence[Waiting], *, now: datetime, freed: Sequence[Freed]
) -> int:
    if not line:
        return 0
    holders = {waiting.holder_id for waiting in line}
    serving = _Serving(
        uow,
        line,
        now,
        freed,
        to_answer=open_offers_by(uow.session, holders),
        not_taken=not_taken_since(
            uow.session, {one.organisation_id for one in line}, now - NOT_OFFERED_AGAIN
        ),
    )
    # The walk only takes time: whoever finds none now will find none in it.
    hopeful = [waiting for waiting in line if serving.has_time_for(waiting)]
    swept(uow, hopeful, serving.serve, name=lambda waiting: f"waitlist:{waiting.entry_id}")
    return serving.offers


@dataclass(slots=True)
class _Serving:
    """One walk along the line; free time is asked once per mode, and anew after an offer."""

    uow: UnitOfWork
    line: Sequence[Waiting]
    now: datetime
    freed: Sequence[Freed]
    to_answer: dict[int, int] = field(default_factory=dict)
    not_taken: tuple[NotTaken, ...] = ()
    offers: int = 0
    known: dict[str, dict[int, list[FreeTime]]] = field(default_factory=dict)
    missing: dict[int, Missing] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    def has_time_for(self, waiting: Waiting) -> bool:
        """Whether anything is free that is long enough, whatever the rules would say of it."""
        return any(
            within(waiting.window, one.stretches, waiting.length)
            for instrument_id in waiting.instrument_ids
            for one in self._free(waiting, instrument_id)
        )

    def serve(self, waiting: Waiting) -> None:
        """Hold the first time that would do, on the first instrument that has some.

        Nobody has very much to answer at once.
        """
        holder_id = waiting.holder_id
        if self.to_answer.get(holder_id, 0) >= MOST_OFFERED:
            return
        for instrument_id, span in self._would_do(waiting):
            if self._held_for(waiting, instrument_id, span):
                self.to_answer[holder_id] = self.to_answer.get(holder_id, 0) + 1
                self.offers += 1
                self.known.clear()
                self.missing.clear()
                return

    def first_free(self, waiting: Waiting) -> tuple[int, TimeSpan] | None:
        """The first time that would do and that every rule lets them have."""
        for instrument_id, span in self._would_do(waiting):
            found = fitting(self.uow.session, waiting, (instrument_id, span), now=self.now)
            if found is None or found.judged.broken() or not found.is_manned:
                continue
            if not waiting.helper_ids or helpers_are_free(self.uow.session, found):
                return instrument_id, span
        return None

    def _would_do(self, waiting: Waiting) -> Iterator[tuple[int, TimeSpan]]:
        for instrument_id in waiting.instrument_ids:
            for span in self._spans(waiting, instrument_id):
                yield instrument_id, span

    def _free(self, waiting: Waiting, instrument_id: int) -> Sequence[FreeTime]:
        mode = waiting.mode.value
        if mode not in self.known:
            alike = [one for one in self.line if one.mode == waiting.mode]
            ids = sorted({one for each in alike for one in each.instrument_ids})
            start = max(self.now, min(each.window.start for each in alike))
            end = max(start, *(each.window.end for each in alike))
            asking = Asking(self.now, mode)
            known = self.known[mode] = {}
            for one in free_time(
                self.uow.session, ids, TimeSpan(start, end), asking=asking, memory=self.memory
            ):
                known.setdefault(one.instrument_id, []).append(one)
        return self.known[mode].get(instrument_id, ())

    def _spans(self, waiting: Waiting, instrument_id: int) -> Iterator[TimeSpan]:
        """Free time that would do; without a question where there is none.

        Who waits for some time of a window is asked about the rest of it, past what they did not
        take; who waits for one span is not asked about the same one again.
        """
        refused = [
            one.span
            for one in self.not_taken
            if one.instrument_id == instrument_id
            and _not_taken_by(one, waiting)
            and (waiting.window.length > waiting.length or one.span == waiting.window)
        ]
        missing = self._missing(waiting)
        found = [
            (
                one,
                within(
                    waiting.window,
                    [
                        piece
                        for stretch in one.stretches
                        for piece in stretch.minus([*refused, *missing.kept_from(one.policy)])
                    ],
                    waiting.length,
                ),
            )
            for one in self._free(waiting, instrument_id)
        ]
        if not any(stretches for _, stretches in found):
            return
        standing = standing_of(
            self.uow.session,
            waiting.organisation_id,
            holder_id=waiting.holder_id,
            instrument_id=instrument_id,
            lock=False,
            now=self.now,
        )
        for one, stretches in found:
            named = standing.customer.class_at(one.provider_id)
            demand = Demand(
                span=wanted_in(waiting.window, waiting.length, now=self.now),
                asked_at=self.now,
                mode=waiting.mode.value,
                customer_class=named,
            )
            policy = policy_of_time(one.policy, named)
            spans = nearest_windows(stretches, demand, policy, before=one.before)
            yield from (span for span in spans if span.length == waiting.length)

    def _missing(self, waiting: Waiting) -> Missing:
        if waiting.entry_id not in self.missing:
            self.missing[waiting.entry_id] = missing_units(
                self.uow.session, waiting.helper_ids, waiting.window
            )
        return self.missing[waiting.entry_id]

    def _held_for(self, waiting: Waiting, instrument_id: int, span: TimeSpan) -> bool:
        """Whether the rules would let them have it and it could be held.

        Nothing is locked for counting: that is done when the offer is accepted.
        """
        found = fitting(self.uow.session, waiting, (instrument_id, span), now=self.now)
        if found is None:
            return False
        judged = found.judged
        until = lapses_at(
            span,
            offered_at=self.now,
            stands=timedelta(minutes=judged.terms.policy.offer_minutes),
            notice=judged.policy.notice,
        )
        if judged.broken() or until is None:
            return False
        if not self._may_answer_one_more(waiting.holder_id):
            return False
        entry = waiting_entry(self.uow.session, waiting.entry_id)
        return entry is not None and self._offered(entry, found, until)

    def _may_answer_one_more(self, holder_id: int) -> bool:
        """Counted while nobody else offers them anything: two at once could make one too many.

        Whom somebody else offers time this very moment is passed over, and keeps the place.
        """
        session = self.uow.session
        if not has_turn(session, f"offers:{holder_id}"):
            return False
        self.to_answer |= open_offers_by(session, [holder_id])
        return self.to_answer.get(holder_id, 0) < MOST_OFFERED

    def _offered(self, entry: WaitlistEntry, found: Fitting, until: datetime) -> bool:
        judged, span = found.judged, found.judged.demand.span
        offer = WaitlistOffer(
            entry_id=entry.key,
            instrument_id=judged.ask.instrument_id,
            starts_at=span.start,
            ends_at=span.end,
            offered_at=self.now,
            lapses_at=until,
            total_fen=found.total_fen,
        )
        try:
            with self.uow.session.begin_nested():
                self.uow.session.add(offer)
                self.uow.session.flush()
                hold_for_offer(self.uow, found, offer.key, freed=self.freed)
        except SlotTaken:
            return False
        before, entry.state = entry.state, EntryState.OFFERED
        self.uow.session.flush()
        told = waitlist_fact(
            entry,
            (offer.instrument_id, span),
            now=self.now,
            actor_id=None,
            changes={"state": (before.value, entry.state.value)},
        )
        self.uow.announce(TimeOffered(**told, lapses_at=until))
        return True


def _not_taken_by(offered: NotTaken, waiting: Waiting) -> bool:
    """Whether it was theirs to take: also a colleague's, for who has joined the line since then."""
    return offered.holder_id == waiting.holder_id or (
        offered.organisation_id == waiting.organisation_id and offered.ended_at <= waiting.joined_at
    )
