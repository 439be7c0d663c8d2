"""What is owed has been written down."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Charged(Event):
    """A use or a fee became a charge."""

    name: ClassVar[str] = "charge.made"

    charge_id: int
    reservation_id: int
    organisation_id: int
    provider_id: int
    amount_fen: int
