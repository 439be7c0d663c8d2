"""How a use was, in one of five grades."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from booking.reservations.rules.feedback import LONGEST_COMMENT, Grade, Word
from booking.web.texts import prose


class FeedbackForm(BaseModel):
    """The grade, and what there is to say besides."""

    grade: Grade
    comment: Annotated[str, prose(LONGEST_COMMENT)] = ""

    def word(self) -> Word:
        return Word(self.grade, self.comment)


class FeedbackBody(FeedbackForm):
    """`POST /reservations/{number}/feedback`."""

    model_config = ConfigDict(extra="forbid")
