"""An operator or accessory of a lab as it is filled in on its page."""

from typing import Annotated, Literal

from pydantic import Field

from booking.instruments.forms.texts import Said
from booking.instruments.models.unit import UnitKind
from booking.web.texts import title

_Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class HelperPage(Said):
    """One to be added or, with its number, changed; the box not ticked: no longer offered."""

    unit_id: _Id | None = None
    kind: Literal[UnitKind.OPERATOR, UnitKind.ACCESSORY] = UnitKind.OPERATOR
    label: Annotated[str, title(50)]
    instruments: Annotated[list[_Id], Field(min_length=1, max_length=500)]
    active: bool = False
    person_id: _Id | None = None
