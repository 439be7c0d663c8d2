"""Until the first migration is there: tables straight from the models."""

import importlib
import importlib.util
import warnings
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from booking.db.exclusion import TABLE, forbid_double_hold

REACTIONS = (
    importlib.import_module("booking.wiring").REACTIONS
    if importlib.util.find_spec("booking.wiring")
    else {}
)
serving = (
    importlib.import_module("tests.support.serving")
    if importlib.util.find_spec("booking.app")
    else None
)
_BOOKING = Path(__file__).resolve().parents[2] / "booking"


def upgrade(engine: Engine) -> None:
    """Bring an empty database to the shape of today's code."""
    if importlib.util.find_spec("booking.migrations") is not None:
        importlib.import_module("booking.migrations.runner").upgrade(engine)
        return
    for path in sorted(_BOOKING.glob("*/models.py")) + sorted(_BOOKING.glob("*/models/*.py")):
        dotted = ".".join(path.relative_to(_BOOKING.parent).with_suffix("").parts)
        try:
            importlib.import_module(dotted)
        except ImportError as broken:
            warnings.warn(f"{dotted}: {broken}", stacklevel=1)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
        if TABLE in SQLModel.metadata.tables:
            forbid_double_hold(Operations(MigrationContext.configure(connection)))
