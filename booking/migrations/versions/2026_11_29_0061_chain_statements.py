"""Chain locked statements: each link stands on the one before it, and the database refuses any
that does not, or that is to be changed."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting

revision = "61_statement_chain"
down_revision = "60_invoice_keeping"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The next place, on the hash of the last one; the first stands on zeros.
_FOLLOWS = f"""
NEW.position = (SELECT COALESCE(MAX(position), 0) + 1 FROM statement_link)
AND NEW.previous = COALESCE(
    (SELECT hash FROM statement_link WHERE position = NEW.position - 1), '{"0" * 64}'
)"""
_FUNCTION = f"""
CREATE FUNCTION statement_link_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF NOT ({_FOLLOWS}) THEN
    RAISE EXCEPTION 'statement_link_follows' USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NEW; END $$"""


def upgrade() -> None:
    op.create_table(
        "statement_chain",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_statement_chain")),
    )
    op.create_table(
        "statement_link",
        sa.Column("position", _ID, autoincrement=False, nullable=False),
        sa.Column("snapshot_id", _ID, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["statement_snapshot.id"],
            name=op.f("fk_statement_link_snapshot_id_statement_snapshot"),
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_statement_link")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_statement_link_snapshot_id")),
        sa.UniqueConstraint("previous", name=op.f("uq_statement_link_previous")),
    )
    forbid_rewriting(op, "statement_link")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(
            "CREATE TRIGGER statement_link_follows BEFORE INSERT ON statement_link "
            "FOR EACH ROW EXECUTE FUNCTION statement_link_follows()"
        )
        return
    op.execute(
        "CREATE TRIGGER statement_link_follows BEFORE INSERT ON statement_link "
        f"WHEN NOT ({_FOLLOWS}) "
        "BEGIN SELECT RAISE(ABORT, 'statement_link_follows'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER statement_link_follows ON statement_link")
        op.execute("DROP FUNCTION statement_link_follows()")
    else:
        op.execute("DROP TRIGGER statement_link_follows")
    allow_rewriting(op, "statement_link")
    op.drop_table("statement_link")
    op.drop_table("statement_chain")
