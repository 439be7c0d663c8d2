"""A reservation as pages show it: what it is, and what this reader may do with it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.rules.terms import by_order
from booking.kernel.money import fen
from booking.reservations.actions.report_fault import may_report
from booking.reservations.actions.rights import is_centre, is_users
from booking.reservations.queries.seen import Seen
from booking.reservations.rules.cancellation import FREE, Cancellation
from booking.reservations.rules.overrun import EARLY
from booking.reservations.states import Action, State
from booking.web.forms import Filled, blank
from booking.web.paging import Window

DETAIL = "reservations/reservation.html"


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line of the price, as it was promised."""

    kind: str
    quantity: str
    unit_fen: int
    amount_fen: int
    # Which consumable.
    name: str = ""

    @classmethod
    def of(cls, line: Mapping[str, str]) -> "QuotedLine":
        """A line as the price keeps it."""
        return cls(
            kind=line["kind"],
            quantity=line["quantity"],
            unit_fen=fen(line["unit_price"]),
            amount_fen=fen(line["amount"]),
            name=line.get("name", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One reservation and the deeds that are open to the reader."""

    seen: Seen
    hosts: bool
    decides: bool
    uses: bool
    may_cancel: bool
    may_move: bool
    may_resize: bool
    may_hand_over: bool
    may_propose: bool
    may_swap: bool
    may_check_in: bool
    may_check_out: bool
    may_confirm: bool
    may_dispute: bool
    may_resolve: bool
    # The centre puts right what it decides, or what is over.
    decides_finally: bool
    may_correct: bool
    may_report: bool
    cancelling: Cancellation
    late_by: timedelta | None
    over_by: timedelta | None

    @property
    def checks_in_there(self) -> bool:
        """With the code of the lab's screen only."""
        return bool(self.seen.code_at_place) and not self.hosts

    @property
    def free_until(self) -> datetime:
        """A request is given up for free as long as it is one, unless it was late before."""
        seen = self.seen
        if seen.state is State.REQUESTED and seen.decide_by and not seen.stays_late:
            return seen.decide_by
        return seen.free_cancel_until

    @property
    def lines(self) -> list[QuotedLine]:
        """The price when booked, line by line."""
        return [QuotedLine.of(line) for line in self.seen.quote.get("lines", ())]

    @property
    def used_up(self) -> str:
        """The consumables of the record, in one line."""
        used = self.seen.used_consumables or {}
        return " · ".join(f"{name} × {pieces}" for name, pieces in used.items())

    @property
    def reason_needed(self) -> bool:
        """The lab explains itself when it takes time back."""
        return not self.uses


def card_of(seen: Seen, actor: Actor, *, now: datetime) -> Card:
    """What the actions would allow, said beforehand."""
    hosts = _in_lab(actor, seen, Permission.RESERVATION_HOST)
    decides = _in_lab(actor, seen, Permission.RESERVATION_DECIDE)
    uses = is_users(actor, holder_id=seen.holder_id, organisation_id=seen.organisation_id)
    # Time that the lab took for an order is the lab's to change.
    changes = decides or (uses and not by_order(seen.mode))
    missed = seen.state is State.CONFIRMED and now >= seen.missed_from
    return Card(
        seen=seen,
        hosts=hosts,
        decides=decides,
        uses=uses,
        may_cancel=seen.allows(Action.CANCEL)
        and (decides or (uses and (seen.hindered or not missed))),
        may_move=seen.allows(Action.MOVE)
        and (changes if uses else decides and _may_take_other_time(seen)),
        may_resize=seen.allows(Action.RESIZE) and changes and now < seen.ends_at,
        may_hand_over=seen.allows(Action.HAND_OVER) and uses and now < seen.ends_at,
        may_propose=seen.allows(Action.MOVE) and decides and now < seen.starts_at,
        may_swap=seen.state is State.CONFIRMED
        and uses
        and not by_order(seen.mode)
        and now < seen.starts_at,
        may_check_in=seen.allows(Action.CHECK_IN)
        and (hosts or (uses and not seen.code_at_place))
        and seen.starts_at - EARLY <= now < seen.ends_at,
        may_check_out=seen.allows(Action.CHECK_OUT) and (hosts or uses),
        may_confirm=seen.allows(Action.CONFIRM) and _word_missing(seen, hosts=hosts, uses=uses),
        may_dispute=seen.allows(Action.DISPUTE) and (hosts or uses),
        may_resolve=seen.allows(Action.RESOLVE)
        and decides
        and (seen.centre_asked_at is None or is_centre(actor)),
        decides_finally=seen.centre_asked_at is not None and is_centre(actor),
        may_correct=seen.allows(Action.CORRECT) and is_centre(actor),
        may_report=(hosts or uses) and may_report(seen.state, seen.starts_at, now),
        cancelling=seen.cancelled_at(now) if uses and not seen.hindered else FREE,
        late_by=_late_by(seen, now),
        over_by=_over_by(seen, now),
    )


def figures_of(seen: Seen) -> Filled[BaseModel]:
    """The record of a use as a form begins with it."""
    return blank(
        preparation_minutes=seen.preparation_minutes,
        test_minutes=seen.test_minutes,
        post_minutes=seen.post_minutes,
        idle_minutes=seen.idle_minutes,
        samples=seen.used_samples,
        consumables="、".join(f"{name} {n}" for name, n in (seen.used_consumables or {}).items()),
        note=seen.note,
        ended_at=seen.ended_at,
    )


def place_of(seen: Seen) -> tuple[datetime, int]:
    """Where a row stands in lists that go back in time."""
    return seen.starts_at, seen.id


def place_after(window: Window) -> tuple[datetime, int] | None:
    """Where such a list goes on."""
    return window.place(datetime, int)


def _may_take_other_time(seen: Seen) -> bool:
    """Whether the lab moves it without asking those who use it."""
    return seen.organisation_id == seen.provider_id or seen.scheduled_by_lab


def _word_missing(seen: Seen, *, hosts: bool, uses: bool) -> bool:
    return (hosts and seen.host_confirmed_at is None) or (uses and seen.user_confirmed_at is None)


def _over_by(seen: Seen, now: datetime) -> timedelta | None:
    over = now - seen.ends_at
    return over if seen.state is State.IN_USE and over > timedelta(0) else None


def _late_by(seen: Seen, now: datetime) -> timedelta | None:
    if seen.state is not State.CONFIRMED or now <= seen.starts_at:
        return None
    return now - seen.starts_at


def _in_lab(actor: Actor, seen: Seen, permission: Permission) -> bool:
    return actor.may_for(permission, organisation_id=seen.provider_id, lab_id=seen.lab_id)
