"""How programmes, settlements and statements are written in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from booking.kernel.money import yuan
from booking.subsidies.models.programme import ProgrammeVersion
from booking.subsidies.queries.programmes import VersionRow
from booking.subsidies.queries.settlements import SettlementView
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.document import Document, canonical, digest
from booking.web.json import rfc3339

Answer = dict[str, object]


def version_answer(code: str, row: VersionRow | ProgrammeVersion) -> Answer:
    """A version with the document it was entered as, and its early end where one was asked for."""
    ended = end_answer(row) if isinstance(row, VersionRow) else None
    return {
        "id": code,
        "version": row.version,
        "state": row.state.value,
        "document": row.document,
        "valid": {"from": row.valid_from.isoformat(), "to": row.valid_to.isoformat()},
        "proposed_at": rfc3339(row.proposed_at) if row.proposed_at else None,
        "activated_at": rfc3339(row.activated_at) if row.activated_at else None,
        "ending": ended,
        "programme": row.terms,
    }


def end_answer(row: VersionRow) -> Answer | None:
    """`confirmed`: uses after the last day count no more; `asked`: somebody has to confirm it.
    One that `withdraws` takes the version back before its first day."""
    if row.end_state is None or row.end_day is None:
        return None
    return {
        "state": row.end_state.value,
        "last_day": row.end_day.isoformat(),
        "document": row.end_document,
        "withdraws": row.withdrawing,
        "reason": row.end_reason,
        "asked_at": rfc3339(row.end_asked_at) if row.end_asked_at else None,
    }


def settlement_answer(view: SettlementView) -> Answer:
    """A settlement with every statement of it."""
    return {
        "period": view.period,
        "state": view.state,
        "settled_at": rfc3339(view.settled_at),
        "programmes": view.programmes,
        "statements": [statement_answer(row) for row in view.statements],
        "totals": {"statements": len(view.statements), **sums_answer(view.totals)},
    }


def statement_answer(row: StatementRow) -> Answer:
    """A statement in a list."""
    return {
        "number": row.number,
        "period": row.period,
        "organisation_id": row.organisation_id,
        "organisation": row.organisation,
        "uscc": row.uscc,
        "revision": row.revision,
        "state": row.state.value,
        "state_reason": row.state_reason,
        **sums_answer(_sums(row)),
        "remarks": row.remarks,
        "sha256": row.sha256 or None,
        "locked_at": rfc3339(row.locked_at) if row.locked_at else None,
        "publicity_from": row.publicity_from.isoformat() if row.publicity_from else None,
        "publicity_to": row.publicity_to.isoformat() if row.publicity_to else None,
        "approved_at": rfc3339(row.approved_at) if row.approved_at else None,
        "paid_at": rfc3339(row.paid_at) if row.paid_at else None,
        "payment_reference": row.payment_reference,
    }


def tag_of(answer: Mapping[str, object]) -> str:
    """Which statement an answer shows; a draft that is drawn up anew keeps its revision."""
    return digest(canonical(dict(answer)))[:16]


def statement_in_full(row: StatementRow, document: Document) -> Answer:
    """A statement with its lines; the sums of the list and of the document are the same."""
    return {**statement_answer(row), **{k: v for k, v in document.items() if k != "organisation"}}


def sums_answer(sums: Mapping[str, int]) -> Answer:
    """Sums in yuan; counts stay counts."""
    return {
        "lines": sums["line_count"],
        "uses": sums["use_count"],
        "spend": yuan(sums["spend_fen"]),
        "base": yuan(sums["base_fen"]),
        "usage": yuan(sums["usage_fen"]),
        "provider": yuan(sums["provider_fen"]),
        "interest": yuan(sums["interest_fen"]),
        "cuts": yuan(sums["cut_fen"]),
        "payable": yuan(sums["payable_fen"]),
    }


def listed(rows: Sequence[StatementRow], next_cursor: str | None) -> Answer:
    return {"items": [statement_answer(row) for row in rows], "next_cursor": next_cursor}


def _sums(row: StatementRow) -> dict[str, int]:
    return {
        "line_count": row.line_count,
        "use_count": row.use_count,
        "spend_fen": row.spend_fen,
        "base_fen": row.base_fen,
        "usage_fen": row.usage_fen,
        "provider_fen": row.provider_fen,
        "interest_fen": row.interest_fen,
        "cut_fen": row.cut_fen,
        "payable_fen": row.payable_fen,
    }


def in_yuan(kept: Any) -> Any:
    """Amounts in fen under `…_fen` become amounts in yuan under their plain names."""
    if isinstance(kept, dict):
        return {
            key.removesuffix("_fen"): yuan(value)
            if key.endswith("_fen") and isinstance(value, int)
            else in_yuan(value)
            for key, value in kept.items()
        }
    return [in_yuan(one) for one in kept] if isinstance(kept, list) else kept
