"""Withdraw versions before their first day, and let nobody lock drafts that no longer hold."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting, freeze_columns, thaw_columns
from booking.db.refusals import allow_again, refuse_change, refuse_insert, refuse_update
from booking.db.types import Id, UtcDateTime

revision = "106_money"
down_revision = "105_departed"
branch_labels = None
depends_on = None

_ENDS, _LIVE_END = "programme_end", "uq_programme_end_live"
_SAID = ("programme_version_id", "last_day", "document", "asked_by", "asked_at")
_ACTIVE = (
    "COALESCE((SELECT state FROM programme_version WHERE id = NEW.programme_version_id), '') "
    "<> 'active'"
)
_OVERLAPS = (
    "EXISTS (SELECT 1 FROM programme_version AS other "
    "WHERE other.programme_id = NEW.programme_id AND other.state <> 'closed' "
    "AND other.valid_from <= NEW.valid_to AND NEW.valid_from <= "
    "COALESCE((SELECT last_day FROM programme_end "
    "WHERE programme_version_id = other.id AND state = 'confirmed'), other.valid_to))"
)
# What counts goes on counting, unless the version that it made way for never begins.
_UNLIFTED = (
    "OLD.state = 'confirmed' AND (NEW.state <> 'lifted' OR NEW.decided_by <> OLD.decided_by "
    "OR NEW.decided_at <> OLD.decided_at)"
)
# A version that pays is taken back by two persons only, who stand for a day before its first.
_UNWITHDRAWN = (
    "OLD.state = 'active' AND NEW.state <> 'active' AND (NEW.state <> 'closed' OR NOT EXISTS ("
    "SELECT 1 FROM programme_end WHERE programme_version_id = NEW.id AND state = 'confirmed' "
    "AND last_day < NEW.valid_from))"
)
_STALE = (
    "OLD.state = 'draft' AND NEW.state = 'locked' AND EXISTS (SELECT 1 FROM settlement "
    "WHERE id = NEW.settlement_id AND stale_at IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column("settlement", sa.Column("stale_at", UtcDateTime(), nullable=True))
    refuse_change(op, "statement", "statement_stale", when=_STALE)
    _let_ends_be()
    with op.batch_alter_table(_ENDS) as batch:
        batch.add_column(
            sa.Column("reason", sa.String(length=500), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("lifted_by_id", Id, nullable=True))
        batch.create_foreign_key(
            op.f("fk_programme_end_lifted_by_id_programme_end"), _ENDS, ["lifted_by_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_programme_end_lifted"), "(state = 'lifted') = (lifted_by_id IS NOT NULL)"
        )
    with op.batch_alter_table(_ENDS) as batch:
        batch.alter_column("reason", server_default=None)
    _index("state NOT IN ('declined', 'lifted')")
    forbid_rewriting(op, _ENDS, when="OLD.state IN ('declined', 'lifted')")
    freeze_columns(op, _ENDS, (*_SAID, "reason"), when="OLD.state IN ('asked', 'confirmed')")
    refuse_update(op, _ENDS, "programme_end_unlifted", when=_UNLIFTED)
    _keep_out_of_ends()
    refuse_change(op, "programme_version", "programme_version_unwithdrawn", when=_UNWITHDRAWN)


def downgrade() -> None:
    allow_again(op, "programme_version", "programme_version_unwithdrawn")
    allow_again(op, _ENDS, "programme_end_unlifted")
    _let_ends_be()
    # What was lifted counts no more; what was withdrawn is closed, and says so by its state.
    with op.batch_alter_table(_ENDS) as batch:
        batch.drop_constraint(op.f("ck_programme_end_lifted"), type_="check")
        batch.drop_constraint(
            op.f("fk_programme_end_lifted_by_id_programme_end"), type_="foreignkey"
        )
        batch.drop_column("lifted_by_id")
        batch.drop_column("reason")
    op.execute("UPDATE programme_end SET state = 'declined' WHERE state = 'lifted'")
    _index("state <> 'declined'")
    forbid_rewriting(op, _ENDS, when="OLD.state <> 'asked'")
    freeze_columns(op, _ENDS, _SAID, when="OLD.state = 'asked'")
    _keep_out_of_ends()
    allow_again(op, "statement", "statement_stale")
    op.drop_column("settlement", "stale_at")


def _let_ends_be() -> None:
    """Their table is built anew, and the refusals that stand on it or name it."""
    allow_again(op, "programme_version", "programme_version_overlaps")
    allow_again(op, _ENDS, "programme_end_not_active")
    thaw_columns(op, _ENDS)
    allow_rewriting(op, _ENDS)
    op.drop_index(_LIVE_END, table_name=_ENDS)


def _keep_out_of_ends() -> None:
    refuse_insert(op, _ENDS, "programme_end_not_active", when=_ACTIVE)
    refuse_insert(op, "programme_version", "programme_version_overlaps", when=_OVERLAPS)


def _index(live: str) -> None:
    op.create_index(
        _LIVE_END,
        _ENDS,
        ["programme_version_id"],
        unique=True,
        sqlite_where=sa.text(live),
        postgresql_where=sa.text(live),
    )
