"""保存的检索: what the demo's people want to be told of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.needs.actions.save_search import save_search
from booking.seeding.files import SeedFiles
from booking.seeding.registering import Register
from booking.seeding.sharing import tables_of

_FILE: Final = "searches.toml"


def save_searches(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """What is in the catalogue by then is nothing new to them."""
    for told in tables_of(files.table(_FILE), "searches"):
        actor = actor_by_id(uow.session, register.people[str(told["person"])])
        asked = told["asked"]
        if not isinstance(asked, Mapping):
            raise TypeError("asked is not a table")
        save_search(uow, str(told["name"]), asked, actor=actor, now=now)
