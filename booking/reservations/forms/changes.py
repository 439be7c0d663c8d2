"""Shapes of changes to a booking: another end, another holder, another time proposed, a swap."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from booking.reservations.forms import Reason, RowId, SpanBody, SpanForm
from booking.web.forms import LocalMoment
from booking.web.texts import prose, text

Proposed = Annotated[str, prose(500, shortest=1)]


class EndForm(BaseModel):
    """Another end, perhaps against a rule."""

    ends_at: LocalMoment
    override_reason: Reason = ""


class HolderForm(BaseModel):
    """The e-mail of who is to hold a booking."""

    colleague: Annotated[str, text(254, shortest=1)]


class HolderBody(BaseModel):
    """`POST /reservations/{number}/holder`: a person's number or e-mail."""

    model_config = ConfigDict(extra="forbid")

    colleague: RowId | Annotated[str, text(254, shortest=1)]


class ProposalForm(SpanForm):
    """Another time, on the same instrument or another one of the lab, and why."""

    instrument_id: RowId
    reason: Proposed


class ProposalBody(SpanBody):
    """`POST /reservations/{number}/proposals`."""

    instrument_id: RowId | None = None
    reason: Proposed


class SwapBody(SpanBody):
    """`POST /reservations/{number}/swaps`: the occupied time that is wanted instead."""
