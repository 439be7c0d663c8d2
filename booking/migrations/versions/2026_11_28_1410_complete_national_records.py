"""What records for the national platform ask for besides: place, post, funds, customs, codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "40_national"
down_revision = "39_withdraw_policies"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TEXTS = {"province": 20, "city": 20, "postal_address": 100, "postal_code": 6, "funds": 100}


def upgrade() -> None:
    for name, length in _TEXTS.items():
        op.add_column("instrument", _text(name, length))
    op.add_column("instrument", sa.Column("customs", _JSON, nullable=False, server_default="{}"))
    op.add_column("organisation", _text("national_code", 40))


def downgrade() -> None:
    # Not in a batch: that would make the tables anew, without their triggers.
    op.drop_column("organisation", "national_code")
    for name in ("customs", *_TEXTS):
        op.drop_column("instrument", name)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")
