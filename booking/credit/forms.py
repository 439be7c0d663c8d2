"""What may be said about credit: an appeal, a decision, the centre's rules."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from booking.credit.rules import EXAMPLE, HIGHEST, LONGEST_DAYS, Cause, Terms
from booking.files.forms import ChosenFile
from booking.web.moments import Day
from booking.web.texts import prose

_POINTS = "points_"
Points = Annotated[int, Field(ge=0, le=HIGHEST)]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AppealBody(_Said):
    """Why an entry should not count."""

    words: Annotated[str, prose(1000, shortest=1)]


class AppealForm(AppealBody):
    """The same with a paper, if there is one."""

    file: ChosenFile | None = None


class DecisionForm(_Said):
    """Why an appeal is granted or refused."""

    reason: Annotated[str, prose(500, shortest=1)]


class CreditRulesForm(_Said):
    """A version of the rules as the centre's page sends it; a day left empty means at once."""

    valid_from: Day | None = None
    active: bool = False
    start_score: Annotated[int, Field(ge=1, le=HIGHEST)]
    loss_days: Days
    gain_days: Days
    restore_most: Points = 0
    approval_below: Points | None = None
    refuse_below: Points | None = None
    late_start_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    publishes_labs: bool = False
    points_late_cancellation: Points = 0
    points_no_show: Points = 0
    points_overrun: Points = 0
    points_late_confirmation: Points = 0
    points_good_use: Points = 0
    points_host_cancellation: Points = 0
    points_host_late_start: Points = 0
    points_host_late_confirmation: Points = 0
    points_host_good_use: Points = 0
    note: Annotated[str, prose(500)] = ""

    def terms(self) -> Terms:
        """The same as the rules read it."""
        return Terms(
            start=self.start_score,
            loss_days=self.loss_days,
            gain_days=self.gain_days,
            restore_most=self.restore_most,
            approval_below=self.approval_below,
            refuse_below=self.refuse_below,
            late_start_minutes=self.late_start_minutes,
            publishes_labs=self.publishes_labs,
            points={cause.value: getattr(self, _POINTS + cause.value) for cause in Cause},
        )


def typed(terms: Terms = EXAMPLE) -> dict[str, object]:
    """What the form of the rules starts from."""
    return {
        "start_score": terms.start,
        "loss_days": terms.loss_days,
        "gain_days": terms.gain_days,
        "restore_most": terms.restore_most,
        "approval_below": terms.approval_below,
        "refuse_below": terms.refuse_below,
        "late_start_minutes": terms.late_start_minutes,
        "publishes_labs": terms.publishes_labs,
        **{_POINTS + cause.value: terms.points.get(cause.value, 0) for cause in Cause},
    }
