"""Charged uses as they stand after both sides agreed; loans and programmes beside them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import select

from booking.billing.models import Charge, ChargeKind
from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tariff import Tariff
from booking.instruments.models.unit import Unit
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.money import fen
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.loans.actions.grant_line import LineTerms, enter_reference_rates, grant_line
from booking.loans.actions.import_bank_file import ImportReport, import_bank_file
from booking.loans.models import CreditLine
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from booking.subsidies.actions.publish_programme import activate, draft_programme
from booking.subsidies.rules.documents import read_document
from tests.factories.accounts import make_user
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation, make_qualification
from tests.support.clock import moment

ENTERED = moment("2025-12-01T09:00")
# Late enough for whatever a bank may have to say in a test.
REPORTED = moment("2027-06-01T09:00")
_number = count(1)


def make_company(uow: UnitOfWork, **facts: Any) -> Organisation:
    """A technology SME in the zone."""
    made = make_organisation(uow, **facts)
    make_qualification(uow, made.key)
    return made


def settled_use(
    uow: UnitOfWork,
    company: Organisation,
    amount: str = "1000.00",
    *,
    instrument: Instrument | None = None,
    ended: str = "2026-10-09T16:00",
    confirmed: str | None = None,
    flags: Sequence[str] = (),
) -> Charge:
    """A use of two hours that both sides confirmed when it ended, charged with an amount."""
    tool = instrument or make_instrument(uow)
    end = moment(ended)
    at = moment(confirmed) if confirmed else end
    tariff = uow.session.exec(select(Tariff.id).where(Tariff.instrument_id == tool.key)).first()
    reservation = _reservation(uow, company, tool, end=end, tariff_id=tariff or 0)
    lab = uow.session.get_one(Lab, tool.lab_id)
    charge = Charge(
        number=f"C-{reservation.number}",
        reservation_id=reservation.key,
        kind=ChargeKind.USE,
        organisation_id=company.key,
        provider_id=lab.organisation_id,
        instrument_id=tool.key,
        amount_fen=fen(amount),
        lines=[],
        tariff_id=tariff or 0,
        ordered_at=end - timedelta(days=1),
        service_started_at=end - timedelta(hours=2),
        service_ended_at=end,
        confirmed_at=at,
        flags=list(flags),
    )
    uow.session.add(charge)
    uow.session.flush()
    owed = Leg(AccountKind.RECEIVABLE, company.key, charge.amount_fen)
    earned = Leg(AccountKind.REVENUE, lab.organisation_id, -charge.amount_fen)
    post(uow, f"charge:{charge.number}", [owed, earned], at=at)
    return charge


def make_programme(uow: UnitOfWork, terms: dict[str, Any], *, active: bool = True) -> str:
    """A programme entered and, unless said otherwise, activated under a document."""
    draft_programme(uow, terms, actor_id=None, now=ENTERED)
    if active:
        activate(uow, terms["id"], document="示例文号", actor_id=None, now=ENTERED)
    return str(terms["id"])


def seeded_programme(name: str) -> dict[str, Any]:
    """An example programme of the seed."""
    path = Path(__file__).resolve().parents[2] / "seed" / "programmes" / f"{name}.yaml"
    found = read_document(path.read_text("utf-8"), is_json=False)
    assert isinstance(found, dict)
    return found


def make_loan(
    uow: UnitOfWork,
    company: Organisation,
    *,
    number: str = "YQD-1",
    rate: str = "0.0385",
    bank: str = "示例银行",
) -> CreditLine:
    """A credit line, and an LPR of 3 % to measure it against."""
    enter_reference_rates(uow, [("1Y", date(2025, 12, 20), "0.03", "示例")])
    terms = LineTerms(
        number=number,
        organisation_id=company.key,
        bank=bank,
        credit_limit_fen=100_000_000,
        annual_rate=rate,
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )
    return grant_line(uow, terms, actor_id=None, now=ENTERED)


def bank_says(uow: UnitOfWork, *records: tuple[str, str, str, str, str]) -> ImportReport:
    """Import (transaction number, loan, day, kind, amount)."""
    heading = "bank_transaction_number,loan_id,date,kind,amount"
    content = "\n".join([heading, *(",".join(record) for record in records)])
    return import_bank_file(uow, content.encode(), actor_id=None, now=REPORTED)


def _reservation(
    uow: UnitOfWork, company: Organisation, tool: Instrument, *, end: datetime, tariff_id: int
) -> Reservation:
    holder = make_user(uow).key
    unit = uow.session.exec(select(Unit.id).where(Unit.instrument_id == tool.key)).first()
    policy = uow.session.exec(
        select(BookingPolicy.id).where(BookingPolicy.instrument_id == tool.key)
    ).first()
    made = Reservation(
        number=f"R-{end:%y%m%d}-{next(_number):05d}",
        instrument_id=tool.key,
        unit_id=unit or 0,
        organisation_id=company.key,
        holder_id=holder,
        mode=ServiceMode.SELF_OPERATED,
        purpose="断口形貌",
        starts_at=end - timedelta(hours=2),
        ends_at=end,
        state=State.SETTLED,
        customer_class="enterprise",
        policy_id=policy or 0,
        tariff_id=tariff_id,
        missed_from=end,
        free_cancel_until=end - timedelta(days=1),
        created_by=holder,
        created_at=end - timedelta(days=1),
        updated_at=end,
    )
    uow.session.add(made)
    uow.session.flush()
    return made
