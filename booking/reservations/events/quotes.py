"""What happens to kept quotes."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class QuoteKept(Event):
    """A price holds for a while."""

    name: ClassVar[str] = "quote.kept"

    number: str
    organisation_id: int
    instrument_id: int
