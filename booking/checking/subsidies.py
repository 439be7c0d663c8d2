"""Invariants 4, 5 and 6: nobody is paid too much or twice, and what was locked stays as it was."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.checking.proof import Proof, Row, selecting
from booking.kernel.money import fen
from booking.subsidies.models.programme import ProgrammeEntry, ProgrammeVersion
from booking.subsidies.models.statement import Statement, StatementLine, StatementSnapshot
from booking.subsidies.queries.chain import left_out, links, noted_end
from booking.subsidies.rules.chain import broken_links

# What each scope of a cap counts by.
_SCOPES: Final = {
    "line": ("id",),
    # Over its whole life.
    "loan": ("credit_line_id",),
    "instrument": ("user_key", "instrument_id", "period_year"),
    "user": ("user_key", "period_year"),
    "group": ("group_key", "period_year"),
    "provider": ("provider_id", "period_year"),
}
_BUDGETS: Final[dict[str, tuple[str, ...]]] = {"first_come": (), "pro_rata": ("settlement_id",)}
_LINE: Final[sa.Table] = StatementLine.__table__  # type: ignore[attr-defined]  # SQLModel adds it


def _limits(session: Session) -> Iterator[tuple[str, Sequence[int], tuple[str, ...], int]]:
    """Programme, versions, what is counted by, and the most it may come to, in fen."""
    versions = session.execute(
        sa.select(
            col(ProgrammeEntry.code),
            col(ProgrammeVersion.version),
            col(ProgrammeVersion.document),
            col(ProgrammeVersion.terms),
        )
        .join(ProgrammeVersion, col(ProgrammeVersion.programme_id) == col(ProgrammeEntry.id))
        .order_by(col(ProgrammeEntry.code), col(ProgrammeVersion.version))
    )
    shared: dict[tuple[str, str, str], dict[int, int]] = {}
    for code, version, number, terms in versions:
        document: dict[str, Any] = dict(terms)
        for cap in document.get("caps") or ():
            yield code, [version], _SCOPES[cap["scope"]], fen(Decimal(cap["amount"]))
        if budget := document.get("budget"):
            fund = code, number or f"{version}", budget["rule"]
            shared.setdefault(fund, {})[version] = fen(Decimal(budget["amount"]))
    # Versions under one public document spend one budget, as large as one of them says.
    for (code, _, rule), amounts in shared.items():
        yield code, list(amounts), _BUDGETS[rule], max(amounts.values())


def _over_the_limit(session: Session) -> Iterable[Row]:
    for code, versions, counted_by, limit_fen in _limits(session):
        paid = sa.func.sum(_LINE.c.payable_fen)
        of_these = (_LINE.c.programme == code) & _LINE.c.version.in_(versions)
        keys = [_LINE.c[name] for name in counted_by]
        summed = sa.select(*keys, paid.label("paid_fen")).where(of_these, _LINE.c.live)
        over = summed.group_by(*keys).having(paid > limit_fen)
        for row in session.execute(over).mappings():
            told = "+".join(map(str, versions))
            yield {"programme": code, "version": told, "limit_fen": limit_fen, **row}


def _changed_after_locking(session: Session) -> Iterable[Row]:
    locked = session.execute(
        sa.select(
            col(Statement.number),
            col(Statement.sha256),
            col(StatementSnapshot.sha256),
            col(StatementSnapshot.content),
        )
        .outerjoin(
            StatementSnapshot,
            (col(StatementSnapshot.statement_id) == col(Statement.id))
            & (col(StatementSnapshot.revision) == col(Statement.revision)),
        )
        .where(col(Statement.state) != "draft")
        .execution_options(yield_per=100)
    )
    for number, promised, kept, content in locked:
        actual = hashlib.sha256((content or "").encode()).hexdigest()
        if not promised == kept == actual:
            yield {"statement": number, "promised": promised, "kept": kept, "actual": actual}


def _broken_chain(session: Session) -> Iterable[Row]:
    for link in broken_links(links(session), noted_end(session)):
        yield {"statement": link.statement, "position": link.position}
    for number in left_out(session):
        yield {"statement": number, "position": None}


PROOFS: Final = (
    Proof(
        4,
        "a line pays less than nothing or more than its base",
        # A line corrects another of the same use, or loan and days: together they say what is paid.
        selecting("""
            SELECT MIN(id) AS line_id, programme, reference,
                SUM(base_fen) AS base_fen, SUM(payable_fen) AS payable_fen
            FROM statement_line WHERE live
            GROUP BY programme, reference, charge_id, credit_line_id, span_from
            HAVING SUM(payable_fen) < 0 OR SUM(payable_fen) > SUM(base_fen)
        """),
    ),
    Proof(4, "a cap or a budget is exceeded", _over_the_limit),
    Proof(
        4,
        "a statement is not the sum of its lines",
        selecting("""
            SELECT statement.number, statement.payable_fen,
                SUM(statement_line.payable_fen) AS lines_fen
            FROM statement JOIN statement_line ON statement_id = statement.id AND live
            GROUP BY statement.id, statement.number, statement.payable_fen
            HAVING SUM(statement_line.payable_fen) <> statement.payable_fen
        """),
    ),
    Proof(5, "a locked statement is not what was locked", _changed_after_locking),
    Proof(5, "the chain of locked statements does not hold", _broken_chain),
    Proof(
        4,
        "more is recovered than was paid",
        selecting("""
            SELECT line_id, SUM(amount_fen) AS recovered_fen FROM clawback
            GROUP BY line_id
            HAVING SUM(amount_fen) > (
                SELECT SUM(payable_fen) FROM statement_line
                WHERE (id = clawback.line_id OR corrects_id = clawback.line_id)
                    AND clawback_id IS NULL AND live AND payable_fen > 0
            )
        """),
    ),
    Proof(
        6,
        "a use is paid twice by one programme",
        selecting("""
            SELECT charge_id, programme, COUNT(*) AS lines FROM statement_line
            WHERE live AND charge_id IS NOT NULL AND corrects_id IS NULL
            GROUP BY charge_id, programme HAVING COUNT(*) > 1
        """),
    ),
)
