"""Let two persons end a version before its last day, and finance revoke what was accepted."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting, freeze_columns, thaw_columns
from booking.db.refusals import allow_again, refuse_delete, refuse_insert, refuse_update
from booking.db.types import Id, UtcDateTime

revision = "95_early_end"
down_revision = "94_feedback"
branch_labels = None
depends_on = None

_ENDS, _LIVE_END = "programme_end", "uq_programme_end_live"
_ACTIVE = (
    "COALESCE((SELECT state FROM programme_version WHERE id = NEW.programme_version_id), '') "
    "<> 'active'"
)
_OVERLAPS = (
    "EXISTS (SELECT 1 FROM programme_version AS other "
    "WHERE other.programme_id = NEW.programme_id AND other.state <> 'closed' "
    "AND other.valid_from <= NEW.valid_to AND NEW.valid_from <= {last})"
)
# What counts of a version that was ended early.
_LAST = (
    "COALESCE((SELECT last_day FROM programme_end "
    "WHERE programme_version_id = other.id AND state = 'confirmed'), other.valid_to)"
)
_TABLE, _INDEX = "programme_application", "uq_programme_application_live"
_SAID = (
    *("programme_version_id", "organisation_id", "reason", "covers_from"),
    *("handed_in_by", "handed_in_at", "decided_by", "decided_at", "note"),
)
# An accepted one may still be revoked; nothing else becomes of what was decided.
_DECIDED_ANEW = (
    "(OLD.state IN ('refused', 'withdrawn', 'revoked') AND NEW.state <> OLD.state) "
    "OR (OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'revoked')) "
    "OR (OLD.state <> 'accepted' AND OLD.state <> 'revoked' AND NEW.state = 'revoked') "
    "OR (OLD.state = 'revoked' AND (NEW.revoked_from <> OLD.revoked_from "
    "OR NEW.revoked_by <> OLD.revoked_by OR NEW.revoked_reason <> OLD.revoked_reason))"
)
_CLOSED = (
    "(SELECT state FROM programme_application WHERE id = {row}.application_id) "
    "NOT IN ('draft', 'returned')"
)


def upgrade() -> None:
    _create_ends()
    allow_again(op, "programme_version", "programme_version_overlaps")
    when = _OVERLAPS.format(last=_LAST)
    refuse_insert(op, "programme_version", "programme_version_overlaps", when=when)
    thaw_columns(op, _TABLE)
    _let_papers_be()
    op.drop_index(_INDEX, table_name=_TABLE)
    with op.batch_alter_table(_TABLE) as batch:
        batch.add_column(sa.Column("revoked_from", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("revoked_reason", sa.String(length=500), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("revoked_by", Id, nullable=True))
        batch.add_column(sa.Column("revoked_at", UtcDateTime(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_programme_application_revoked"),
            "(state = 'revoked') = (revoked_from IS NOT NULL AND revoked_by IS NOT NULL "
            "AND revoked_at IS NOT NULL AND revoked_reason <> '')",
        )
        batch.create_check_constraint(
            op.f("ck_programme_application_revoked_by_another"), "revoked_by <> handed_in_by"
        )
    with op.batch_alter_table(_TABLE) as batch:
        batch.alter_column("revoked_reason", server_default=None)
    _index("state NOT IN ('refused', 'withdrawn', 'revoked')")
    decided = "OLD.state IN ('accepted', 'refused', 'withdrawn', 'revoked')"
    freeze_columns(op, _TABLE, _SAID, when=decided)
    _keep_papers()
    refuse_update(op, _TABLE, "programme_application_decided", when=_DECIDED_ANEW)


def downgrade() -> None:
    allow_again(op, _TABLE, "programme_application_decided")
    thaw_columns(op, _TABLE)
    _let_papers_be()
    op.drop_index(_INDEX, table_name=_TABLE)
    # What was accepted anew afterwards stands; of the rest only the acceptance is known here.
    op.execute(
        "UPDATE programme_application SET state = 'refused', revoked_from = NULL, "
        "revoked_by = NULL, revoked_at = NULL, revoked_reason = '' WHERE state = 'revoked'"
    )
    with op.batch_alter_table(_TABLE) as batch:
        for name in ("revoked_by_another", "revoked"):
            batch.drop_constraint(op.f(f"ck_programme_application_{name}"), type_="check")
        for column in ("revoked_at", "revoked_by", "revoked_reason", "revoked_from"):
            batch.drop_column(column)
    _index("state NOT IN ('refused', 'withdrawn')")
    decided = "OLD.state IN ('accepted', 'refused', 'withdrawn')"
    freeze_columns(op, _TABLE, (*_SAID, "state"), when=decided)
    _keep_papers()
    allow_again(op, "programme_version", "programme_version_overlaps")
    when = _OVERLAPS.format(last="other.valid_to")
    refuse_insert(op, "programme_version", "programme_version_overlaps", when=when)
    allow_again(op, _ENDS, "programme_end_not_active")
    op.drop_table(_ENDS)


def _let_papers_be() -> None:
    """Their refusals name the table, which is built anew."""
    allow_again(op, "application_file", "application_file_kept")
    allow_again(op, "application_file", "application_file_late")


def _keep_papers() -> None:
    refuse_insert(op, "application_file", "application_file_late", when=_CLOSED.format(row="NEW"))
    refuse_delete(op, "application_file", "application_file_kept", when=_CLOSED.format(row="OLD"))


def _create_ends() -> None:
    op.create_table(
        _ENDS,
        sa.Column("id", Id, nullable=False),
        sa.Column("programme_version_id", Id, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("document <> ''", name=op.f("ck_programme_end_document")),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_by <> asked_by",
            name=op.f("ck_programme_end_two_persons"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL AND decided_at IS NULL)",
            name=op.f("ck_programme_end_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_version_id"],
            ["programme_version.id"],
            name=op.f("fk_programme_end_programme_version_id_programme_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_end")),
    )
    live = sa.text("state <> 'declined'")
    op.create_index(
        _LIVE_END,
        _ENDS,
        ["programme_version_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    forbid_rewriting(op, _ENDS, when="OLD.state <> 'asked'")
    said = ("programme_version_id", "last_day", "document", "asked_by", "asked_at")
    freeze_columns(op, _ENDS, said, when="OLD.state = 'asked'")
    refuse_insert(op, _ENDS, "programme_end_not_active", when=_ACTIVE)


def _index(live: str) -> None:
    op.create_index(
        _INDEX,
        _TABLE,
        ["programme_version_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text(live),
        postgresql_where=sa.text(live),
    )
