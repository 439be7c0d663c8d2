"""Pictures and papers as pages send them."""

from typing import Annotated

from booking.files.forms import ChosenFile
from booking.instruments.forms.texts import Said
from booking.instruments.rules.attachments import Audience, PaperKind
from booking.web.texts import text, title


class PicturePage(Said):
    """A photo, and what it shows."""

    photo: ChosenFile
    caption: Annotated[str, text(100)] = ""


class PaperPage(Said):
    """A document, what it is called, and for whom it is."""

    paper: ChosenFile
    title: Annotated[str, title(100)]
    kind: PaperKind = PaperKind.SOP
    audience: Audience = Audience.EVERYBODY
