"""What the browser and programs may say about credit lines."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from booking.loans.models import LineKind
from booking.web.json import YuanStr
from booking.web.moments import Day
from booking.web.texts import text, title

LARGEST_BANK_FILE: Final = 10 * 1024 * 1024
_Word = Annotated[str, title(100)]


class LineBody(BaseModel):
    """A credit line as the bank granted it."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    organisation_id: int
    bank: _Word
    credit_limit: YuanStr
    annual_rate: Annotated[str, StringConstraints(pattern=r"^[01](\.\d{1,8})?$")]
    valid_from: Day
    valid_to: Day
    contract_number: Annotated[str, text(80)] = ""
    kind: LineKind = LineKind.USAGE
    purpose: Annotated[str, text(200)] = ""
