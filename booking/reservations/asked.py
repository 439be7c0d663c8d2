"""What is asked of those who have booked, as facts: another time by the lab, an exchange."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from booking.kernel.timespan import TimeSpan
from booking.reservations.events import ReservationEvent


@dataclass(frozen=True, kw_only=True)
class ProposalEvent(ReservationEvent):
    """Something about another time that the lab proposes; `span` is the booked one."""

    proposal_id: int
    proposed_on: int
    proposed: TimeSpan


@dataclass(frozen=True, kw_only=True)
class TimeProposed(ProposalEvent):
    """Another time is held for the booking until somebody answers."""

    name: ClassVar[str] = "proposal.made"

    lapses_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProposalAccepted(ProposalEvent):
    name: ClassVar[str] = "proposal.accepted"


@dataclass(frozen=True, kw_only=True)
class ProposalDeclined(ProposalEvent):
    name: ClassVar[str] = "proposal.declined"


@dataclass(frozen=True, kw_only=True)
class ProposalLapsed(ProposalEvent):
    """Nobody answered in time."""

    name: ClassVar[str] = "proposal.lapsed"


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(ProposalEvent):
    """The lab took it back, or the booking changed so that it is `moot`."""

    name: ClassVar[str] = "proposal.withdrawn"

    moot: bool = False


@dataclass(frozen=True, kw_only=True)
class SwapEvent(ReservationEvent):
    """Something about an exchange of times, told of one of its bookings; `wanted` is the other's
    time, and all that this side learns."""

    swap_id: int
    wanted: TimeSpan
    # Whether this is the side that asked.
    is_asking: bool


@dataclass(frozen=True, kw_only=True)
class SwapAsked(SwapEvent):
    """Told of both: to the one it is what they asked, to the other an offer."""

    name: ClassVar[str] = "swap.asked"

    lapses_at: datetime


@dataclass(frozen=True, kw_only=True)
class SwapAccepted(SwapEvent):
    name: ClassVar[str] = "swap.accepted"


@dataclass(frozen=True, kw_only=True)
class SwapDeclined(SwapEvent):
    name: ClassVar[str] = "swap.declined"


@dataclass(frozen=True, kw_only=True)
class SwapLapsed(SwapEvent):
    name: ClassVar[str] = "swap.lapsed"


@dataclass(frozen=True, kw_only=True)
class SwapWithdrawn(SwapEvent):
    """Whoever asked took it back, or one of the bookings changed."""

    name: ClassVar[str] = "swap.withdrawn"

    # Whether what ended it was done on this side.
    by_this_side: bool
