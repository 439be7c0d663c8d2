"""Every refusal in the form its asker understands."""

import pytest
from bs4 import BeautifulSoup

PROBLEM = "application/problem+json"


def test_a_program_gets_a_problem_with_rules_conflicts_and_alternatives(visitor):
    answer = visitor.get("/broken/rules", headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert body["code"] == "rules_broken"
    assert body["violations"][0]["code"] == "form.too_large"
    assert body["violations"][0]["params"] == {"field": "samples", "limit": 3}
    assert body["violations"][0]["overridable"] is True
    assert body["conflicts"] == [
        {"start": "2026-11-23T06:00:00Z", "end": "2026-11-23T08:30:00Z", "kind": "occupied"}
    ]
    assert body["alternatives"][0]["instrument_id"] == 7


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("", "需要修改后再提交"),
        ("en-GB,en;q=0.9", "Please correct this"),
        ("de, zh;q=0.1", "需要修改后再提交"),
    ],
)
def test_it_speaks_the_language_asked_for_and_chinese_otherwise(visitor, language, title):
    headers = {"accept": "application/json", "accept-language": language}
    assert visitor.get("/broken/rules", headers=headers).json()["title"] == title


def test_htmx_gets_the_fragment_so_that_the_form_stays(visitor):
    answer = visitor.get("/broken/rules", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#problems"
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.select_one("#problems [role=alert]")
    assert soup.html is None
    links = [link["href"] for link in soup.select("a.chip")]
    assert ["/instruments/7?start=2026-11-23T06%3A00%3A00Z" in link for link in links] == [True]


def test_a_person_without_script_gets_a_page(visitor):
    answer = visitor.get("/broken/rules", headers={"accept": "text/html"})
    soup = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert soup.select_one("html[lang=zh-CN]")
    assert soup.select_one("#problems [role=alert]")


@pytest.mark.parametrize("how", ["away", "database"])
def test_an_absent_database_says_when_to_come_again(visitor, how):
    answer = visitor.get(f"/broken/{how}", headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


def test_our_own_fault_is_no_secret_and_tells_no_secrets(visitor):
    answer = visitor.get("/broken/ours", headers={"accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "ZeroDivision" not in answer.text
    page = visitor.get("/broken/ours", headers={"accept": "text/html"})
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_what_is_not_there_is_not_found(visitor):
    assert visitor.get("/nowhere").status_code == 404
    assert visitor.get("/things/seven").status_code == 404
    answer = visitor.get("/api/v1/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"starts_at": "2026-11-23T14:00:00", "price": "1.00"}, "time.offset_missing", "starts_at"),
        ({"starts_at": 0, "price": "1.00"}, "time.not_a_time", "starts_at"),
        ({"starts_at": "2026-11-23", "price": "1.00"}, "time.not_a_time", "starts_at"),
        ({"starts_at": "2026-11-23T14:00:00Z", "price": 1.5}, "money.not_an_amount", "price"),
        ({"starts_at": "2026-11-23T14:00:00Z", "price": "1.005"}, "money.not_an_amount", "price"),
        ({"starts_at": "2026-11-23T14:00:00Z"}, "form.invalid", "price"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_field_by_field(visitor, body, code, field):
    answer = visitor.post("/api/v1/kinds", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert [v["params"]["field"] for v in answer.json()["violations"]] == [field]


def test_a_body_that_is_no_json_at_all(visitor):
    answer = visitor.post(
        "/api/v1/kinds", content="{", headers={"content-type": "application/json"}
    )
    assert answer.json()["violations"][0]["code"] == "form.json_invalid"


def test_times_leave_in_utc_and_amounts_in_yuan(visitor):
    sent = {"starts_at": "2026-11-23T14:00:00+08:00", "price": "1234.5"}
    assert visitor.post("/api/v1/kinds", json=sent).json() == {
        "starts_at": "2026-11-23T06:00:00Z",
        "price": "1234.50",
        "samples": 1,
    }


def test_too_much_is_too_much(visitor):
    answer = visitor.post("/api/v1/kinds", json={"price": "1" * 200_000})
    assert answer.status_code == 413
