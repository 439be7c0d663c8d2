"""What several bookings that are made at once do not cite."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from booking.web.texts import text


def _single_only(number: str) -> str:
    """It is set aside by the price of one booking, and stands against that one's charge."""
    if number:
        raise PydanticCustomError("voucher.single_only", "one booking cites a voucher")
    return number


# Where several bookings are made at once.
NoVoucher = Annotated[str, text(24), AfterValidator(_single_only)]
