"""One person sends many sheets at the same moment: no more of them wait than may."""

from functools import partial

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, func, select

from booking.access.actor import Actor
from booking.db.transactions import unit_of_work
from booking.instruments.actions.import_cards import MOST_UNFINISHED
from booking.instruments.errors import TooManyImports
from booking.instruments.models.sheet_import import SheetImport
from booking.kernel.errors import BookingError
from booking.web.retrying import is_passing
from booking.wiring import REACTIONS
from tests.conftest import Write
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_lab
from tests.factories.sheets import GOOD, send, sheet
from tests.support.clock import moment
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race]

NOW = moment("2026-11-23T09:00")
CROWD = 8


def sent_by(engine: Engine, content: bytes, keeper: Actor) -> str:
    """What became of it; sent again, as pages do, when others had the row for too long."""
    while True:
        try:
            with unit_of_work(engine, REACTIONS) as uow:
                send(uow, content, actor=keeper, now=NOW)
        except BookingError as refused:
            return refused.code
        except DBAPIError as error:
            if not is_passing(error):
                raise
        else:
            return "sent"


def test_of_many_sheets_at_once_only_as_many_are_kept_as_may_wait(
    engine: Engine, write: Write
) -> None:
    with write() as uow:
        keeper = make_lab_person(uow, make_lab(uow).key)
    outcomes = all_at_once([partial(sent_by, engine, sheet(GOOD), keeper)] * CROWD)
    assert outcomes.count("sent") == MOST_UNFINISHED
    assert outcomes.count(TooManyImports.code) == CROWD - MOST_UNFINISHED
    with write() as uow:
        kept = select(func.count(col(SheetImport.id)))
        assert uow.session.exec(kept).one() == MOST_UNFINISHED
