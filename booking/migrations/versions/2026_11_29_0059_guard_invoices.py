"""Forbid to invoice or to pay more than there is, to others, or by what does not stand."""

from collections.abc import Mapping

from alembic import op

revision = "59_invoice_guards"
down_revision = "58_invoices"
branch_labels = None
depends_on = None

# What a guard asks after a row is written: where it finds a row, the writing is refused.
# A credit note or a refund is of the same parties, of an original that stands, and within it.
_CONTRARY = """
    NEW.original_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM {table} original
        WHERE original.id = NEW.original_id AND original.original_id IS NULL
        AND original.state <> 'voided'
        AND original.organisation_id = NEW.organisation_id
        AND original.provider_id = NEW.provider_id
        AND original.{amount} + (
            SELECT COALESCE(SUM(other.{amount}), 0) FROM {table} other
            WHERE other.original_id = original.id AND other.state <> 'voided'
        ) >= 0
    )"""
# Nothing is unchecked, and nothing is voided that something else leans on.
_STEP = """
    (OLD.state = 'checked' AND NEW.state = 'recorded')
    OR (NEW.state = 'voided' AND (
        EXISTS (SELECT 1 FROM {table} other
                WHERE other.original_id = NEW.id AND other.state <> 'voided')
        OR {leaning}
    ))"""
_LEANING = {
    "invoice": (
        "EXISTS (SELECT 1 FROM invoice_match WHERE invoice_id = NEW.id AND live) "
        "OR EXISTS (SELECT 1 FROM payment_match WHERE invoice_id = NEW.id AND live)"
    ),
    "payment": "EXISTS (SELECT 1 FROM payment_match WHERE payment_id = NEW.id AND live)",
}
# {left}: what is shared out; {right}: what it is for. Between nought and the whole, on both sides.
_SHARES = """
    NOT EXISTS (
        SELECT 1 FROM {left} l JOIN {right} r ON r.id = NEW.{right}_id
        WHERE l.id = NEW.{left}_id
        AND l.organisation_id = r.organisation_id AND l.provider_id = r.provider_id
        AND (NOT NEW.live OR (l.state <> 'voided' {stands}))
        AND (NEW.amount_fen > 0) = (l.{whole} > 0)
    )
    OR {left_sum} NOT BETWEEN {left_range}
    OR {right_beyond}"""
# A charge comes to what it was written with and what corrects it. One that became cheaper after it
# was invoiced stays invoiced for more until a credit note takes that back, or the match ends; a
# credit note that ends leaves it at most with what it ever came to.
_ENTERED = (
    "(SELECT COALESCE(SUM(amount_fen), 0) FROM charge_correction WHERE charge_id = c.id{more})"
)
_COMES_TO = "(SELECT c.amount_fen + {entered} FROM charge c WHERE c.id = NEW.charge_id)"
_BEYOND_CHARGE = """(
        {sum} < 0
        OR (NEW.live AND NEW.amount_fen > 0 AND {sum} > {today})
        OR (NOT NEW.live AND NEW.amount_fen < 0 AND {sum} > {ever})
    )"""


def _sum(table: str, side: str) -> str:
    return (
        f"(SELECT COALESCE(SUM(amount_fen), 0) FROM {table} "
        f"WHERE {side}_id = NEW.{side}_id AND live)"
    )


def _range(side: str, whole: str) -> str:
    found = f"(SELECT {whole} FROM {side} WHERE id = NEW.{side}_id)"
    least = f"CASE WHEN {found} < 0 THEN {found} ELSE 0 END"
    most = f"CASE WHEN {found} > 0 THEN {found} ELSE 0 END"
    return f"{least} AND {most}"


def _beyond(table: str, side: str) -> str:
    if side != "charge":
        return f"{_sum(table, side)} NOT BETWEEN {_range(side, _WHOLE[side])}"
    today, ever = (_ENTERED.format(more=more) for more in ("", " AND amount_fen > 0"))
    return _BEYOND_CHARGE.format(
        sum=_sum(table, side),
        today=_COMES_TO.format(entered=today),
        ever=_COMES_TO.format(entered=ever),
    )


_WHOLE = {"invoice": "total_fen", "payment": "amount_fen"}
_SIDES = {"invoice_match": ("invoice", "charge"), "payment_match": ("payment", "invoice")}


def _shares(table: str) -> str:
    left, right = _SIDES[table]
    return _SHARES.format(
        left=left,
        right=right,
        whole=_WHOLE[left],
        stands="AND r.state <> 'voided'" if right == "invoice" else "",
        left_sum=_sum(table, left),
        left_range=_range(left, _WHOLE[left]),
        right_beyond=_beyond(table, right),
    )


def _guards() -> Mapping[tuple[str, str, str], tuple[str, tuple[str, ...]]]:
    """Of each guard: its table, its name, when; what it refuses, and what it locks first."""
    found: dict[tuple[str, str, str], tuple[str, tuple[str, ...]]] = {}
    for table in ("invoice", "payment"):
        contrary = _CONTRARY.format(table=table, amount=_WHOLE[table])
        own = f"SELECT 1 FROM {table} WHERE id = NEW.original_id"
        found[table, f"{table}_contrary", "INSERT"] = (contrary, (own,))
        step = _STEP.format(table=table, leaning=_LEANING[table])
        found[table, f"{table}_step", "UPDATE OF state"] = (step, ())
    for table, sides in _SIDES.items():
        locks = tuple(f"SELECT 1 FROM {side} WHERE id = NEW.{side}_id" for side in sides)
        for event, name in (("INSERT", "insert"), ("UPDATE OF live", "update")):
            found[table, f"{table}_shares_{name}", event] = (_shares(table), locks)
    return found


def _put_guards() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for (table, name, event), (refused, locks) in _guards().items():
        if not is_postgresql:
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{name}') WHERE {refused}; END"
            )
            continue
        waits = " ".join(f"PERFORM 1 FROM ({lock} FOR NO KEY UPDATE) waited;" for lock in locks)
        op.execute(f"""
            CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                {waits}
                IF ({refused}) THEN
                    RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END $$""")
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
        )


def _drop_guards() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, name, _ in _guards():
        if is_postgresql:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION refuse_{name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")


def upgrade() -> None:
    _put_guards()


def downgrade() -> None:
    _drop_guards()
