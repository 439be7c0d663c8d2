"""Banks' files as they come: a branch's export, sent, mapped and taken in as finance does it."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.engine import Engine

from booking.db.outside import Outside
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.files.providers.disk import vault_of
from booking.loans.actions.send_bank_file import look_at, map_columns, send_bank_file
from booking.loans.jobs import import_bank_files
from booking.loans.models import BankFile
from booking.loans.queries.bank_files import mapping_of
from booking.loans.rules.bank_columns import Columns, Direction
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.files import Chosen
from tests.factories.settled_uses import REPORTED

BANK: Final = "示例银行"
HEADINGS: Final = "交易流水号,授信编号,交易日期,借方金额,贷方金额,摘要"
ABOVE: Final = "示例银行股份有限公司\n对公贷款明细,2026年\n\n"


def columns(**facts: Any) -> Columns:
    """How that bank writes its files."""
    told: dict[str, Any] = {
        "number": "交易流水号",
        "account": "授信编号",
        "day": "交易日期",
        "amount": "借方金额",
        "repaid": "贷方金额",
        "note": "摘要",
        "direction": Direction.COLUMNS,
    }
    return Columns(**{**told, **facts})


def bank_text(*rows: str) -> str:
    """What stands in such a file."""
    return ABOVE + "\n".join([HEADINGS, *rows]) + "\n"


def send_bytes(
    uow: UnitOfWork, content: bytes, *, bank: str = BANK, mapping: Columns | None = None
) -> int:
    """A file is sent, and mapped where nobody did so before."""
    vault = vault_of(uow.session.get_bind())
    looked = look_at(vault, Chosen(content, "流水.csv"), mapping_of(uow.session, bank))
    sent = send_bank_file(uow, looked, bank=bank, actor_id=None, now=REPORTED)
    if mapping is None:
        return sent
    return map_columns(uow, sent, mapping, vault=vault, actor_id=None, now=REPORTED)


def run_job(engine: Engine, now: datetime = REPORTED) -> tuple[str, ...]:
    """The job takes in what waits; answers what went wrong."""
    return import_bank_files(Outside(engine, REACTIONS, Settings()), now, seconds=600).failures


def taken_in(engine: Engine, content: bytes, *, mapping: Columns | None = None) -> BankFile:
    """A file is sent, and the job runs until it is through."""
    with unit_of_work(engine, REACTIONS) as uow:
        sent = send_bytes(uow, content, mapping=mapping)
    run_job(engine)
    with unit_of_work(engine, REACTIONS) as uow:
        return uow.session.get_one(BankFile, sent)
