"""The facts that leave for analysis: of every table the columns named here and no others.

What is about a person (who booked, who decided, what somebody wrote) is not among them, nor are
accounts of banks, contacts and addresses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from booking.billing.models import Charge, ChargeCorrection
from booking.db.expressions import day_of_end, seconds_between
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.refusal import Refusal
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.utilisation.models import InstrumentMonth
from booking.utilisation.queries.cutting import (
    BOOKING,
    CHARGE,
    EARNED,
    USE,
    earned,
    finished_use,
)

# Raised when a column goes, or means something else; a column more raises nothing.
SCHEMA_VERSION: Final = 1
# Rows of a large table are read so many at a time.
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table as it leaves: its name, and the statement that reads it."""

    name: str
    statement: sa.Select[Any]

    @property
    def columns(self) -> Sequence[tuple[str, sa.types.TypeEngine[Any]]]:
        """Names and types, in order."""
        return [(column.name, column.type) for column in self.statement.selected_columns]


def _facts(name: str, model: type[SQLModel], columns: str) -> FactTable:
    table = _table(model)
    asked = sa.select(*(table.c[column] for column in columns.split()))
    return FactTable(name, asked.order_by(table.c.id))


def _table(model: type[SQLModel]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - for the type checker
    return table


def _subsidy_lines() -> FactTable:
    """Lines that stand, with whose statement they are in and of which period."""
    line, statement, settlement = _table(StatementLine), _table(Statement), _table(Settlement)
    columns = (
        "id statement_id live locked kind programme version charge_id credit_line_id corrects_id"
        " day period_year provider_id instrument_id eligible amount_fen base_fen granted_fen"
        " payable_fen"
    )
    asked = (
        sa.select(
            *(line.c[column] for column in columns.split()),
            statement.c.organisation_id,
            statement.c.state.label("statement_state"),
            settlement.c.period,
        )
        .join(statement, statement.c.id == line.c.statement_id)
        .join(settlement, settlement.c.id == statement.c.settlement_id)
    )
    return FactTable("subsidy_lines", asked.order_by(line.c.id))


def _refusals() -> FactTable:
    """Time that was asked for and not given, of organisations: no person is noted with it."""
    table = _table(Refusal)
    names = "id instrument_id organisation_id external starts_at ends_at lack asked_at"
    codes = sa.cast(table.c.codes, sa.Text).label("codes")
    asked = sa.select(*(table.c[name] for name in names.split()), codes)
    return FactTable("refusals", asked.order_by(table.c.id))


def _utilisation_days() -> FactTable:
    """Uses by instrument and the day on which they ended, added up where they lie."""
    minutes = USE.c.preparation_minutes + USE.c.test_minutes + USE.c.post_minutes
    effective = sa.case((USE.c.settled_at.is_(None), 0), else_=minutes * 60)
    external = sa.case((BOOKING.c.external, effective), else_=0)
    sums = {
        "used_seconds": seconds_between(USE.c.started_at, USE.c.ended_at),
        "effective_seconds": effective,
        "external_seconds": external,
        "samples": USE.c.samples,
        "income_fen": EARNED,
    }
    key = (BOOKING.c.instrument_id, day_of_end(USE.c.ended_at).label("day"))
    whole = {
        name: sa.cast(sa.func.coalesce(sa.func.sum(one), 0), sa.BigInteger)
        for name, one in sums.items()
    }
    asked = (
        sa.select(
            *key,
            sa.func.count(sa.distinct(BOOKING.c.id)).label("uses"),
            *(one.label(name) for name, one in whole.items()),
        )
        .select_from(BOOKING.join(USE, finished_use()).outerjoin(CHARGE, earned()))
        .group_by(*key)
        .order_by(*key)
    )
    return FactTable("utilisation_days", asked)


TABLES: Final = (
    _facts("organisations", Organisation, "id name name_en kind district state created_at"),
    _facts("labs", Lab, "id organisation_id name name_en district"),
    _facts(
        "instruments",
        Instrument,
        "id lab_id state name name_en inner_id resource_kind classification_scheme category_code"
        " original_value_fen source origin_country manufacturer model general_purpose start_date"
        " district share_mode part_of_id created_at updated_at",
    ),
    _facts(
        "reservations",
        Reservation,
        "id number series_id joint_id instrument_id unit_id organisation_id mode samples starts_at"
        " ends_at state external customer_class tariff_id quoted_fen fee_fen given_back_fen late"
        " created_at updated_at",
    ),
    _facts(
        "uses",
        UsageSession,
        "id reservation_id instrument_id unit_id started_at ended_at preparation_minutes"
        " test_minutes post_minutes idle_minutes staff_minutes samples to_be_completed settled_at"
        " overrun_minutes overrun_fen",
    ),
    _facts(
        "charges",
        Charge,
        "id number reservation_id kind organisation_id provider_id instrument_id amount_fen"
        " tariff_id vat_rate basis ordered_at service_started_at service_ended_at confirmed_at",
    ),
    _facts("charge_corrections", ChargeCorrection, "id charge_id kind amount_fen made_at"),
    _subsidy_lines(),
    _refusals(),
    _utilisation_days(),
    _facts(
        "utilisation_months",
        InstrumentMonth,
        "instrument_id month calendar_seconds closed_seconds maintenance_seconds fault_seconds"
        " open_seconds used_seconds booked_unused_seconds idle_seconds effective_seconds"
        " external_seconds bookings missed uses samples faults income_fen computed_at",
    ),
)


def rows_of(session: Session, table: FactTable) -> Iterator[Sequence[Any]]:
    """All rows, a few thousand in memory at a time."""
    found = session.connection().execute(table.statement, execution_options={"yield_per": _AT_ONCE})
    for rows in found.partitions():
        yield from rows
