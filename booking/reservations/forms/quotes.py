"""What stands in the booking panel, as a wish whose price can be kept or cited."""

from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import PanelForm
from booking.reservations.rules.wish import Wish


def wish_of_panel(instrument_id: int, asked: PanelForm, span: TimeSpan) -> Wish:
    """For oneself; the purpose is not known yet."""
    return Wish(
        instrument_id=instrument_id,
        span=span,
        purpose="",
        mode=asked.mode,
        samples=asked.samples,
        consumables=asked.consumables,
        helper_ids=tuple(asked.accessory_ids),
        quote_number=asked.quote,
        voucher=asked.voucher,
    )
