"""Tables of credit: the centre's rules, entries that nobody edits or deletes, appeals."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.credit.rules import Cause
from booking.credit.states import AppealState
from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime

_FIRST_HAND = sa.text("annuls_id IS NULL")
_WAITING = sa.text("state = 'open'")


class CreditRules(Row, table=True):
    """A version of the rules; the last one whose time has come holds, if it is active."""

    __tablename__ = "credit_rules"
    __table_args__ = (
        sa.CheckConstraint("start_score > 0 AND restore_most >= 0", name="figures"),
        sa.CheckConstraint("loss_days > 0 AND gain_days > 0", name="days"),
        sa.Index(None, "valid_from"),
    )

    valid_from: datetime = Field(sa_type=UtcDateTime)
    active: bool = True
    start_score: int
    loss_days: int
    gain_days: int
    restore_most: int = 0
    approval_below: int | None = None
    refuse_below: int | None = None
    late_start_minutes: int = 15
    # Whether a lab's score is shown on its cards.
    publishes_labs: bool = False
    # Points by cause, without sign.
    points: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    note: str = Field(default="", max_length=500)
    set_by: int | None = Field(default=None, sa_type=Id)
    set_at: datetime = Field(sa_type=UtcDateTime)


class CreditEntry(Row, table=True):
    """A fact that counts, or (`annuls_id`) the taking back of one; points are signed."""

    __tablename__ = "credit_entry"
    __table_args__ = (
        sa.CheckConstraint("(organisation_id IS NULL) <> (lab_id IS NULL)", name="one_subject"),
        # The same fact counts once.
        sa.Index(
            "uq_credit_entry_fact",
            *("cause", "reservation_number"),
            unique=True,
            sqlite_where=_FIRST_HAND,
            postgresql_where=_FIRST_HAND,
        ),
        sa.Index(None, "organisation_id", "lapses_at"),
        sa.Index(None, "lab_id", "lapses_at"),
    )

    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", sa_type=Id)
    lab_id: int | None = Field(default=None, foreign_key="lab.id", sa_type=Id)
    # Whose booking it was, for a company.
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, sa_type=Id)
    cause: Cause = Field(sa_type=EnumText(Cause))
    points: int
    reservation_number: str = Field(max_length=24)
    at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime = Field(sa_type=UtcDateTime)
    rules_id: int = Field(foreign_key="credit_rules.id", sa_type=Id)
    annuls_id: int | None = Field(
        default=None, foreign_key="credit_entry.id", unique=True, sa_type=Id
    )


class CreditAppeal(Row, table=True):
    """Why an entry should not count, and what the centre says; one for each entry."""

    __tablename__ = "credit_appeal"
    __table_args__ = (
        sa.Index(
            "ix_credit_appeal_waiting",
            "asked_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    entry_id: int = Field(foreign_key="credit_entry.id", unique=True, sa_type=Id)
    words: str = Field(max_length=1000)
    file_id: int | None = Field(default=None, foreign_key="stored_file.id", index=True, sa_type=Id)
    state: AppealState = Field(default=AppealState.OPEN, sa_type=EnumText(AppealState))
    asked_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=500)
    decided_by: int | None = Field(default=None, sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
