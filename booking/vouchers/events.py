"""What happened to vouchers."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class VoucherEvent(Event):
    """Something about one voucher, and how much of it is concerned."""

    number: str
    voucher_id: int
    organisation_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class VoucherIssued(VoucherEvent):
    """A company was given one; its face value is set aside of the programme's budget."""

    name: ClassVar[str] = "voucher.issued"

    valid_to: date


@dataclass(frozen=True, kw_only=True)
class VoucherEncumbered(VoucherEvent):
    """A booking set some of it aside, or more or less of it than before."""

    name: ClassVar[str] = "voucher.encumbered"

    reservation_number: str


@dataclass(frozen=True, kw_only=True)
class VoucherReleased(VoucherEvent):
    """What a booking had of it is free again."""

    name: ClassVar[str] = "voucher.released"

    reservation_number: str


@dataclass(frozen=True, kw_only=True)
class VoucherRedeemed(VoucherEvent):
    """A confirmed charge was paid from it; that is owed to the provider now."""

    name: ClassVar[str] = "voucher.redeemed"

    reservation_number: str
    provider_id: int


@dataclass(frozen=True, kw_only=True)
class VoucherReturned(VoucherEvent):
    """The charge became cheaper afterwards."""

    name: ClassVar[str] = "voucher.returned"

    reservation_number: str
    provider_id: int


@dataclass(frozen=True, kw_only=True)
class VoucherRestored(VoucherEvent):
    """That was put right, and the voucher pays again; what it lacks for it is the company's."""

    name: ClassVar[str] = "voucher.restored"

    reservation_number: str
    provider_id: int
    lacking_fen: int
    valid_to: date


@dataclass(frozen=True, kw_only=True)
class VoucherExpiring(VoucherEvent):
    """It ends soon, and so much of it is left."""

    name: ClassVar[str] = "voucher.expiring"

    valid_to: date


@dataclass(frozen=True, kw_only=True)
class VoucherExpired(VoucherEvent):
    """What nobody had set aside is lost."""

    name: ClassVar[str] = "voucher.expired"

    valid_to: date


@dataclass(frozen=True, kw_only=True)
class ProviderPaid(Event):
    """A provider was paid for the vouchers that it honoured."""

    name: ClassVar[str] = "voucher.provider_paid"

    number: str
    provider_id: int
    amount_fen: int
