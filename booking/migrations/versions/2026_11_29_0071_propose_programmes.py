"""A programme version pays once two persons stood for it; no two claim the same day."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import freeze_columns, thaw_columns
from booking.db.refusals import allow_again, refuse_insert, refuse_update
from booking.db.types import Id, UtcDateTime

revision = "71_proposals"
down_revision = "70_given_back"
branch_labels = None
depends_on = None

# Frozen since the table came; a rebuilt table has lost its triggers.
_SAID = ("programme_id", "version", "terms", "document", "valid_from", "valid_to")
_NO_DRAFT = "OLD.state <> 'draft'"

_OVERLAPS = (
    "EXISTS (SELECT 1 FROM programme_version AS other "
    "WHERE other.programme_id = NEW.programme_id AND other.state <> 'closed' "
    "AND other.valid_from <= NEW.valid_to AND NEW.valid_from <= other.valid_to)"
)
# Pays under the number it was proposed under, and only what was proposed.
_UNPROPOSED = (
    "NEW.state = 'active' AND OLD.state <> 'active' AND (OLD.state <> 'proposed' "
    "OR NEW.document <> OLD.document OR NEW.proposed_by IS NULL OR NEW.activated_by IS NULL)"
)


def upgrade() -> None:
    thaw_columns(op, "programme_version")
    with op.batch_alter_table("programme_version") as batch:
        batch.add_column(sa.Column("proposed_by", Id, nullable=True))
        batch.add_column(sa.Column("proposed_at", UtcDateTime(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_programme_version_two_persons"), "activated_by <> proposed_by"
        )
        batch.create_check_constraint(
            op.f("ck_programme_version_proposed"), "state <> 'proposed' OR proposed_by IS NOT NULL"
        )
    freeze_columns(op, "programme_version", _SAID, when=_NO_DRAFT)
    refuse_insert(op, "programme_version", "programme_version_overlaps", when=_OVERLAPS)
    refuse_update(op, "programme_version", "programme_version_unproposed", when=_UNPROPOSED)


def downgrade() -> None:
    allow_again(op, "programme_version", "programme_version_unproposed")
    allow_again(op, "programme_version", "programme_version_overlaps")
    thaw_columns(op, "programme_version")
    op.execute("UPDATE programme_version SET state = 'draft' WHERE state = 'proposed'")
    with op.batch_alter_table("programme_version") as batch:
        batch.drop_constraint(op.f("ck_programme_version_two_persons"), type_="check")
        batch.drop_constraint(op.f("ck_programme_version_proposed"), type_="check")
        batch.drop_column("proposed_at")
        batch.drop_column("proposed_by")
    freeze_columns(op, "programme_version", _SAID, when=_NO_DRAFT)
