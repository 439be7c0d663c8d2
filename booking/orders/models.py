"""Tables of orders: what is wished, samples on their way, quotes, files, words, bookings."""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.orders.rules import Afterwards, FileRole
from booking.orders.states import OrderState, QuoteState, Station

_OFFERED: Final = sa.text("state = 'offered'")
_ACCEPTED: Final = sa.text("state = 'accepted'")


class ServiceOrder(Row, table=True):
    """What a company entrusts a lab with; the lab is the instrument's when it was asked."""

    __tablename__ = "service_order"
    __table_args__ = (sa.Index(None, "state", "accept_by"),)

    number: str = Field(max_length=24, unique=True)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    lab_id: int = Field(foreign_key="lab.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    asked_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    wishes: str = Field(max_length=4000)
    # By which standard or method: GB/T 16594-2008.
    standard: str = Field(default="", max_length=200)
    by_day: date
    state: OrderState = Field(default=OrderState.ASKED, sa_type=EnumText(OrderState))
    state_reason: str = Field(default="", max_length=500)
    # The last day for an objection to the report.
    accept_by: date | None = None
    version: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class OrderSample(Row, table=True):
    """A kind of sample; `label` is what is stuck on it."""

    __tablename__ = "order_sample"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "position"),
        sa.CheckConstraint("count >= 1", name="some"),
    )

    order_id: int = Field(foreign_key="service_order.id", sa_type=Id)
    position: int
    label: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=100)
    count: int = 1
    form: str = Field(default="", max_length=100)
    hazards: str = Field(default="", max_length=300)
    afterwards: Afterwards = Field(default=Afterwards.RETURN, sa_type=EnumText(Afterwards))
    station: Station = Field(default=Station.ANNOUNCED, sa_type=EnumText(Station))


class SampleStep(Row, table=True):
    """When a sample reached a station, and by whose hand."""

    __tablename__ = "sample_step"

    sample_id: int = Field(foreign_key="order_sample.id", index=True, sa_type=Id)
    station: Station = Field(sa_type=EnumText(Station))
    done_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    done_at: datetime = Field(sa_type=UtcDateTime)


class OrderQuote(Row, table=True):
    """What the lab would do it for; one that stands and one that was accepted per order."""

    __tablename__ = "order_quote"
    __table_args__ = (
        sa.Index(
            "uq_order_quote_standing",
            "order_id",
            unique=True,
            sqlite_where=_OFFERED,
            postgresql_where=_OFFERED,
        ),
        sa.Index(
            "uq_order_quote_accepted",
            "order_id",
            unique=True,
            sqlite_where=_ACCEPTED,
            postgresql_where=_ACCEPTED,
        ),
        sa.Index(None, "state", "valid_until"),
        sa.CheckConstraint("total_fen >= 0", name="amount"),
    )

    order_id: int = Field(foreign_key="service_order.id", index=True, sa_type=Id)
    # The shape is `rules.QuoteLine.kept`; the total is the sum of its rounded lines.
    lines: list[dict[str, object]] = Field(sa_type=Json)
    total_fen: int = Field(sa_type=sa.BigInteger)
    # By which price list and as which kind of customer, where one was asked.
    tariff_id: int | None = Field(default=None, foreign_key="tariff.id", sa_type=Id)
    customer_class: str = Field(default="", max_length=16)
    note: str = Field(default="", max_length=1000)
    valid_until: date
    promised_day: date
    state: QuoteState = Field(default=QuoteState.OFFERED, sa_type=EnumText(QuoteState))
    quoted_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    quoted_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id", index=True, sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OrderFile(Row, table=True):
    """A file of an order; results are the lab's own until they are handed in."""

    __tablename__ = "order_file"

    order_id: int = Field(foreign_key="service_order.id", index=True, sa_type=Id)
    file_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    role: FileRole = Field(sa_type=EnumText(FileRole))
    added_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    added_at: datetime = Field(sa_type=UtcDateTime)
    handed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OrderMessage(Row, table=True):
    """What company and lab write to each other about an order."""

    __tablename__ = "order_message"

    order_id: int = Field(foreign_key="service_order.id", index=True, sa_type=Id)
    from_lab: bool
    is_objection: bool = False
    words: str = Field(max_length=2000)
    written_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    written_at: datetime = Field(sa_type=UtcDateTime)


class OrderBooking(Row, table=True):
    """A booking that was made for an order; it lives its own life."""

    __tablename__ = "order_booking"

    order_id: int = Field(foreign_key="service_order.id", index=True, sa_type=Id)
    reservation_id: int = Field(foreign_key="reservation.id", unique=True, sa_type=Id)


def _table(model: type[SQLModel]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - narrows a type
    return table


ORDER: Final = _table(ServiceOrder)
SAMPLE: Final = _table(OrderSample)
SAMPLE_STEP: Final = _table(SampleStep)
QUOTE: Final = _table(OrderQuote)
FILE: Final = _table(OrderFile)
MESSAGE: Final = _table(OrderMessage)
BOOKING: Final = _table(OrderBooking)
