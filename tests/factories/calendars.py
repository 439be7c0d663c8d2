"""The statutory calendars that come with the seed."""

import csv
from datetime import date
from pathlib import Path

from booking.instruments.rules.opening import DayKind, StatutoryCalendar

_SEED = Path(__file__).resolve().parents[2] / "seed" / "calendar"


def statutory(*years: int) -> StatutoryCalendar:
    """The moved days of some years, by default of all that the seed knows."""
    files = sorted(_SEED.glob("*.csv"))
    chosen = [file for file in files if not years or int(file.stem) in years]
    days = {
        date.fromisoformat(row["date"]): DayKind(row["kind"])
        for file in chosen
        for row in csv.DictReader(file.read_text("utf-8").splitlines())
    }
    return StatutoryCalendar(frozenset(int(file.stem) for file in chosen), days)
