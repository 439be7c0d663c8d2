"""Create the table of sheets of instruments on their way in, and of their faulty rows."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Json, UtcDateTime

revision = "27_instrument_import"
down_revision = "30_tariff_lines"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = ("total", "done", "created", "changed", "unchanged", "faulty", "attempts")
_OTHERS = {"user_id": "person", "lab_id": "lab", "file_id": "stored_file"}


def upgrade() -> None:
    op.create_table(
        "instrument_import",
        sa.Column("id", _Id, nullable=False),
        sa.Column("user_id", _Id, nullable=False),
        sa.Column("lab_id", _Id, nullable=True),
        sa.Column("file_id", _Id, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("unread", Json, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_instrument_import_{column}_{other}")
            )
            for column, other in _OTHERS.items()
        ),
        sa.CheckConstraint(
            "done = created + changed + unchanged + faulty",
            name=op.f("ck_instrument_import_adds_up"),
        ),
        sa.CheckConstraint("done <= total", name=op.f("ck_instrument_import_within_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_import")),
    )
    for columns in (["file_id"], ["state"], ["ended_at"], ["user_id", "id"]):
        name = op.f(f"ix_instrument_import_{'_'.join(columns)}")
        op.create_index(name, "instrument_import", columns)
    op.create_table(
        "instrument_import_fault",
        sa.Column("id", _Id, nullable=False),
        sa.Column("import_id", _Id, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", Json, nullable=False),
        sa.Column("faults", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["instrument_import.id"],
            name=op.f("fk_instrument_import_fault_import_id_instrument_import"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_import_fault")),
        sa.UniqueConstraint(
            "import_id", "line", name=op.f("uq_instrument_import_fault_import_id_line")
        ),
    )


def downgrade() -> None:
    op.drop_table("instrument_import_fault")
    op.drop_table("instrument_import")
