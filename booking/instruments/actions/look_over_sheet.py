"""See what is known of a sheet before anything of it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.files.actions.receive import Received, Sent, receive
from booking.files.providers.disk import Vault
from booking.files.rules.kinds import Use
from booking.instruments.providers.sheet import opened
from booking.kernel.errors import BookingError


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedOver:
    """A sheet that can be read: its rows, and the headings that nobody knows."""

    file: Received
    total: int
    unread: Sequence[str] = ()


def looked_over(vault: Vault, sent: Sent) -> LookedOver:
    """Put a sheet in place when it can be read at all; SheetRefused says why it cannot."""
    file = receive(vault, sent, Use.SHEET)
    try:
        sheet = opened(vault.path(file.name), file.kind)
        return LookedOver(file=file, total=sheet.counted(), unread=sheet.headings.unknown)
    except BookingError:
        vault.drop(file.name)
        raise
