"""What goes with the addresses of credit lines, of banks' files and of vouchers."""

from collections.abc import Callable

from booking.kernel.money import fen, yuan
from tests.access.ask import Ask, At, File, as_form, as_json
from tests.access.bodies import BANK, LOAN, MAPPING, ORGANISATION
from tests.access.world.marks import REDEEMED
from tests.access.world.records import Value

CHARGE = "charges/{number}"
TERMS: dict[str, Value] = {"valid_from": "2026-06-01", "repaying": "bullet", "months": 12}
PURCHASE: dict[str, Value] = {
    "instrument_id": 1,
    "cost": "1.00",
    "hours_a_year": 800,
    "valid_from": "2026-06-01",
    "years": 3,
}


def _loan(at: At) -> Ask:
    terms = {"number": "NEW-1", "bank": "示例银行", "credit_limit": "1.00", "annual_rate": "0.03"}
    days = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    return Ask(json={**terms, **days, "organisation_id": at(ORGANISATION)})


def _bank_file(at: At) -> Ask:
    headers = {"content-type": "text/csv"}
    return Ask(headers=headers, text=f"{BANK}TX-NEW,{at(LOAN)},2026-03-01,draw,1.00\n")


def _bank_page(_: At) -> Ask:
    content = "交易流水号,授信编号,交易日期,借方金额,贷方金额\n".encode()
    return Ask(form={"bank": "示例银行"}, file=File("sheet", "bank.csv", content))


def _draw(at: At) -> dict[str, Value]:
    return {"charge": at(CHARGE), "amount": "0.01"}


def _vouchers(at: At) -> Ask:
    return Ask(json={"programme": "GIVES-VOUCHERS", "organisation_ids": [at(ORGANISATION)]})


def _vouchers_form(at: At) -> Ask:
    return Ask(form={"programme": "GIVES-VOUCHERS", "companies": str(at(ORGANISATION))})


def _paid(at: At) -> dict[str, Value]:
    """All that both companies' vouchers paid at our lab."""
    owed = sum(fen(REDEEMED[side]) for side in ("ours", "guest"))
    return {
        "provider_id": at("providers/{provider_id}"),
        "period": "2026-11",
        "amount": yuan(owed),
        "paid_on": "2026-11-23",
        "bank_reference": f"BANK-{at.who}",
    }


def _to_pay(at: At) -> Ask:
    return Ask(query={"provider": at("providers/{provider_id}"), "period": "2026-11"})


LOANS: dict[str, Callable[[At], Ask]] = {
    "GET /api/v1/voucher-redemptions": lambda _: Ask(query={"period": "2026-11"}),
    "POST /api/v1/loans": _loan,
    "POST /api/v1/vouchers": _vouchers,
    "POST /voucher-issue": _vouchers_form,
    "GET /voucher-payments/new": _to_pay,
    "POST /voucher-payments": lambda at: Ask(form=_paid(at)),
    "POST /api/v1/voucher-payments": lambda at: Ask(json=_paid(at)),
    "POST /api/v1/loans/{number}/transactions": _bank_file,
    "POST /api/v1/loans/{number}/draws": lambda at: Ask(json=_draw(at)),
    "POST /api/v1/loans/{number}/repayment-terms": as_json(TERMS),
    "POST /api/v1/draws/{draw}/refusal": as_json({"reason": "用途不符"}),
    "POST /api/v1/loans/{number}/purchase": as_json(PURCHASE),
    "POST /loans/{number}/purchase": as_form(**PURCHASE),
    "POST /loans/{number}/draws": lambda at: Ask(form=_draw(at)),
    "POST /loans/{number}/repayment": as_form(**TERMS),
    "POST /draws/{draw}/refusal": as_form(reason="用途不符"),
    "POST /bank-files": _bank_page,
    "POST /bank-files/{file_id}/mapping": as_form(**MAPPING),
    "POST /bank-queue/{row_id}/assignment": lambda at: Ask(form={"loan": at(LOAN)}),
    "POST /bank-queue/{row_id}/dismissal": as_form(reason="重复"),
}
