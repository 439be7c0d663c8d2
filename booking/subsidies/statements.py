"""A statement as one document: what is locked, hashed, shown, and written to files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.organisations.models import Organisation
from booking.subsidies.models.statement import LineKind, StatementLine
from booking.subsidies.queries.programmes import versions
from booking.subsidies.queries.settlements import settlement_view
from booking.subsidies.queries.statements import StatementRow, lines_of, snapshot_content
from booking.subsidies.rules.amount_in_words import amount_in_words
from booking.subsidies.rules.document import Document, canonical, parsed
from booking.subsidies.rules.explanation import told
from booking.subsidies.rules.kept import line_of, result_of
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.steps import Step, step_json, step_of, steps
from booking.subsidies.states import StatementState


@dataclass(frozen=True, slots=True)
class Names:
    """What is called what, at the moment of asking."""

    organisations: Mapping[int, str]
    instruments: Mapping[int, str]


def document_of(session: Session, row: StatementRow) -> Document:
    """The statement's document: the locked one where there is one, else drawn up now."""
    return parsed(content_of(session, row))


def content_of(session: Session, row: StatementRow) -> str:
    """The exact text of the document."""
    if row.state is not StatementState.DRAFT:
        content = snapshot_content(session, row.id, row.revision)
        if content is not None:
            return content
    return canonical(drawn_up(session, row))


def drawn_up(session: Session, row: StatementRow) -> Document:
    """The document out of the tables; the clock has no part in it."""
    lines = lines_of(session, row.id, row.revision)
    names, terms = _names(session, lines), _terms(session, lines)
    period = Period.parse(row.period)
    return {
        "format": 1,
        "number": row.number,
        "revision": row.revision,
        "period": {
            "code": row.period,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "organisation": {
            "name": row.organisation,
            "uscc": row.uscc or "",
            "bank_name": row.bank_name,
            "bank_account_name": row.bank_account_name,
            "bank_account_no": row.bank_account_no,
        },
        "programmes": settlement_view(session, row.period).programmes,
        "lines": [_line(line, names, _steps(line, terms)) for line in lines],
        "totals": {
            "lines": row.line_count,
            "uses": row.use_count,
            "spend": yuan(row.spend_fen),
            "base": yuan(row.base_fen),
            "usage": yuan(row.usage_fen),
            "provider": yuan(row.provider_fen),
            "interest": yuan(row.interest_fen),
            "cuts": yuan(row.cut_fen),
            "payable": yuan(row.payable_fen),
            "payable_in_words": amount_in_words(row.payable_fen),
        },
    }


def steps_of(line: Mapping[str, object]) -> list[Step]:
    """The steps of a line of a document."""
    kept = line.get("steps")
    return [step_of(step) for step in kept] if isinstance(kept, list) else []


Terms = Mapping[tuple[str, int], Programme]


def _terms(session: Session, lines: Sequence[StatementLine]) -> Terms:
    """The programme versions that lines were reckoned by."""
    return {
        (row.code, row.version): row.programme
        for code in sorted({line.programme for line in lines})
        for row in versions(session, code)
    }


def _steps(line: StatementLine, terms: Terms) -> list[Step]:
    """How a line came about: out of its inputs and its programme's version, or as it was kept."""
    kept = line.detail.get("line")
    if not isinstance(kept, Mapping):
        return steps_of(line.detail)
    found = result_of(
        terms[line.programme, line.version],
        line_of(line.reference, kept),
        line.detail,
        before=line.before_fen,
        payable=line.payable_fen,
    )
    return steps(found)


def _line(line: StatementLine, names: Names, taken: list[Step]) -> Document:
    detail = line.detail
    return {
        "position": line.position,
        "kind": line.kind.value,
        "programme": line.programme,
        "version": line.version,
        "reference": line.reference,
        "day": line.day.isoformat(),
        "provider": names.organisations.get(line.provider_id or 0, ""),
        "user": names.organisations.get(_user(line), ""),
        "instrument": names.instruments.get(line.instrument_id or 0, ""),
        "from": line.span_from.isoformat() if line.span_from else None,
        "until": line.span_until.isoformat() if line.span_until else None,
        "eligible": line.eligible,
        "reasons": detail.get("reasons", []),
        "amount": yuan(line.amount_fen),
        "base": yuan(line.base_fen),
        "rate": detail.get("rate"),
        "raw": detail.get("raw"),
        "granted_before_caps": yuan(line.before_fen),
        "cuts": detail.get("cuts", []),
        "payable": yuan(line.payable_fen),
        "inputs": detail.get("line") or detail.get("loan"),
        # Why it is a difference to what an earlier statement holds; null where it is none.
        "correction": detail.get("correction"),
        "steps": [step_json(step) for step in taken],
        "explanation": {"zh": told(taken, "zh"), "en": told(taken, "en")},
    }


def _user(line: StatementLine) -> int:
    """Whose use it was; a provider's line does not name its customer."""
    return 0 if line.kind is LineKind.PROVIDER else int(line.user_key)


def _names(session: Session, lines: Sequence[StatementLine]) -> Names:
    owners = {line.provider_id for line in lines} | {_user(line) for line in lines}
    tools = {line.instrument_id for line in lines}
    organisations = sa.select(col(Organisation.id), col(Organisation.name)).where(
        col(Organisation.id).in_([key for key in owners if key])
    )
    instruments = sa.select(col(Instrument.id), col(Instrument.name)).where(
        col(Instrument.id).in_([key for key in tools if key])
    )
    return Names(
        {key: name for key, name in session.execute(organisations) if key},
        {key: name for key, name in session.execute(instruments) if key},
    )
