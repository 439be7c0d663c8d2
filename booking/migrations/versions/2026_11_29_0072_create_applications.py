"""Create applications to programmes that ask for them, and their papers."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import freeze_columns, thaw_columns
from booking.db.types import Id, UtcDateTime

revision = "72_applications"
down_revision = "71_proposals"
branch_labels = None
depends_on = None

_LIVE = sa.text("state <> 'refused'")
# Once decided, what was accepted or refused stays.
_DECIDED = (
    *("programme_version_id", "organisation_id", "state", "reason", "covers_from"),
    *("handed_in_by", "handed_in_at", "decided_by", "decided_at"),
)


def upgrade() -> None:
    op.create_table(
        "programme_application",
        sa.Column("id", Id, nullable=False),
        sa.Column("programme_version_id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=True),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("handed_in_by", Id, nullable=True),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "decided_by <> handed_in_by", name=op.f("ck_programme_application_two_sides")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (handed_in_by IS NOT NULL AND handed_in_at IS NOT NULL "
            "AND covers_from IS NOT NULL)",
            name=op.f("ck_programme_application_handed_in"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'refused') OR decided_by IS NOT NULL",
            name=op.f("ck_programme_application_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_version_id"],
            ["programme_version.id"],
            name=op.f("fk_programme_application_programme_version_id_programme_version"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_programme_application_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_application")),
    )
    op.create_index(
        op.f("ix_programme_application_organisation_id"),
        "programme_application",
        ["organisation_id"],
    )
    op.create_index(
        "uq_programme_application_live",
        "programme_application",
        ["programme_version_id", "organisation_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "application_file",
        sa.Column("id", Id, nullable=False),
        sa.Column("application_id", Id, nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["programme_application.id"],
            name=op.f("fk_application_file_application_id_programme_application"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_application_file_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_file")),
        sa.UniqueConstraint(
            "application_id", "file_id", name=op.f("uq_application_file_application_id_file_id")
        ),
    )
    op.create_index(op.f("ix_application_file_file_id"), "application_file", ["file_id"])
    freeze_columns(
        op, "programme_application", _DECIDED, when="OLD.state IN ('accepted', 'refused')"
    )


def downgrade() -> None:
    thaw_columns(op, "programme_application")
    op.drop_table("application_file")
    op.drop_table("programme_application")
