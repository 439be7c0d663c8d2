"""Files of a statement: one document, the same figures in every program that opens them."""

import csv
import io
from pathlib import Path

import pytest

from booking.subsidies.exports.files import KINDS
from booking.subsidies.rules.document import canonical, digest
from tests.subsidies.papers import content, document, line, made
from tests.support.office import as_shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_document_gives_the_same_bytes(kind):
    text = content(line(1, "300.00"), line(2, "0.01"))
    assert made(text, kind) == made(text, kind)
    assert made(content(line(1, "300.00")), kind) != made(text, kind)


def test_a_document_has_one_text_and_one_hash():
    text = content(line(1, "300.00"))
    shuffled = dict(reversed(document(line(1, "300.00")).items()))
    assert canonical(shuffled) == text
    assert len(digest(text)) == 64


def test_no_cell_is_taken_for_a_formula():
    evil = line(1, "300.00", instrument="=1+1", provider="@SUM(A1)")
    rows = made(content(evil), "csv").decode("utf-8-sig")
    assert "'=1+1" in rows
    assert "'@SUM(A1)" in rows


def test_cuts_and_reasons_are_told_in_words():
    cut = [{"reason": "cap:user", "amount": "100.00"}, {"reason": "budget", "amount": "50.00"}]
    text = content(
        line(1, "150.00", cuts=cut),
        line(2, "0.00", reasons=["excluded:batch_test"], eligible=False),
    )
    rows = list(csv.reader(io.StringIO(made(text, "csv").decode("utf-8-sig"))))
    assert rows[1][14:] == ["150.00", "同一用户上限、预算不足", "150.00"]
    assert rows[2][15] == "不符合：批量检测"
    assert rows[-1][16] == "150.00"


@pytest.mark.slow
def test_libreoffice_shows_the_same_total_and_whole_account_numbers(soffice: str, tmp_path: Path):
    text = content(line(1, "300.05"), line(2, "1234.50"), line(3, "-6.00"))
    sheet = tmp_path / "s.xlsx"
    sheet.write_bytes(made(text, "xlsx"))
    rows = list(csv.reader(io.StringIO(as_shown(soffice, sheet, tmp_path))))
    facts = {row[0]: row for row in rows}
    assert facts["合计 Total"][16] == "1,528.55"
    assert facts["统一社会信用代码 USCC"][2] == "916100001234567890"
    assert facts["账号 Account number"][2] == "0000610000000000001"
