"""Lists in pieces, addresses, files for people."""

from datetime import UTC, date, datetime

import pytest

from booking.web.addresses import Addresses, UnknownRoute
from booking.web.downloads import attachment, csv_bytes, safe_cell
from booking.web.paging import BadCursor, cursor_of, key_of


def test_following_the_cursor_meets_every_row_once(visitor):
    seen, cursor = [], None
    while True:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        piece = visitor.get("/api/v1/list", params=query).json()
        seen += piece["items"]
        cursor = piece["next_cursor"]
        if cursor is None:
            break
    assert seen == list(range(10))


@pytest.mark.parametrize(
    "key", [(1, "扫描"), (datetime(2026, 1, 1, tzinfo=UTC), None), (date(2026, 1, 1),)]
)
def test_a_cursor_gives_its_key_back(key):
    assert key_of(cursor_of(key)) == key


@pytest.mark.parametrize("cursor", ["x", "ÿ", "eyJhIjoxfQ", "W3siYiI6MX1d", "W3RydWVd"])
def test_a_made_up_cursor_is_refused(cursor, visitor):
    with pytest.raises(BadCursor):
        key_of(cursor)
    answer = visitor.get("/api/v1/list", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "paging.bad_cursor")


def test_addresses_fill_the_path_and_put_the_rest_in_the_query(application):
    url = Addresses(application).url
    assert url("thing", 7) == "/things/7"
    assert (
        url("thing", thing_id=7, week="2026-W48", none=None, empty="") == "/things/7?week=2026-W48"
    )
    assert url("thing", 7, mode=["a", "b"]) == "/things/7?mode=a&mode=b"
    with pytest.raises(UnknownRoute):
        url("nothing")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"),
        ("＝1", "'＝1"),
        ("@x", "'@x"),
        ("-5", "'-5"),
        (-5, "-5"),
        (None, ""),
        ("样品", "样品"),
    ],
)
def test_a_cell_never_becomes_a_formula(cell, text):
    assert safe_cell(cell) == text


def test_a_csv_opens_in_excel_with_its_chinese():
    assert csv_bytes(["单位"], [["示例, 公司"]]) == '\ufeff单位\r\n"示例, 公司"\r\n'.encode()


def test_a_chinese_file_name_survives():
    assert attachment("结算单.csv")["content-disposition"].endswith(
        "filename*=utf-8''%E7%BB%93%E7%AE%97%E5%8D%95.csv"
    )
