"""What addresses say about a provider's yearly report."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from booking.kernel.periods import Period
from booking.utilisation.forms import RowId
from booking.web.i18n import Language

ReportYear = Annotated[str, Field(pattern=r"^(AY)?(19|20|21)[0-9]{2}$")]


class ProviderYear(BaseModel):
    """Whose report of which calendar or academic year, in which language."""

    organisation: RowId | None = None
    period: ReportYear | None = None
    language: Language | None = None

    def period_or_last(self, today: date) -> Period:
        """The calendar year that ended last, unless another is named."""
        return Period.parse(self.period or str(today.year - 1))
