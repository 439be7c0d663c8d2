"""Files of a statement: one document, the same figures in every program that opens them."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from booking.subsidies.exports.files import statement_file
from booking.subsidies.rules.document import Document, canonical, digest
from tests.support.office import as_shown


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
        "totals": {"payable": str(total), "payable_in_words": "人民币…"},
    }


def content(*lines: Document, **organisation: str) -> str:
    return canonical(document(*lines, **organisation))


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_the_same_document_gives_the_same_bytes(kind):
    text = content(line(1, "300.00"), line(2, "0.01"))
    assert statement_file("N", text, kind) == statement_file("N", text, kind)
    assert (
        statement_file("N", content(line(1, "300.00")), kind)[1]
        != statement_file("N", text, kind)[1]
    )


def test_a_document_has_one_text_and_one_hash():
    text = content(line(1, "300.00"))
    shuffled = dict(reversed(document(line(1, "300.00")).items()))
    assert canonical(shuffled) == text
    assert len(digest(text)) == 64


def test_no_cell_is_taken_for_a_formula():
    evil = line(1, "300.00", instrument="=1+1", provider="@SUM(A1)")
    rows = statement_file("N", content(evil), "csv")[1].decode("utf-8-sig")
    assert "'=1+1" in rows
    assert "'@SUM(A1)" in rows


def test_cuts_and_reasons_are_told_in_words():
    cut = [{"reason": "cap:user", "amount": "100.00"}, {"reason": "budget", "amount": "50.00"}]
    text = content(
        line(1, "150.00", cuts=cut),
        line(2, "0.00", reasons=["excluded:batch_test"], eligible=False),
    )
    rows = list(csv.reader(io.StringIO(statement_file("N", text, "csv")[1].decode("utf-8-sig"))))
    assert rows[1][14:] == ["150.00", "同一用户上限、预算不足", "150.00"]
    assert rows[2][15] == "不符合：批量检测"
    assert rows[-1][16] == "150.00"


@pytest.mark.slow
def test_libreoffice_shows_the_same_total_and_whole_account_numbers(soffice: str, tmp_path: Path):
    text = content(line(1, "300.05"), line(2, "1234.50"), line(3, "-6.00"))
    sheet = tmp_path / "s.xlsx"
    sheet.write_bytes(statement_file("N", text, "xlsx")[1])
    rows = list(csv.reader(io.StringIO(as_shown(soffice, sheet, tmp_path))))
    facts = {row[0]: row for row in rows}
    assert facts["合计 Total"][16] == "1,528.55"
    assert facts["统一社会信用代码 USCC"][2] == "916100001234567890"
    assert facts["账号 Account number"][2] == "0000610000000000001"
