"""What requests are filled with: moments, addresses, rows of sheets."""

from tests.access.world.marks import company_marks
from tests.access.world.records import Value

NOON = {"starts_at": "2026-11-30T12:00:00+08:00", "ends_at": "2026-11-30T13:00:00+08:00"}
LOCAL_NOON: dict[str, Value] = {"starts_at": "2026-11-30T12:00", "ends_at": "2026-11-30T13:00"}
TAKEN = {"starts_at": "2026-11-25T10:30:00+08:00", "ends_at": "2026-11-25T11:30:00+08:00"}
LOCAL_TAKEN: dict[str, Value] = {"starts_at": "2026-11-25T10:30", "ends_at": "2026-11-25T11:30"}
WEEK = [{"weekday": 1, "opens": "08:00", "closes": "18:00"}]
COMPANY: dict[str, Value] = {"name": "新公司", "kind": "enterprise", "district": "fengxi"}
QUALIFICATION: dict[str, Value] = {"code": "sfui_sme", "valid_from": "2026-01-01"}
LAB: dict[str, Value] = {"name": "新实验室", "district": "fengxi"}
WHY: dict[str, Value] = {"reason": "说明"}
HOOK: dict[str, Value] = {"url": "https://lims.invalid/", "facts": "statement.paid"}
PRICES = {"enterprise": {"hour": "10.00"}}
YEAR = {"source": "国办通知", "days": []}
SHEET = "date,kind,name,source\n2027-02-06,holiday,春节,国办通知\n"
MAPPING: dict[str, Value] = {
    "number": "交易流水号",
    "account": "授信编号",
    "day": "交易日期",
    "amount": "借方金额",
    "repaid": "贷方金额",
    "direction": "columns",
    "day_format": "%Y-%m-%d",
    "decimal": ".",
}
BANK = "bank_transaction_number,loan_id,date,kind,amount\n"
STEP: dict[str, Value] = {"step": "suspend", "reason": "说明"}
SELF, GOOD = company_marks("ours", 1)["email"], "ein-gutes-Wort-57"
GUEST = "new-guest@guests.example"
INSTRUMENT, ORGANISATION = "instruments/{instrument_id}", "organisations/{organisation_id}"
MEMBERSHIP = "memberships/{membership_id}"
LOAN, LAB_OF = "loans/{number}", "labs/{lab_id}"
_BOTH: dict[str, Value] = {"current_password": "demo-demo-demo", "otp": "000000"}
