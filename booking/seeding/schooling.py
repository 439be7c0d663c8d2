"""上机培训: from the demo's present day on, an instrument that nobody operates alone untrained."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from booking.access.actor import HOUSE
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_policy import set_policy
from booking.seeding.equipping import policy_named
from booking.seeding.files import SeedFiles, Table
from booking.seeding.registering import Register
from booking.training.actions.ask import ask
from booking.training.actions.grant import Terms, grant

_FILE: Final = "training.toml"
_MESSAGE: Final = "做金属断口形貌，用过同类电镜（示例）"


def begin_training(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Require it, let some operate and others wait; what was booked before is not judged again."""
    table = files.table(_FILE)
    instrument_id = register.instruments[str(table["instrument"])]
    policy = policy_named(
        files,
        str(table["instrument"]),
        training_required=True,
        training_unused_days=table["unused_days"],
    )
    set_policy(uow, instrument_id, policy, actor=HOUSE, now=now)
    for email in (*_named(table, "may_operate"), *_named(table, "waits")):
        person = actor_by_id(uow.session, register.people[email])
        asked = ask(uow, instrument_id, _MESSAGE, actor=person, now=now)
        if email in set(_named(table, "may_operate")):
            grant(uow, asked.key, Terms(), actor=HOUSE, now=now)


def _named(table: Table, key: str) -> Iterator[str]:
    value = table[key]
    if not isinstance(value, list):
        raise TypeError(f"{key} is not a list")
    yield from (str(email) for email in value)
