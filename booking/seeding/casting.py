"""From the seed files to what the demo's planning needs: its cards, customers and settings."""

from collections.abc import Mapping, Sequence
from datetime import date

from booking.instruments.rules.opening import (
    DayKind,
    Hours,
    Schedule,
    StatutoryCalendar,
)
from booking.seeding.files import Row, SeedFiles, Table
from booking.seeding.script import Card, Customer, Fate, Reviewed, Settings

_COMPANY_ROLES = {"company_admin", "company_member"}


def cards(files: SeedFiles, settings: Settings) -> list[Card]:
    """Every instrument of the seed as planning sees it."""
    calendar = statutory_calendar(files)
    providers = {row["code"]: row["organisation"] for row in files.labs}
    return [
        _card(row, files, settings, calendar=calendar, provider=providers[row["lab"]])
        for row in files.instruments
    ]


def customers(files: SeedFiles, settings: Settings) -> list[Customer]:
    """Verified organisations that have people of their own."""
    people: dict[str, list[str]] = {}
    for row in files.people:
        if row["role"] in _COMPANY_ROLES:
            people.setdefault(row["organisation"], []).append(row["email"])
    return [
        Customer(
            code=row["code"],
            kind=row["kind"],
            weight=settings.weights.get(row["code"], 1.0),
            people=tuple(people[row["code"]]),
        )
        for row in files.organisations
        if row["status"] == "verified" and row["code"] in people
    ]


def settings_of(table: Table) -> Settings:
    """`history.toml` as a value."""
    fates = _numbers(table["fates"])
    faults, maintenance = _numbers(table["faults"]), _numbers(table["maintenance"])
    lengths = table["lengths"]
    if not isinstance(lengths, Mapping):
        raise TypeError("[lengths] is not a table")
    return Settings(
        seed=int(str(table["seed"])),
        days=int(str(table["days"])),
        upcoming_days=int(str(table["upcoming_days"])),
        bookings=int(str(table["bookings"])),
        classes=_numbers(table["classes"]),
        fates={fate: fates[fate] for fate in Fate if fate in fates},
        silent=fates["silent"],
        lengths={key: tuple(hours) for key, hours in lengths.items()},
        weights=_numbers(table["weights"]),
        faults=int(faults["count"]),
        fault_hours=(int(faults["shortest_hours"]), int(faults["longest_hours"])),
        maintenance_days=int(maintenance["every_days"]),
        maintenance_hours=int(maintenance["hours"]),
        double_bookings=int(_numbers(table["refusals"])["double_bookings"]),
        reviewed=Reviewed(**{k: int(v) for k, v in _numbers(table["settlements"]).items()}),
    )


def statutory_calendar(files: SeedFiles) -> StatutoryCalendar:
    """The years whose notices are among the files."""
    return StatutoryCalendar(
        years=frozenset(files.calendars),
        days={
            date.fromisoformat(row["date"]): DayKind(row["kind"])
            for rows in files.calendars.values()
            for row in rows
        },
    )


def _card(
    row: Row, files: SeedFiles, settings: Settings, *, calendar: StatutoryCalendar, provider: str
) -> Card:
    policy = files.policies[row["policy"]]
    before, after = policy["buffer_before_minutes"], policy["buffer_after_minutes"]
    follows = bool(policy["follows_statutory_calendar"])
    return Card(
        code=row["code"],
        lab=row["lab"],
        provider=provider,
        schedule=Schedule(
            weekly_hours(files, row["hours"]), calendar=calendar if follows else None
        ),
        units=int(row["units"]),
        modes=tuple(row["service_modes"].split(";")),
        lengths=_allowed(settings.lengths[row["tariff"]], policy),
        takes_samples="sample" in str(files.tariffs[row["tariff"]]),
        notice_minutes=int(str(policy["notice_minutes"])),
        buffer_minutes=int(str(before)) + int(str(after)),
        by_approval=policy["approval"] != "none",
    )


def _allowed(hours: Sequence[float], policy: Table) -> tuple[float, ...]:
    """The usual lengths that the policy lets pass, or else its shortest."""
    shortest, longest = (int(str(policy[f"{edge}_minutes"])) for edge in ("shortest", "longest"))
    return tuple(h for h in hours if shortest <= h * 60 <= longest) or (shortest / 60,)


def weekly_hours(files: SeedFiles, pattern: str) -> dict[int, tuple[Hours, ...]]:
    """A named opening pattern, by ISO weekday."""
    week: dict[int, list[Hours]] = {}
    for row in files.opening_hours[pattern]:
        hours = Hours.between(row["opens"], row["closes"])
        week.setdefault(int(row["weekday"]), []).append(hours)
    return {weekday: tuple(windows) for weekday, windows in week.items()}


def _numbers(value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise TypeError("not a table of numbers")
    return {str(key): float(number) for key, number in value.items()}
