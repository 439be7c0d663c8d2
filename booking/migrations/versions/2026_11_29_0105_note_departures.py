"""Note for a day who left, so that what was booked for them meanwhile is found."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Id, UtcDateTime

revision = "105_departed"
down_revision = "104_chosen"
branch_labels = None
depends_on = None

_REFERS = {"person_id": "person", "organisation_id": "organisation", "successor_id": "person"}


def upgrade() -> None:
    op.create_table(
        "departed",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("successor_id", Id, nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_departed_{column}_{other}")
            )
            for column, other in _REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departed")),
    )


def downgrade() -> None:
    op.drop_table("departed")
