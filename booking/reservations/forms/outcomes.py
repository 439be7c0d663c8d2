"""What is decided about a record of use: in a dispute, or by the centre afterwards."""

from booking.reservations.forms import ConfirmBody, ConfirmForm, Reason
from booking.reservations.rules.use_record import Outcome, UseRecord

_DECIDED = frozenset({"reason", "without_fee", "without_points"})


class ResolveBody(ConfirmBody):
    """`resolution` and `correction`: why, the figures that hold, and by the centre what running
    over costs no more."""

    reason: Reason
    without_fee: bool = False
    without_points: bool = False

    @property
    def outcome(self) -> Outcome:
        return _outcome(self)


class ResolveForm(ConfirmForm):
    """The same as people fill it in."""

    reason: Reason = ""
    without_fee: bool = False
    without_points: bool = False

    @property
    def outcome(self) -> Outcome:
        return _outcome(self)


def _outcome(told: ResolveBody | ResolveForm) -> Outcome:
    """Nothing was said of the figures: they stand."""
    record = UseRecord(**told.model_dump(exclude=set(_DECIDED)))
    return Outcome(
        record=record if told.model_fields_set - _DECIDED else None,
        without_fee=told.without_fee,
        without_points=told.without_points,
    )
