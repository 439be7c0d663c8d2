"""Explanations in both languages, documents read exactly, programmes told in plain words."""

import json
import re
from pathlib import Path

import pytest

from booking.subsidies.rules.answer import evaluate_request, joined_request
from booking.subsidies.rules.documents import read_document
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.summary import summary
from booking.subsidies.rules.summary_words import SUMMARIES
from booking.subsidies.rules.words import NAMES, SENTENCES
from tests.subsidies.requests import (
    evaluated,
    interest_programme,
    line,
    loan,
    only,
    programme,
    tiers,
)

SEEDED = sorted((Path(__file__).resolve().parents[3] / "seed" / "programmes").glob("*.yaml"))


def test_a_company_can_follow_how_a_line_was_reckoned():
    terms = programme(
        rate={
            "tiers": [{"when": {"qualification": "tech_sme"}, "rate": "0.30"}],
            "bonus": [{"when": {"provider_region": "xixian"}, "rate": "0.05"}],
        },
        caps=[{"scope": "user", "amount": "300.00"}],
    )
    told = only(evaluated(terms, line(other_funding="100.00")))["explanation"]
    assert told["zh"] == (
        "合同、发票、付款三者中最小的金额 1,000.00 元；减其他财政资助 100.00 元；"
        "核定基数 900.00 元；"
        "补助比例 30%（科技型中小企业）；另加 5%（服务单位在西咸新区）；应补 315.00 元；"
        "年度上限 300.00 元，核减 15.00 元；实补 300.00 元。"
    )
    assert told["en"].startswith("Smallest of contract, invoice and payment: 1,000.00 yuan; less")
    assert told["en"].endswith("cut: 15.00 yuan; payable: 300.00 yuan.")


@pytest.mark.parametrize(
    ("terms", "facts", "said"),
    [
        ({}, {"service_end": None}, "缺少服务结束日期"),
        ({}, {"service_end": "2027-01-01"}, "不在政策有效期 2026-01-01 至 2026-12-31"),
        ({"eligibility": {"exclude": ["batch_test"]}}, {"flags": ["batch_test"]}, "批量检测"),
        ({"rate": tiers("0.3", full_offset_up_to="5000.00")}, {}, "全额补助"),
        ({"rate": tiers("0.9", "0.8", combine="sum")}, {}, "比例合计以 100% 为限"),
        ({"brackets": [{"up_to": "400.00", "rate": "1"}, {"rate": "0.1"}]}, {}, "600.00 元按 10%"),
        ({"budget": {"amount": "1.00", "rule": "first_come"}}, {}, "先到先得"),
        ({"budget": {"amount": "1.00", "rule": "pro_rata"}}, {}, "按比例分配"),
    ],
)
def test_every_turn_of_the_calculation_has_words(terms, facts, said):
    told = only(evaluated(programme(**terms), line(**facts)))["explanation"]
    assert said in told["zh"]
    assert not re.search(r"[\u4e00-\u9fff]|{", told["en"])


def test_a_borrower_can_follow_the_interest():
    days = {"from": "2026-03-10", "to": "2026-09-20"}
    (found,) = evaluated(interest_programme(), loans=[loan()], **days)["loans"]
    assert "年利率 3.85%，实际天数/360，利息 3,169.83 元" in found["explanation"]["zh"]
    assert "smaller of actual and LPR interest: 988.00 yuan" in found["explanation"]["en"]


def test_every_word_is_there_in_both_languages():
    for table in (SENTENCES, NAMES, SUMMARIES):
        assert all(set(words) == {"zh", "en"} and all(words.values()) for words in table.values())


@pytest.mark.parametrize("path", SEEDED, ids=lambda path: path.stem)
def test_every_example_programme_reads_and_is_told(path):
    terms = read_programme(read_document(path.read_text("utf-8"), is_json=False))
    assert len(summary(terms, "zh")) == len(summary(terms, "en")) >= 3
    assert terms.document == ""


def test_numbers_in_files_stay_what_was_written():
    text = "rate: 0.10\nday: 2026-01-01\nat: 2026-01-01T08:00:00+08:00\nversion: 2\n"
    assert read_document(text, is_json=False) == {
        "rate": "0.10",
        "day": "2026-01-01",
        "at": "2026-01-01T08:00:00+08:00",
        "version": 2,
    }
    assert read_document('{"rate": 0.10}', is_json=True) == {"rate": "0.10"}


@pytest.mark.parametrize(
    ("text", "is_json"),
    [("a: [", False), ("a: 1\na: 2\n", False), ("{", True), ('{"a": 1, "a": 2}', True)],
)
def test_a_broken_file_is_refused(text, is_json):
    with pytest.raises(ProgrammeInvalid):
        read_document(text, is_json=is_json)


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_two_files_of_the_command_make_one_request(wrapped):
    terms = programme()
    first = {"programmes": [terms], "joint_caps": []} if wrapped else terms
    second = {"lines": [line()], "loans": []} if wrapped else [line()]
    answer = evaluate_request(joined_request(first, second))
    assert only(answer)["payable"] == "300.00"
    assert json.loads(json.dumps(answer)) == answer
