"""What is typed, and photographed, at an instrument; what is said about it afterwards."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from booking.files.forms import ChosenFile
from booking.reservations.states import Taken
from booking.web.texts import prose, text


class PresenceForm(BaseModel):
    """The code that the lab's screen shows, where one is asked for."""

    shown_code: Annotated[str, text(20)] = ""


class PhotoForm(BaseModel):
    """A photo, and whether it was taken before or after."""

    photo: ChosenFile
    taken: Taken


class MessageForm(BaseModel):
    """Something to say in a dispute."""

    text: Annotated[str, prose(500, shortest=1)]


class MessageBody(BaseModel):
    """`POST /reservations/{number}/messages`."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, prose(500, shortest=1)]
