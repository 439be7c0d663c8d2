"""Documents of statements for tests of their files, and what a PDF of them says and shows."""

from collections.abc import Sequence
from decimal import Decimal

import pypdfium2
import segno

from booking.kernel.money import fen
from booking.subsidies.exports.files import statement_file
from booking.subsidies.exports.paper import Paper
from booking.subsidies.rules.amount_in_words import amount_in_words
from booking.subsidies.rules.document import Document, canonical

PAPER = Paper(public_url="https://example.cn")


def line(position: int, payable: str, **facts: object) -> Document:
    return {
        "position": position,
        "kind": "usage",
        "programme": "P",
        "version": 1,
        "reference": f"R-{position}",
        "day": "2026-10-09",
        "provider": "示例大学",
        "instrument": "示例扫描电镜",
        "from": None,
        "until": None,
        "amount": "1000.00",
        "base": "1000.00",
        "rate": "0.30",
        "granted_before_caps": "300.00",
        "cuts": [],
        "reasons": [],
        "payable": payable,
        "correction": None,
        "explanation": {"zh": "实补。", "en": "Payable."},
        **facts,
    }


def document(*lines: Document, **organisation: str) -> Document:
    total = sum(Decimal(str(one["payable"])) for one in lines)
    return {
        "number": "JS-202610-0001",
        "revision": 1,
        "period": {"code": "2026-10", "first": "2026-10-01", "last": "2026-10-31"},
        "organisation": {
            "name": "示例公司",
            "uscc": "916100001234567890",
            "bank_name": "示例银行",
            "bank_account_name": "示例公司",
            "bank_account_no": "0000610000000000001",
            **organisation,
        },
        "programmes": [{"programme": "P", "version": 1, "document": "示例文号"}],
        "lines": list(lines),
        "totals": {
            "payable": str(total),
            "payable_in_words": amount_in_words(fen(str(total))),
        },
    }


def content(*lines: Document, **organisation: str) -> str:
    return canonical(document(*lines, **organisation))


def made(text: str, kind: str, paper: Paper = PAPER) -> bytes:
    return statement_file("N", text, kind, paper=paper)[1]


def pages_of(pdf: bytes) -> list[str]:
    """The text of every page, as a reader copies it."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def qr_of(pdf: bytes, modules: int) -> list[list[bool]]:
    """The QR code at the upper right of the first page, as a camera would sample it."""
    with pypdfium2.PdfDocument(pdf) as opened:
        picture = opened[0].render(scale=6).to_pil().convert("L")
    # Above the words under it, which begin 40 mm below the edge.
    corner = picture.crop((picture.width * 4 // 5, 0, picture.width, picture.height * 40 // 210))
    left, top, right, bottom = corner.point(lambda shade: 255 * (shade < 128)).getbbox() or (0,) * 4
    step = (right - left) / modules, (bottom - top) / modules
    at = [(n + 0.5) for n in range(modules)]
    return [
        [corner.getpixel((left + x * step[0], top + y * step[1])) < 128 for x in at] for y in at
    ]


def modules_of(text: str) -> Sequence[Sequence[bool]]:
    """The same of a text, without the margin."""
    code = segno.make(text, error="m", micro=False)
    return [[bool(dark) for dark in row] for row in code.matrix]


SAMPLE = document(
    line(
        1,
        "300.00",
        reference="R-261009-00001",
        programme="XX-POST-2026",
        explanation={
            "zh": "合同、发票、付款三者中最小的金额 1,000.00 元；补助比例 30%（科技型中小企业）；"
            "应补 300.00 元；实补 300.00 元。",
            "en": "Smallest of contract, invoice and payment: 1,000.00 yuan; rate 30% "
            "(technology SME); subsidy before limits: 300.00 yuan; payable: 300.00 yuan.",
        },
    ),
    line(
        2,
        "100.00",
        reference="R-261009-00002",
        programme="XX-POST-2026",
        instrument="=1+1",
        cuts=[{"reason": "cap:user", "amount": "200.00"}],
        explanation={
            "zh": "应补 300.00 元；年度上限 400.00 元，核减 200.00 元；实补 100.00 元。",
            "en": "Subsidy before limits: 300.00 yuan; cap of 400.00 yuan in the period, "
            "cut: 200.00 yuan; payable: 100.00 yuan.",
        },
    ),
    line(
        3,
        "0.00",
        reference="R-261009-00003",
        programme="XX-POST-2026",
        instrument='#read("/etc/passwd")',
        base="0.00",
        rate=None,
        granted_before_caps="0.00",
        reasons=["excluded:batch_test"],
        explanation={"zh": "不符合：批量检测；实补 0.00 元。", "en": "Not eligible: batch test."},
    ),
    line(
        4,
        "120.05",
        kind="interest",
        reference="YQD-1",
        programme="XX-LOAN-2026",
        provider="",
        instrument="",
        rate=None,
        day="2026-10-31",
        amount="300.12",
        base="300.12",
        granted_before_caps="120.05",
        explanation={"zh": "贴息 120.05 元。", "en": "Interest subsidy: 120.05 yuan."},
        **{"from": "2026-10-01", "until": "2026-11-01"},
    ),
    line(
        5,
        "-150.00",
        reference="R-260912-00007",
        programme="XX-POST-2026",
        day="2026-09-12",
        amount="-500.00",
        base="-500.00",
        granted_before_caps="-150.00",
        correction={"why": ["amount"]},
        explanation={
            "zh": "更正：费用、发票或付款的金额与结算时不同；按现有记录应补 150.00 元；"
            "以前结算单已计 −300.00 元；实补 −150.00 元。",
            "en": "Correction: what was charged, invoiced or paid differs from what was settled; "
            "due by today's records: 150.00 yuan; settled before: −300.00 yuan; "
            "payable: −150.00 yuan.",
        },
    ),
    line(
        6,
        "-20.00",
        reference="R-260803-00002",
        programme="XX-POST-2026",
        day="2026-08-03",
        amount="0.00",
        base="0.00",
        rate=None,
        granted_before_caps="0.00",
        correction={"why": ["recovery"], "reason": "重复申报", "statement": "JS-202608-0001"},
        explanation={
            "zh": "追回结算单 JS-202608-0001 已拨付的补助：重复申报；实补 −20.00 元。",
            "en": "Recovered of what statement JS-202608-0001 paid: 重复申报.",
        },
    ),
    name="示例龑𬭎光电公司",
) | {
    "locked": {"on": "2026-11-02", "position": 12, "previous": "ab" * 32},
    "totals": {
        "spend": "2800.12",
        "base": "1800.12",
        "usage": "230.00",
        "provider": "0.00",
        "interest": "120.05",
        "cuts": "200.00",
        "payable": "350.05",
        "payable_in_words": amount_in_words(35005),
    },
}
