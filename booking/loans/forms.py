"""What the browser and programs may say about credit lines."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from booking.loans.models import LineKind
from booking.web.json import YuanStr

_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class LineBody(BaseModel):
    """A credit line as the bank granted it."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    organisation_id: int
    bank: _Word
    credit_limit: YuanStr
    annual_rate: Annotated[str, StringConstraints(pattern=r"^[01](\.\d{1,8})?$")]
    valid_from: date
    valid_to: date
    contract_number: Annotated[str, StringConstraints(max_length=80)] = ""
    kind: LineKind = LineKind.USAGE
    purpose: Annotated[str, StringConstraints(max_length=200)] = ""
