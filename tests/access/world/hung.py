"""Pictures and papers of both labs' instruments, of published ones and of drafts."""

from collections.abc import Iterator
from datetime import datetime

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.attach import PaperWish, add_paper, add_picture
from booking.instruments.rules.attachments import Audience, PaperKind
from booking.instruments.states import InstrumentState
from tests.access.world.records import Record
from tests.access.world.sides import Workshop
from tests.factories.files import receive_file, receive_photo


def hung_records(
    uow: UnitOfWork, our: Workshop, their: Workshop, now: datetime
) -> Iterator[tuple[str, Record]]:
    """Our published card's, theirs, and those of their draft."""
    cards = (our.tool, their.tool, their.cards[InstrumentState.DRAFT])
    for noun, hang in (("pictures/{picture_id}", _picture), ("papers/{paper_id}", _paper)):
        own, other, hidden = (hang(uow, card, now) for card in cards)
        yield noun, Record(own, other=other, hidden=hidden)


def _picture(uow: UnitOfWork, card: int, now: datetime) -> int:
    # Two, so that the second can stand first.
    hung = [add_picture(uow, card, receive_photo(uow), actor=HOUSE, now=now) for _ in range(2)]
    return hung[-1].key


def _paper(uow: UnitOfWork, card: int, now: datetime) -> int:
    wish = PaperWish(
        file=receive_file(uow), title="操作规程", kind=PaperKind.SOP, audience=Audience.SIGNED_IN
    )
    return add_paper(uow, card, wish, actor=HOUSE, now=now).key
