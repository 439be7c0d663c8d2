"""The room's tables, and those it reads beside them, as Core tables."""

from typing import Final

import sqlalchemy as sa
from sqlmodel import SQLModel

from booking.accounts.models import User
from booking.organisations.models import Organisation
from booking.training.models import TrainingGrant, TrainingRequest, TrainingSession


def _table(model: type[SQLModel]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - for the type checker
    return table


GRANT: Final = _table(TrainingGrant)
ORGANISATION: Final = _table(Organisation)
PERSON: Final = _table(User)
REQUEST: Final = _table(TrainingRequest)
SESSION: Final = _table(TrainingSession)
