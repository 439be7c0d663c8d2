"""Two who decide of one bank record, or of one charge, at the same moment: one of them does."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.roles import Role
from booking.db.transactions import unit_of_work
from booking.loans.actions.decide_row import assign_row, dismiss_row
from booking.loans.jobs import expire_draws
from booking.loans.models import BankFileRow, BankRecord, DrawRequest
from booking.loans.states import Decision, DrawState
from booking.wiring import REACTIONS
from tests.factories.accounts import make_staff
from tests.factories.bank_files import bank_text, columns, taken_in
from tests.factories.settled_uses import REPORTED, make_company, make_loan
from tests.loans.test_corrected_draws import LATER, Scene
from tests.support.crowd import all_at_once, or_code

UNMATCHED = "T1,不明,2026-03-10,600000.00,,首批"
CORRECTED = "T1,YQD-1,2026-03-10,600000.00,,首批"


@pytest.fixture
def queued(engine, write) -> int:
    """A row that names no credit line."""
    with write() as uow:
        company = make_company(uow)
        make_loan(uow, company)
        make_loan(uow, company, number="YQD-2")
    taken_in(engine, bank_text(UNMATCHED).encode(), mapping=columns())
    with write() as uow:
        row: BankFileRow = uow.session.exec(select(BankFileRow)).one()
        return row.key


@pytest.fixture
def finance(write):
    with write() as uow:
        return make_staff(uow, Role.FINANCE)


def deciding(engine, decide, queued, word, finance):
    def deed() -> str:
        with unit_of_work(engine, REACTIONS) as uow:
            row = decide(uow, queued, word, actor=finance, now=REPORTED)
            return str(row.decision)

    return or_code(deed)


def test_a_queued_row_is_decided_once_whoever_comes_together(engine, write, queued, finance):
    ways = [(assign_row, "YQD-1"), (assign_row, "YQD-2"), (dismiss_row, "非平台授信")] * 2
    answers = all_at_once([deciding(engine, how, queued, word, finance) for how, word in ways])
    assert answers.count("loan.row_decided") == 5
    with write() as uow:
        row = uow.session.exec(select(BankFileRow)).one()
        records = uow.session.exec(select(BankRecord)).all()
    assert str(row.decision) in answers
    assert len(records) == (row.decision is Decision.ASSIGNED)


def test_a_row_matched_while_the_bank_sends_it_corrected_is_one_record(
    engine, write, queued, finance
):
    def corrected() -> str:
        file = taken_in(engine, bank_text(CORRECTED).encode())
        return f"{file.taken}{file.known}{file.conflicting}"

    matched = deciding(engine, assign_row, queued, "YQD-1", finance)
    answers = all_at_once([matched, corrected])
    assert answers[0] in {"assigned", "loan.row_conflict"}
    with write() as uow:
        count = sa.select(sa.func.count(col(BankRecord.id)))
        assert uow.session.execute(count).scalar_one() == 1


def test_the_banks_late_word_and_a_new_draw_do_not_both_stand(engine, write):
    with write() as uow:
        scene = Scene(uow, draw_days=1)
        expire_draws(uow, LATER)

    def asked() -> str:
        with unit_of_work(engine, REACTIONS) as uow:
            return str(scene.ask(uow, now=LATER).state)

    def told() -> str:
        with unit_of_work(engine, REACTIONS) as uow:
            scene.is_paid(uow)
            return "told"

    answers = all_at_once([or_code(asked), or_code(told)])
    assert answers[1] == "told"
    with write() as uow:
        states = sorted(str(state) for state in uow.session.exec(select(DrawRequest.state)))
    if answers[0] == DrawState.ASKED:
        assert states == ["asked", "expired"]
    else:
        assert (answers[0], states) == ("loan.draw_live", ["confirmed"])
