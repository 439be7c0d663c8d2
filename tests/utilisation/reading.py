"""What the roll-up wrote, as tests compare it."""

from bs4 import BeautifulSoup, Tag
from sqlmodel import select

from booking.utilisation.models import InstrumentMonth

SHARES = ("closed", "maintenance", "fault", "used", "booked_unused", "idle")
HOUR = 3600


def rows(uow) -> dict[tuple[int, str], InstrumentMonth]:
    uow.session.expire_all()
    return {
        (row.instrument_id, row.month): row for row in uow.session.exec(select(InstrumentMonth))
    }


def figures(uow) -> dict[tuple[int, str], dict[str, object]]:
    return {key: row.model_dump(exclude={"id", "computed_at"}) for key, row in rows(uow).items()}


def shares(row: InstrumentMonth) -> dict[str, int]:
    found = {name: getattr(row, f"{name}_seconds") for name in SHARES}
    return {name: seconds for name, seconds in found.items() if seconds}


def hours_of(uow, instrument_id: int, month: str = "2026-11") -> dict[str, float]:
    return {name: sec / HOUR for name, sec in shares(rows(uow)[instrument_id, month]).items()}


def the(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """The element of a page, which must have it."""
    found = page.select_one(selector)
    assert found is not None, selector
    return found
