"""What is owed, adjusted, corrected, paid in advance and quoted: of each company at its lab."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from sqlmodel import select

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.billing.actions.adjust import adjust, refuse_adjustment
from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.kernel.money import fen
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.prepay import Payment, top_up
from booking.ledger.queries.pages import accounts
from booking.reservations.actions.keep_quote import keep_quote
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.wish import Wish
from booking.utilisation.rules.sheets import Kind, Report
from booking.vouchers.actions.encumber import encumber
from booking.vouchers.actions.redeem import redeem
from booking.vouchers.rules.terms import Terms
from tests.access.world.records import NOBODY, Record, constant
from tests.access.world.settled import each
from tests.access.world.sides import Customer, Workshop
from tests.factories.accounts import make_staff
from tests.factories.filed_reports import make_filing
from tests.factories.settled_uses import make_programme
from tests.factories.vouchers import make_voucher
from tests.factories.yearly_sheets import make_submission
from tests.support.clock import moment

VOUCHERS = {
    "id": "GIVES-VOUCHERS",
    "kind": "voucher",
    "valid": {"from": "2026-01-01", "to": "2027-12-31"},
    "voucher": {"face": "1.00", "share": "0.50"},
}
_SIDES = ("ours", "theirs", "guest")
# Which of the charges; of a statement that is paid for already.
_BY_VOUCHER = 4
_SPAN = TimeSpan(moment("2026-12-01T12:00"), moment("2026-12-01T13:00"))

# A kind of loans that the centre takes on no more.
KIND = {"kind": "purchase", "accepted": False, "reason": "本年额度已用完"}


def money_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's."""
    waiting = [_adjusted(uow, *sides[side], marks[side], now=now) for side in _SIDES]
    for noun in ("adjustments", "charge-adjustments"):
        yield f"{noun}/{{adjustment_id}}", _by_id(waiting)
    quotes = [_quote(uow, *sides[side], now=now) for side in _SIDES]
    yield "quotes/{number}", each(*quotes)
    paid = [_prepaid(uow, *sides[side], marks[side], now=now) for side in _SIDES]
    yield "prepayments/{account_id}", _by_id(paid)
    make_programme(uow, VOUCHERS)
    given = [_redeemed(uow, sides[side][0], marks[side], now=now) for side in _SIDES]
    yield "vouchers/{number}", each(*given)
    ours, theirs = (_handed_in(uow, sides[side][1], now=now) for side in ("ours", "theirs"))
    yield "report-submissions/{submission_id}", Record(ours, other=theirs)
    yield "providers/{provider_id}", Record(sides["ours"][1].lab.organisation_id)
    filed = (_filed(uow, sides[side][1], now=now) for side in ("ours", "theirs"))
    yield "report-filings/{filing_id}", Record(next(filed), other=next(filed))
    # Whose they are, the question says.
    yield "filed-reports/{kind}", constant(Kind.SERVICE.value)
    yield "{kind}/{period}", constant("2026-Q3")
    # Whoever reads the ledger reads all of it.
    yield "accounts/{account_id}", Record(accounts(uow.session)[0].id)


def _handed_in(uow: UnitOfWork, place: Workshop, *, now: datetime) -> int:
    """The yearly sheet of the lab's organisation."""
    return make_submission(uow, place.tool, place.lab.organisation_id, now=now).key


def _filed(uow: UnitOfWork, place: Workshop, *, now: datetime) -> int:
    """What the lab's organisation came to in a year."""
    report = Report(Kind.UNIT, place.lab.organisation_id, Period.parse("2025"))
    return make_filing(uow, report, now=now).key


def _by_id(keys: list[int]) -> Record:
    own, other, guest = keys
    return Record(own, other=other, guest=guest, absent=NOBODY)


def _adjusted(
    uow: UnitOfWork, customer: Customer, place: Workshop, said: Mapping[str, str], *, now: datetime
) -> int:
    """Cheaper at once, a change that was refused, and one that waits."""
    finance = make_staff(uow, Role.FINANCE)
    price = fen(said["price"])

    def asked(charge: str, to_fen: int, reason: str) -> int:
        return adjust(uow, charge, to_fen, actor=finance, now=now, reason=reason).key

    # Of statements that are paid for already.
    waits, cheaper, refused = customer.charges[:3]
    asked(cheaper, price - 1, said["correction"])
    too_much = asked(refused, price + 1, said["adjustment"])
    why = said["adjustment_refused"]
    refuse_adjustment(uow, too_much, actor=place.keeper, now=now, reason=why)
    return asked(waits, price + 1, said["adjustment"])


def _quote(uow: UnitOfWork, customer: Customer, place: Workshop, *, now: datetime) -> str:
    wish = Wish(instrument_id=place.tool, span=_SPAN, purpose="")
    return keep_quote(uow, wish, actor=customer.member, now=now).number


def _redeemed(
    uow: UnitOfWork, customer: Customer, said: Mapping[str, str], *, now: datetime
) -> str:
    """A voucher that has paid its share of a use."""
    terms, face_fen = Terms(share=Decimal("0.25")), fen(said["voucher_face"])
    number = make_voucher(uow, customer.company.key, face_fen=face_fen, terms=terms)
    query = select(Charge.reservation_id).where(Charge.number == customer.charges[_BY_VOUCHER])
    reservation_id = uow.session.exec(query).one()
    # It was agreed a little dearer than the use came to.
    uow.session.get_one(Reservation, reservation_id).quoted_fen = fen(said["price"]) + 100
    uow.session.flush()
    encumber(uow, number, reservation_id, actor_id=None, now=now)
    paid = redeem(uow, reservation_id, actor_id=None, now=now)
    assert paid == fen(said["voucher_redeemed"])
    return number


def _prepaid(
    uow: UnitOfWork, customer: Customer, place: Workshop, said: Mapping[str, str], *, now: datetime
) -> int:
    paid = Payment(
        amount_fen=fen(said["prepaid"]),
        bank_reference=said["prepaid_reference"],
        note=said["prepaid_note"],
    )
    provider_id = place.lab.organisation_id
    return top_up(uow, customer.company.name, provider_id, paid=paid, actor=HOUSE, now=now)
