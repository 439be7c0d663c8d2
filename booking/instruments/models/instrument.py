"""The card of an instrument; field names follow the national platform (`policy-facts.md` §6.3)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.rules.card import ResourceKind, ShareMode, Source
from booking.instruments.states import InstrumentState


class Instrument(Row, table=True):
    """What a lab offers; money in fen even where an export wants 万元."""

    __tablename__ = "instrument"
    __table_args__ = (
        sa.UniqueConstraint("lab_id", "inner_id"),
        sa.CheckConstraint("original_value_fen >= 0", name="value_not_negative"),
        sa.Index(None, "state", "category_code"),
    )

    lab_id: int = Field(foreign_key="lab.id", index=True, sa_type=Id)
    state: InstrumentState = Field(
        default=InstrumentState.DRAFT,
        sa_type=EnumText(InstrumentState),
    )
    state_reason: str = Field(default="", max_length=500)
    version: int = Field(default=1)
    name: str = Field(max_length=50)
    name_en: str = Field(default="", max_length=100)
    inner_id: str = Field(max_length=40)
    resource_kind: ResourceKind = Field(
        default=ResourceKind.INSTRUMENT,
        sa_type=EnumText(ResourceKind),
    )
    classification_scheme: str = Field(default="nrii", max_length=16)
    category_code: str = Field(max_length=8)
    # What other schemes call it: {"moe": "03030404", "gbt14885": "A02100000"}.
    other_codes: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    original_value_fen: int = Field(sa_type=sa.BigInteger)
    source: Source = Field(
        default=Source.PURCHASE,
        sa_type=EnumText(Source),
    )
    origin_country: str = Field(default="", max_length=50)
    manufacturer: str = Field(default="", max_length=100)
    model: str = Field(default="", max_length=100)
    general_purpose: bool = True
    start_date: date | None = None
    acceptance_date: date | None = None
    filing_due: date | None = None
    # When it was filed under which number, or by whose consent it is not; what was last told of.
    filed_on: date | None = None
    filing_number: str = Field(default="", max_length=40)
    filing_exemption: str = Field(default="", max_length=300)
    filing_told: int | None = None
    customs_supervised: bool = False
    specs: str = Field(default="", max_length=500)
    functions: str = Field(default="", max_length=300)
    disciplines: list[str] = Field(default_factory=list, sa_type=Json)
    services: str = Field(default="", max_length=200)
    typical_results: str = Field(default="", max_length=500)
    user_notes: str = Field(default="", max_length=500)
    fee_notes: str = Field(default="", max_length=500)
    district: str = Field(max_length=32)
    address: str = Field(default="", max_length=100)
    # Empty where the zone's own hold.
    province: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=20)
    postal_address: str = Field(default="", max_length=100)
    postal_code: str = Field(default="", max_length=6)
    funds: str = Field(default="", max_length=100)
    # What customs keep of it, by `rules.customs.CustomsItem`.
    customs: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    contact_name: str = Field(default="", max_length=20)
    contact_phone: str = Field(default="", max_length=20)
    contact_email: str = Field(default="", max_length=50)
    share_mode: ShareMode = Field(
        default=ShareMode.EXTERNAL,
        sa_type=EnumText(ShareMode),
    )
    service_modes: list[str] = Field(default_factory=list, sa_type=Json)
    aliases: list[str] = Field(default_factory=list, sa_type=Json)
    # A beamline's station: booking the whole takes all parts.
    part_of_id: int | None = Field(
        default=None, foreign_key="instrument.id", index=True, sa_type=Id
    )
    # Counts changes of hours, policy and closures, so that what was computed from them can be kept.
    terms_version: int = Field(default=1)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
