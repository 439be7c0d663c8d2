"""Sweeps: the same deed on many rows, where one that fails keeps none of the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from booking.db.transactions import UnitOfWork

Row = TypeVar("Row")

_log = logging.getLogger(__name__)


def swept(
    uow: UnitOfWork,
    rows: Iterable[Row],
    deed: Callable[[Row], None],
    *,
    name: Callable[[Row], str],
) -> int:
    """How many rows it went well for; of the others nothing is kept, and they are named."""
    done = 0
    for row in rows:
        named = name(row)
        try:
            with uow.session.begin_nested():
                deed(row)
        except Exception as error:  # noqa: BLE001 - a row fails in any way; the others go on
            _log.exception("%s could not be swept", named)
            uow.failures.append(f"{named}: {type(error).__name__}: {error}")
        else:
            done += 1
    return done
