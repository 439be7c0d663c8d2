"""仪器贷 in the demo's present days: a company asks to draw for its newest uses, one is paid."""

from datetime import datetime
from fractions import Fraction
from typing import Final

from booking.access.actor import HOUSE, Actor
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.loans.actions.draw_for_charge import ask_draw
from booking.loans.actions.import_bank_file import import_bank_file
from booking.loans.actions.reckon_overdue import reckon
from booking.loans.jobs import judge_promises
from booking.loans.models import LineKind
from booking.loans.queries.draws import charges_to_draw
from booking.loans.queries.repayment import lines_with_terms
from booking.loans.rules.drawing import part_of
from booking.seeding.files import Row, SeedFiles
from booking.seeding.registering import Register

_BORROWER: Final = "sme@example.com"
_HEADINGS: Final = "bank_transaction_number,loan_id,date,kind,amount,order,note\n"
_DRAWN: Final = 2
_PAID: Final = "SLYH-DEMO-0001"


def borrow(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Two draws for charges of the history: the bank paid one, the other waits for it."""
    actor = actor_by_id(uow.session, register.people[_BORROWER])
    for row in files.rows("loans/credit_lines.csv"):
        owner = register.organisations[row["organisation"]]
        if row["kind"] == LineKind.USAGE and owner in actor.organisation_ids:
            _draw(uow, row, owner, actor=actor, now=now)
    reckon(uow, lines_with_terms(uow.session), now=now)
    judge_promises(uow, now)


def _draw(uow: UnitOfWork, line: Row, owner: int, *, actor: Actor, now: datetime) -> None:
    today, share = local(now).date().isoformat(), Fraction(line["draw_share"])
    if not line["valid_from"] <= today <= line["valid_to"]:
        return
    asked = [
        ask_draw(
            uow,
            line["loan_id"],
            charge.number,
            amount_fen=part_of(charge.total_fen, share),
            actor=actor,
            now=now,
        )
        for charge in charges_to_draw(uow.session, owner, limit=_DRAWN)
    ]
    for paid in asked[:1]:
        amount = yuan(paid.amount_fen)
        told = f"{_HEADINGS}{_PAID},{paid.loan},{today},draw,{amount},{paid.number},平台订单\n"
        import_bank_file(uow, told.encode(), actor_id=HOUSE.known_id, now=now)
