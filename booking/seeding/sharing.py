"""整体与部件、共用人员与附件: from the demo's present day on, what several instruments share."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.actions.set_roster import set_roster_days, set_roster_week
from booking.instruments.models.unit import UnitKind
from booking.kernel.clock import local
from booking.seeding.casting import weekly_hours
from booking.seeding.equipping import Equipping
from booking.seeding.files import SeedFiles, Table
from booking.seeding.registering import Register

_FILE: Final = "sharing.toml"


def share(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """A whole with its parts, each like another instrument; then what serves them."""
    table = files.table(_FILE)
    equipping = Equipping(uow, files, now=now)
    likes = {row["code"]: row for row in files.instruments}
    for told in tables_of(table, "instruments"):
        model = likes[str(told["like"])]
        words = {key: str(value) for key, value in told.items() if key != "part_of"}
        whole = register.instruments[str(told["part_of"])] if "part_of" in told else None
        lab_id = register.labs[model["lab"]]
        made = equipping.publish(lab_id, {**model, **words}, part_of_id=whole)
        register.instruments[str(told["code"])] = made
    for told in tables_of(table, "helpers"):
        _help(uow, files, register, told=told, now=now)


def _help(
    uow: UnitOfWork, files: SeedFiles, register: Register, *, told: Table, now: datetime
) -> None:
    wanted = Helper(
        kind=UnitKind(str(told["kind"])),
        label=str(told["label"]),
        instrument_ids=[register.instruments[code] for code in _texts(told, "instruments")],
        person_id=register.people[str(told["person"])] if "person" in told else None,
    )
    unit = keep_helper(uow, register.labs[str(told["lab"])], wanted, actor=HOUSE, now=now)
    if "hours" in told:
        week = weekly_hours(files, str(told["hours"]))
        set_roster_week(uow, unit.key, week, actor=HOUSE, now=now)
    if "absent_in_days" in told:
        day: date = local(now).date() + timedelta(days=int(str(told["absent_in_days"])))
        set_roster_days(uow, unit.key, (day, day), windows=[], actor=HOUSE, now=now)


def tables_of(table: Table, key: str) -> Iterator[Table]:
    """The list of tables under a key."""
    value = table[key]
    if not isinstance(value, list):
        raise TypeError(f"{key} is not a list")
    yield from value


def _texts(table: Table, key: str) -> Iterator[str]:
    value = table[key]
    if not isinstance(value, list):
        raise TypeError(f"{key} is not a list")
    yield from (str(one) for one in value)
