"""Facts of letters about credit, vouchers, charges, invoices and public money."""

from collections.abc import Iterator

from tests.notifications.told import COMPANY, NUMBER, SEM, Facts


def credit() -> Iterator[tuple[str, Facts]]:
    voucher = {"number": "V261102-7KQ4MZ2", "amount_fen": 2_000_000, "last_day": "2026-12-31"}
    for name, lacking in (("restored", 0), ("restored_in_part", 50_000)):
        told = {"step": "voucher.restored", "booking": NUMBER, "lacking_fen": lacking}
        yield f"voucher_step-{name}", {**voucher, **told}
    voucher |= {"booking": "", "lacking_fen": 0}
    for step in ("issued", "expiring", "expired"):
        yield f"voucher_step-{step}", {**voucher, "step": f"voucher.{step}"}
    paid = {"account_id": 7, "provider": "示例大学", "reference": "20261123-0001"}
    for step, balance_fen in (("received", 5_000_000), ("refunded", 0)):
        sums = {"amount_fen": 5_000_000, "balance_fen": balance_fen}
        yield f"prepayment_step-{step}", {**paid, **sums, "step": f"prepayment.{step}"}
    entry = {
        "entry_id": 9,
        "number": NUMBER,
        "points": -5,
        "lapses_at": "2027-11-23T04:00:00+00:00",
    }
    lost = {**entry, "owner": COMPANY, "cause": "late_cancellation"}
    yield "credit_entered", lost
    yield "credit_entered-lab", {**entry, "owner": "电镜室", "cause": "host_cancellation"}
    yield "credit_appealed", lost
    for state in ("granted", "refused"):
        yield f"credit_appeal_decided-{state}", {**lost, "state": state, "reason": "门禁记录属实"}


_PROMISE = {
    "first": "2025-12-01",
    "last": "2026-11-30",
    "promised": "800.00",
    "delivered": "612.50",
    "missing": "187.50",
}


def money() -> Iterator[tuple[str, Facts]]:
    charge = {"number": f"C-{NUMBER}", "booking": NUMBER, "instrument": SEM, "reason": "样品损坏"}
    for step in ("corrected", "adjustment_asked", "adjustment_refused"):
        sums = {"amount_fen": -16_000, "total_fen": 144_000 if step == "corrected" else 0}
        yield f"charge_step-{step}", {**charge, **sums, "step": f"charge.{step}"}
    statement = {"number": "S2026Q3-0001", "organisation": COMPANY, "payable_fen": 1_234_500}
    reasons = {"objected": "机时不符", "returned": "户名不符", "recovered": "批量检测"}
    for step in ("published", "objected", "paid", "returned", "recovered"):
        reason = reasons.get(step, "")
        told = {"step": f"statement.{step}", "reason": reason}
        yield f"statement_step-{step}", {**statement, **told}
    parties = {"provider": "示例大学", "company": COMPANY, "total_fen": 106_000}
    invoice = {"reference": "V261123-7KQ4MZ2", "number": "26610000000000000001", **parties}
    for step in ("recorded", "checked", "voided"):
        told = {"step": f"invoice.{step}", "reason": "开错" if step == "voided" else ""}
        yield f"invoice_step-{step}", {**invoice, **told}
    yield from _programmes()
    loan = {"loan": "YQD-2026-001", "bank": "示例银行沣东支行", "amount_fen": 1_234_500}
    draw = {"draw": "L261123-7KQ4MZ2", "charge": f"C-{NUMBER}"}
    ends = ("draw_refused", "draw_expired", "draw_exceeded", "draw_covered")
    for step in ("draw_asked", "draw_confirmed", *ends, "overdue", "in_order"):
        of_it = draw if step.startswith("draw") else dict.fromkeys(draw, "")
        of_it = {**of_it, **dict.fromkeys(_PROMISE, "")}
        reason = "银行未通过审核" if step == "draw_refused" else ""
        told = {"step": f"loan.{step}", "reason": reason}
        yield f"loan_step-{step}", {**loan, **of_it, **told}
    for step in ("promise_at_risk", "promise_short", "promise_kept"):
        of_it = {**dict.fromkeys(draw, ""), **_PROMISE}
        told = {"step": f"loan.{step}", "reason": ""}
        yield f"loan_step-{step}", {**loan, **of_it, **told, "amount_fen": 0}


def _programmes() -> Iterator[tuple[str, Facts]]:
    titles = {"programme": "示例后补助", "programme_en": "Example subsidy"}
    application = {"application_id": 7, "organisation": COMPANY, **titles}
    reasons = {"returned": "合同缺章", "refused": "不在支持范围"}
    plain = {"day": "", "document": ""}
    for step in ("handed_in", "withdrawn", "returned", "accepted", "refused"):
        told = {"step": f"application.{step}", "reason": reasons.get(step, ""), **plain}
        yield f"application_step-{step}", {**application, **told}
    ended = {"day": "2026-10-31", "document": "示例文号〔2026〕9号"}
    withdrawn = [(f"programme.withdrawn{end}", "比例录错") for end in ("", "_waiting")]
    for step, reason in (
        ("application.revoked", "材料不实"),
        ("programme.ended", ""),
        ("programme.ended_waiting", ""),
        *withdrawn,
    ):
        told = {"step": step, "reason": reason, **ended}
        short = step.removeprefix("application.").removeprefix("programme.")
        short = f"version_{short}" if "withdrawn" in short else short
        yield f"application_step-{short}", {**application, **told}
    version = {"programme": "XX-POST-2026", "version": 2, "document": "示例文号〔2026〕1号"}
    steps = {"proposed": "", "returned": "比例有误", "ending_asked": "", "ending_declined": "再议"}
    steps |= {"withdrawal_asked": "比例录错", "withdrawal_declined": "再议"}
    for step, reason in steps.items():
        day = "2026-10-31" if not step.startswith(("proposed", "returned")) else ""
        told = {"step": f"programme.{step}", "reason": reason, "day": day}
        yield f"programme_step-{step}", {**version, **told}
